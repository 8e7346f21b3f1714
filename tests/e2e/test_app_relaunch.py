"""The site goes down for good; a mirror holds a signed notice that says where it is now."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from holdfast.platform.config import load_settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.master_key import load_master_key
from holdfast.pure.evidence import Algorithm, SigningKey
from holdfast.pure.relaunch_notices import RelaunchNotice, encode_notice
from holdfast.records.sequencing import signing_key
from tests.support.chromium import PATIENCE_MS, Person
from tests.support.up_process import free_port
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)

_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class _Open(SimpleHTTPRequestHandler):
    """Files for pages of every origin."""

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def _mirror(folder: Path, port: int) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", port), functools.partial(_Open, directory=str(folder))) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield
        serving.shutdown()


def _look_again(person: Person) -> None:
    """Opened anew, from what the browser keeps."""
    person.page.goto(f"{person.url}/app/home")
    person.page.get_by_role("heading", name="Home").wait_for()


def test_the_app_says_where_the_site_went_and_believes_no_other(chromium: Browser, tmp_path: Path) -> None:
    folder, port = tmp_path / "mirror", free_port()
    folder.mkdir()
    file, place = folder / "relaunch.json", f"http://127.0.0.1:{port}/relaunch.json"
    server = WholeServer(tmp_path / "data", relaunch_addresses=place)
    person: Person | None = None
    try:
        server.wait_ready()
        server.add_member("ann")
        person = Person(chromium, server.url, "ann", viewport={"width": 1280, "height": 900})
        with _mirror(folder, port):
            person.sign_in()
            person.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            told = httpx2.get(f"{server.url}/api/v2/instance").json()["holdfast"]
            origin = told["ledger"]["origin"]
            settings = load_settings({"data": str(tmp_path / "data")}, environment={})
            key = signing_key(Keyring(load_master_key(settings)), origin, 1)
            assert told["ledger"]["vkeys"] == [key.verifier.vkey]
            person.open("/app/home")
            server.close()

            def write(sequence: int, address: str, signer: SigningKey) -> None:
                notice = RelaunchNotice(origin, sequence, _NOON, _NOON, (address,))
                file.write_bytes(encode_notice(notice, [signer]))

            banner = person.page.get_by_role("status").filter(has_text="This server has moved")
            forger = SigningKey(origin, Algorithm.ED25519, bytes(32))
            write(9, "https://forged.example", forger)
            with person.page.expect_response(place):
                _look_again(person)
            expect(banner).to_have_count(0)
            write(2, "https://kelp.example", key)
            _look_again(person)
            expect(banner).to_be_visible()
            link = banner.get_by_role("link", name="Go to kelp.example")
            assert link.get_attribute("href") == "https://kelp.example/app/home"
            # An older notice, from before, leads nobody back.
            write(1, "https://old.example", key)
            _look_again(person)
            expect(banner).to_contain_text("kelp.example")
        # Nobody serves it any more: what was believed is remembered.
        _look_again(person)
        expect(banner).to_contain_text("kelp.example")
    finally:
        if person is not None:
            person.close()
        server.close()
