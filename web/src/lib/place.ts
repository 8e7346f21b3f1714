/** Where a reader is in the home timeline: how far it was read goes along to other devices, the line on the screen stays on this one. */

import { get, request } from "./client";
import { placeKey } from "./kept";
import { session } from "./session.svelte";

/** A post and how far below the top of the window it begins, in pixels. */
export interface Place {
  id: string;
  offset: number;
}

const HEAD_PX = 60;

function key(): string {
  return placeKey(session.active ?? "nobody");
}

/** The newest post of the home timeline that was shown on any device. */
export async function readMarker(): Promise<string | null> {
  try {
    const markers = await get<{ home?: { last_read_id: string } }>("/api/v1/markers", { timeline: ["home"] });
    return markers.home?.last_read_id ?? null;
  } catch {
    // Without it the place of this device is as good.
    return null;
  }
}

let told: string | null = null;

/** Other devices go on from here. Sent even while the page goes away. */
export function writeMarker(id: string | null): void {
  if (!id || told === id) return;
  told = id;
  void request("POST", "/api/v1/markers", { json: { home: { last_read_id: id } }, keepalive: true }).catch(() => (told = null));
}

/** The first row that is in sight; null at the very top. */
export function placeInSight(): Place | null {
  if (scrollY < HEAD_PX) return null;
  for (const row of document.querySelectorAll<HTMLElement>("main [data-row]")) {
    const box = row.getBoundingClientRect();
    if (box.bottom > HEAD_PX && row.dataset.row) return { id: row.dataset.row, offset: Math.round(box.top) };
  }
  return null;
}

/** Whether the reader moved by themselves since. */
export function untilTouched(): { yet: () => boolean; end: () => void } {
  const kinds = ["wheel", "touchmove", "keydown"] as const;
  let touched = false;
  const note = () => (touched = true);
  for (const kind of kinds) addEventListener(kind, note, { passive: true });
  return { yet: () => touched, end: () => kinds.forEach((kind) => removeEventListener(kind, note)) };
}

export function recallPlace(): Place | null {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "null") as Place | null;
  } catch {
    return null;
  }
}

/** In localStorage, which is written at once: the page may be going away. */
export function keepPlace(): void {
  const place = placeInSight();
  if (place) localStorage.setItem(key(), JSON.stringify(place));
  else localStorage.removeItem(key());
}

let journey = 0;

export function goToTop(): void {
  journey += 1;
  scrollTo(0, 0);
}

function frame(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => done()));
}

/** Brings a post back to where it stood; `ids` and `heights` are the list's, which draws only what is near. */
export async function goToPlace(place: Place, ids: readonly string[], heights: ReadonlyMap<string, number>, guess: number): Promise<void> {
  const mine = (journey += 1);
  const at = ids.indexOf(place.id);
  if (at < 0) return;
  const list = document.querySelector("main [role=feed]");
  if (!list) return;
  const above = ids.slice(0, at).reduce((sum, id) => sum + (heights.get(id) ?? guess), 0);
  scrollTo(0, scrollY + list.getBoundingClientRect().top + above - place.offset);
  // What is drawn now gets its true height, which moves the rest a little.
  for (let round = 0, still = 0; round < 20 && still < 3; round += 1) {
    await frame();
    if (mine !== journey) return;
    const row = document.querySelector(`main [data-row="${CSS.escape(place.id)}"]`);
    if (!row) continue;
    const off = row.getBoundingClientRect().top - place.offset;
    still = Math.abs(off) < 2 ? still + 1 : 0;
    if (!still) scrollBy(0, off);
  }
}
