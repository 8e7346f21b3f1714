/** The service worker, and the question whether to take a newer version of the app. */

class Updates {
  ready = $state.raw<ServiceWorker | null>(null);

  take(): void {
    this.ready?.postMessage("take over");
  }
}

export const updates = new Updates();
const HOUR_MS = 3_600_000;

export function startUpdates(): void {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  const had = navigator.serviceWorker.controller !== null;
  let reloading = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!had || reloading) return;
    reloading = true;
    location.reload();
  });
  navigator.serviceWorker
    .register("/app/sw.js", { scope: "/app/" })
    .then((registration) => {
      const look = (worker: ServiceWorker | null) => {
        if (worker?.state === "installed" && navigator.serviceWorker.controller) updates.ready = worker;
      };
      look(registration.waiting);
      registration.addEventListener("updatefound", () => {
        const worker = registration.installing;
        worker?.addEventListener("statechange", () => look(worker));
      });
      setInterval(() => void registration.update().catch(() => undefined), HOUR_MS);
    })
    .catch(() => undefined);
}
