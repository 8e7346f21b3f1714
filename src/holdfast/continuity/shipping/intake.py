"""The log on its way in: read as it comes, held until it is cut, and not read while there is no room."""

from __future__ import annotations

import asyncio
import contextlib

from ...platform.replication import ReplicationAway, WalStream


class Intake:
    """What was received and is not cut yet. `failed` is set when the stream ended."""

    def __init__(self, stream: WalStream, start_lsn: int, room_bytes: int) -> None:
        self.received_lsn = start_lsn
        self.server_lsn = start_lsn
        self.failed: ReplicationAway | None = None
        self._stream, self._room = stream, room_bytes
        self._parts: list[bytes] = []
        self._size = 0
        self._first_at = 0.0
        self._something = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._listening = False
        # Kept, because a connection that broke does not tell any more.
        self._descriptor = stream.fileno()
        self.resume()

    @property
    def size_bytes(self) -> int:
        """What waits to be cut."""
        return self._size

    @property
    def first_at(self) -> float:
        """When the first byte of it came, in seconds of the loop's clock."""
        return self._first_at

    async def something(self) -> None:
        """Wait until there is something to cut. Raises ReplicationAway."""
        await self._something.wait()
        self.check()

    def check(self) -> None:
        """Raises ReplicationAway where the stream ended."""
        if self.failed is not None:
            raise self.failed

    def take(self, most: int) -> bytes:
        """The next log to cut, at most so many bytes; the rest stays."""
        whole = b"".join(self._parts)
        part, rest = whole[:most], whole[most:]
        self._parts = [rest] if rest else []
        self._size = len(rest)
        self._first_at = self._loop.time()
        if not rest and self.failed is None:
            self._something.clear()
        return part

    def pause(self) -> None:
        """Read nothing more; the database keeps the log."""
        if self._listening:
            with contextlib.suppress(OSError):
                self._loop.remove_reader(self._descriptor)
            self._listening = False

    def resume(self) -> None:
        """Read again."""
        if not self._listening and self.failed is None:
            self._loop.add_reader(self._descriptor, self._read)
            self._listening = True
            # The driver may hold what it has read from the socket already.
            self._loop.call_soon(self._read)

    def end(self, reason: ReplicationAway) -> None:
        """Let the run end as if the database had ended the stream; what waits is read again by the next one."""
        self.failed = self.failed or reason
        self.pause()
        self._something.set()

    def close(self) -> None:
        """Stop reading for good."""
        self.pause()

    def _read(self) -> None:
        if not self._listening:
            return
        try:
            while self._size < self._room:
                message = self._stream.read()
                if message is None:
                    break
                self._keep(*message)
            else:
                self.pause()
        except ReplicationAway as error:
            self.end(error)
        self.server_lsn = max(self.server_lsn, self._stream.server_lsn, self.received_lsn)

    def _keep(self, start_lsn: int, log: bytes) -> None:
        # A stream begins where it was asked to and has no holes; what came twice is not kept twice.
        skip = self.received_lsn - start_lsn
        if skip < 0:
            raise ReplicationAway(private=f"log at {start_lsn} after {self.received_lsn}")
        if skip >= len(log):
            return
        if not self._parts:
            self._first_at = self._loop.time()
        part = log[skip:] if skip else log
        self._parts.append(part)
        self._size += len(part)
        self.received_lsn += len(part)
        self._something.set()
