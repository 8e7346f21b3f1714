/** Where the app is. Scroll positions belong to entries of the history, so that going back finds the place again. */

import { BASE, find, type Found } from "./routes";

interface Place extends Found {
  path: string;
  query: URLSearchParams;
  key: string;
}

function here(): Place {
  const state = (history.state ?? {}) as { key?: string };
  return { ...find(location.pathname), path: location.pathname, query: new URLSearchParams(location.search), key: state.key ?? "first" };
}

const positions = new Map<string, number>();
let current = $state.raw<Place>(here());

export const route = {
  get now(): Place {
    return current;
  },
};

/** Where the entry of the history was left; 0 for a new one. */
export function leftAt(key: string): number {
  return positions.get(key) ?? 0;
}

function leave(): void {
  positions.set(current.key, scrollY);
}

export function navigate(path: string, options: { replace?: boolean } = {}): void {
  const url = new URL(path, location.origin);
  leave();
  const key = options.replace ? current.key : crypto.randomUUID();
  const state = { key };
  if (options.replace) history.replaceState(state, "", url);
  else history.pushState(state, "", url);
  current = here();
  if (!options.replace) scrollTo(0, 0);
}

/** Back, or to the start when the app was opened here. */
export function goBack(): void {
  if (current.key === "first") navigate(`${BASE}/home`);
  else history.back();
}

export function startRouter(): void {
  history.scrollRestoration = "manual";
  history.replaceState({ key: "first" }, "");
  addEventListener("popstate", () => {
    leave();
    current = here();
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !url.pathname.startsWith(`${BASE}/`)) return;
    event.preventDefault();
    const same = url.pathname + url.search === location.pathname + location.search;
    // To a part of this page: the way past the navigation.
    if (same && url.hash) document.getElementById(url.hash.slice(1))?.focus();
    else if (same) scrollTo({ top: 0 });
    else navigate(url.pathname + url.search);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const url = new URL(form.action);
    if (event.defaultPrevented || form.method !== "get" || !url.pathname.startsWith(`${BASE}/`)) return;
    event.preventDefault();
    for (const [name, value] of new FormData(form)) url.searchParams.set(name, String(value));
    navigate(url.pathname + url.search);
  });
}
