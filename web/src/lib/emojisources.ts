/** Where emoji come from, and which somebody likes. Loaded when somebody looks for one. */

import { currentLanguage } from "../i18n/index.svelte";
import { get } from "./client";
import { readList, type Unicode } from "./emoji";
import type { Emoji } from "./entities";

const RECENT = "holdfast.emoji";
const MOST_RECENT = 24;

let loaded: { language: string; groups: Promise<Unicode[][]> } | null = null;

export function unicode(): Promise<Unicode[][]> {
  const language = currentLanguage();
  if (loaded?.language !== language) {
    const file = language === "fr" ? import("../emoji/fr.txt?raw") : import("../emoji/en.txt?raw");
    loaded = { language, groups: file.then((one) => readList(one.default)) };
  }
  return loaded.groups;
}

let asked: Promise<Emoji[]> | null = null;

export function custom(): Promise<Emoji[]> {
  asked ??= get<Emoji[]>("/api/v1/custom_emojis").then((all) => all.filter((one) => one.visible_in_picker !== false));
  asked.catch(() => (asked = null));
  return asked;
}

interface Kept {
  recent: string[];
  tone: string;
}

export function kept(): Kept {
  try {
    return { recent: [], tone: "", ...(JSON.parse(localStorage.getItem(RECENT) ?? "{}") as Partial<Kept>) };
  } catch {
    return { recent: [], tone: "" };
  }
}

export function keepTone(tone: string): void {
  write({ ...kept(), tone });
}

export function used(text: string): void {
  const before = kept();
  write({ ...before, recent: [text, ...before.recent.filter((one) => one !== text)].slice(0, MOST_RECENT) });
}

function write(what: Kept): void {
  try {
    localStorage.setItem(RECENT, JSON.stringify(what));
  } catch {
    // Without storage nothing is recent.
  }
}
