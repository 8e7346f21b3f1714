"""Calls the API of a whole site as different people, and reads the answers as a client would."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from holdfast.edge.ports import Services
from holdfast.platform.clock import Instant
from holdfast.platform.config import Settings
from tests.support.site import Member, Site, open_site


@dataclass
class Reply:
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


class Api:
    """A site spoken to with or without a token. Answers of any status are given back."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @property
    def services(self) -> Services:
        return self._site.services

    @property
    def now(self) -> Instant:
        return self.services.clock.now()

    async def person(
        self, name: str, *, scopes: str = "read write follow profile", role: str = "member"
    ) -> Member:
        """Somebody new, with a token of these scopes."""
        return await self._site.member(name, scopes=scopes, role=role)

    async def get(self, path: str, who: Member | None = None, **query: Any) -> Reply:
        return await self.call("GET", path, who, query=query)

    async def post(self, path: str, who: Member | None = None, **form: Any) -> Reply:
        return await self.call("POST", path, who, form=form)

    async def call(
        self,
        method: str,
        path: str,
        who: Member | None = None,
        *,
        query: dict[str, Any] | None = None,
        form: dict[str, Any] | None = None,
        json: Any = None,
        files: dict[str, bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One request; `form` goes as multipart when there are `files`."""
        sent = dict(headers or {})
        if who is not None:
            sent["authorization"] = f"Bearer {who.token}"
        options: dict[str, Any] = {"headers": sent}
        if query:
            options["params"] = query
        if json is not None:
            options["json"] = json
        elif files is not None:
            options |= {
                "data": form or {},
                "files": {name: (f"{name}.png", raw) for name, raw in files.items()},
            }
        elif form:
            options["data"] = form
        response = await self._site.client.request(method, path, **options)
        return Reply(response.status_code, dict(response.headers), response.content)


@asynccontextmanager
async def open_api(settings: Settings) -> AsyncIterator[Api]:
    """The API of a site over `settings`."""
    async with open_site(settings) as site:
        yield Api(site)
