/** The usual rulings, in the order of the keys 1 to 9 and of the bar. */

import type { Word } from "./words.svelte";

export interface Usual {
  kind: Word;
  key: string;
  /** Takes nothing from anybody: decided at once. */
  lenient?: boolean;
}

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
const FREEZE_DAYS = 7;

/** The ruling that a key means, if it means one. */
export function rulingOf(key: string): Usual | undefined {
  return USUAL.find((one) => one.key === key && key) ?? (/^[1-9]$/.test(key) ? USUAL[Number(key) - 1] : undefined);
}

export function actionOf(kind: string, label: string): Record<string, unknown> {
  if (kind === "label") return { kind, label };
  if (kind === "freeze") return { kind, until: new Date(Date.now() + FREEZE_DAYS * 86_400_000).toISOString() };
  return { kind };
}
