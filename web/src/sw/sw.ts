/// <reference lib="webworker" />
/** Keeps the app and recent pictures, so that it opens without a network. Answers of the API are never kept here. */

const worker = self as unknown as ServiceWorkerGlobalScope;
const FILES = JSON.parse("__SHELL_FILES__") as string[];
const SHELL = "shell-" + "__SHELL_VERSION__";
const PICTURES = "pictures";
const PAGE = "/app/home";
const MOST_PICTURES = 300;
const PATIENCE_MS = 4_000;

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([PAGE, ...FILES])));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data === "take over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith("/app/")) {
    event.respondWith(page(request));
    event.waitUntil(freshen().catch(() => undefined));
  }
  else if (url.pathname.startsWith("/app/assets/")) event.respondWith(file(request));
  else if (/^\/(media|avatars|headers)\//.test(url.pathname) && request.destination === "image") event.respondWith(picture(request));
});

/** The page of this version: its files are kept with it, while the server may have others already. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.open(SHELL).then((cache) => cache.match(PAGE));
  if (kept) return kept;
  return fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
}

/** The same page may come with another policy: where the app may look for this server once it has gone. */
async function freshen(): Promise<void> {
  const cache = await caches.open(SHELL);
  const [kept, answer] = await Promise.all([cache.match(PAGE), fetch(PAGE, { signal: AbortSignal.timeout(PATIENCE_MS) })]);
  if (kept && answer.ok && (await kept.text()) === (await answer.clone().text())) await cache.put(PAGE, answer);
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

async function picture(request: Request): Promise<Response> {
  const cache = await caches.open(PICTURES);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200) {
    await cache.put(request, answer.clone());
    const keys = await cache.keys();
    for (const old of keys.slice(0, Math.max(0, keys.length - MOST_PICTURES))) await cache.delete(old);
  }
  return answer;
}

interface PushNote {
  title?: string;
  body?: string;
  icon?: string;
  notification_id?: string | number;
}

worker.addEventListener("push", (event) => {
  const note = (event.data?.json() ?? {}) as PushNote;
  event.waitUntil(
    worker.registration.showNotification(note.title ?? "Holdfast", {
      body: note.body, icon: note.icon ?? "/app/icons/icon-192.png", badge: "/app/icons/icon-192.png",
      tag: note.notification_id === undefined ? undefined : String(note.notification_id), data: "/app/notifications",
    }),
  );
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    worker.clients.matchAll({ type: "window" }).then((windows) => {
      const open = windows[0];
      if (open) return open.focus().then((one) => one.navigate(String(event.notification.data)));
      return worker.clients.openWindow(String(event.notification.data));
    }),
  );
});
