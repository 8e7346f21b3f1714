"""Answers as they were given, each with the route that gave it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from holdfast.edge.routes import Route


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `body` is the decoded JSON, None when the answer was none."""

    route: Route
    address: str
    status: int
    body: Any

    @property
    def good(self) -> bool:
        """Not an error; a WebSocket that was opened counts."""
        return self.status == 101 or 200 <= self.status < 300


@dataclass
class Recording:
    """What was asked and answered, in order."""

    routes: list[Route]
    exchanges: list[Exchange] = field(default_factory=list)

    async def hear(self, answer: httpx2.Response) -> None:
        """A hook of a client, called with every answer."""
        await answer.aread()
        self.note(answer.request.method, answer.request.url.path, answer)

    def note(self, method: str, path: str, answer: httpx2.Response) -> None:
        """Keep one answer. What no route knows is left out."""
        route = self.route_of(method, path)
        if route is not None:
            is_json = answer.headers.get("content-type", "").startswith("application/json")
            body = answer.json() if is_json and answer.content else None
            self.exchanges.append(Exchange(route, f"{method} {path}", answer.status_code, body))

    def route_of(self, method: str, path: str) -> Route | None:
        """The route that a path leads to: of several the one with the fewest placeholders."""
        found = [one for one in self.routes if one.method == method and _fits(one.path, path)]
        return min(found, key=lambda one: one.path.count("{"), default=None)

    def reached(self) -> set[Route]:
        """The routes that gave a good answer at least once."""
        return {one.route for one in self.exchanges if one.good}

    def bodies(self) -> Iterator[Exchange]:
        """The answers that were JSON."""
        return (one for one in self.exchanges if one.body is not None)


def _fits(template: str, path: str) -> bool:
    pattern = "".join(
        "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", template)
    )
    return re.fullmatch(pattern, path) is not None
