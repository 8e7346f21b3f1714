"""The port to the name service, for requests to addresses that strangers give."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from ..pure.outbound_addresses import IpAddress

# A name server that does not answer holds a thread for many seconds; these are not the ones that others need.
_THREADS = 4


class Resolver(Protocol):
    """Names to addresses."""

    async def resolve(self, host: str, port: int) -> list[IpAddress]:
        """Every address of a name, in the order to try them; raises OSError when there is none."""


class SystemResolver:
    """What the machine's own resolver says."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolve")

    async def resolve(self, host: str, port: int) -> list[IpAddress]:
        """See `Resolver`."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port)
        return list(dict.fromkeys(found))


def _look_up(host: str, port: int) -> list[IpAddress]:
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(row[4][0]) for row in rows]


class FakeResolver:
    """Names as a test gives them. A list of lists answers each question with the next one; the last stays."""

    def __init__(self, names: Mapping[str, list[str] | list[list[str]]]) -> None:
        self._names = {name: list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[IpAddress]:
        """See `Resolver`."""
        self.asked.append(host)
        answers = self._names.get(host)
        if not answers:
            raise OSError(f"{host} has no address")
        if isinstance(answers[0], str):
            answer = [entry for entry in answers if isinstance(entry, str)]
        else:
            first = answers.pop(0) if len(answers) > 1 else answers[0]
            answer = list(first)
        return [ipaddress.ip_address(entry) for entry in answer]
