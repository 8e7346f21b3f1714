"""What the commands of the mirror share: the setup of the data folder, its stores, and words for the terminal."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from holdfast.pure.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.continuity.mirror import MirrorSetup
    from holdfast.platform.config import Settings
    from holdfast.platform.crypto import Keyring
    from holdfast.platform.stores import Store

Step = Callable[[int, int], None]


def keyring_of(settings: Settings) -> Keyring:
    """The server's keyring. Raises MasterKeyError."""
    from holdfast.platform.crypto import Keyring
    from holdfast.platform.master_key import load_master_key

    return Keyring(load_master_key(settings))


def setup_of(settings: Settings) -> MirrorSetup:
    """The setup. Raises NotFound where there is no mirror yet."""
    from holdfast.continuity.mirror import read_setup

    found = read_setup(settings.data, keyring_of(settings))
    if found is None:
        raise NotFound("there is no mirror yet; begin one with `holdfast mirror init`")
    return found


@asynccontextmanager
async def stores_of(settings: Settings, setup: MirrorSetup) -> AsyncIterator[Mapping[str, Store]]:
    """The stores by name, closed again at the end."""
    from holdfast.continuity.mirror import open_stores

    opened = open_stores(setup, timeout_seconds=settings.mirror_store_timeout_seconds)
    try:
        yield opened
    finally:
        for store in opened.values():
            await store.close()


@contextmanager
def step_progress(what: str) -> Iterator[Step]:
    """Takes how many of how many are done; a bar when standard error is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def size_text(size_bytes: int) -> str:
    """A size for people: 3.4 MiB."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def span_text(seconds: float) -> str:
    """A span for people: 0.4 s, 12 s, 5 min, 3 h, 2 days."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"
