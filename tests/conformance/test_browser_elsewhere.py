"""A web client of other makers' library, in a real browser, on an origin that is not the server's."""

from __future__ import annotations

import functools
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from tests.support.chromium import PATIENCE_MS, open_chromium
from tests.support.whole_server import PASSWORD, WholeServer

pytestmark = [pytest.mark.conformance, pytest.mark.browser]

PACKAGES = ("masto@8.0.0",)
_PAGES = Path(__file__).parent / "javascript"
_STEPS = ["token", "account ann", "posted", "heard", "paged", "refused"]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeServer]:
    """One that says soon on its streams that it is still there."""
    running = WholeServer(tmp_path_factory.mktemp("quiet") / "data", stream_heartbeat_seconds="1")
    try:
        running.wait_ready()
        running.add_member("ann")
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of the client."""
    if shutil.which("npm") is None:
        pytest.skip("NO NODE.JS: no web client is tested here")
    made = tmp_path_factory.mktemp("elsewhere")
    (made / "package.json").write_text('{"private": true}')
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", *PACKAGES]
    done = subprocess.run(install, cwd=made, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        pytest.skip(f"NO PACKAGES: {PACKAGES[0]} could not be fetched: {done.stderr[-300:]}")
    for name in ("elsewhere.html", "elsewhere.mjs"):
        shutil.copy(_PAGES / name, made)
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(made))) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def test_a_web_client_signs_in_from_its_own_origin(server: WholeServer, elsewhere: str) -> None:
    headers = {"authorization": f"Bearer {server.token('ann')}"}
    httpx2.post(f"{server.url}/api/v1/statuses", json={"status": "There before."}, headers=headers)
    with open_chromium(needs_app=False) as browser:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{elsewhere}/elsewhere.html?server={server.url}")
        page.wait_for_function("() => window.ready")
        page.click("#in")
        page.wait_for_url(f"{server.url}/auth/sign_in**")
        page.fill("input[name=login]", "ann")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{server.url}/oauth/authorize**")
        page.click("button[value=allow]")
        page.wait_for_url(f"{elsewhere}/elsewhere.html?code=**")
        page.wait_for_function(f"() => window.failed || window.done?.length === {len(_STEPS)}")
        assert page.evaluate("() => window.failed") is None
        assert page.evaluate("() => window.done") == _STEPS
        assert page.context.cookies(elsewhere) == []
