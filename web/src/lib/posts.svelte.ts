/** Every post and account once, whichever page shows it: what changes in one place changes everywhere. */

import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { get, post, remove } from "./client";
import type { Account, Poll, Relationship, Status } from "./entities";
import { complain } from "./toasts.svelte";

export const posts = new SvelteMap<string, Status>();
export const accounts = new SvelteMap<string, Account>();
export const relationships = new SvelteMap<string, Relationship>();
export const gone = new SvelteSet<string>();

const MARKS = ["favourited", "reblogged", "bookmarked", "muted", "pinned"] as const;

export function takeAccount(account: Account): void {
  accounts.set(account.id, account);
}

/** Keeps a post with what is in it; its id. */
export function takePost(status: Status): string {
  takeAccount(status.account);
  if (status.reblog) takePost(status.reblog);
  if (status.quote?.quoted_status) takePost(status.quote.quoted_status);
  const known = posts.get(status.id);
  if (known) {
    // What streams tell of a post knows nothing of the reader's marks.
    const merged: Status = { ...status };
    for (const mark of MARKS) merged[mark] ??= known[mark];
    posts.set(status.id, merged);
  } else posts.set(status.id, status);
  return status.id;
}

export function takePosts(list: readonly Status[]): string[] {
  return list.map(takePost);
}

/** Who holds ids of posts that are to be kept: each gives its own. */
export const holders: (() => Iterable<string>)[] = [];

/** Forgets every post that no page shows, no holder holds and `wanted` does not name. */
export function forgetPosts(wanted: Iterable<string>): void {
  const keep = new Set<string>();
  const mark = (id: string): void => {
    if (keep.has(id)) return;
    keep.add(id);
    const status = posts.get(id);
    if (status?.reblog) mark(status.reblog.id);
    if (status?.quote?.quoted_status) mark(status.quote.quoted_status.id);
  };
  for (const ids of [wanted, ...holders.map((one) => one())]) for (const id of ids) mark(id);
  for (const shown of document.querySelectorAll<HTMLElement>("[data-post]")) mark(shown.dataset.post ?? "");
  for (const id of [...posts.keys()]) if (!keep.has(id)) posts.delete(id);
  for (const id of [...gone]) if (!keep.has(id)) gone.delete(id);
}

export function change(id: string, changes: Partial<Status>): void {
  const known = posts.get(id);
  if (known) posts.set(id, { ...known, ...changes });
}

async function optimistically(id: string, changes: Partial<Status>, ask: () => Promise<Status>): Promise<void> {
  const before = posts.get(id);
  if (!before) return;
  const undo: Partial<Status> = {};
  for (const name of Object.keys(changes) as (keyof Status)[]) Object.assign(undo, { [name]: before[name] });
  change(id, changes);
  try {
    const after = await ask();
    takePost(after);
  } catch (error) {
    change(id, undo);
    complain(error);
  }
}

export function favourite(id: string): Promise<void> {
  const now = posts.get(id);
  const on = !now?.favourited;
  const count = Math.max(0, (now?.favourites_count ?? 0) + (on ? 1 : -1));
  return optimistically(id, { favourited: on, favourites_count: count }, () =>
    post<Status>(`/api/v1/statuses/${id}/${on ? "favourite" : "unfavourite"}`),
  );
}

export function boost(id: string): Promise<void> {
  const now = posts.get(id);
  const on = !now?.reblogged;
  const count = Math.max(0, (now?.reblogs_count ?? 0) + (on ? 1 : -1));
  return optimistically(id, { reblogged: on, reblogs_count: count }, async () => {
    const answer = await post<Status>(`/api/v1/statuses/${id}/${on ? "reblog" : "unreblog"}`);
    return answer.reblog ?? answer;
  });
}

export function bookmark(id: string): Promise<void> {
  const on = !posts.get(id)?.bookmarked;
  return optimistically(id, { bookmarked: on }, () =>
    post<Status>(`/api/v1/statuses/${id}/${on ? "bookmark" : "unbookmark"}`),
  );
}

export function pin(id: string): Promise<void> {
  const on = !posts.get(id)?.pinned;
  return optimistically(id, { pinned: on }, () => post<Status>(`/api/v1/statuses/${id}/${on ? "pin" : "unpin"}`));
}

export function muteThread(id: string): Promise<void> {
  const on = !posts.get(id)?.muted;
  return optimistically(id, { muted: on }, () => post<Status>(`/api/v1/statuses/${id}/${on ? "mute" : "unmute"}`));
}

export async function vote(id: string, poll: Poll, choices: number[]): Promise<void> {
  try {
    change(id, { poll: await post<Poll>(`/api/v1/polls/${poll.id}/votes`, { choices }) });
  } catch (error) {
    complain(error);
  }
}

/** Takes an own post out of one that quotes it, for good; true once that is done. */
export async function takeOutQuote(id: string, quoting: string): Promise<boolean> {
  try {
    takePost(await post<Status>(`/api/v1/statuses/${id}/quotes/${quoting}/revoke`));
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

/** Deletes an own post; true once it is gone. */
export async function deletePost(id: string): Promise<boolean> {
  gone.add(id);
  try {
    await remove(`/api/v1/statuses/${id}`);
    return true;
  } catch (error) {
    gone.delete(id);
    complain(error);
    return false;
  }
}

export async function loadRelationships(ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)].filter((id) => !relationships.has(id)).slice(0, 40);
  if (!wanted.length) return;
  try {
    for (const one of await get<Relationship[]>("/api/v1/accounts/relationships", { id: wanted })) relationships.set(one.id, one);
  } catch {
    // The buttons stay away until it is known how the two stand.
  }
}

type Relating = "follow" | "unfollow" | "block" | "unblock" | "mute" | "unmute" | "remove_from_followers";

/** Changes how the member stands to an account, at once; back when the server says no. */
export async function relate(id: string, verb: Relating, body: unknown = {}): Promise<void> {
  const before = relationships.get(id);
  if (before) {
    const locked = accounts.get(id)?.locked ?? false;
    const guess: Partial<Relationship> =
      verb === "follow" ? (locked ? { requested: true } : { following: true })
      : verb === "unfollow" ? { following: false, requested: false }
      : verb === "block" ? { blocking: true, following: false, followed_by: false }
      : verb === "unblock" ? { blocking: false }
      : verb === "mute" ? { muting: true }
      : verb === "unmute" ? { muting: false }
      : { followed_by: false };
    relationships.set(id, { ...before, ...guess });
  }
  try {
    relationships.set(id, await post<Relationship>(`/api/v1/accounts/${id}/${verb}`, body));
  } catch (error) {
    if (before) relationships.set(id, before);
    complain(error);
  }
}
