/** Whether this server has gone somewhere else. Nothing is asked while it names no place to look at. */

import { whenUnreachable } from "./client";
import { keep, recall } from "./kept";
import type { Held, Notice } from "./relaunch";
import { loadInstance, session } from "./session.svelte";

const KEY = "relaunch";
const BETWEEN_MS = 600_000;
const SOONEST_MS = 20_000;
const PATIENCE_MS = 10_000;

class Moved {
  notice = $state.raw<Notice | null>(null);

  /** Where to go, if it is not here. */
  get address(): string | null {
    const first = this.notice?.addresses[0];
    return first && !this.notice?.addresses.includes(location.origin) ? first : null;
  }
}

export const moved = new Moved();
let lastMs = -Infinity;

async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, {
    credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

async function check(): Promise<void> {
  if (performance.now() - lastMs < SOONEST_MS || !navigator.onLine) return;
  lastMs = performance.now();
  const before = (await recall<Held>("cache", KEY)) ?? { vkeys: [], places: [], notice: null };
  moved.notice = before.notice;
  const told = session.instance?.holdfast;
  const places = told?.relaunch.addresses ?? [];
  if (!places.length && !before.places.length) return;
  const { look, remember } = await import("./relaunch");
  const held = await look(remember(before, { vkeys: told?.ledger?.vkeys ?? [], places }), fetchText);
  moved.notice = held.notice;
  await keep("cache", KEY, held);
}

function soon(): void {
  check().catch(() => undefined);
}

/** Looks now, now and then, and whenever the server does not answer. */
export function startMoved(): void {
  whenUnreachable(soon);
  soon();
  setInterval(() => {
    if (document.visibilityState !== "visible") return;
    soon();
    loadInstance().catch(() => undefined);
  }, BETWEEN_MS);
}
