/** What the desk's API says of notices, as far as the app reads it, and what follows from it. */

export interface Clock {
  id: string; name: string; state: string | null; purpose: string; bound: string; words: string; zone: string; starts_at: string | null; due_at: string | null; left_seconds: number | null; share: number | null;
  met_at: string | null; breached_at: string | null; ended_at: string | null; pausable: boolean; pauses: { since: string; to: string | null; reason: string; evidence: string }[]; extensions: { until: string | null; evidence: string }[];
}
export interface Notice {
  id: string; reference: string; preset: string; title: string; jurisdiction: string; capacity: string; channel: string;
  sender: { name: string; organisation: string; email: string; phone: string; address: string; on_behalf_of: string; country: string; account_id: string | null; key: string };
  verification: { how: string; details: Record<string, unknown> }; received_at: string; language: string; subject: string; legal_basis: string; their_reference: string; contract_clause: string;
  completeness: Record<string, string>; attachments: { name: string; type?: string; bytes?: number }[]; raw_sha256: string | null; raw_bytes: number | null; stated_deadline: string | null; lane: string; state: string; outcome: string | null; whole: string | null;
  sealed: boolean; sealed_until: string | null; gag: boolean; hold_id: string | null; duplicate_of: string | null; group_id: string | null; items_count: number; open_items_count: number; items_left_out: number; due_at: string | null; breached: boolean;
  version: number; record_id: string; closed_at: string | null; answered_at: string | null; clocks: Clock[];
}
export interface Message {
  id: string; direction: "in" | "out" | "note"; kind: string; channel: string; subject: string; text: string; raw_sha256: string | null; delivery: string; delivery_detail: string; at: string;
}
export interface Whole extends Notice { text: string; messages: Message[]; steps: string[] }
export interface NoticeItem {
  n: number; as_given: string; url: string | null; marks: string[]; alleged: string; found: string; subject_id: string | null; snapshot_sha256: string | null; record_id: string | null; duplicate_of: number | null;
  before: { id: string; reference: string; n: number } | null; case_id: string | null; decision_id: string | null; outcome: string | null; reason: string; settled_at: string | null;
}
export interface Happening { id: string; at: string; what: string; by: string | null; by_kind: string; note: string; details: Record<string, unknown> }
export interface Snapshot { record_id: string; sha256: string; content: Record<string, unknown> }

export const OUTCOMES = ["actioned", "refused", "invalid", "duplicate", "out_of_scope"] as const;
/** Those that need words of a person; what was acted on has its decision. */
export const NEEDS_REASON: readonly string[] = ["refused", "invalid", "out_of_scope"];
/** Steps that another part of the page takes: an answer is sent. */
export const BY_OTHERS: readonly string[] = ["answer"];

/** The steps as a notice takes them, so that what comes next stands first. */
const ORDER = ["acknowledge", "verify", "triage", "start_review", "receive_info", "decide", "close", "ask", "dispute", "counter_notice", "appeal", "fail_verification"];
export function inOrder(steps: readonly string[]): string[] {
  const place = (name: string) => (ORDER.indexOf(name) + ORDER.length) % ORDER.length;
  return steps.filter((name) => !BY_OTHERS.includes(name)).sort((a, b) => place(a) - place(b));
}
/** What happened, as its word is called: steps and clocks have their kind in front. */
export function happenedAs(what: string): string {
  return what.replace(/^step\./, "").replace(/^clock\.(breached|warned)$/, "clock_$1").replace(/^clock\./, "");
}

/** The clock that matters now: the one that ends first among those that still run. */
export function pressing(clocks: readonly Clock[]): Clock | null {
  const open = clocks.filter((one) => one.due_at && !one.met_at && !one.ended_at && one.purpose !== "keep");
  return open.sort((a, b) => Date.parse(a.due_at ?? "") - Date.parse(b.due_at ?? ""))[0] ?? null;
}

/** How the time stands: what colour it has. */
export function urgency(clock: Clock | null): "none" | "calm" | "soon" | "late" {
  if (!clock || clock.left_seconds === null) return "none";
  if (clock.left_seconds < 0) return "late";
  return (clock.share ?? 0) >= 0.75 ? "soon" : "calm";
}

/** Text of a snapshot that people read, without what is only there for machines. */
export function snapshotText(content: Record<string, unknown>): string {
  for (const name of ["text", "note", "description"]) {
    const found = content[name];
    if (typeof found === "string" && found) return found;
  }
  return "";
}
