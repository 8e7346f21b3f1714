"""Outbound HTTP to one endpoint that the operator named: the part of the guarded client that this needs (ADR 0010).

The address is a setting, so it may be on this machine or in a private network; addresses that strangers give are not
for this client. It follows no redirects, so what is sent goes to the named host or nowhere; it bounds every wait, the
whole exchange and the size of the answer; it checks certificates; it uses no proxy and no credentials that the
environment happens to hold; and it keeps no connection open.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import httpx2

from ..pure.endpoint_addresses import endpoint_problem
from ..pure.errors import Invalid, Unavailable

Trouble = Literal["unreachable", "timeout", "broken_off", "too_large"]


class EndpointNotUsable(Invalid):
    """The address cannot be used; the text says what it must look like."""


class EndpointFailed(Unavailable):
    """No whole answer came. `trouble`: unreachable (nothing was sent), timeout, broken_off or too_large."""

    public = "The endpoint did not answer."

    def __init__(self, trouble: Trouble, private: str = "") -> None:
        super().__init__(private=private)
        self.trouble: Trouble = trouble


@dataclass(frozen=True)
class EndpointLimits:
    """What one exchange may take. `total_seconds` bounds all of it, whatever the pieces do."""

    connect_seconds: float = 5.0
    total_seconds: float = 30.0
    response_max_bytes: int = 256 * 1024


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, whatever its status."""

    status: int
    body: bytes


class NamedEndpoint:
    """One address, posted to with JSON. Open with `async with`. Raises EndpointNotUsable."""

    def __init__(
        self, url: str, limits: EndpointLimits | None = None, *, proxy_url: str | None = None
    ) -> None:
        if problem := endpoint_problem(url):
            raise EndpointNotUsable(problem)
        self._url = url
        self._limits = limits or EndpointLimits()
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(self._limits.total_seconds, connect=self._limits.connect_seconds),
            limits=httpx2.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
            proxy=proxy_url or None,
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
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._exchange(body, headers)
        except (TimeoutError, httpx2.TimeoutException) as error:
            early = isinstance(error, httpx2.ConnectTimeout)
            raise EndpointFailed("unreachable" if early else "timeout", repr(error)) from error
        except (httpx2.ConnectError, httpx2.ProxyError) as error:
            raise EndpointFailed("unreachable", repr(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise EndpointFailed("broken_off", repr(error)) from error

    async def _exchange(self, body: bytes, headers: dict[str, str]) -> Reply:
        most = self._limits.response_max_bytes
        request: Any = self._client.stream("POST", self._url, content=body, headers=headers)
        async with request as response:
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > most:
                    raise EndpointFailed("too_large", f"more than {most} bytes")
            return Reply(response.status_code, bytes(received))
