"""How far a removal is, on a terminal; nothing when nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def removal_progress() -> Iterator[Callable[[int], None]]:
    """Takes the number of rows that are removed so far. How many there are in all is not known before."""
    if not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("deleting")
        yield lambda rows: bar.update(task, description=f"deleting, {rows:,} rows removed")
