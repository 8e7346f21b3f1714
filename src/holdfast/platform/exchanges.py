"""One bounded HTTP exchange: what every outbound client of this house has in common (ADR 0010).

NamedEndpoint (outbound_http.py) asks an endpoint that the operator named, GuardedClient (guarded_http.py) addresses
that strangers gave. httpx2 is loaded when the first exchange begins, so that a process that makes none does not pay for it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Literal

from ..pure.errors import Unavailable

if TYPE_CHECKING:
    import httpx2

Trouble = Literal["unreachable", "timeout", "broken_off", "too_large"]
_GZIP_WINDOW_BITS = 16 + zlib.MAX_WBITS


class ExchangeFailed(Unavailable):
    """No whole answer came. `trouble`: unreachable (nothing was sent), timeout, broken_off or too_large."""

    def __init__(self, trouble: Trouble, private: str = "") -> None:
        super().__init__(private=private)
        self.trouble: Trouble = trouble


@dataclass(frozen=True)
class Bounds:
    """What one exchange may take. `most_bytes` bounds what is received, and what that unpacks to."""

    total_seconds: float
    most_bytes: int
    cut: bool = False
    """Whether a longer answer is cut there; otherwise it is refused."""


@dataclass(frozen=True)
class Sent:
    """A request. `server_name`: the name that the certificate must be for, where the address has none."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    server_name: str | None = None


@dataclass(frozen=True)
class Received:
    """An HTTP answer, whatever its status. Names of `headers` are lower-case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def open_client(*, connect_seconds: float, total_seconds: float, proxy_url: str | None) -> httpx2.AsyncClient:
    """A client that follows nothing, keeps nothing, and takes nothing from the environment."""
    import httpx2

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(total_seconds, connect=connect_seconds),
        # A connection belongs to the name that its certificate was checked for, so none is used twice.
        limits=httpx2.Limits(max_keepalive_connections=0),
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        proxy=proxy_url or None,
    )


async def exchange(client: httpx2.AsyncClient, sent: Sent, bounds: Bounds) -> Received:
    """Send one request and read the answer, all of it within the bounds. Raises ExchangeFailed."""
    import httpx2

    try:
        async with asyncio.timeout(bounds.total_seconds):
            return await _exchange(client, sent, bounds)
    except (TimeoutError, httpx2.TimeoutException) as error:
        early = isinstance(error, httpx2.ConnectTimeout)
        raise ExchangeFailed("unreachable" if early else "timeout", repr(error)) from error
    except (httpx2.ConnectError, httpx2.ProxyError) as error:
        raise ExchangeFailed("unreachable", repr(error)) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise ExchangeFailed("broken_off", repr(error)) from error


async def _exchange(client: httpx2.AsyncClient, sent: Sent, bounds: Bounds) -> Received:
    extensions = {"sni_hostname": sent.server_name} if sent.server_name else {}
    request = client.build_request(
        sent.method, sent.url, headers=dict(sent.headers), content=sent.body, extensions=extensions
    )
    response = await client.send(request, stream=True)
    try:
        asked_for = sent.headers.get("accept-encoding", "identity")
        unpacked = _Unpacked(response.headers.get("content-encoding", ""), asked_for, bounds)
        # The raw bytes: the library would unpack a chunk whole, however large that becomes.
        async for chunk in response.aiter_raw():
            if unpacked.add(chunk):
                break
        headers = {name.lower(): value for name, value in response.headers.items()}
        # Answers are unpacked once; nobody may do it again.
        headers.pop("content-encoding", None)
        return Received(response.status_code, unpacked.result(), headers)
    finally:
        await response.aclose()


class _Unpacked:
    """The body as it comes in."""

    def __init__(self, encoding: str, asked_for: str, bounds: Bounds) -> None:
        self._bounds = bounds
        self._body = bytearray()
        self._received = 0
        self._ended = False
        self._packed: Any = None
        # Where nothing packed was asked for, the bytes are handed on as they are.
        if asked_for == "gzip" and encoding.strip().lower() not in ("", "identity"):
            if encoding.strip().lower() not in ("gzip", "x-gzip"):
                raise ExchangeFailed("broken_off", f"packed as {encoding!r}, which was not asked for")
            self._packed = zlib.decompressobj(_GZIP_WINDOW_BITS)

    def add(self, chunk: bytes) -> bool:
        """Take what came; True when no more is wanted. Raises ExchangeFailed."""
        most = self._bounds.most_bytes
        self._received += len(chunk)
        if self._packed is None:
            self._body += chunk
        elif not self._ended:
            self._unpack(chunk, most + 1 - len(self._body))
        if len(self._body) <= most and self._received <= most:
            return False
        if not self._bounds.cut:
            raise ExchangeFailed("too_large", f"more than {most} bytes")
        self._ended = True
        del self._body[most:]
        return True

    def _unpack(self, chunk: bytes, room: int) -> None:
        try:
            self._body += self._packed.decompress(chunk, room)
        except zlib.error as error:
            raise ExchangeFailed("broken_off", repr(error)) from error
        self._ended = bool(self._packed.eof)

    def result(self) -> bytes:
        if self._packed is not None and not self._ended:
            raise ExchangeFailed("broken_off", "the packed answer has no end")
        return bytes(self._body)
