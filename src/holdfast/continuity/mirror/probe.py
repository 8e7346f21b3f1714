"""Try a store before it is relied on: what does it do with two small objects that nobody needs?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ...platform import stores
from ...platform.clock import Clock
from .model import AfterDelete, Outcome, StoreFacts

_FIRST = b"holdfast mirror probe: first\n"
_SECOND = b"holdfast mirror probe: second\n"


async def probe_store(store: stores.Store, *, clock: Clock, mark: str) -> StoreFacts:
    """The facts. `mark`: letters and digits nobody else uses now; objects are made under probe/MARK and removed where they can be.

    Never raises for what the store does: that is the finding.
    """
    facts = StoreFacts(store.address, owner_marks=store.owner_marks)
    name = f"probe/{mark}/create-only"
    try:
        before = clock.now()
        writing = await _written(store, name, _FIRST)
        facts = replace(facts, writing=writing)
        if writing is not Outcome.DONE:
            return facts
        facts = replace(facts, reading=await _read(store, name))
        if facts.reading is not Outcome.DONE:
            return facts
        facts = replace(facts, ranges=await _read_part(store, name))
        facts = await _listed(store, name, facts, (clock.now() - before) / 2, clock)
        facts = replace(facts, create_only=await _twice(store, name))
        return await _rights(store, mark, facts)
    except stores.StoreAway:
        return _unanswered(facts)
    finally:
        await _tidied(store, name)


async def _written(store: stores.Store, name: str, data: bytes) -> Outcome:
    try:
        await store.put_new(name, data)
    except (stores.StoreRefused, stores.ObjectExists):
        return Outcome.REFUSED
    return Outcome.DONE


async def _read(store: stores.Store, name: str) -> Outcome:
    try:
        return Outcome.DONE if await store.get(name) == _FIRST else Outcome.IGNORED
    except stores.ObjectMissing:
        return Outcome.IGNORED
    except stores.StoreRefused:
        return Outcome.REFUSED


async def _read_part(store: stores.Store, name: str) -> Outcome:
    try:
        return Outcome.DONE if await store.get_range(name, 9, 15) == _FIRST[9:15] else Outcome.IGNORED
    except stores.ObjectMissing:
        return Outcome.IGNORED
    except stores.StoreRefused:
        return Outcome.REFUSED


async def _listed(
    store: stores.Store, name: str, facts: StoreFacts, half_way: timedelta, clock: Clock
) -> StoreFacts:
    try:
        entries = {one.name: one for one in await store.list("probe")}
    except stores.StoreRefused:
        return replace(facts, listing=Outcome.REFUSED)
    entry = entries.get(name)
    if entry is None:
        return replace(facts, listing=Outcome.IGNORED)
    return replace(facts, listing=Outcome.DONE, clock_ahead=entry.modified_at - (clock.now() - half_way))


async def _twice(store: stores.Store, name: str) -> Outcome:
    """A second create-only write must be refused, and must not have changed anything either."""
    outcome = await _written(store, name, _SECOND)
    try:
        changed = await store.get(name) != _FIRST
    except (stores.ObjectMissing, stores.StoreRefused):
        changed = True
    return Outcome.REFUSED if outcome is Outcome.REFUSED and not changed else Outcome.IGNORED


async def _rights(store: stores.Store, mark: str, facts: StoreFacts) -> StoreFacts:
    """Whether the credentials may replace and delete, tried on an object of its own."""
    name = f"probe/{mark}/rights"
    try:
        version = await store.put_new(name, _FIRST)
    except (stores.StoreRefused, stores.ObjectExists):
        return facts
    try:
        version = await store.put(name, _SECOND) or version
        facts = replace(facts, overwriting=Outcome.DONE)
    except stores.StoreRefused:
        facts = replace(facts, overwriting=Outcome.REFUSED)
    try:
        await store.delete(name)
        facts = replace(facts, deleting=Outcome.DONE)
    except stores.StoreRefused:
        facts = replace(facts, deleting=Outcome.REFUSED)
    return replace(facts, after_delete=await _after_delete(store, name, version))


async def _after_delete(store: stores.Store, name: str, version: str | None) -> AfterDelete:
    try:
        await store.get(name)
    except stores.ObjectMissing:
        pass
    except stores.StoreRefused:
        return AfterDelete.UNASKED
    else:
        return AfterDelete.KEPT
    if version is None:
        return AfterDelete.GONE
    try:
        await store.get(name, version=version)
    except (stores.ObjectMissing, stores.StoreRefused):
        return AfterDelete.GONE
    return AfterDelete.HIDDEN


async def _tidied(store: stores.Store, name: str) -> None:
    try:
        await store.delete(name)
    except stores.StoreError:
        return  # told by `deleting` already


def _unanswered(facts: StoreFacts) -> StoreFacts:
    """The first step without an answer is the one that was away."""
    if facts.writing is Outcome.UNASKED:
        return replace(facts, writing=Outcome.AWAY)
    if facts.reading is Outcome.UNASKED:
        return replace(facts, reading=Outcome.AWAY)
    if facts.ranges is Outcome.UNASKED:
        return replace(facts, ranges=Outcome.AWAY)
    return replace(facts, listing=Outcome.AWAY)
