"""One web process's worth of services, asked through the real dispatcher, without sockets or a framework."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import AsyncIterator, Iterable, MutableMapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import msgspec

from holdfast.edge.call import Call
from holdfast.edge.dispatch import dispatcher
from holdfast.edge.ports import Services
from holdfast.main.asgi import ROUTES
from holdfast.main.wiring import open_services
from holdfast.platform.config import Settings
from holdfast.platform.db import Database, PoolLimits
from holdfast.social.accounts import AccountReader
from holdfast.social.graph import RelationsReader
from holdfast.social.posts import PostReader
from holdfast.social.timelines import TimelineReader
from holdfast.social.tokens import TokenReader

_ROUTES = {(route.method, route.path): route for route in ROUTES}


class WebProcess:
    """Answers requests with its own caches."""

    def __init__(self, name: str, services: Services) -> None:
        self.name = name
        self.services = services

    async def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        *,
        ident: str | None = None,
        query: str = "",
        json: Any = None,
        segments: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Status and body of one request; `path` is a route's, `ident` its {id}, `segments` its other placeholders."""
        body = b"" if json is None else msgspec.json.encode(json)
        headers = [(b"content-type", b"application/json")]
        if token is not None:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        scope: dict[str, Any] = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers,
            "client": ("192.0.2.1", 1),
        }  # fmt: skip
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        filled = {**(segments or {}), **({} if ident is None else {"id": ident})}
        answer = dispatcher({method: _ROUTES[method, path]})
        await answer(Call(scope, receive, self.services, filled), send)
        return sent[0]["status"], sent[1]["body"]

    async def read(self, path: str, token: str | None, **query: Any) -> Any:
        """The decoded body of a GET that must succeed."""
        status, body = await self.ask("GET", path, token, query=urlencode(query, doseq=True))
        assert status == 200, body
        return msgspec.json.decode(body)


class _NeverTheSame:
    """Stamps of which no two readings are equal: whatever is kept is stale."""

    in_transaction = False

    def __init__(self) -> None:
        self._next = itertools.count()

    async def read(self, slots: Sequence[int]) -> list[int]:
        value = next(self._next)
        return [value] * len(slots)

    def touch(self, slots: Iterable[int]) -> None:
        """Nobody relies on it."""

    def touch_everything(self) -> None:
        """Nobody relies on it."""


@asynccontextmanager
async def open_process(
    name: str, settings: Settings, like: WebProcess | None = None
) -> AsyncIterator[WebProcess]:
    """A process with caches; rules that `like` has compiled already serve it too."""
    async with open_services(settings, like.services.screen if like else None) as services:
        yield WebProcess(name, services)


@asynccontextmanager
async def open_forgetful(like: WebProcess) -> AsyncIterator[WebProcess]:
    """A process that reads everything from the database, every time."""
    services = like.services
    url = str(services.settings.database_url)
    async with await Database.connect(url, PoolLimits(size=2)) as database:
        database.stamps = _NeverTheSame()
        accounts = AccountReader(database)
        posts = PostReader(database, accounts, services.clock)
        yield WebProcess(
            "forgetful",
            dataclasses.replace(
                services,
                database=database,
                accounts=accounts,
                relations=RelationsReader(database),
                posts=posts,
                timelines=TimelineReader(database, posts),
                tokens=TokenReader(database, services.clock),
            ),
        )
