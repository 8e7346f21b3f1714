"""A mirror over stores in this process, begun as `holdfast mirror init` begins one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from holdfast.continuity import mirror
from holdfast.platform.clock import FixedClock
from holdfast.platform.stores import MemoryObjects

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CLOCK = FixedClock(NOW)
PLACE = mirror.LogPlace("7123456789", 1, 0x3000028)


class LittleMirror(NamedTuple):
    """setup with two stores, the identity that opens it, the stores by name."""

    setup: mirror.MirrorSetup
    identity: str
    opened: dict[str, MemoryObjects]


async def little_mirror(policy: mirror.Policy = "any") -> LittleMirror:
    begun = mirror.begin_mirror(
        PLACE, domain="a.example", holders=("Ann", "Bob", "Cleo"), needed=2, policy=policy, contacts={}, now=NOW
    )  # fmt: skip
    setup = begun.setup
    opened: dict[str, MemoryObjects] = {}
    for name in ("one", "two"):
        store = MemoryObjects(f"memory://{name}", clock=CLOCK)
        found = mirror.StoreSetup(name, f"memory://{name}")
        joined = await mirror.join_store(setup, found, store, list(opened.values()), clock=CLOCK, mark=name)
        setup, opened[name] = joined.setup, store
    return LittleMirror(setup, begun.identity.identity, opened)


async def everything_in(store: MemoryObjects) -> dict[str, bytes]:
    """All objects of a store."""
    return {one.name: await store.get(one.name) for one in await store.list()}
