/** What the desk's API sends as far as the app reads it, and what the pages of the desk share. */

import { get, post } from "../../lib/client";
import { say, complain } from "../../lib/toasts.svelte";
import { named, w } from "./words.svelte";

export const API = "/api/holdfast/v1";

export interface Person { id: string; acct: string; display_name: string; state: string; created_at: string; followers: number; posts: number }
export interface Media { id: string; kind: string; description: string | null; preview: string | null; original: string | null; hashes?: string[] }
export interface Post {
  id: string; account_id: string; acct: string; text: string; spoiler: string; language: string | null; state: string | null; created_at: string; media: Media[]; poll_options: string[] | null;
  replies: number; boosts: number; favourites: number; links?: string[]; verdict?: { rules: string[]; scores: Record<string, number>; evidence: [number, number][] } | null;
}
export interface CaseRow {
  id: string; track: string; state: "open" | "closed" | "escalated"; lane: string; priority: number; explain: Record<string, { points: number }>; source: string; category: string; policy: string | null;
  subject: { kind: string; id: string | null; name: string }; account: Person | null; version: number; signals: number; members: number; opened_at: string; age_seconds: number; due_at: string | null;
  claimed_by: Person | null; claimed_by_me: boolean; outcome: string | null; decision_id: string | null; likeness?: number;
}
export interface Member { subject: { kind: string; id: string | null; name: string }; account: Person | null; gone: boolean; post: Post | null }
export interface Report { id: string; category: string; comment: string; channel: string; created_at: string; reporter: (Person & { right: number; wrong: number }) | null }
export interface Event { id: string; verb: string; actor: { kind: string; name: string | null }; reason: string | null; policy: string | null; at: string }
export interface CaseAppeal { id: string; kind: string; filed_at: string; due_at: string; outcome: string | null }
export interface Case extends CaseRow {
  items: Member[]; thread: Post[]; reports: Report[]; similar: CaseRow[]; decided: CaseRow[]; events: Event[]; blind: boolean; hidden_actions: string[]; appeals: CaseAppeal[]; queue: string | null; assigned_to: Person | null;
  author: { id: string; account: Person | null; status: { strikes: number }; cases: CaseRow[] } | null;
}
export interface Policy {
  reference: string; id: string; version: number; effective_from: string | null; published_at: string | null;
  document: {
    id: string; lane: string; severity: number; category: string; basis: string; ground: Record<string, string>; explanation: Record<string, string>; ground_url: string; rules: string[]; texts: Record<string, { title: string; body: string; examples: string[]; counterexamples: string[] }>;
  };
}
export interface Decision {
  id: string; subjects: number; statements: { account_id: string; language: string; subject: string; text: string; reverses: boolean }[]; undone: object | null; by: Person | null; policy: string | null; outcome: string; made_at: string;
  ruling: { actions: { kind: string; until?: string; label?: string }[]; reason?: string; facts?: string };
}
export interface Template { reference: string; id: string; version: number; title: string; texts: Record<string, string>; variables: string[]; policy: string; published_at: string | null }
export interface Appeal {
  id: string; kind: "decision" | "hold" | "report"; account: Person | null; case_id: string; about_case_id: string | null; decision_id: string | null; status_id: string | null; version: number; lane: string; filed_at: string; due_at: string; late: boolean;
  outcome: string | null; answer: string; decided_at: string | null; decided_by: Person | null; first_reviewer: Person | null; policy: string | null; rules: string[]; may_answer: boolean; claimed: boolean; claimed_by_me: boolean;
  messages: { from: "staff" | "member"; text: string; at: string }[];
}
export interface Preview { posts: number; accounts_total: number; changes: { kind: string; aspect: string; value: string; things: number; would_change: number }[]; told: number; not_allowed: string[]; swept: number; statements: { account_id: string; language: string; subject: string; text: string }[] }
export interface RuleRow {
  id: string; title: string; lane: string; action: string; stage: "draft" | "simulate" | "shadow" | "canary" | "live" | "retired"; share: number | null; posts: number; hits: number; authors: number; errors: number; last_hit_at: string | null;
}
export interface BulkPlan {
  id: string; query: Record<string, unknown>; ruling: Decision["ruling"]; found: number; accounts: number; digest: string; needs_second: boolean; planned_by: string; planned_at: string; approved_by: string | null; decision_id: string | null;
  sample?: Post[]; largest?: { acct: string; found: number }[]; changes?: Preview["changes"]; told?: number;
}
export interface TeamMember { account: Person | null; role: "moderator" | "admin" | "owner"; permissions: string[]; may_change: boolean; caps?: Caps }
export interface Caps { daily_items: number | null; daily_heavy: number | null; daily_minutes: number | null }
export interface Preferences { opt_outs: string[]; blur: boolean; greyscale: boolean; mute_media: boolean; text_first: boolean }
export interface Me {
  today: { items: number; heavy: number; seconds: number }; most: { items: number; heavy: number; seconds: number; break_after_seconds?: number; break_seconds?: number }; heavy_categories?: string[]; may?: string[]; break_due: string | null; until?: string | null; preferences: Preferences;
}

class Desk {
  /** The last decision that was made here, for the key that takes it back. */
  last = $state.raw<{ decision: string; case: string } | null>(null);
  me = $state.raw<Me | null>(null);
  help = $state(false);
  /** Titles of policies, which are categories of cases too. */
  titles = $state.raw<Record<string, string>>({});
}
export const desk = new Desk();

export async function takeBack(decision: string, done?: () => void): Promise<void> {
  try {
    await post(`${API}/decisions/${decision}/undo`, { reason: w("undoReason") });
    if (desk.last?.decision === decision) desk.last = null;
    say(w("undone"));
    done?.();
  } catch (error) {
    complain(error);
  }
}

let known: Promise<Policy[]> | null = null;
export function policies(): Promise<Policy[]> {
  known ??= get<Policy[]>(`${API}/policies`).catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

let texts: Promise<Template[]> | null = null;
export function templates(): Promise<Template[]> {
  texts ??= get<Template[]>(`${API}/templates`).catch((error: unknown) => {
    texts = null;
    throw error;
  });
  return texts;
}
/** What was published is read anew. */
export function forget(): void {
  known = null;
  texts = null;
}

let labels: Promise<string[]> | null = null;
/** Labels that were given before. */
export function labelsUsed(): Promise<string[]> {
  labels ??= get<{ ruling: Decision["ruling"] }[]>(`${API}/decisions`, { limit: 200 })
    .then((made) => [...new Set(made.flatMap((one) => one.ruling.actions.flatMap((action) => (action.label ? [action.label] : []))))].sort())
    .catch(() => []);
  return labels;
}

/** The name of a category of cases: of a policy, or of what screening and reports call it. */
export function categoryOf(code: string): string {
  return desk.titles[code] ?? named("category.", code);
}

const EXCERPT = 200;
/** A first draft of what happened. */
export function factsAbout(posts: readonly Post[]): string {
  const first = posts[0];
  return first ? w("factsPost", { text: Array.from(first.text).slice(0, EXCERPT).join("") }) : w("factsAccount");
}

export function inLanguage<T>(texts: Record<string, T>, language: string): T | undefined {
  return texts[language] ?? texts.en ?? Object.values(texts)[0];
}

/** The focus goes along the rows of a list. */
export function stepThrough(step: number): void {
  const all = [...document.querySelectorAll<HTMLElement>("[data-case]")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
}

/** Keys of one page of the desk, before those of the app. */
export function deskKeys(act: (key: string) => boolean): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as HTMLElement).closest("input, textarea, select, dialog, [role=menu]")) return;
    if (!act(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("keydown", pressed, true);
  return () => removeEventListener("keydown", pressed, true);
}
