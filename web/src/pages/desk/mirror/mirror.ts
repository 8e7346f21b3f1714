/** What the API says of the mirror, of drills and of whom the site depends on, and what follows from it. */

export interface Store {
  name: string; address: string; owner: string; jurisdiction: string; mode: string | null; seconds_behind: number | null; bytes_behind: number | null; last_error: string; has_newest_kit: boolean;
}
export interface Mirror {
  configured: boolean; read_only: "superseded" | "unheld" | null; moved_to: string | null; problems: string[]; stores: Store[];
  domain?: string; epoch?: number; quorum?: number; holders?: string[]; shares_needed?: number;
  shipper?: { written_at: string; degraded_since: string | null; cause: string; stale: boolean; superseded_by: number | null; needs_base: boolean; retained_bytes: number; cap_bytes: number } | null;
  media?: { waiting: number; degraded_since: string | null }; kit?: { made_at: string | null; missing_notes: string[] };
}
export interface Check { name: string; ok: boolean; said: string }
export interface Drill { record_id: string; started_at: string; passed: boolean; store: string; rto_seconds: number | null; rpo_seconds: number | null; size_bytes: number; checks: Check[] }
export interface Drills { stale: boolean; drills: Drill[] }
export interface Dependency { what: string; owner: string; where: string; dark: string; standing: "good" | "note" | "bad"; said: string }
export interface Doctor { dependencies: Dependency[]; bad: boolean }

export type Safety = "none" | "superseded" | "unheld" | "silent" | "degraded" | "mirrored";
/** The one thing to know first, the worst before the rest. */
export function safety(mirror: Mirror): Safety {
  if (mirror.read_only) return mirror.read_only;
  if (!mirror.configured || !mirror.stores.length) return "none";
  if (!mirror.shipper || mirror.shipper.stale) return "silent";
  if (mirror.shipper.superseded_by !== null) return "superseded";
  return mirror.shipper.degraded_since ? "degraded" : "mirrored";
}

const LATE_SECONDS = 5;
/** How a store stands: unseen before the shipper reached it. */
export function condition(store: Store): "unseen" | "bad" | "late" | "well" {
  if (store.mode === null) return "unseen";
  if (store.last_error || store.mode !== "live") return "bad";
  return (store.seconds_behind ?? 0) >= LATE_SECONDS ? "late" : "well";
}

const UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
/** A size for people, in the reader's language. */
export function size(bytes: number, language: string): string {
  const place = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1000, bytes)) / 3) - 1);
  return new Intl.NumberFormat(language, { style: "unit", unit: UNITS[place], unitDisplay: "short", maximumFractionDigits: 1 }).format(bytes / 1000 ** (place + 1));
}
