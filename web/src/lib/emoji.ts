/** Emoji, Unicode's and the server's own, found by name and word. */

import type { Emoji } from "./entities";

export interface Unicode {
  text: string;
  name: string;
  /** Name and words, small, to look in. */
  words: string;
  takesTone: boolean;
}

export const TONES = ["", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"] as const;

/** Groups of emoji, in the order of Unicode, from a file of src/emoji. */
export function readList(text: string): Unicode[][] {
  return text.trim().split("\n\n").map((group) => group.split("\n").map((line) => {
    const [shown = "", name = "", words = ""] = line.split("\t");
    const takesTone = shown.endsWith("+");
    return { text: takesTone ? shown.slice(0, -1) : shown, name, words: fold(`${name} ${words}`), takesTone };
  }));
}

/** Small letters without accents, so that "etoile" finds étoile. */
function fold(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

/** The best first: names that begin so, then words that do, then anything that has it somewhere. Every word must be found. */
export function findUnicode(groups: readonly Unicode[][], query: string, most: number): Unicode[] {
  const wanted = fold(query).split(/[\s_]+/).filter(Boolean);
  if (!wanted.length) return [];
  const ranked: [number, Unicode][] = [];
  for (const one of groups.flat()) {
    if (!wanted.every((word) => one.words.includes(word))) continue;
    const [first = ""] = wanted;
    ranked.push([one.words.startsWith(first) ? 0 : one.words.includes(` ${first}`) ? 1 : 2, one]);
  }
  return ranked.sort(([a], [b]) => a - b).slice(0, most).map(([, one]) => one);
}

export function findCustom(all: readonly Emoji[], query: string): Emoji[] {
  const wanted = query.toLowerCase();
  return all.filter((one) => one.shortcode.toLowerCase().includes(wanted));
}

/** With a skin tone: after the first sign, in place of the one that asks for colour. */
export function toned(one: Unicode, tone: string): string {
  if (!tone || !one.takesTone) return one.text;
  const [first = "", ...rest] = one.text;
  if (rest[0] === "\uFE0F") rest.shift();
  return first + tone + rest.join("");
}
