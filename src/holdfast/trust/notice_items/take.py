"""Use cases: what a notice cites is found, kept as it is and recorded; a person says what an item is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import PublicIds
from ...records import holds, ledger
from . import store
from .find import find
from .model import Addresses, CitedItem, Found, NewItem, NoticeItem, Target
from .queries import cited_before
from .snapshots import snapshots

_HELD = {
    Found.POST: holds.Subject.POST,
    Found.ACCOUNT: holds.Subject.ACCOUNT,
    Found.MEDIA: holds.Subject.MEDIA,
}


class Recording(msgspec.Struct, frozen=True):
    """What the leaves of a notice's items have in common."""

    notice_id: int
    preset: str
    lane: str
    sealed: bool
    related: tuple[tuple[ledger.Relation, str], ...] = ()


async def take_items(
    tx: Tx, recording: Recording, cited: Sequence[CitedItem], addresses: Addresses | None, *, now: Instant
) -> list[NewItem]:
    """Find, snapshot, record, store all of one notice, and name them for its hold. The notice's row is there."""
    targets = await find(tx, cited, addresses)
    ids = PublicIds(tx.keyring.derive("public ids"))
    kept = await snapshots(tx, ids, targets)
    before = await cited_before(tx, targets, sealed=recording.sealed)
    first: dict[object, int] = {}
    made = list[NewItem]()
    for n, (one, target) in enumerate(zip(cited, targets, strict=True), 1):
        key = target.key or ("url", target.url or f"item {n}")
        snapshot = kept.get(target.key) if target.key else None
        record_id = await ledger.append(tx, _entry(recording, n, one, target, snapshot), now=now)
        duplicate_of = first.get(key)
        first.setdefault(key, n)
        earlier = before.get(target.key) if target.key else None
        made.append(NewItem(n, one, target, duplicate_of, earlier, snapshot, record_id))
    await store.insert_items(tx, recording.notice_id, [(one, _digest(one.snapshot)) for one in made], now=now)
    for kind, subject in _HELD.items():
        named = sorted({one.subject_id for one in targets if one.found is kind and one.subject_id})
        if named:
            await holds.name_in_notice(tx, recording.notice_id, subject, named)
    return made


async def resolve_item(
    tx: Tx, recording: Recording, item: NoticeItem, url: str, addresses: Addresses, *, by: int | None, now: Instant
) -> Target:  # fmt: skip
    """A person gives the address that was meant; what was found there, which is nothing if nothing is there."""
    cited = CitedItem(url, alleged=item.alleged)
    target = (await find(tx, [cited], addresses))[0]
    snapshot = None
    if target.key is not None:
        snapshot = (await snapshots(tx, addresses.ids, [target])).get(target.key)
    about = msgspec.structs.replace(recording, related=((ledger.Relation.ABOUT, item.record_id),))
    record_id = await ledger.append(tx, _entry(about, item.n, cited, target, snapshot), now=now)
    fresh = msgspec.structs.replace(item, duplicate_of=None)
    await store.set_target(tx, fresh, target, by=by, digest=_digest(snapshot), record_id=record_id, now=now)
    if target.key is not None and target.found in _HELD:
        await holds.name_in_notice(tx, item.notice_id, _HELD[target.found], [target.key[1]])
    return target


def _entry(
    recording: Recording, n: int, cited: CitedItem, target: Target, snapshot: bytes | None
) -> ledger.Entry:
    private = {"item": {"n": n, "as_given": cited.as_given, "url": target.url, "alleged": cited.alleged}}
    bodies = {**private, **({"snapshot": snapshot} if snapshot is not None else {})}
    return ledger.Entry(
        kind=ledger.Kind.NOTICE_ITEM,
        subject=ledger.Subject.notice(recording.notice_id),
        public={
            "basis": recording.preset, "lane": recording.lane, "found": target.found.value, "item": n,
        },
        private=bodies, related=recording.related, sealed=recording.sealed,
    )  # fmt: skip


def _digest(snapshot: bytes | None) -> bytes | None:
    return None if snapshot is None else hashlib.sha256(snapshot).digest()
