/** Short messages that pass; each says what can be done. */

import { t } from "../i18n/index.svelte";
import { ApiError, Unreachable } from "./client";

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
  action?: { label: string; run: () => void };
}

const SECONDS = 6;
let last = 0;
export const toasts = $state<Toast[]>([]);

export function say(text: string, options: { bad?: boolean; action?: Toast["action"] } = {}): void {
  const id = ++last;
  toasts.push({ id, text, bad: options.bad ?? false, action: options.action });
  if (toasts.length > 3) toasts.shift();
  setTimeout(() => dismiss(id), SECONDS * 1000);
}

export function dismiss(id: number): void {
  const place = toasts.findIndex((one) => one.id === id);
  if (place >= 0) toasts.splice(place, 1);
}

/** What went wrong, in words for people. */
export function wordsFor(error: unknown): string {
  if (error instanceof Unreachable) return t("error.unreachable");
  if (error instanceof ApiError) {
    if (error.status === 401) return t("error.signedOut");
    if (error.status === 404) return t("error.missing");
    if (error.status === 429) return t("error.slower", { n: error.retryAfterSeconds ?? 60 });
    if (error.status >= 500) return t("error.server");
    return error.message;
  }
  return t("error.unknown");
}

export function complain(error: unknown, again?: () => void): void {
  say(wordsFor(error), { bad: true, action: again && { label: t("action.retry"), run: again } });
}
