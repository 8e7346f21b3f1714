"""What goes back: answers as values, and the one table from error family to status code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import msgspec

from ..pure.errors import (
    Conflict,
    Gone,
    HoldfastError,
    Invalid,
    LimitReached,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Unavailable,
)
from .sockets import Socket

JSON = b"application/json; charset=utf-8"
HTML = b"text/html; charset=utf-8"
Header = tuple[bytes, bytes]

STATUS_OF_FAMILY: tuple[tuple[type[HoldfastError], int], ...] = (
    (NotAuthenticated, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 422),
    (Gone, 410),
    (Invalid, 422),
    (LimitReached, 429),
    (Unavailable, 503),
    (HoldfastError, 500),
)

_encoder = msgspec.json.Encoder()


class Answer(msgspec.Struct):
    """A whole response."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: list[Header] = msgspec.field(default_factory=list)


class StreamingAnswer(msgspec.Struct):
    """A response that goes on: each of `chunks` is sent as it comes.

    `ended` is called once nobody reads any more, whatever the reason; it must make `chunks` end.
    """

    chunks: AsyncIterator[bytes]
    ended: Callable[[], None]
    content_type: bytes
    headers: list[Header] = msgspec.field(default_factory=list)


class FileAnswer(msgspec.Struct):
    """A response of known length whose body comes in pieces: a file, or a range of one."""

    status: int
    chunks: AsyncIterator[bytes]
    size_bytes: int
    content_type: bytes
    headers: list[Header] = msgspec.field(default_factory=list)


class SocketAnswer(msgspec.Struct):
    """A WebSocket is accepted, and `talk` has it from then on. `ended` is called when it is over, whatever the reason."""

    talk: Callable[[Socket], Awaitable[None]]
    ended: Callable[[], None]
    subprotocol: str | None = None
    headers: list[Header] = msgspec.field(default_factory=list)


AnyAnswer = Answer | FileAnswer | StreamingAnswer | SocketAnswer


def json_answer(value: Any, *, status: int = 200, headers: Iterable[Header] = ()) -> Answer:
    """A JSON response; datetimes come out as the Mastodon API writes them only if rendered before."""
    return Answer(status, _encoder.encode(value), JSON, list(headers))


def html_answer(page: str, *, status: int = 200, headers: Iterable[Header] = ()) -> Answer:
    """An HTML page."""
    return Answer(status, page.encode("utf-8", "replace"), HTML, list(headers))


def redirect(location: str, *, status: int = 303, headers: Iterable[Header] = ()) -> Answer:
    """Go there; `location` must have been made by us or checked, it is refused when it holds a line break."""
    if any(ord(character) < 33 for character in location):
        raise Invalid("That address cannot be redirected to.")
    return Answer(status, b"", HTML, [(b"location", location.encode()), *headers])


def status_of(error: HoldfastError) -> int:
    """The status code of an error's family."""
    return next(status for family, status in STATUS_OF_FAMILY if isinstance(error, family))


def error_answer(error: HoldfastError) -> Answer:
    """The error's public face, as the Mastodon API writes errors."""
    body: dict[str, Any] = {"error": error.public}
    headers: list[Header] = []
    if isinstance(error, Invalid) and error.details:
        body["details"] = {
            field: [{"error": code, "description": sentence} for code, sentence in problems]
            for field, problems in error.details.items()
        }
    if isinstance(error, LimitReached):
        headers.append((b"retry-after", str(error.retry_after_seconds).encode()))
    if isinstance(error, NotAuthenticated):
        headers.append((b"www-authenticate", b'Bearer realm="Holdfast", error="invalid_token"'))
    return json_answer(body, status=status_of(error), headers=headers)
