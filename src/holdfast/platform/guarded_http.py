"""Outbound HTTP to addresses that strangers give: the one client for all of it (ADR 0010).

    client = services.outbound
    reply = await client.get("https://example.org/page", limits=FetchLimits(most_bytes=1 << 20, cut=True))

A name is resolved once for each request, every address it has is checked, and the connection goes to the one that was
checked, while certificate and `Host` stay the name's. Redirects are followed here, each checked like the first
address. All of it is bounded in time and size. There are no cookies, no proxy from the environment, and no connection
that two requests share.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urljoin

from ..pure.errors import Unavailable
from ..pure.outbound_addresses import (
    AddressNotAllowed,
    Allowed,
    IpAddress,
    Target,
    read_allowed,
    read_target,
    special_range,
)
from .exchanges import Bounds, ExchangeFailed, Received, Sent, exchange, open_client
from .resolving import Resolver, SystemResolver
from .settings import Settings

if TYPE_CHECKING:
    import httpx2

OutboundTrouble = Literal["refused", "unreachable", "timeout", "broken_off", "too_large"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Of a name with many addresses so many are tried; only while nothing was sent.
_ADDRESSES_TRIED = 3
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\x80-\xff\t]*")
# What the client says itself, and what would make two requests of one or carry somebody's session.
_NOT_GIVEN = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "cookie"}
    | {"accept-encoding", "proxy-authorization", "proxy-connection", "keep-alive"}
)
# Headers that may follow a redirect to another origin; all others may hold what was meant for the first alone.
_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})


class OutboundFailed(Unavailable):
    """No answer came from where a stranger pointed. `trouble`: refused (by us; nothing was sent), unreachable
    (nothing was sent), timeout, broken_off or too_large."""

    public = "The address did not answer."

    def __init__(self, trouble: OutboundTrouble, private: str = "") -> None:
        super().__init__(private=private)
        self.trouble: OutboundTrouble = trouble


@dataclass(frozen=True)
class FetchLimits:
    """What one request may take, and how it may go. The whole time is bounded by the client as well."""

    total_seconds: float = 15.0
    most_bytes: int = 1 << 20
    """Of what is received, and of what that unpacks to."""
    cut: bool = False
    """Whether a longer answer is cut there, instead of refused."""
    redirects: int = 3
    """How many are followed by `get`; `post` follows none, so that what is sent goes to the named host or nowhere."""
    plain_http: bool = False
    """Whether http:// will do. Hosts and networks that the operator named may be asked by it in any case."""


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, whatever its status. `url`: where it came from in the end; names of `headers` are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True)
class ClientLimits:
    """What all requests of a process may take together."""

    connect_seconds: float = 5.0
    total_seconds: float = 30.0
    concurrent: int = 32
    per_host: int = 4


DEFAULT_LIMITS = FetchLimits()


@dataclass
class _Host:
    """Turns at one host; forgotten when nobody asks it any more, so that strangers cannot fill the memory."""

    turns: asyncio.Semaphore
    users: int = 0


class GuardedClient:
    """Requests to addresses that strangers give. Close with `aclose`, or open with `async with`."""

    def __init__(
        self, allowed: Allowed | None = None, limits: ClientLimits | None = None, *, user_agent: str = "holdfast",
        proxy_url: str = "", resolver: Resolver | None = None,
    ) -> None:  # fmt: skip
        self._allowed = allowed or Allowed()
        self._limits = limits or ClientLimits()
        self._user_agent = user_agent
        self._proxy_url = proxy_url
        self._resolver = resolver or SystemResolver()
        self._turns = asyncio.Semaphore(self._limits.concurrent)
        self._hosts: dict[str, _Host] = {}
        self._client: httpx2.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give back what the client holds."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    @property
    def hosts_known(self) -> int:
        """Of how many hosts something is kept; 0 when no request is under way."""
        return len(self._hosts)

    async def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, limits: FetchLimits | None = None
    ) -> Reply:
        """Fetch an address and follow its redirects. Raises OutboundFailed."""
        bounds = limits or DEFAULT_LIMITS
        async with self._bounded(bounds):
            given, first = self._headers(headers, packed=True), read_checked(url)
            target = first
            for left in range(bounds.redirects, -1, -1):
                sent = given if target.origin == first.origin else _harmless(given)
                received = await self._to(target, "GET", sent, None, bounds)
                onward = received.headers.get("location") if received.status in _REDIRECTS else None
                if onward is None:
                    return Reply(received.status, received.headers, received.body, target.url)
                if left:
                    target = read_checked(urljoin(target.url, onward))
            raise OutboundFailed("refused", f"more than {bounds.redirects} redirects")

    async def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None, limits: FetchLimits | None = None
    ) -> Reply:  # fmt: skip
        """Send a body; a redirect is an answer like any other. Raises OutboundFailed."""
        bounds = limits or DEFAULT_LIMITS
        async with self._bounded(bounds):
            target = read_checked(url)
            received = await self._to(target, "POST", self._headers(headers, packed=False), body, bounds)
            return Reply(received.status, received.headers, received.body, target.url)

    @asynccontextmanager
    async def _bounded(self, bounds: FetchLimits) -> AsyncIterator[None]:
        """The whole time, waiting for a turn included, and one kind of error."""
        try:
            async with asyncio.timeout(min(bounds.total_seconds, self._limits.total_seconds)), self._turns:
                yield
        except OutboundFailed:
            raise
        except ExchangeFailed as error:
            raise OutboundFailed(error.trouble, error.private) from error
        except TimeoutError as error:
            raise OutboundFailed("timeout", "the whole time is over") from error

    async def _to(
        self, target: Target, method: str, headers: dict[str, str], body: bytes | None, bounds: FetchLimits
    ) -> Received:
        async with self._turn_at(target.host):
            addresses = await self._addresses(target, plain_http=bounds.plain_http)
            for number, address in enumerate(addresses, start=1):
                try:
                    return await self._exchange(target, address, method, headers, body, bounds)
                except ExchangeFailed as error:
                    if error.trouble != "unreachable" or number == len(addresses):
                        raise
        raise OutboundFailed("unreachable", f"{target.host} has no address")

    async def _exchange(
        self, target: Target, address: IpAddress, method: str, headers: dict[str, str], body: bytes | None,
        bounds: FetchLimits,
    ) -> Received:  # fmt: skip
        host = f"[{address}]" if address.version == 6 else str(address)
        if self._client is None:
            self._client = open_client(
                connect_seconds=self._limits.connect_seconds,
                total_seconds=self._limits.total_seconds,
                proxy_url=self._proxy_url,
            )
        sent = Sent(
            method,
            f"{target.scheme}://{host}:{target.port}{target.path}",
            {"host": target.authority, **headers},
            body,
            server_name=target.host,
        )
        return await exchange(
            self._client, sent, Bounds(self._limits.total_seconds, bounds.most_bytes, bounds.cut)
        )

    async def _addresses(self, target: Target, *, plain_http: bool) -> list[IpAddress]:
        """The addresses that may be connected to, asked for once. Raises OutboundFailed."""
        allowed = self._allowed
        named = allowed.names(target)
        literal = target.literal
        try:
            found = [literal] if literal else await self._resolver.resolve(target.host, target.port)
        except (OSError, UnicodeError, ValueError) as error:
            raise OutboundFailed("unreachable", f"{target.host}: {error!r}") from error
        near = bool(found) and all(named or allowed.holds(address) for address in found)
        if not near:
            if target.scheme == "http" and not plain_http:
                raise OutboundFailed("refused", f"{target.host}: http:// is not enough")
            if not allowed.port(target.port):
                raise OutboundFailed("refused", f"{target.host}: port {target.port} is not allowed")
        for address in found:
            # One bad address is enough: who gives two may give the other one next time.
            if not (named or allowed.holds(address)) and (why := special_range(address)):
                raise OutboundFailed("refused", f"{target.host} is {address}: {why}")
        return found[:_ADDRESSES_TRIED]

    @asynccontextmanager
    async def _turn_at(self, host: str) -> AsyncIterator[None]:
        """Wait until few enough requests to this host are under way."""
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._limits.per_host)))
        entry.users += 1
        try:
            async with entry.turns:
                yield
        finally:
            entry.users -= 1
            if not entry.users:
                self._hosts.pop(host, None)

    def _headers(self, given: Mapping[str, str] | None, *, packed: bool) -> dict[str, str]:
        headers = {
            "user-agent": self._user_agent,
            "accept": "*/*",
            # For what is sent the answer is short; where it is not, it shall not grow when it is unpacked.
            "accept-encoding": "gzip" if packed else "identity",
            "connection": "close",
        }
        for name, value in (given or {}).items():
            if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
                raise OutboundFailed("refused", f"the header {name!r} cannot be sent")
            if name.lower() in _NOT_GIVEN:
                raise OutboundFailed("refused", f"the header {name!r} is the client's own")
            headers[name.lower()] = value
        return headers


def read_checked(url: str) -> Target:
    """Take an address apart. Raises OutboundFailed."""
    try:
        return read_target(url)
    except AddressNotAllowed as error:
        raise OutboundFailed("refused", f"{url[:200]!r}: {error.public}") from error


def _harmless(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name in _HARMLESS or name in ("accept-encoding", "connection")
    }


def guarded_client(
    settings: Settings, *, resolver: Resolver | None = None, private_allowed: tuple[str, ...] = ()
) -> GuardedClient:  # fmt: skip
    """The client that the settings describe. private_allowed: what it may reach besides, for addresses that no
    stranger gives but the operator."""
    return GuardedClient(
        read_allowed(settings.outbound_ports, (*settings.outbound_private_allowed, *private_allowed)),
        ClientLimits(
            connect_seconds=min(5.0, settings.outbound_timeout_seconds),
            total_seconds=settings.outbound_timeout_seconds,
            concurrent=settings.outbound_concurrent_max,
            per_host=settings.outbound_per_host_max,
        ),
        user_agent=f"Holdfast (+{settings.public_url})",
        proxy_url=settings.outbound_proxy_url,
        resolver=resolver,
    )
