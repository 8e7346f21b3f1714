"""A person at a browser: keeps cookies, reads forms, sends them as a browser would. And a site to visit."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx2
import msgspec

from holdfast.edge.ports import Services
from holdfast.platform.config import Settings
from holdfast.platform.passwords import hash_password
from holdfast.pure.totp import hotp, step_at
from holdfast.social.accounts import NewAccount, create_account
from tests.support.site import open_site

PASSWORD = "otter quay lantern"


class Town:
    """A whole application over a real database, and any number of browsers and programs that visit it."""

    def __init__(self, app: Any, services: Services) -> None:
        self.app, self.services = app, services
        self._clients: list[httpx2.AsyncClient] = []

    def client(self, ip: str = "192.0.2.1", **options: Any) -> httpx2.AsyncClient:
        """A client that seems to call from `ip`."""
        transport = httpx2.ASGITransport(app=self.app, client=(ip, 40000), raise_app_exceptions=False)
        options.setdefault("base_url", self.services.base_url)
        client = httpx2.AsyncClient(transport=transport, **options)
        self._clients.append(client)
        return client

    def browser(self, ip: str = "192.0.2.1") -> Browser:
        """A fresh browser without cookies."""
        return Browser(
            self.client(ip, headers={"user-agent": "Firefox/140.0 (X11; Linux)"}), self.services.base_url
        )

    async def member(self, name: str, *, password: str | None = PASSWORD, role: str = "member") -> int:
        """Somebody who can sign in; the account id."""
        password_hash = await hash_password(password) if password else None
        new = NewAccount(name, f"{name}@example.org", password_hash, role=role, by_operator=True)
        async with self.services.database.transaction() as tx:
            return await create_account(tx, new, registrations="open", now=self.services.clock.now())

    async def signed_in(self, name: str, ip: str = "192.0.2.1") -> Browser:
        """A new browser in which somebody is signed in."""
        browser = self.browser(ip)
        answer = await browser.sign_in(name)
        assert answer.status_code == 303, answer.text
        return browser

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


class Browser:
    """One browser. `page` is what it shows."""

    def __init__(self, client: httpx2.AsyncClient, origin: str) -> None:
        self.client, self.origin = client, origin
        self.page = ""

    async def open(self, path: str) -> httpx2.Response:
        answer = await self.client.get(path)
        self.page = answer.text
        return answer

    async def send(self, action: str, *, origin: str | None = None, **fields: str) -> httpx2.Response:
        """Fill in the form of the page that goes to `action` and send it; hidden fields go along."""
        hidden = form_fields(self.page, action)
        headers = {"origin": self.origin if origin is None else origin}
        answer = await self.client.post(action, data={**hidden, **fields}, headers=headers)
        if answer.text:
            self.page = answer.text
        return answer

    async def sign_in(self, login: str, password: str = PASSWORD, *, next: str = "/") -> httpx2.Response:
        await self.open(f"/auth/sign_in?{httpx2.QueryParams(next=next)}")
        return await self.send("/auth/sign_in", login=login, password=password)

    async def signed_in(self) -> bool:
        """Whether the next request is still somebody's."""
        return (await self.client.get("/auth/settings")).status_code == 200


def form_fields(page: str, action: str) -> dict[str, str]:
    """Hidden fields of the form of a page that goes to `action`."""

    class Forms(HTMLParser):
        inside, found, seen = False, {}, False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag == "form":
                self.inside = given.get("action") == action
                self.seen = self.seen or self.inside
            elif tag == "input" and self.inside and given.get("type") == "hidden":
                self.found[str(given["name"])] = str(given.get("value") or "")

    forms = Forms()
    forms.found = {}
    forms.feed(page)
    assert forms.seen, f"the page has no form that goes to {action}: {page[:600]}"
    return dict(forms.found)


def text_between(page: str, pattern: str) -> str:
    """The first group of a pattern in a page."""
    match = re.search(pattern, page, re.DOTALL)
    assert match is not None, page[:2000]
    return unescape(match.group(1))


def code_now(secret: bytes, *, ahead: int = 0) -> str:
    """What an authenticator app shows now, or `ahead` steps later."""
    return hotp(secret, step_at(time.time()) + ahead)


@asynccontextmanager
async def open_town(settings: Settings, **changes: Any) -> AsyncIterator[Town]:
    """A town over `settings`, with some of them changed."""
    async with open_site(msgspec.structs.replace(settings, **changes)) as site:
        town = Town(site.app, site.services)
        try:
            yield town
        finally:
            await town.close()
