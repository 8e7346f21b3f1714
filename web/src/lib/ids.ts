/** Ids are decimal numbers of any length: the longer is the newer, then the greater digit. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ids newest first, each once. */
export function mergeIds(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort((a, b) => compareIds(b, a));
}
