/** A list of posts that grows at both ends. New posts wait until they are asked for, so nothing moves under the reader. */

import { request, type Query } from "./client";
import type { Status } from "./entities";
import { compareIds, mergeIds } from "./ids";
import { keep, recall } from "./kept";
import { goToTop, placeInSight, readMarker, recallPlace, untilTouched, writeMarker, type Place } from "./place";
import { forgetPosts, gone, posts, takePost, takePosts } from "./posts.svelte";
import { session } from "./session.svelte";

const KEPT_POSTS = 60;
const PAGE = 20;
const HOME = "/api/v1/timelines/home";
/** How far down a place is looked for before the reader is left at the top of what was read. */
const PAGES_TO_PLACE = 5;
/** How many new posts are kept while nobody asks for them, and after how many more the others are forgotten. */
const MOST_WAITING = 200;
const SWEEP_AFTER = 200;
let dropped = 0;

export class Timeline {
  ids = $state.raw<string[]>([]);
  waiting = $state.raw<string[]>([]);
  loading = $state(false);
  loaded = $state(false);
  offline = $state(false);
  done = $state(false);
  error = $state.raw<unknown>(null);
  /** More wait than are known. */
  gap = $state(false);
  /** Where the reader was, for the list to go to. */
  place = $state.raw<Place | null>(null);
  /** Measured heights of what is shown, for the windowed list. */
  readonly heights = new Map<string, number>();
  private next: string | null = null;

  constructor(
    readonly path: string,
    readonly query: Query = {},
    /** Bookmarks and the like are not in the order of ids. */
    private readonly sorted = true,
  ) {}

  private get key(): string {
    return `${session.active ?? "nobody"}/timeline${this.path}?${JSON.stringify(this.query)}`;
  }

  shown(): string[] {
    return this.ids.filter((id) => !gone.has(id) && !gone.has(posts.get(id)?.reblog?.id ?? ""));
  }

  /** First look: what was kept at once, then what is true. */
  async start(): Promise<void> {
    if (this.loaded || this.loading) return;
    if (this.path === HOME) return this.resume();
    const fresh = this.refresh();
    const kept = await recall<Status[]>("cache", this.key);
    if (kept?.length && !this.loaded) this.ids = takePosts(kept);
    await fresh;
  }

  /** The place is found again: what was read is shown, what is newer than all that was shown anywhere waits above. */
  private async resume(): Promise<void> {
    this.loading = true;
    this.error = null;
    const asked = request<Status[]>("GET", this.path, { query: { limit: PAGE } });
    const touched = untilTouched();
    const marked = readMarker();
    asked.catch(() => undefined);
    const place = recallPlace();
    const kept = await recall<Status[]>("cache", this.key);
    if (kept?.length) {
      this.ids = takePosts(kept);
      this.place = place;
    }
    try {
      const [answer, marker] = await Promise.all([asked, marked]);
      const here = kept?.[0]?.id ?? null;
      const elsewhere = marker !== null && (here === null || compareIds(marker, here) > 0);
      await this.showFrom(answer.data, answer.next, elsewhere ? marker : here, elsewhere ? null : place, touched.yet);
      if (elsewhere && !touched.yet()) goToTop();
      this.loaded = true;
      this.offline = false;
      writeMarker(this.newest());
      void this.keepSome();
    } catch (error) {
      this.error = error;
      this.offline = this.ids.length > 0;
    } finally {
      touched.end();
      this.loading = false;
    }
  }

  private async showFrom(newest: Status[], after: string | null, line: string | null, place: Place | null, touched: () => boolean): Promise<void> {
    const unread = line === null ? [] : newest.filter((one) => compareIds(one.id, line) > 0);
    let list = newest.slice(unread.length);
    let next = after;
    const missed = list.length === 0 && next !== null && line !== null;
    if (missed) {
      const answer = await request<Status[]>("GET", this.path, { query: { limit: PAGE, max_id: String(BigInt(line) + 1n) } });
      ({ data: list, next } = answer);
    }
    for (let page = 0; place && next && page < PAGES_TO_PLACE; page += 1) {
      const last = list.at(-1)?.id ?? place.id;
      if (compareIds(last, place.id) <= 0) break;
      const answer = await request<Status[]>("GET", next);
      list = [...list, ...answer.data];
      next = answer.data.length ? answer.next : null;
    }
    // With nothing read that is still there, everything is new, and nothing needs to wait.
    const waits = list.length > 0;
    const stay = touched() ? placeInSight() : place;
    this.waiting = waits ? takePosts(unread) : [];
    this.gap = waits && missed;
    this.ids = takePosts(waits ? list : newest);
    this.next = waits ? next : after;
    this.done = this.next === null;
    this.place = stay;
  }

  async refresh(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.error = null;
    try {
      const answer = await request<Status[]>("GET", this.path, { query: { ...this.query, limit: PAGE } });
      this.ids = takePosts(answer.data);
      this.waiting = [];
      this.gap = false;
      this.next = answer.next;
      this.done = answer.next === null || answer.data.length === 0;
      this.loaded = true;
      this.offline = false;
      if (this.path === HOME) writeMarker(this.newest());
      void this.keepSome();
    } catch (error) {
      this.error = error;
      this.offline = this.ids.length > 0;
    } finally {
      this.loading = false;
    }
  }

  async more(): Promise<void> {
    if (this.loading || this.done || !this.next) return;
    this.loading = true;
    this.error = null;
    try {
      const answer = await request<Status[]>("GET", this.next);
      const more = takePosts(answer.data);
      this.ids = this.sorted ? mergeIds(this.ids, more) : [...new Set([...this.ids, ...more])];
      this.next = answer.next;
      this.done = answer.next === null || answer.data.length === 0;
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  /** After the network was away: what came since waits above. */
  async catchUp(): Promise<void> {
    const newest = this.ids[0];
    if (!this.loaded || !newest || !this.sorted) return this.start();
    try {
      const answer = await request<Status[]>("GET", this.path, { query: { ...this.query, limit: 40, since_id: newest } });
      if (answer.data.length >= 40) {
        // More than a page was missed: the gap is closed by starting anew, when the reader says so.
        this.waiting = takePosts(answer.data);
        this.gap = true;
      } else this.arrive(...answer.data);
    } catch {
      // The next reconnection tries again.
    }
  }

  arrive(...list: Status[]): void {
    const ids = list.filter((one) => !this.ids.includes(one.id)).map(takePost);
    if (!ids.length) return;
    const waiting = mergeIds(this.waiting, ids);
    this.waiting = waiting.slice(0, MOST_WAITING);
    if (waiting.length <= MOST_WAITING) return;
    // Nobody reads that many one after another: the list starts anew when the reader says so.
    this.gap = true;
    dropped += waiting.length - MOST_WAITING;
    if (dropped < SWEEP_AFTER) return;
    dropped = 0;
    forgetPosts([...everyTimeline()].flatMap((one) => [...one.ids, ...one.waiting]));
  }

  /** What waited is shown now. */
  reveal(): void {
    if (this.gap) {
      void this.refresh();
      return;
    }
    this.ids = mergeIds(this.waiting, this.ids);
    this.waiting = [];
    if (this.path === HOME) writeMarker(this.newest());
    void this.keepSome();
  }

  /** One's own post appears at once. */
  add(status: Status): void {
    takePost(status);
    if (!this.loaded || this.ids.includes(status.id)) return;
    this.waiting = this.waiting.filter((id) => id !== status.id);
    this.ids = this.sorted ? mergeIds([status.id], this.ids) : [status.id, ...this.ids];
  }

  drop(id: string): void {
    if (this.ids.includes(id)) this.ids = this.ids.filter((one) => one !== id);
    if (this.waiting.includes(id)) this.waiting = this.waiting.filter((one) => one !== id);
  }

  newest(): string | null {
    return this.ids.reduce<string | null>((top, id) => (top === null || compareIds(id, top) > 0 ? id : top), null);
  }

  private async keepSome(): Promise<void> {
    const some = this.ids.slice(0, KEPT_POSTS).map((id) => posts.get(id)).filter((one) => one !== undefined);
    await keep("cache", this.key, some);
  }
}

const open = new Map<string, Timeline>();
const MOST_OPEN = 30;

/** The timeline of an address, the same one for as long as the app is open. */
export function timeline(path: string, query: Query = {}, sorted = true): Timeline {
  const key = `${path}?${JSON.stringify(query)}`;
  let found = open.get(key);
  if (!found) {
    found = new Timeline(path, query, sorted);
    open.set(key, found);
    if (open.size > MOST_OPEN) for (const first of open.keys()) {
      if (first.startsWith(HOME)) continue;
      open.delete(first);
      break;
    }
  }
  return found;
}

export function homeTimeline(): Timeline {
  return timeline(HOME);
}

export function everyTimeline(): Iterable<Timeline> {
  return open.values();
}
