"""Machines of different providers: network namespaces on one switch, whose cables can be pulled; and a name that moves between them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

_COMMAND_SECONDS = 30.0


@dataclass(frozen=True)
class Machine:
    """One namespace. `within`: what commands begin with to run there."""

    namespace: str
    address: str
    cable: str

    @property
    def within(self) -> tuple[str, ...]:
        """For processes there; what starts is the program itself, under its own process id."""
        return ("ip", "netns", "exec", self.namespace)


class Network:
    """A switch in a namespace of its own, the machines, and a cable to this test."""

    def __init__(self) -> None:
        # Networks for tests of devices (RFC 2544): nobody's addresses.
        self._mark = f"hf{os.getpid()}"
        self._prefix = f"198.18.{os.getpid() % 250 + 1}"
        self._switch = f"{self._mark}-switch"
        self._namespaces: list[str] = []
        self._count = 0

    def open(self) -> None:
        """Raises OSError, CalledProcessError where this is not allowed."""
        self._make_namespace(self._switch)
        _ip("-n", self._switch, "link", "add", "switch", "type", "bridge")
        _ip("-n", self._switch, "link", "set", "switch", "up")
        here, there = self._pair()
        _ip("link", "set", there, "netns", self._switch)
        self._plug(there)
        _ip("addr", "add", f"{self._prefix}.254/24", "dev", here)
        _ip("link", "set", here, "up")

    def machine(self, name: str) -> Machine:
        """Another one, on the switch."""
        namespace = f"{self._mark}-{name}"
        self._make_namespace(namespace)
        here, there = self._pair()
        address = f"{self._prefix}.{self._count}"
        _ip("link", "set", here, "netns", namespace)
        _ip("link", "set", there, "netns", self._switch)
        self._plug(there)
        _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", here)
        _ip("-n", namespace, "link", "set", here, "up")
        return Machine(namespace, address, there)

    def cut(self, machine: Machine) -> None:
        """Pull its cable: nothing gets through and nobody is told."""
        _ip("-n", self._switch, "link", "set", machine.cable, "down")

    def mend(self, machine: Machine) -> None:
        """Put it back."""
        _ip("-n", self._switch, "link", "set", machine.cable, "up")

    def close(self) -> None:
        """A cable goes with the namespace that one of its ends is in."""
        for namespace in self._namespaces:
            subprocess.run(["ip", "netns", "del", namespace], timeout=_COMMAND_SECONDS, check=False)

    def _make_namespace(self, name: str) -> None:
        _ip("netns", "add", name)
        self._namespaces.append(name)
        _ip("-n", name, "link", "set", "lo", "up")

    def _pair(self) -> tuple[str, str]:
        self._count += 1
        here, there = f"{self._mark}{self._count}a", f"{self._mark}{self._count}b"
        _ip("link", "add", here, "type", "veth", "peer", "name", there)
        return here, there

    def _plug(self, cable: str) -> None:
        _ip("-n", self._switch, "link", "set", cable, "master", "switch")
        _ip("-n", self._switch, "link", "set", cable, "up")


@contextmanager
def network() -> Iterator[Network]:
    """Skips the test loudly where namespaces are not allowed."""
    made = Network()
    try:
        if shutil.which("ip") is None:
            pytest.skip("SKIPPED LOUDLY: no `ip` program, providers were not taken apart")
        try:
            made.open()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"SKIPPED LOUDLY: no network namespaces here, providers were not taken apart: {error.stderr!r}")  # fmt: skip
        yield made
    finally:
        made.close()


class MovingName:
    """localhost:PORT is the site's name. `point` is what the operator does in the DNS: new connections go there, old ones stay."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._target = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None

    def open(self) -> None:
        self._thread.start()
        assert self._ready.wait(_COMMAND_SECONDS)

    def point(self, machine: Machine) -> None:
        self._target = machine.address

    def close(self) -> None:
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_COMMAND_SECONDS)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", self._port)
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            onward_reader, onward_writer = await asyncio.open_connection(self._target, self._port)
        except OSError:
            writer.close()
            return
        ways = [_copy(reader, onward_writer), _copy(onward_reader, writer)]
        tasks = [asyncio.ensure_future(one) for one in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for one in (writer, onward_writer):
            one.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], timeout=_COMMAND_SECONDS, check=True, capture_output=True)
