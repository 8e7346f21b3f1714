/** Text with names of emoji in it, in pieces. */

import type { Emoji } from "./entities";

export type Piece = string | Emoji;

const NAMED = /:([A-Za-z0-9_]{2,}):/g;

export function pieces(text: string, emojis: readonly Emoji[] | undefined): Piece[] {
  if (!emojis?.length || !text.includes(":")) return [text];
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(NAMED)) {
    const emoji = emojis.find((one) => one.shortcode === match[1]);
    if (!emoji) continue;
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push(emoji);
    from = match.index + match[0].length;
  }
  if (from < text.length || !found.length) found.push(text.slice(from));
  return found;
}
