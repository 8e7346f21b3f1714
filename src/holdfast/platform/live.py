"""Live events: ids that are made known to every process after a commit, and heard by those that serve streams (ADR 0007).

An event says what changed and names it by ids; whoever hears it loads what is true by then. It is a hint and may be
lost with a connection or a process, so nothing that must happen may depend on it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
import structlog

log = structlog.get_logger(__name__)

LIVE_CHANNEL = "holdfast_live"
PAYLOAD_MAX_BYTES = 7_900
"""PostgreSQL takes payloads shorter than 8,000 bytes."""
_PENDING_MAX = 50_000
_BATCH_SECONDS = 0.02
_RETRY_SECONDS = 0.5


class LiveEvent(msgspec.Struct, frozen=True, array_like=True):
    """`name` says what happened, `ids` what it is about, `related` lists of more ids; what they mean goes with the name."""

    name: str
    ids: tuple[int, ...] = ()
    related: tuple[tuple[int, ...], ...] = ()


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(list[LiveEvent])


def packed(events: Iterable[LiveEvent]) -> list[str]:
    """The events, in order, as payloads of NOTIFY, as few as possible. One that fits into none is left out."""
    payloads: list[str] = []
    parts: list[bytes] = []
    size = 2
    for event in events:
        part = _encode(event)
        if len(part) + 2 > PAYLOAD_MAX_BYTES:
            log.warning("live.event_too_large", name=event.name, ids=event.ids[:1])
            continue
        if size + len(part) + 1 > PAYLOAD_MAX_BYTES:
            payloads.append(f"[{b','.join(parts).decode()}]")
            parts, size = [], 2
        parts.append(part)
        size += len(part) + 1
    if parts:
        payloads.append(f"[{b','.join(parts).decode()}]")
    return payloads


def unpacked(payload: str) -> list[LiveEvent]:
    """The events of one payload; none when another version of this program wrote something else."""
    try:
        return _decoder.decode(payload)
    except msgspec.DecodeError:
        log.warning("live.unknown_payload", start=payload[:80])
        return []


class Notifier:
    """The one task of this process that sends NOTIFY: in batches, after commits, outside of any transaction."""

    def __init__(self, notify: Callable[[list[str], list[str]], Awaitable[None]], jobs_channel: str) -> None:
        self._notify = notify
        self._jobs_channel = jobs_channel
        self._jobs = False
        self._pending: deque[LiveEvent] = deque(maxlen=_PENDING_MAX)
        self._wake = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None

    def wake_workers(self) -> None:
        """Tell the workers that there are jobs; many calls become one NOTIFY."""
        self._jobs = True
        self._start()

    def announce(self, events: Iterable[LiveEvent]) -> None:
        """Make events known whose transaction has committed. While the database is away the newest are kept."""
        self._pending.extend(events)
        self._start()

    def _start(self) -> None:
        self._wake.set()
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._keep_flushing())

    async def _keep_flushing(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            sent = await self._flush()
            if not sent:
                self._wake.set()
            await asyncio.sleep(_BATCH_SECONDS if sent else _RETRY_SECONDS)

    async def _flush(self) -> bool:
        """Send what is there; False when the database did not take it."""
        jobs, events = self._jobs, list(self._pending)
        channels, payloads = [], packed(events)
        channels = [LIVE_CHANNEL] * len(payloads)
        if jobs:
            channels.append(self._jobs_channel)
            payloads.append("")
        if not channels:
            return True
        self._jobs = False
        self._pending.clear()
        try:
            await self._notify(channels, payloads)
        except Exception as error:
            # Whatever was wrong, the flusher must live: jobs are found by polling, and events are kept for a while.
            log.info("live.notify_failed", error=repr(error))
            self._jobs |= jobs
            self._pending.extendleft(reversed(events[: _PENDING_MAX - len(self._pending)]))
            return False
        except asyncio.CancelledError:
            self._jobs |= jobs
            self._pending.extendleft(reversed(events[: _PENDING_MAX - len(self._pending)]))
            raise
        return True

    async def close(self) -> None:
        """Send what is still to be made known, and end."""
        if self._flusher is None:
            return
        self._flusher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._flusher
        self._flusher = None
        await self._flush()


class Inbox:
    """What a listening connection has heard and nobody has taken yet. `lost`: the connection is no more."""

    def __init__(self, connection: Any) -> None:
        self.heard = asyncio.Event()
        self.lost = False
        self._connection = connection
        self._payloads: deque[str] = deque()

    def hear(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        """The driver's callback."""
        self._payloads.append(payload)
        self.heard.set()

    def lose(self, _connection: Any) -> None:
        """The driver's callback when the connection ends."""
        self.lost = True
        self.heard.set()

    def take(self) -> list[str]:
        """The payloads heard since the last time, in order."""
        self.heard.clear()
        taken = list(self._payloads)
        self._payloads.clear()
        if self.lost:
            self.heard.set()
        return taken

    async def check(self, timeout_seconds: float) -> None:
        """Ask the server for a sign of life; a connection whose other end vanished without a word is lost then."""
        try:
            await self._connection.fetchval("select 1", timeout=timeout_seconds)
        except Exception:
            # Any failure means the same: this connection hears nothing any more.
            self.lost = True
            self.heard.set()
