/** Web Push: asked for by a gesture, for this browser and the account at work. */

import { ApiError, get, post, remove } from "./client";
import { session } from "./session.svelte";

type State = "on" | "off" | "denied" | "missing";

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (one) => one.charCodeAt(0));
}

function possible(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

export async function pushState(): Promise<State> {
  if (!possible()) return "missing";
  if (Notification.permission === "denied") return "denied";
  const here = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
  if (!here) return "off";
  try {
    await get("/api/v1/push/subscription");
    return "on";
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return "off";
    throw error;
  }
}

export async function enablePush(): Promise<State> {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const key = session.instance?.configuration.vapid?.public_key ?? "";
  const registration = await navigator.serviceWorker.ready;
  const here = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  const { endpoint, keys } = here.toJSON();
  const alerts = Object.fromEntries(["mention", "quote", "status", "follow", "follow_request", "favourite", "reblog", "poll", "moderation_warning", "holdfast.report_outcome", "holdfast.notice"].map((one) => [one, true]));
  await post("/api/v1/push/subscription", { subscription: { endpoint, keys, standard: true, declarative: true }, data: { alerts, policy: "all" } });
  return "on";
}

export async function disablePush(): Promise<State> {
  await remove("/api/v1/push/subscription");
  await (await (await navigator.serviceWorker.ready).pushManager.getSubscription())?.unsubscribe();
  return "off";
}
