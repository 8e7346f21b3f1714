/** A list of posts that grows at both ends. New posts wait until they are asked for, so nothing moves under the reader. */

import { request, type Query } from "./client";
import type { Status } from "./entities";
import { compareIds, mergeIds } from "./ids";
import { keep, recall } from "./kept";
import { gone, posts, takePost, takePosts } from "./posts.svelte";
import { session } from "./session.svelte";

const KEPT_POSTS = 60;
const PAGE = 20;

export class Timeline {
  ids = $state.raw<string[]>([]);
  waiting = $state.raw<string[]>([]);
  loading = $state(false);
  loaded = $state(false);
  offline = $state(false);
  done = $state(false);
  error = $state.raw<unknown>(null);
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
    const fresh = this.refresh();
    const kept = await recall<Status[]>("cache", this.key);
    if (kept?.length && !this.loaded) this.ids = takePosts(kept);
    await fresh;
  }

  async refresh(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.error = null;
    try {
      const answer = await request<Status[]>("GET", this.path, { query: { ...this.query, limit: PAGE } });
      this.ids = takePosts(answer.data);
      this.waiting = [];
      this.next = answer.next;
      this.done = answer.next === null || answer.data.length === 0;
      this.loaded = true;
      this.offline = false;
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

  private gap = false;

  arrive(...list: Status[]): void {
    const ids = list.filter((one) => !this.ids.includes(one.id)).map(takePost);
    if (ids.length) this.waiting = mergeIds(this.waiting, ids);
  }

  /** What waited is shown now. */
  reveal(): void {
    if (this.gap) {
      this.gap = false;
      void this.refresh();
      return;
    }
    this.ids = mergeIds(this.waiting, this.ids);
    this.waiting = [];
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
      if (first.startsWith("/api/v1/timelines/home")) continue;
      open.delete(first);
      break;
    }
  }
  return found;
}

export function homeTimeline(): Timeline {
  return timeline("/api/v1/timelines/home");
}

export function everyTimeline(): Iterable<Timeline> {
  return open.values();
}
