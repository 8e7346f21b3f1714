/** What is being written, and what waits to be sent. */

import { ApiError, get, request, Unreachable } from "./client";
import type { Account, Focus, QuotePolicy, ScheduledStatus, Status, Visibility } from "./entities";
import { forget, keep, recallAll } from "./kept";
import { takePost } from "./posts.svelte";
import { session } from "./session.svelte";
import { homeTimeline } from "./timeline.svelte";
import { complain, say } from "./toasts.svelte";
import { t } from "../i18n/index.svelte";

export interface Draft {
  key: string;
  text: string;
  spoiler: string;
  visibility: Visibility;
  language: string;
  sensitive: boolean;
  replyTo: string | null;
  quote: string | null;
  edit: string | null;
  media: { id: string; description: string; focus?: Focus; preview: string | null; type: string }[];
  poll: { options: string[]; expiresIn: number; multiple: boolean } | null;
  quotePolicy: QuotePolicy;
  scheduledAt: string | null;
  savedAt: number;
}

interface Waiting {
  body: Record<string, unknown>;
  text: string;
}

const WIDTH: Visibility[] = ["public", "unlisted", "private", "direct"];

/** Of two visibilities the one that fewer people see. */
export function narrower(a: Visibility, b: Visibility): Visibility {
  return WIDTH.indexOf(a) >= WIDTH.indexOf(b) ? a : b;
}

class Drafting {
  draft = $state<Draft | null>(null);
  waiting = $state<[string, Waiting][]>([]);

  fresh(): Draft {
    const source = session.me?.source;
    return {
      key: crypto.randomUUID(), text: "", spoiler: "", visibility: source?.privacy ?? "public",
      language: source?.language ?? navigator.language.split("-")[0] ?? "en", sensitive: source?.sensitive ?? false,
      replyTo: null, quote: null, edit: null, media: [], poll: null, quotePolicy: source?.quote_policy ?? "public",
      scheduledAt: null, savedAt: 0,
    };
  }

  start(changes: Partial<Draft> = {}): void {
    this.draft = { ...this.fresh(), ...changes };
  }

  reply(status: Status): void {
    const others = status.mentions.map((one) => one.acct);
    const people = [status.account.acct, ...others].filter((acct) => acct !== session.me?.acct);
    const names = [...new Set(people)].map((acct) => `@${acct} `).join("");
    this.start({
      text: names, replyTo: status.id, spoiler: status.spoiler_text, sensitive: status.sensitive,
      visibility: narrower(session.me?.source.privacy ?? "public", status.visibility),
      language: status.language ?? this.fresh().language,
    });
  }

  quote(status: Status): void {
    this.start({ quote: status.id });
  }

  mention(account: Account, direct = false): void {
    this.start({ text: `@${account.acct} `, ...(direct ? { visibility: "direct" as const } : {}) });
  }

  async edit(status: Status): Promise<void> {
    try {
      const source = await get<{ text: string; spoiler_text: string }>(`/api/v1/statuses/${status.id}/source`);
      this.start({
        text: source.text, spoiler: source.spoiler_text, edit: status.id, visibility: status.visibility,
        language: status.language ?? "", sensitive: status.sensitive, replyTo: status.in_reply_to_id,
        media: status.media_attachments.map((one) => ({
          id: one.id, description: one.description ?? "", focus: one.meta?.focus, preview: one.preview_url, type: one.type,
        })),
      });
    } catch (error) {
      complain(error);
    }
  }

  async save(draft: Draft): Promise<void> {
    const plain = $state.snapshot(draft);
    await keep("drafts", `${session.active}/${draft.key}`, { ...plain, savedAt: Date.now() });
  }

  async saved(): Promise<Draft[]> {
    const found = await recallAll<Draft>("drafts", `${session.active}/`);
    return found.map(([, draft]) => draft).sort((a, b) => b.savedAt - a.savedAt);
  }

  async discard(key: string): Promise<void> {
    await forget("drafts", `${session.active}/${key}`);
  }

  /** Sends a draft. False: it is wrong, and stays. Without a network it waits in the outbox. */
  async send(draft: Draft): Promise<boolean> {
    const body = bodyOf(draft);
    try {
      if (draft.edit) {
        const edited = (await request<Status>("PUT", `/api/v1/statuses/${draft.edit}`, { json: body })).data;
        takePost(edited);
        say(t("compose.edited"));
      } else {
        const answer = await request<Status | ScheduledStatus>("POST", "/api/v1/statuses", {
          json: body, idempotencyKey: draft.key,
        });
        published(answer.data);
      }
    } catch (error) {
      if (error instanceof Unreachable && !draft.edit && !draft.scheduledAt) {
        const plain = { body, text: draft.text };
        await keep("outbox", `${session.active}/${draft.key}`, plain);
        this.waiting.push([draft.key, plain]);
        say(t("compose.waits"));
      } else {
        complain(error);
        return false;
      }
    }
    await this.discard(draft.key);
    return true;
  }

  /** What waited is sent, each at most once: the key of the draft goes along. */
  async flush(): Promise<void> {
    for (const [full, one] of await recallAll<Waiting>("outbox", `${session.active}/`)) {
      const key = full.slice(full.indexOf("/") + 1);
      try {
        const answer = await request<Status>("POST", "/api/v1/statuses", { json: one.body, idempotencyKey: key });
        published(answer.data);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) break;
        // Refused for good: back among the drafts, so that nothing written is lost.
        await this.save({ ...this.fresh(), key, text: one.text });
        complain(error);
      }
      await forget("outbox", full);
    }
    await this.look();
  }

  async look(): Promise<void> {
    const found = await recallAll<Waiting>("outbox", `${session.active}/`);
    this.waiting = found.map(([full, one]) => [full.slice(full.indexOf("/") + 1), one]);
  }
}

export function focusText(focus: Focus): string {
  return `${focus.x.toFixed(2)},${focus.y.toFixed(2)}`;
}

function bodyOf(draft: Draft): Record<string, unknown> {
  const body: Record<string, unknown> = {
    status: draft.text, spoiler_text: draft.spoiler, sensitive: draft.sensitive, language: draft.language || null,
    media_ids: draft.media.map((one) => one.id),
  };
  if (draft.edit) {
    body.media_attributes = draft.media.map((one) => ({ id: one.id, description: one.description, ...(one.focus ? { focus: focusText(one.focus) } : {}) }));
    return body;
  }
  body.visibility = draft.visibility;
  if (draft.replyTo) body.in_reply_to_id = draft.replyTo;
  if (draft.quote) body.quoted_status_id = draft.quote;
  body.quote_approval_policy = draft.quotePolicy;
  if (draft.scheduledAt) body.scheduled_at = new Date(draft.scheduledAt).toISOString();
  if (draft.poll) {
    body.poll = {
      options: draft.poll.options.filter((one) => one.trim()), expires_in: draft.poll.expiresIn, multiple: draft.poll.multiple,
    };
  }
  return body;
}

function published(answer: Status | ScheduledStatus): void {
  if ("scheduled_at" in answer) {
    say(t("compose.scheduled"));
    return;
  }
  homeTimeline().add(answer);
  if (answer.holdfast?.state === "held") say(t("compose.held"));
  else say(t("compose.sent"));
  for (const listener of listeners) listener(answer);
}

const listeners = new Set<(status: Status) => void>();

/** Tells of every post sent from here; the answer ends that. */
export function whenPublished(listener: (status: Status) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const drafting = new Drafting();
