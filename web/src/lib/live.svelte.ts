/** What happens now, by the server's stream. The connection is made again when it breaks, later each time. */

import type { Notification, Status } from "./entities";
import { notices } from "./notices.svelte";
import { gone, posts, takeAccount, takePost } from "./posts.svelte";
import { session } from "./session.svelte";
import { everyTimeline, homeTimeline, type Timeline } from "./timeline.svelte";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const SILENCE_MS = 120_000;

interface Message {
  stream: string[];
  event: string;
  payload: string;
}

class Live {
  connected = $state(false);
  private socket: WebSocket | null = null;
  private waitMs = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private wanted = new Map<string, { timeline: Timeline; ask: object }>();
  private before = false;

  start(): void {
    if (session.active === null) return;
    this.open();
    addEventListener("online", () => this.again(0));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && !this.connected) this.again(0);
    });
  }

  private open(): void {
    if (this.socket || session.active === null) return;
    const base = new URL("/api/v1/streaming?stream=user", location.href);
    base.protocol = base.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(base, `holdfast.account.${session.active}`);
    this.socket = socket;
    socket.onopen = () => {
      this.connected = true;
      this.waitMs = FIRST_WAIT_MS;
      for (const { ask } of this.wanted.values()) socket.send(JSON.stringify({ type: "subscribe", ...ask }));
      // What happened while nobody listened is not told later.
      if (this.before) {
        void homeTimeline().catchUp();
        for (const { timeline } of this.wanted.values()) void timeline.catchUp();
      }
      this.before = true;
      void notices.count();
      this.heard();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.heard();
      this.take(JSON.parse(event.data) as Message);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.connected = false;
      clearTimeout(this.silence);
      this.again(this.waitMs);
      this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
    };
  }

  private again(afterMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (navigator.onLine && document.visibilityState !== "hidden") this.open();
    }, afterMs);
  }

  /** A line that says nothing, not even its heartbeat, is dead. */
  private heard(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket?.close(), SILENCE_MS);
  }

  private take(message: Message): void {
    const name = message.stream?.join(":");
    switch (message.event) {
      case "update": {
        const status = JSON.parse(message.payload) as Status;
        if (name === "user") homeTimeline().arrive(status);
        else this.wanted.get(name)?.timeline.arrive(status);
        break;
      }
      case "status.update": {
        const status = JSON.parse(message.payload) as Status;
        if (posts.has(status.id)) takePost(status);
        break;
      }
      case "delete":
        if (posts.has(message.payload)) gone.add(message.payload);
        for (const one of everyTimeline()) one.drop(message.payload);
        break;
      case "notification": {
        const notification = JSON.parse(message.payload) as Notification;
        takeAccount(notification.account);
        if (notification.status) takePost(notification.status);
        notices.arrived();
        break;
      }
      case "notifications_merged":
        notices.merged();
        break;
    }
  }

  /** Follows one more stream for as long as its page is shown; the answer ends that. */
  follow(stream: string, timeline: Timeline, more: Record<string, string> = {}): () => void {
    const name = [stream, ...Object.values(more)].join(":");
    const ask = { stream, ...more };
    this.wanted.set(name, { timeline, ask });
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "subscribe", ...ask }));
    return () => {
      this.wanted.delete(name);
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "unsubscribe", ...ask }));
    };
  }
}

export const live = new Live();
