"""Compare what stores hold with what should be there: bring what is missing, take away what nothing can need any more.

This is the backfill of a new store, the new encryption after the recipients changed (every name is another one then), the healing
of a store that lost something, and the end of what was deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from ...platform import stores
from ...platform.blobs import BlobMissing, Blobs
from ...platform.clock import Instant
from ...pure.mirror import KEEP
from ...pure.mirror_objects import ListedFile, media_name
from ..mirror import MirrorSetup
from .hold import hold_file

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 4
_NAME_PARTS: Final = 3


@dataclass(slots=True)
class StoreReconciled:
    """At one store. present: were there. brought: are there now. removed: objects taken away. kept: could not be removed. failed:
    could not be brought. error: why the store was left before its end."""

    present: int = 0
    brought: int = 0
    removed: int = 0
    kept: int = 0
    failed: int = 0
    error: stores.StoreError | None = None


@dataclass(slots=True)
class Reconciled:
    """By store. absent_here: files that the database names and that are not here; restore them from a store."""

    stores: dict[str, StoreReconciled] = field(default_factory=dict)
    absent_here: set[bytes] = field(default_factory=set)


async def reconcile_media(
    setup: MirrorSetup,
    opened: Mapping[str, stores.Store],
    files: Sequence[ListedFile],
    gone: Collection[bytes],
    blobs: Blobs,
    *,
    now: Instant,
    forgetting: bool = True,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Reconciled:
    """Let every store hold all `files`. gone: deleted not long ago, still kept. forgetting: remove what is in neither, once it has
    lain there for the time of retention.

    progress: files seen to so far, and how many there are over all stores. Raises BlobsAway.
    """
    names = {media_name(setup.media_key, setup.recipients, one.sha256): one.sha256 for one in files}
    kept = {media_name(setup.media_key, setup.recipients, one) for one in gone}
    result = Reconciled()
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(done, len(names) * len(opened))

    for label, store in opened.items():
        found = result.stores[label] = StoreReconciled()
        try:
            entries = await store.list("media")
            await _bring_missing(
                store, setup, names, entries, blobs, into=(found, result.absent_here), step=step
            )
            if forgetting:
                await _remove_old(store, entries, names.keys() | kept, found, now)
        except stores.StoreError as error:
            found.error = error
            log.warning("mirror.media_not_reconciled", store=label, error=type(error).__name__)
    return result


async def _bring_missing(
    store: stores.Store,
    setup: MirrorSetup,
    names: Mapping[str, bytes],
    entries: Sequence[stores.StoredObject],
    blobs: Blobs,
    *,
    into: tuple[StoreReconciled, set[bytes]],
    step: Callable[[], None],
) -> None:
    found, absent = into
    held = {_name_of(one.name) for one in entries if "." not in one.name}
    left = iter(list(names.items()))

    async def work() -> None:
        for name, sha256 in left:
            if name in held:
                found.present += 1
            else:
                try:
                    await hold_file(store, setup, sha256, blobs)
                    found.brought += 1
                except BlobMissing:
                    absent.add(sha256)
                except stores.StoreAway:
                    found.failed += 1
                    raise
                except stores.StoreError:
                    found.failed += 1
            step()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(work())
    except* stores.StoreError as several:
        raise several.exceptions[0] from None


async def _remove_old(
    store: stores.Store,
    entries: Sequence[stores.StoredObject],
    known: Collection[str],
    found: StoreReconciled,
    now: Instant,
) -> None:
    """A file's first part goes first, so that a file that is not whole is never taken for one that is."""
    old = [one for one in entries if _name_of(one.name) not in known and now - one.modified_at > KEEP]
    for entry in sorted(old, key=lambda one: one.name):
        try:
            await store.delete(entry.name)
            found.removed += 1
        except stores.StoreRefused:
            found.kept += 1


def _name_of(object_name: str) -> str:
    """The 64 digits in media/AB/REST[.NNNNN]; empty for what is none of ours."""
    parts = object_name.split("/")
    return parts[1] + parts[2].partition(".")[0] if len(parts) == _NAME_PARTS else ""
