"""After a kill or a failure: what was written of a backup that never became whole goes, and whole ones reach every store."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from ...platform.stores import ObjectExists, Store, StoreError
from ...pure.mirror import Base
from .catalogue import Catalogue
from .kept import KeptBackups


async def tidy_unfinished(
    stores: Mapping[str, Store], catalogue: Catalogue, kept: KeptBackups, epoch: int
) -> int:
    """Remove what an interrupted backup of this machine left. How many objects went.

    Only the one that the file `running` names: another machine may be in the middle of one. A store that refuses to delete
    keeps them until its own rule expires them; a store that is away is asked again at the next round.
    """
    backup = kept.running()
    if backup is None:
        return 0
    folder = f"base/{epoch:010d}/{backup}/"
    removed, unsure = 0, bool(catalogue.away)
    for name, loose in catalogue.loose.items():
        for one in (name for name in loose if name.startswith(folder)):
            try:
                await stores[name].delete(one)
                removed += 1
            except StoreError:
                unsure = unsure or bool(catalogue.away)
    if not unsure:
        kept.end()
    return removed


async def complete_copies(stores: Mapping[str, Store], catalogue: Catalogue, epoch: int) -> dict[str, str]:
    """Copy whole backups of this epoch to the stores that lack them, as they are: it needs no key. What failed, by store."""
    failed: dict[str, str] = {}
    for held in catalogue.held:
        if held.base.epoch != epoch:
            continue
        for name in stores:
            if name in held.stores or name in catalogue.away or name in failed:
                continue
            try:
                await _copy(stores[held.stores[0]], stores[name], held.base)
            except StoreError as error:
                failed[name] = error.public
    return failed


async def _copy(giver: Store, taker: Store, base: Base) -> None:
    """The descriptor last, as when it was made."""
    for part in (*base.part_names, base.name):
        with suppress(ObjectExists):
            await taker.put_new(part, await giver.get(part))
