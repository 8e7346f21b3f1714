"""Routes as data: every handler declares who may call it, and there is no route without that.

    @routes.get("/api/v1/timelines/home", Access.member("read:statuses"))
    async def home(call: Call) -> Answer: ...

`main/asgi.py` mounts the tables; a generated test sweeps every row as anonymous, owner,
stranger, blocked, wrong scope and suspended.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ..pure.permissions import Permission
from .answers import AnyAnswer
from .call import Call

Handler = Callable[[Call], Awaitable[AnyAnswer]]
H = TypeVar("H", bound=Handler)

WEBSOCKET = "WEBSOCKET"
"""Stands for a method in the table: a WebSocket that is opened at a path."""


class Who(StrEnum):
    """Who may call a route."""

    ANYONE = "anyone"  # no token needed; where scopes are named, one that is given must be good and hold one
    APP = "app"  # any token, also an app's own
    MEMBER = "member"  # a token of a signed-in member
    BROWSER = "browser"  # a page; reads the session cookie, if any, and checks it itself


class Limit(StrEnum):
    """Which rate limit a route counts against; the numbers are settings."""

    DEFAULT = "default"
    DELETE = "delete"
    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    MEDIA = "media"
    POST = "post"
    FOLLOW = "follow"
    SEARCH = "search"
    LINK = "link"
    APP = "app"
    NONE = "none"


@dataclass(frozen=True)
class Access:
    """Who may call a route, with any one of `scopes` (none: no scope asked), and with what role.

    `permission`: what the member's role must include; it is asked of the role that the member has now.
    """

    who: Who
    scopes: tuple[str, ...] = ()
    permission: Permission | None = None

    @classmethod
    def anyone(cls, *scopes: str) -> Access:
        """Public; a token, when given, needs one of the scopes."""
        return cls(Who.ANYONE, scopes)

    @classmethod
    def app(cls, *scopes: str) -> Access:
        """Any valid token with one of the scopes."""
        return cls(Who.APP, scopes)

    @classmethod
    def member(cls, *scopes: str) -> Access:
        """A signed-in member whose token holds one of the scopes."""
        return cls(Who.MEMBER, scopes)

    @classmethod
    def staff(cls, permission: Permission, *scopes: str) -> Access:
        """A signed-in member whose role includes the permission, and whose token holds one of the scopes."""
        return cls(Who.MEMBER, scopes, permission)

    @classmethod
    def browser(cls) -> Access:
        """A server-rendered page."""
        return cls(Who.BROWSER)


@dataclass(frozen=True)
class Route:
    """One method on one path. `{name}` in the path is one segment.

    lasting: a stream. It takes the token also where a browser's programs can put one: in the WebSocket's protocol
    or, as old clients do, in the parameter `access_token`.
    """

    method: str
    path: str
    access: Access
    handler: Handler
    limit: Limit = Limit.DEFAULT
    lasting: bool = False


class RouteTable:
    """Collects the routes of one dialect."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def add(
        self, method: str, path: str, access: Access, *, limit: Limit = Limit.DEFAULT, lasting: bool = False
    ) -> Callable[[H], H]:
        """Declare a route; a decorator."""

        def declare(handler: H) -> H:
            self.routes.append(Route(method, path, access, handler, limit, lasting))
            return handler

        return declare

    def get(self, path: str, access: Access, *, limit: Limit = Limit.DEFAULT) -> Callable[[H], H]:
        """Declare a GET route."""
        return self.add("GET", path, access, limit=limit)

    def stream(self, path: str, access: Access) -> Callable[[H], H]:
        """Declare a GET route whose answer goes on: a StreamingAnswer."""
        return self.add("GET", path, access, lasting=True)

    def socket(self, path: str, access: Access) -> Callable[[H], H]:
        """Declare a WebSocket: a SocketAnswer."""
        return self.add(WEBSOCKET, path, access, lasting=True)

    def post(self, path: str, access: Access, *, limit: Limit = Limit.DEFAULT) -> Callable[[H], H]:
        """Declare a POST route."""
        return self.add("POST", path, access, limit=limit)

    def put(self, path: str, access: Access, *, limit: Limit = Limit.DEFAULT) -> Callable[[H], H]:
        """Declare a PUT route."""
        return self.add("PUT", path, access, limit=limit)

    def patch(self, path: str, access: Access, *, limit: Limit = Limit.DEFAULT) -> Callable[[H], H]:
        """Declare a PATCH route."""
        return self.add("PATCH", path, access, limit=limit)

    def delete(self, path: str, access: Access, *, limit: Limit = Limit.DELETE) -> Callable[[H], H]:
        """Declare a DELETE route; counts against the stricter limit unless told otherwise."""
        return self.add("DELETE", path, access, limit=limit)
