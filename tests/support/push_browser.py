"""Push in a browser that has no vendor's service: what the vendor would do is done by hand on both sides."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.support.chromium import Person
from tests.support.push_service import Device, b64

_SUBSCRIBING = """([endpoint, keys]) => {
PushManager.prototype.subscribe = async function (options) {
  window.asked = { visible: options.userVisibleOnly, key: options.applicationServerKey.length };
  return { toJSON: () => ({ endpoint, keys }), unsubscribe: async () => true };
};
}"""
_SHOWN = """async () => {
  for (let turn = 0; turn < 100; turn += 1) {
    const list = await (await navigator.serviceWorker.ready).getNotifications();
    if (list.length) return list.map((one) => [one.title, one.body, one.tag]);
    await new Promise((done) => setTimeout(done, 100));
  }
  return [];
}"""


def stand_in_for_vendor(page: Page, endpoint: str, device: Device) -> None:
    """Whoever subscribes in this page is given the endpoint, and the device's keys. `window.asked` says with what."""
    keys = {"p256dh": b64(device.keys.public_key), "auth": b64(device.keys.auth)}
    page.evaluate(_SUBSCRIBING, [endpoint, keys])


def hand_push_message_over(person: Person, text: str) -> list[list[str]]:
    """The browser gets a message, as from its vendor; title, text and tag of every notification then shown."""
    shell = person.context.new_cdp_session(person.page)
    versions: list[dict[str, Any]] = []
    shell.on("ServiceWorker.workerRegistrationUpdated", lambda event: versions.extend(event["registrations"]))
    shell.send("ServiceWorker.enable")
    while not any(one["scopeURL"].endswith("/app/") for one in versions):
        person.page.wait_for_timeout(50)
    registration = next(one for one in versions if one["scopeURL"].endswith("/app/"))
    message = {"origin": person.url, "registrationId": registration["registrationId"], "data": text}
    shell.send("ServiceWorker.deliverPushMessage", message)
    found: list[list[str]] = person.page.evaluate(_SHOWN)
    return found
