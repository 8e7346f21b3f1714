"""A browser, a server, and two people at it: one at a desk, one with a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import Person, open_chromium
from tests.support.whole_server import WholeServer

_PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
# Words that screening holds and flags here, so that a test needs no threat.
_RULES = """
extends = "default"
name = "orchard"
version = 1

[banks.quinces]
kind = "words"
about = "Fruit"
entries = ["quince"]

[[rules]]
id = "fruit.quince"
title = "Quinces"
lane = "P3"
action = "hold"
stage = "live"
reason = "Fruit is read by a person first."
when = 'bank("quinces")'
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeServer]:
    folder = tmp_path_factory.mktemp("app")
    rules = folder / "rules.toml"
    rules.write_text(_RULES)
    # Strangers may sign up, and a push service on this machine may be reached.
    running = WholeServer(
        folder / "data", screening_rules_file=str(rules), registrations="open",
        outbound_private_allowed="127.0.0.0/8",
    )  # fmt: skip
    try:
        for last in (False, False, True):
            try:
                running.wait_ready()
                break
            except AssertionError:
                if last:
                    raise
        for name in ("ann", "ben"):
            running.add_member(name)
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def ann(chromium: Browser, server: WholeServer) -> Iterator[Person]:
    person = Person(chromium, server.url, "ann", viewport={"width": 1280, "height": 900})
    person.sign_in()
    yield person
    person.close()


@pytest.fixture(scope="module")
def ben(chromium: Browser, server: WholeServer) -> Iterator[Person]:
    person = Person(chromium, server.url, "ben", **_PHONE)
    person.sign_in()
    person.open("/app/@ann")
    person.page.get_by_role("button", name="Follow", exact=True).click()
    person.page.get_by_role("button", name="Following", exact=True).wait_for()
    yield person
    person.close()
