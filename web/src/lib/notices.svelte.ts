/** Notifications, in the groups that the server makes. */

import { get, post, request } from "./client";
import type { GroupedNotifications, NotificationGroup } from "./entities";
import { keep, recall } from "./kept";
import { holders, takeAccount, takePosts } from "./posts.svelte";
import { session } from "./session.svelte";

const TYPES = [
  "mention", "status", "reblog", "favourite", "follow", "follow_request", "update", "quote", "quoted_update", "poll",
  "moderation_warning", "severed_relationships", "admin.sign_up", "admin.report", "holdfast.report_outcome", "holdfast.notice",
];

export type Kind = "all" | "mentions";

class Notices {
  groups = $state.raw<NotificationGroup[]>([]);
  unread = $state(0);
  /** Came while the page was open, and waits above. */
  fresh = $state(0);
  loading = $state(false);
  loaded = $state(false);
  done = $state(false);
  error = $state.raw<unknown>(null);
  kind = $state<Kind>("all");
  private next: string | null = null;

  private get key(): string {
    return `${session.active}/notifications/${this.kind}`;
  }

  async start(): Promise<void> {
    if (!this.loaded) {
      const kept = await recall<GroupedNotifications>("cache", this.key);
      if (kept && !this.loaded) this.take(kept);
    }
    await this.refresh();
  }

  private take(answer: GroupedNotifications): NotificationGroup[] {
    answer.accounts.forEach(takeAccount);
    takePosts(answer.statuses);
    return (this.groups = answer.notification_groups);
  }

  async refresh(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.error = null;
    try {
      const only = this.kind === "mentions" ? { types: ["mention", "quote"] } : {};
      const answer = await request<GroupedNotifications>("GET", "/api/v2/notifications", {
        query: { supported_types: TYPES, limit: 30, ...only },
      });
      this.take(answer.data);
      this.next = answer.next;
      this.done = answer.next === null || answer.data.notification_groups.length === 0;
      this.loaded = true;
      this.fresh = 0;
      void keep("cache", this.key, answer.data);
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  async more(): Promise<void> {
    if (this.loading || this.done || !this.next) return;
    this.loading = true;
    try {
      const answer = await request<GroupedNotifications>("GET", this.next);
      answer.data.accounts.forEach(takeAccount);
      takePosts(answer.data.statuses);
      const known = new Set(this.groups.map((group) => group.group_key));
      this.groups = [...this.groups, ...answer.data.notification_groups.filter((group) => !known.has(group.group_key))];
      this.next = answer.next;
      this.done = answer.next === null || answer.data.notification_groups.length === 0;
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  arrived(): void {
    this.unread += 1;
    this.fresh += 1;
  }

  /** Others came in; which ones, only the list says. */
  merged(): void {
    this.fresh += 1;
    void this.count();
  }

  async count(): Promise<void> {
    try {
      this.unread = (await get<{ count: number }>("/api/v2/notifications/unread_count", { supported_types: TYPES })).count;
    } catch {
      // The count is an ornament.
    }
  }

  /** All that is shown was seen; other devices learn of it. */
  async seen(): Promise<void> {
    this.unread = 0;
    const top = this.groups[0]?.page_max_id;
    if (!top || this.kind !== "all") return;
    await post("/api/v1/markers", { notifications: { last_read_id: top } }).catch(() => undefined);
  }

  choose(kind: Kind): void {
    this.kind = kind;
    this.groups = [];
    this.loaded = false;
    void this.refresh();
  }

  async dismiss(group: NotificationGroup): Promise<void> {
    this.groups = this.groups.filter((one) => one.group_key !== group.group_key);
    await post(`/api/v2/notifications/${encodeURIComponent(group.group_key)}/dismiss`).catch(() => void this.refresh());
  }
}

export const notices = new Notices();
holders.push(() => notices.groups.flatMap((group) => group.status_id ?? []));
