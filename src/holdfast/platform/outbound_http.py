"""Outbound HTTP to one endpoint that the operator named (ADR 0010); for addresses that strangers give there is
guarded_http.py.

The address is a setting, so it may be on this machine or in a private network. The client follows no redirects, so
what is sent goes to the named host or nowhere; it bounds every wait, the whole exchange and the size of the answer; it
checks certificates; it uses no proxy and no credentials that the environment happens to hold; and it keeps no
connection open.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ..pure.endpoint_addresses import endpoint_problem
from ..pure.errors import Invalid
from .exchanges import Bounds, ExchangeFailed, Received, Sent, Trouble, exchange, open_client

__all__ = ["EndpointFailed", "EndpointLimits", "EndpointNotUsable", "NamedEndpoint", "Reply", "Trouble"]


class EndpointNotUsable(Invalid):
    """The address cannot be used; the text says what it must look like."""


class EndpointFailed(ExchangeFailed):
    """The endpoint gave no whole answer."""

    public = "The endpoint did not answer."


@dataclass(frozen=True)
class EndpointLimits:
    """What one exchange may take. `total_seconds` bounds all of it, whatever the pieces do."""

    connect_seconds: float = 5.0
    total_seconds: float = 30.0
    response_max_bytes: int = 256 * 1024


Reply = Received


class NamedEndpoint:
    """One address, posted to with JSON. Open with `async with`. Raises EndpointNotUsable."""

    def __init__(
        self, url: str, limits: EndpointLimits | None = None, *, proxy_url: str | None = None
    ) -> None:
        if problem := endpoint_problem(url):
            raise EndpointNotUsable(problem)
        self._url = url
        self._limits = limits or EndpointLimits()
        self._client = open_client(
            connect_seconds=self._limits.connect_seconds,
            total_seconds=self._limits.total_seconds,
            proxy_url=proxy_url,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post_json(self, body: bytes, *, bearer: str | None = None) -> Reply:
        """Send a JSON document and read the answer. Raises EndpointFailed."""
        # Unpacking could turn a small answer into a large one, so none is asked for.
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": "holdfast",
        }
        if bearer:
            headers["authorization"] = f"Bearer {bearer}"
        sent = Sent("POST", self._url, headers, body)
        bounds = Bounds(self._limits.total_seconds, self._limits.response_max_bytes)
        try:
            return await exchange(self._client, sent, bounds)
        except ExchangeFailed as error:
            raise EndpointFailed(error.trouble, error.private) from error
