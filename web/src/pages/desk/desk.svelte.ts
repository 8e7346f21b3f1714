/** What the desk's API sends as far as the app reads it, and what the pages of the desk share. */

import { get, post } from "../../lib/client";
import { say, complain } from "../../lib/toasts.svelte";
import { w } from "./words.svelte";

export const API = "/api/holdfast/v1";

export interface Person { id: string; acct: string; display_name: string; state: string; created_at: string; followers: number; posts: number }
export interface Media { id: string; kind: string; description: string | null; preview: string | null; original: string | null }
export interface Post {
  id: string; account_id: string; acct: string; text: string; spoiler: string; language: string | null; state: string | null; created_at: string; media: Media[]; poll_options: string[] | null;
  replies: number; boosts: number; favourites: number; verdict?: { rules: string[]; scores: Record<string, number>; evidence: [number, number][] } | null;
}
export interface CaseRow {
  id: string; track: string; state: "open" | "closed" | "escalated"; lane: string; priority: number; explain: Record<string, { points: number }>; source: string; category: string; policy: string | null;
  subject: { kind: string; id: string | null; name: string }; account: Person | null; version: number; signals: number; members: number; opened_at: string; age_seconds: number; due_at: string | null;
  claimed_by: Person | null; claimed_by_me: boolean; outcome: string | null; decision_id: string | null; likeness?: number;
}
export interface Member { subject: { kind: string; id: string | null; name: string }; account: Person | null; gone: boolean; post: Post | null }
export interface Report { id: string; category: string; comment: string; channel: string; created_at: string; reporter: (Person & { right: number; wrong: number }) | null }
export interface Event { id: string; verb: string; actor: { kind: string; name: string | null }; reason: string | null; policy: string | null; at: string }
export interface Case extends CaseRow {
  items: Member[]; thread: Post[]; reports: Report[]; similar: CaseRow[]; decided: CaseRow[]; events: Event[]; blind: boolean; hidden_actions: string[];
  author: { id: string; account: Person | null; status: { strikes: number }; cases: CaseRow[] } | null;
}
export interface Policy {
  reference: string; id: string; version: number; effective_from: string | null; published_at: string | null;
  document: { lane: string; severity: number; texts: Record<string, { title: string; body: string; examples: string[]; counterexamples: string[] }> };
}
export interface Decision { id: string; subjects: number; statements: { account_id: string; subject: string; text: string; reverses: boolean }[]; undone: object | null; by: Person | null }
export interface Preview { posts: number; accounts_total: number; changes: { aspect: string; value: string; things: number; would_change: number }[]; told: number; not_allowed: string[] }
export interface Preferences { opt_outs: string[]; blur: boolean; greyscale: boolean; mute_media: boolean; text_first: boolean }
export interface Me {
  today: { items: number; heavy: number; seconds: number }; most: { items: number; heavy: number; seconds: number }; break_due: string | null; preferences: Preferences;
}

class Desk {
  /** The last decision that was made here, for the key that takes it back. */
  last = $state.raw<{ decision: string; case: string } | null>(null);
  me = $state.raw<Me | null>(null);
  help = $state(false);
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

export function inLanguage<T>(texts: Record<string, T>, language: string): T | undefined {
  return texts[language] ?? texts.en ?? Object.values(texts)[0];
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
