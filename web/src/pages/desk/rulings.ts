/** What can be decided: the usual rulings with their keys, and every action with what it needs. */

import type { Word } from "./words.svelte";

export interface Usual {
  kind: Kind;
  key: string;
  /** Takes nothing from anybody: decided at once. */
  lenient?: boolean;
}

export type Kind =
  | "hide" | "withdraw" | "restore" | "label" | "mark_sensitive" | "limit_reach" | "restrict_replies"
  | "warn" | "strike" | "freeze" | "limit" | "sensitize" | "disable" | "suspend"
  | "restrict_sign_ups" | "block_link" | "block_image" | "refer" | "no_violation" | "dismiss";

export const USUAL: readonly Usual[] = [
  { kind: "withdraw", key: "w" },
  { kind: "dismiss", key: "x", lenient: true },
  { kind: "no_violation", key: "v", lenient: true },
  { kind: "label", key: "l" },
  { kind: "warn", key: "" },
  { kind: "mark_sensitive", key: "" },
  { kind: "limit_reach", key: "" },
  { kind: "freeze", key: "" },
  { kind: "suspend", key: "" },
];

/** Every action, in the groups of the list to choose from. */
export const GROUPS: readonly (readonly [Word, readonly Kind[]])[] = [
  ["group.posts", ["hide", "withdraw", "label", "mark_sensitive", "limit_reach", "restrict_replies"]],
  ["group.account", ["warn", "strike", "freeze", "limit", "sensitize", "disable", "suspend"]],
  ["group.everywhere", ["restrict_sign_ups", "block_link", "block_image", "refer"]],
  ["group.nothing", ["restore", "no_violation", "dismiss"]],
];
export const LENIENT: ReadonlySet<Kind> = new Set(["restore", "no_violation", "dismiss"]);
const ALONE: ReadonlySet<Kind> = new Set(["no_violation", "dismiss"]);
export const MAY_END: ReadonlySet<Kind> = new Set([
  "hide", "label", "mark_sensitive", "limit_reach", "restrict_replies", "freeze", "limit", "sensitize", "disable", "suspend", "strike",
]);
/** Actions that may be there more than once. */
const MANY: ReadonlySet<Kind> = new Set(["label", "block_link", "block_image"]);
const DAYS: Partial<Record<Kind, number>> = { freeze: 7, suspend: 30, strike: 90 };
const SEVERITY = 20;
const DAY_MS = 86_400_000;

/** An action as it is being written; what its kind does not use stays empty. `until`: a date, or empty for no end. */
export interface Draft {
  kind: Kind; until: string; label: string; severity: number; field: string; pattern: string; response: string; value: string; existing: boolean; authority: string; note: string; sealed: boolean;
}

/** The ruling that a key means, if it means one. */
export function rulingOf(key: string): Usual | undefined {
  return USUAL.find((one) => one.key === key && key) ?? (/^[1-9]$/.test(key) ? USUAL[Number(key) - 1] : undefined);
}

/** The date so many days from now, as a date field has it. */
export function inDays(days: number, now = Date.now()): string {
  const at = new Date(now + days * DAY_MS);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

export function draftOf(kind: Kind, now = Date.now()): Draft {
  const days = DAYS[kind];
  return {
    kind, until: days ? inDays(days, now) : "", label: "", severity: SEVERITY, field: "email", pattern: "", response: "approval", value: "", existing: kind === "block_link" || kind === "block_image",
    authority: "", note: "", sealed: false,
  };
}

/** The action as the server takes it. A day ends where the reader is. */
export function actionOf(draft: Draft): Record<string, unknown> {
  const { kind } = draft;
  const action: Record<string, unknown> = { kind };
  if (draft.until && MAY_END.has(kind)) action.until = new Date(`${draft.until}T23:59:59`).toISOString();
  if (kind === "label") action.label = draft.label.trim();
  if (kind === "strike") action.severity = draft.severity;
  if (kind === "restrict_sign_ups") Object.assign(action, { field: draft.field, pattern: draft.pattern.trim(), response: draft.response });
  if (kind === "block_link" || kind === "block_image") Object.assign(action, { value: draft.value.trim(), existing: draft.existing });
  if (kind === "refer") Object.assign(action, { authority: draft.authority.trim(), note: draft.note.trim(), sealed: draft.sealed });
  return action;
}

/** What may be added to these. */
export function mayAdd(chosen: readonly Kind[], kind: Kind): boolean {
  if (chosen.some((one) => ALONE.has(one))) return false;
  if (ALONE.has(kind)) return chosen.length === 0;
  if (chosen.includes(kind)) return MANY.has(kind);
  if (kind === "hide" || kind === "withdraw") return !chosen.some((one) => one === "hide" || one === "withdraw" || one === "restore");
  if (kind === "restore") return !chosen.some((one) => ["hide", "withdraw", "freeze", "limit", "sensitize", "disable", "suspend"].includes(one));
  if (chosen.includes("restore")) return !["freeze", "limit", "sensitize", "disable", "suspend"].includes(kind);
  return true;
}

/** Whether reasons are needed: something is taken away, or counts against somebody. */
export function restricts(chosen: readonly Kind[]): boolean {
  return chosen.some((one) => !LENIENT.has(one) && one !== "refer");
}
