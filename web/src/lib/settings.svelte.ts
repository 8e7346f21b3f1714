/** Choices of this device. They are no secret, so they lie in localStorage. */

export interface Settings {
  theme: "system" | "light" | "dark";
  text: "small" | "normal" | "large" | "larger";
  motion: "system" | "less";
  autoplay: boolean;
  showSensitive: boolean;
  language: string;
}

const KEY = "holdfast.settings";
const DEFAULTS: Settings = {
  theme: "system", text: "normal", motion: "system", autoplay: false, showSensitive: false, language: "",
};

function read(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>) };
  } catch {
    return { ...DEFAULTS };
  }
}

export const settings = $state<Settings>(read());
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function applySettings(): void {
  const root = document.documentElement;
  const wanted = settings.theme === "system" ? (dark.matches ? "dark" : "light") : settings.theme;
  root.dataset.theme = wanted;
  root.dataset.text = settings.text;
  root.dataset.motion = lessMotion() ? "less" : "full";
}

export function lessMotion(): boolean {
  return settings.motion === "less" || still.matches;
}

export function saveSettings(changes: Partial<Settings>): void {
  Object.assign(settings, changes);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Without storage the choice holds until the page is closed.
  }
  applySettings();
}

dark.addEventListener("change", applySettings);
still.addEventListener("change", applySettings);
