/** How long a post is, as the server counts: in graphemes, every address as a fixed number, servers of mentions not at all. */

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/giu;
const MENTION = /(^|[^\w/])@([\w.-]+)@[\w.-]+\w/gu;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function graphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count;
}

export function postLength(text: string, spoiler: string, addressWeight: number): number {
  const weighed = text.replace(ADDRESS, "x".repeat(addressWeight)).replace(MENTION, "$1@$2");
  return graphemes(weighed) + graphemes(spoiler);
}

export interface Completable {
  kind: "mention" | "tag" | "emoji";
  word: string;
  start: number;
  end: number;
}

/** What is being typed before the cursor, if it can be completed. */
export function wordAt(text: string, cursor: number): Completable | null {
  const before = text.slice(0, cursor);
  const match = /(?:^|[\s(])([@#:])([\p{L}\p{N}_.@-]*)$/u.exec(before);
  if (!match?.[1] || match[2] === undefined) return null;
  if (match[2].length < (match[1] === ":" ? 2 : 1)) return null;
  const start = cursor - match[2].length - 1;
  return { kind: match[1] === "@" ? "mention" : match[1] === "#" ? "tag" : "emoji", word: match[2], start, end: cursor };
}
