"""Asks confined processes to decode pictures. Whatever a picture does to its decoder, this process goes on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from typing import Final

import msgspec
import structlog

from .errors import DecoderBusy, MediaNotDecoded
from .model import READY, Decoded, DecoderLimits, ImageOrder, Outcome, Rendition

log = structlog.get_logger(__name__)

_START_SECONDS: Final = 30.0
_WAIT_SECONDS: Final = 20.0
_GRACE_SECONDS: Final = 2.0
_ANSWER_BYTES: Final = 65536
_MODULE: Final = "holdfast.platform.decoding.zygote"
_ENVIRONMENT: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_KEPT_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "TMPDIR", "SYSTEMROOT")

_outcomes = msgspec.json.Decoder(Outcome)


class Decoders:
    """Decoding processes, forked one by one from a prepared one, which is started at the first use or by `warm`."""

    def __init__(self, limits: DecoderLimits) -> None:
        self._limits = limits
        self._gate = asyncio.Semaphore(limits.concurrent)
        self._starting = asyncio.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    async def warm(self) -> None:
        """Have the prepared process ready, so that no picture waits for it."""
        async with self._starting:
            if self._process is None or self._process.poll() is not None:
                await self._start()

    async def decode(self, order: ImageOrder, source: int) -> Decoded:
        """What becomes of the picture in the open file `source` (a descriptor, read from its start).

        Raises MediaNotDecoded, also for one that crashes its decoder or keeps it too long, and DecoderBusy.
        """
        order = msgspec.structs.replace(
            order,
            memory_bytes=self._limits.memory_bytes,
            seconds=self._limits.seconds,
            output_bytes=self._limits.output_bytes,
        )
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await self._gate.acquire()
        except TimeoutError:
            raise DecoderBusy from None
        try:
            await self.warm()
            with tempfile.TemporaryFile() as results:
                outcome = await self._ask(order, source, results.fileno())
                if outcome.decoded is None:
                    problem = outcome.refused.problem if outcome.refused else ""
                    raise MediaNotDecoded(problem or None)
                return _filled(outcome.decoded, results.fileno())
        finally:
            self._gate.release()

    async def close(self) -> None:
        """End the prepared process; it takes no decoder along that still works."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            process, self._process = self._process, None
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await asyncio.to_thread(process.wait)

    async def _start(self) -> None:
        await self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, _MESSAGES)
        with theirs:
            # Forking takes moments, and the process must belong to this thread, which lives as long as the parent.
            self._process = subprocess.Popen(  # noqa: ASYNC220
                [sys.executable, "-m", _MODULE, str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
                | _ENVIRONMENT,
            )
        ours.setblocking(False)
        self._control = ours
        try:
            async with asyncio.timeout(_START_SECONDS):
                ready = await asyncio.get_running_loop().sock_recv(ours, len(READY))
        except TimeoutError:
            ready = b""
        if ready != READY:
            log.error("decoding.not_started", status=self._process.poll())
            await self.close()
            raise DecoderBusy

    async def _ask(self, order: ImageOrder, source: int, results: int) -> Outcome:
        os.lseek(source, 0, os.SEEK_SET)
        ours, theirs = socket.socketpair(socket.AF_UNIX, _MESSAGES)
        ours.setblocking(False)
        with ours:
            with theirs:
                if self._control is None:
                    raise DecoderBusy
                try:
                    socket.send_fds(
                        self._control, [msgspec.json.encode(order)], [source, results, theirs.fileno()]
                    )
                except OSError as error:
                    raise DecoderBusy(private=repr(error)) from error
            try:
                async with asyncio.timeout(order.seconds + _GRACE_SECONDS):
                    answer = await asyncio.get_running_loop().sock_recv(ours, _ANSWER_BYTES)
            except (TimeoutError, OSError):
                answer = b""
        if not answer:
            # It crashed, ran out of time, or was killed for memory; which of them is in the log of its own words.
            log.warning("decoding.ended_without_answer", decoder=order.decoder)
            return Outcome()
        try:
            return _outcomes.decode(answer)
        except msgspec.DecodeError:
            return Outcome()


_MESSAGES: Final = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM


def _filled(decoded: Decoded, results: int) -> Decoded:
    """The answer with its contents, which stand one after the other in the file of results."""
    at = 0

    def filled(one: Rendition) -> Rendition:
        nonlocal at
        size = int.from_bytes(one.content, "big")
        content = os.pread(results, size, at)
        at += size
        if len(content) != size:
            raise MediaNotDecoded
        return msgspec.structs.replace(one, content=content)

    original, small = filled(decoded.original), filled(decoded.small)
    still = filled(decoded.still) if decoded.still else None
    return msgspec.structs.replace(decoded, original=original, small=small, still=still)
