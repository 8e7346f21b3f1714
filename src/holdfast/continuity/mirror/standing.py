"""Whether another server holds this site by now: asked before anything is taken away from a store."""

from __future__ import annotations

from collections.abc import Mapping

from ...platform import stores
from ...pure.mirror import MirrorInvalid, Standing, majority, open_claim
from .setup import MirrorSetup


async def standing_at(opened: Mapping[str, stores.Store], setup: MirrorSetup) -> Standing:
    """SUPERSEDED where a store shows a later epoch that the authority signed; UNCERTAIN where fewer than a majority show ours."""
    answered = 0
    for store in opened.values():
        try:
            entries = await store.list("epoch")
            # One that does not show our own epoch is not the store that we know: an empty disk, say, where one was mounted.
            answered += any(one.name == f"epoch/{setup.epoch:010d}" for one in entries)
            for entry in entries:
                if await _is_later(store, entry.name, setup):
                    return Standing.SUPERSEDED
        except stores.StoreError:
            continue
    return Standing.HELD if answered >= majority(len(opened)) else Standing.UNCERTAIN


async def _is_later(store: stores.Store, name: str, setup: MirrorSetup) -> bool:
    number = name.removeprefix("epoch/")
    if not number.isdecimal() or int(number) <= setup.epoch:
        return False
    try:
        claimed = open_claim(await store.get(name), name, setup.authority)
    except MirrorInvalid:
        return False
    return claimed.claim.site == setup.site_id
