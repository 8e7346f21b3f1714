"""JSON lines in, verdicts out: streams and files of any size, in order, on every core, with bounded memory."""

from __future__ import annotations

import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, Final, NamedTuple, Protocol

import msgspec

from ..pure.imports import Line, LineSplitter, TruncatedLine
from ..screening import SHIPPED_MODEL, Content, ModelChoice, Screen, Verdict, load_screen
from .judging_pool import CHUNKS_PER_WORKER, INLINE_ITEMS, JudgingPool, answer_of

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
"""Longest line that is read; longer ones are reported and skipped."""
READ_BYTES: Final = 64 * 1024
MAX_CHUNK_LINES: Final = 256

NumberedLine = tuple[int, bytes | None]
"""Line number from 1, and the line; None for one that was too long."""


class _Row(msgspec.Struct):
    """One line of input; other keys are passed over."""

    text: str
    id: str | int | None = None
    spoiler_text: str = ""
    language: str | None = None


class JudgedLines(NamedTuple):
    """What became of a chunk. `output`: JSON lines; `broken`: (line number, why) of those that were skipped."""

    output: bytes
    broken: list[tuple[int, str]]


class Watcher(Protocol):
    """Told how a run goes, in the order of the input."""

    def broken(self, line: int, why: str) -> None:
        """A line was skipped."""
        ...

    def damaged(self, line: int, why: str) -> None:
        """The input cannot be read on after this line; everything before it counts."""
        ...

    def advance(self, lines: int, position_bytes: int) -> None:
        """So many lines more were judged; the input was read up to there."""
        ...


def verdict_line(identifier: str | int | None, verdict: Verdict) -> bytes:
    """One line of output, with its end."""
    answer = {
        "id": identifier,
        "scores": verdict.scores,
        "verdict": verdict.action,
        "lane": verdict.lane,
        "rules": verdict.rules,
        "evidence": verdict.evidence,
        "version": verdict.version,
    }
    return msgspec.json.encode(answer) + b"\n"


def line_judge(screen: Screen) -> Callable[[list[NumberedLine]], JudgedLines]:
    """What judges a chunk of lines."""
    decoder = msgspec.json.Decoder(_Row)

    def judge(lines: list[NumberedLine]) -> JudgedLines:
        output, broken = [], []
        for number, line in lines:
            try:
                if line is None:
                    raise msgspec.DecodeError(f"longer than {MAX_LINE_BYTES} bytes")
                row = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                broken.append((number, str(error)))
                continue
            content = Content(text=row.text, spoiler_text=row.spoiler_text, language=row.language)
            identifier = row.id if row.id is not None else str(number)
            output.append(verdict_line(identifier, screen.assess(content)))
        return JudgedLines(b"".join(output), broken)

    return judge


def make_line_judge(
    rules: Path | None, model: ModelChoice | None
) -> Callable[[list[NumberedLine]], JudgedLines]:
    """For a process of its own: load rules and model, whose problems were reported before, and judge with them."""
    return line_judge(load_screen(rules, model=model, log_problems=False))


def classify_stream(
    source: BinaryIO,
    out: BinaryIO,
    screen: Screen,
    watcher: Watcher,
    *,
    rules: Path | None,
    model: ModelChoice | None = SHIPPED_MODEL,
    workers: int,
) -> int:
    """Judge every line of `source`; how many were broken. What has come is answered without waiting for more.

    `screen` judges the first lines here; an input that goes on is given to `workers` processes, which load
    `rules` and `model` anew.
    """
    return _Run(source, out, watcher, line_judge(screen), workers).run(partial(make_line_judge, rules, model))


class _Chunk(NamedTuple):
    lines: list[NumberedLine]
    position_bytes: int


class _Ended(NamedTuple):
    line: int
    damage: str | None


class _Run:
    """One run. A thread reads, because reading may wait for a pipe while answers are ready to be written; the
    thread that called hands out chunks and writes answers."""

    def __init__(
        self,
        source: BinaryIO,
        out: BinaryIO,
        watcher: Watcher,
        judge: Callable[[list[NumberedLine]], JudgedLines],
        workers: int,
    ) -> None:
        self._source = source
        self._out = out
        self._watcher = watcher
        self._judge = judge
        self._workers = workers
        # None: an answer may have come. An error: reading failed in a way that nobody foresaw.
        self._events: SimpleQueue[_Chunk | _Ended | Exception | None] = SimpleQueue()
        self._room = threading.Semaphore(workers * CHUNKS_PER_WORKER)
        self._waiting: deque[tuple[Future[JudgedLines], _Chunk]] = deque()
        self._broken = 0
        self._pool: JudgingPool[list[NumberedLine], JudgedLines] | None = None

    def run(self, make: Callable[[], Callable[[list[NumberedLine]], JudgedLines]]) -> int:
        threading.Thread(target=self._read, daemon=True).start()
        inline_lines = 0
        ended: _Ended | None = None
        try:
            while ended is None or self._waiting:
                event = self._events.get()
                if isinstance(event, Exception):
                    raise event
                if isinstance(event, _Ended):
                    ended = event
                elif event is None:
                    self._write_ready()
                elif self._pool is None:
                    self._write(self._judge(event.lines), event)
                    inline_lines += len(event.lines)
                    if inline_lines >= INLINE_ITEMS and self._workers > 1:
                        self._pool = JudgingPool(make, self._workers).__enter__()
                else:
                    future = self._pool.submit(event.lines)
                    self._waiting.append((future, event))
                    future.add_done_callback(lambda _: self._events.put(None))
        finally:
            if self._pool is not None:
                self._pool.__exit__(None, None, None)
        if ended.damage is not None:
            self._watcher.damaged(ended.line, ended.damage)
        return self._broken

    def _write_ready(self) -> None:
        while self._waiting and self._waiting[0][0].done():
            future, chunk = self._waiting.popleft()
            self._write(answer_of(future), chunk)

    def _write(self, judged: JudgedLines, chunk: _Chunk) -> None:
        if judged.output:
            self._out.write(judged.output)
            self._out.flush()
        for number, why in judged.broken:
            self._watcher.broken(number, why)
        self._broken += len(judged.broken)
        self._watcher.advance(len(chunk.lines), chunk.position_bytes)
        self._room.release()

    def _read(self) -> None:
        try:
            self._events.put(self._read_all())
        except Exception as error:  # raised again by the thread that called
            self._events.put(error)

    def _read_all(self) -> _Ended:
        splitter = LineSplitter(line_length_limit_bytes=MAX_LINE_BYTES)
        read: Any = getattr(self._source, "read1", self._source.read)
        line = 0
        damage = None
        try:
            # `read1` gives what is there, so that a slow stream is answered line by line.
            while data := read(READ_BYTES):
                line = self._give(splitter.feed(data), line)
        except (OSError, EOFError, zlib.error) as error:
            damage = str(error)
        line = self._give(splitter.finish(truncated=damage is not None), line)
        return _Ended(line, damage)

    def _give(self, found: Iterable[Any], last: int) -> int:
        """Put lines into chunks; the number of the last line so far."""
        lines: list[NumberedLine] = []
        for one in found:
            if isinstance(one, TruncatedLine):
                continue
            last = one.number
            lines.append((one.number, one.data if isinstance(one, Line) else None))
            if len(lines) >= MAX_CHUNK_LINES:
                self._put(lines)
                lines = []
        if lines:
            self._put(lines)
        return last

    def _put(self, lines: list[NumberedLine]) -> None:
        self._room.acquire()
        self._events.put(_Chunk(lines, _position_bytes(self._source)))


def _position_bytes(source: Any) -> int:
    """How far into the file on disk has been read; 0 for a stream. Of gzip, that of the packed file."""
    packed = getattr(source, "fileobj", None) or source
    try:
        return int(packed.tell()) if packed.seekable() else 0
    except (OSError, ValueError):
        return 0
