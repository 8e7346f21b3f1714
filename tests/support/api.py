"""Calls routes as a client would, without sockets: the real dispatcher over some tables and a real database."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from holdfast.edge.call import Call
from holdfast.edge.dispatch import dispatcher
from holdfast.edge.routes import Route, RouteTable
from holdfast.edge.services import Services
from holdfast.main.wiring import open_services
from holdfast.platform.clock import Instant
from holdfast.platform.config import Settings
from holdfast.social.accounts import AccountId, Actor, NewAccount, create_account
from holdfast.social.tokens import issue_token, register_app

BOUNDARY = "a-boundary"


class Reply(msgspec.Struct):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    def link(self, rel: str) -> str | None:
        """The address of `rel` in the Link header, as path and query."""
        found = re.search(rf'<([^>]*)>; rel="{rel}"', self.headers.get("link", ""))
        if found is None:
            return None
        parts = urlsplit(found[1])
        return f"{parts.path}?{parts.query}"


class Person(msgspec.Struct):
    """Somebody with a token."""

    name: str
    account_id: int
    public_id: str
    token: str

    @property
    def actor(self) -> Actor:
        return Actor(self.account_id)


class Api:
    """The routes of some tables."""

    def __init__(self, services: Services, tables: Iterable[RouteTable]) -> None:
        self.services = services
        self._paths: dict[str, dict[str, Route]] = {}
        for route in (route for table in tables for route in table.routes):
            self._paths.setdefault(route.path, {})[route.method] = route

    async def person(
        self, name: str, *, scopes: str = "read write follow profile", role: str = "member"
    ) -> Person:
        """Somebody new, with a token of these scopes."""
        now = self.now
        new = NewAccount(name, f"{name}@example.org", None, role=role, by_operator=True)
        async with self.services.database.transaction() as tx:
            account_id = await create_account(tx, new, registrations="open", now=now)
        token = await self.token(account_id, scopes)
        return Person(name, account_id, self.services.ids.encode(account_id), token)

    async def token(self, account_id: AccountId, scopes: str) -> str:
        """One more token."""
        async with self.services.database.transaction() as tx:
            app = await register_app(
                tx, "tests", redirect_uris=["urn:ietf:wg:oauth:2.0:oob"], scopes=scopes, now=self.now
            )
            issued = await issue_token(tx, app.app.app_id, account_id, tuple(scopes.split()), now=self.now)
        return issued.secret

    @property
    def now(self) -> Instant:
        return self.services.clock.now()

    async def get(self, path: str, who: Person | None = None, **query: Any) -> Reply:
        return await self.call("GET", path, who, query=query)

    async def post(self, path: str, who: Person | None = None, **form: Any) -> Reply:
        return await self.call("POST", path, who, form=form)

    async def call(
        self,
        method: str,
        path: str,
        who: Person | None = None,
        *,
        query: dict[str, Any] | None = None,
        form: dict[str, Any] | None = None,
        json: Any = None,
        files: dict[str, bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One request; `form` goes as multipart when there are `files`."""
        parts = urlsplit(path)
        sent = {"host": "localhost", **(headers or {})}
        if who is not None:
            sent["authorization"] = f"Bearer {who.token}"
        body = b""
        if files is not None:
            body, sent["content-type"] = (
                _multipart(form or {}, files),
                f"multipart/form-data; boundary={BOUNDARY}",
            )
        elif json is not None:
            body, sent["content-type"] = msgspec.json.encode(json), "application/json"
        elif form:
            body, sent["content-type"] = (
                urlencode(form, doseq=True).encode(),
                "application/x-www-form-urlencoded",
            )
        search = "&".join(part for part in (parts.query, urlencode(query or {}, doseq=True)) if part)
        scope = {
            "type": "http",
            "method": method,
            "path": parts.path,
            "query_string": search.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
        }
        return await self._send(scope, body)

    async def _send(self, scope: dict[str, Any], body: bytes) -> Reply:
        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        messages: list[MutableMapping[str, Any]] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            messages.append(message)

        methods, segments = self._find(scope["path"])
        await dispatcher(methods)(Call(scope, receive, self.services, segments), send)
        headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        return Reply(messages[0]["status"], headers, messages[1]["body"])

    def _find(self, path: str) -> tuple[dict[str, Route], dict[str, str]]:
        # Fixed paths win over those with a name in them.
        for pattern, methods in sorted(self._paths.items(), key=lambda item: item[0].count("{")):
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), path)
            if found:
                return methods, found.groupdict()
        raise LookupError(path)


def _multipart(form: dict[str, Any], files: dict[str, bytes]) -> bytes:
    parts = []
    for name, value in form.items():
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        )
    for name, content in files.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.png"\r\n'
        parts.append(f"{head}Content-Type: image/png\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


@asynccontextmanager
async def api_over(settings: Settings, *tables: RouteTable) -> AsyncIterator[Api]:
    """The routes of `tables` over services wired as in a running process."""
    settings = msgspec.structs.replace(settings, master_key="42" * 32)
    async with open_services(settings) as services:
        yield Api(services, tables)
