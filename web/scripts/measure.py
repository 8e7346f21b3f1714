"""Holds the app to its budgets in a real Chromium: make app-budget, or python web/scripts/measure.py [size paint scroll memory].

Starts a server of its own with 2,000 posts. Prints a line for each figure, with its limit, and fails where one is over. Needs a Chromium; CHROMIUM
names it. Times are those of this machine, so that they mean something only where nothing else runs.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.support.chromium import FLAGS
from tests.support.whole_server import PASSWORD, WholeServer

POSTS = 2_000
SLOWDOWN = 4
LOADS = 5
WRITERS = 4
WARM_UP_POSTS, LIVE_POSTS = 1_000, 4_000
SCRIPT_MAX_KB = 90.0
PAINT_MAX_SECONDS = 1.0
SHIFT_MAX = 0.05
DROPPED_MAX_PERCENT = 5.0
GROWTH_MAX_MB = 2.0

# When the first post is on the screen: the frame after the one in which it came into the page.
_FIRST_POST = """
new MutationObserver((_, watcher) => {
  if (window.firstPost || !document.querySelector("[data-post]")) return;
  watcher.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => (window.firstPost = performance.now())));
}).observe(document, { childList: true, subtree: true });
window.shift = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_SCRIPTS = """
() => performance.getEntriesByType("resource").filter((one) => one.name.endsWith(".js") && one.startTime < window.firstPost)
  .reduce((sum, one) => sum + one.encodedBodySize, 0) / 1000
"""
# Scrolls as a wheel that is turned fast, and looks how long every frame took.
_SCROLL = """
(wanted) => new Promise((done) => {
  const frames = [];
  let before = performance.now();
  let still = 0;
  const step = (now) => {
    frames.push(now - before);
    before = now;
    const at = scrollY;
    scrollBy(0, 60);
    still = scrollY === at ? still + 1 : 0;
    const last = [...document.querySelectorAll("[data-row]")].at(-1)?.textContent ?? "";
    const number = Number(/Post (\\d+)\\./.exec(last)?.[1] ?? 1e9);
    if (number <= wanted || still > 600) done({ frames: frames.slice(1), reached: number });
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})
"""


class Budget:
    """The figures so far, and whether one was over."""

    def __init__(self) -> None:
        self.over = False

    def hold(self, name: str, value: float, most: float, unit: str) -> None:
        bad = value > most
        self.over |= bad
        print(f"{'OVER' if bad else 'ok  '} {name}: {value:.2f} {unit} (at most {most:g})", flush=True)


def fill(server: WholeServer) -> None:
    """ann follows ben, who has written a lot."""
    for name in ("ann", "ben"):
        server.add_member(name)
    with httpx2.Client(base_url=server.url, headers=bearer(server, "ann"), timeout=60) as client:
        ben = client.get("/api/v1/accounts/lookup", params={"acct": "ben"}).json()["id"]
        client.post(f"/api/v1/accounts/{ben}/follow").raise_for_status()
    write(server, range(POSTS), writers=1)


def bearer(server: WholeServer, name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {server.token(name)}"}


def write(server: WholeServer, numbers: range, *, writers: int = WRITERS) -> None:
    headers = bearer(server, "ben")
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:

        def say(number: int) -> None:
            text = f"Post {number}. " + "Kelp, tide and stone, and what holds fast. " * (number % 6)
            client.post("/api/v1/statuses", json={"status": text}).raise_for_status()

        with ThreadPoolExecutor(writers) as pool:
            list(pool.map(say, numbers))


def signed_in(browser: Browser, server: WholeServer) -> dict[str, object]:
    """What the browser keeps of somebody who has signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/auth/sign_in?next=/app/enter")
    page.fill("input[name=login]", "ann")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/app/home")
    page.wait_for_selector("[data-post]")
    state: dict[str, object] = context.storage_state()  # type: ignore[assignment]
    context.close()
    return state


def opened(
    browser: Browser, state: dict[str, object], **options: object
) -> tuple[BrowserContext, Page, CDPSession]:
    context = browser.new_context(storage_state=state, viewport={"width": 412, "height": 823}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.add_init_script(_FIRST_POST)
    return context, page, context.new_cdp_session(page)


def first_look(
    browser: Browser, server: WholeServer, state: dict[str, object], budget: Budget, kinds: set[str]
) -> None:
    """A browser that has nothing of the app yet but the sign-in."""
    paints, shifts, sizes = [], [], []
    for _ in range(LOADS):
        context, page, shell = opened(browser, state, service_workers="block")
        shell.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        page.goto(f"{server.url}/app/home")
        page.wait_for_function("() => window.firstPost")
        page.wait_for_timeout(2_000)
        paints.append(page.evaluate("window.firstPost") / 1000)
        shifts.append(page.evaluate("window.shift"))
        sizes.append(page.evaluate(_SCRIPTS))
        context.close()
    if "size" in kinds:
        budget.hold("script before the first timeline, gzip", max(sizes), SCRIPT_MAX_KB, "kB")
    if "paint" in kinds:
        name = f"first timeline painted, {SLOWDOWN} times slower, median of {LOADS}"
        budget.hold(name, statistics.median(paints), PAINT_MAX_SECONDS, "s")
        budget.hold("layout shift", max(shifts), SHIFT_MAX, "")


def scroll(browser: Browser, server: WholeServer, state: dict[str, object], budget: Budget) -> None:
    context, page, _shell = opened(browser, state)
    page.goto(f"{server.url}/app/home")
    page.wait_for_function("() => window.firstPost")
    found = page.evaluate(_SCROLL, 10)
    context.close()
    assert found["reached"] <= 10, f"the timeline ended at {found['reached']}"
    frames = found["frames"]
    usual = statistics.median(frames)
    dropped = sum(max(0, round(one / usual) - 1) for one in frames)
    share = 100 * dropped / (len(frames) + dropped)
    print(f"     {len(frames)} frames of {usual:.1f} ms; the longest {max(frames):.0f} ms")
    budget.hold(f"frames dropped over {POSTS} posts", share, DROPPED_MAX_PERCENT, "%")


def heap_mb(shell: CDPSession) -> float:
    for _ in range(3):
        shell.send("HeapProfiler.collectGarbage")
    used: float = shell.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6


def memory(browser: Browser, server: WholeServer, state: dict[str, object], budget: Budget) -> None:
    """An hour of a busy place, as fast as it can be written."""
    context, page, shell = opened(browser, state)
    page.goto(f"{server.url}/app/home")
    page.wait_for_function("() => window.firstPost")
    figures = []
    for start in range(0, WARM_UP_POSTS + LIVE_POSTS, WARM_UP_POSTS):
        write(server, range(10_000 + start, 10_000 + start + WARM_UP_POSTS))
        page.wait_for_timeout(3_000)
        assert page.locator(".pill").count() == 1, "nothing came live"
        figures.append(heap_mb(shell))
    print("     heap after every 1,000 live posts: " + ", ".join(f"{one:.1f}" for one in figures) + " MB")
    budget.hold(
        f"growth of the heap over {LIVE_POSTS} live posts", figures[-1] - figures[0], GROWTH_MAX_MB, "MB"
    )
    context.close()


def main() -> None:
    kinds = set(sys.argv[1:]) or {"size", "paint", "scroll", "memory"}
    budget = Budget()
    with tempfile.TemporaryDirectory() as folder:
        server = WholeServer(Path(folder) / "data")
        try:
            server.wait_ready()
            fill(server)
            with sync_playwright() as playwright:
                path = os.environ.get("CHROMIUM") or (
                    "/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else None
                )
                browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                state = signed_in(browser, server)
                if kinds & {"size", "paint"}:
                    first_look(browser, server, state, budget, kinds)
                if "scroll" in kinds:
                    scroll(browser, server, state, budget)
                if "memory" in kinds:
                    memory(browser, server, state, budget)
                browser.close()
        finally:
            server.close()
    sys.exit(1 if budget.over else 0)


if __name__ == "__main__":
    main()
