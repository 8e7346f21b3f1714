/** Text cut where evidence begins and ends. Offsets count code points, as the server does. */
export function marked(text: string, evidence: readonly [number, number][]): { text: string; found: boolean }[] {
  const points = Array.from(text);
  const parts: { text: string; found: boolean }[] = [];
  let at = 0;
  for (const [from, until] of [...evidence].sort((a, b) => a[0] - b[0])) {
    const start = Math.max(from, at);
    const end = Math.min(until, points.length);
    if (end <= start) continue;
    if (start > at) parts.push({ text: points.slice(at, start).join(""), found: false });
    parts.push({ text: points.slice(start, end).join(""), found: true });
    at = end;
  }
  if (at < points.length) parts.push({ text: points.slice(at).join(""), found: false });
  return parts;
}
