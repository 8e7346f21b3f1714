"""What `holdfast moderation classify` shows while it works: broken lines, and a bar when somebody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class LineWatcher:
    """Writes findings to standard error and moves the bar, if there is one."""

    def __init__(
        self, say: Callable[[str], None], move: Callable[[int, int], None] = lambda lines, position: None
    ) -> None:
        self._say = say
        self._move = move
        self._lines = 0

    def broken(self, line: int, why: str) -> None:
        """A line was skipped."""
        self._say(f"holdfast: line {line}: {why}")

    def damaged(self, line: int, why: str) -> None:
        """The input cannot be read on."""
        self._say(f"holdfast: after line {line}: the input is damaged and ends here: {why}")

    def advance(self, lines: int, position_bytes: int) -> None:
        """So many lines more were judged."""
        self._lines += lines
        self._move(self._lines, position_bytes)


def size_of(file: str) -> int | None:
    """Bytes of a file on disk, None for a stream."""
    path = Path(file)
    return path.stat().st_size if file != "-" and path.is_file() else None


@contextmanager
def watched_lines(total_bytes: int | None) -> Iterator[LineWatcher]:
    """A watcher; with a bar over the bytes of the file, and texts per second, when standard error is a terminal
    and the verdicts go elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield LineWatcher(lambda text: print(text, file=sys.stderr))
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("judging"),
        BarColumn(),
        TextColumn("{task.fields[lines]:,} texts, {task.fields[rate]:,.0f}/s"),
        TimeElapsedColumn() if total_bytes is None else TimeRemainingColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging", total=total_bytes, lines=0, rate=0.0)

        def move(lines: int, position_bytes: int) -> None:
            rate = lines / max(time.monotonic() - started, 0.001)
            done = position_bytes if total_bytes is not None else None
            bar.update(task, completed=done, lines=lines, rate=rate)

        def say(text: str) -> None:
            bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

        yield LineWatcher(say, move)
