"""How far the steps of long work are: bars on a terminal, a line for each step that is done elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]
"""What is done, how much of it, and of how much."""


@contextmanager
def step_bars() -> Iterator[Progress]:
    """A bar for each step on a terminal, a line for each that is done elsewhere."""
    if not sys.stderr.isatty():
        began = time.monotonic()

        def line(what: str, done: int, total: int) -> None:
            if done >= total:
                sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {what}\n")

        yield line
        return
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    with Bars(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def bar(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield bar
