"""Random reads: does a store still give back what was written, as it was?

Everything here is checked without a secret: signatures, hashes, names. That what is inside opens is for a drill to show.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ...platform import stores
from ...pure.evidence import VerifierKey
from ...pure.mirror import (
    BASE,
    Base,
    Epoch,
    EpochStart,
    MirrorInvalid,
    ObjectForged,
    ObjectMisnamed,
    ObjectTruncated,
    check_body,
    open_base,
    open_chunk,
    open_claim,
    open_manifest,
    open_pack_head,
    open_start,
    reason_of,
    settle_epochs,
)
from ...pure.mirror_objects import open_kit_head, open_media_list, open_part
from .setup import MirrorSetup

_DIGITS: Final = re.compile(r"[0-9]{10}")
_ALL: Final = 0
_OPENED: Final[Mapping[str, Callable[..., Any]]] = {
    "chunk": open_chunk,
    "base": open_base,
    "manifest": open_manifest,
    "media": open_part,
    "media-list": open_media_list,
    "kit": open_kit_head,
}
_KINDS: Final = {
    "wal": "chunk", "pack": "pack", "base": "base", "manifest": "manifest", "epoch": "epoch", "media": "media",
    "media-list": "media-list", "kit": "kit", "relaunch": "relaunch", "relaunch.json": "relaunch",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """An object that is not as it was written. reason: of `pure.mirror.Reason`, or what the store said."""

    name: str
    reason: str


@dataclass(slots=True)
class Verified:
    """What was found at one store. objects, size_bytes: all that lies there, by kind. read: how many were read and were right."""

    objects: Counter[str] = field(default_factory=Counter)
    size_bytes: int = 0
    read: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)


async def verify_store(
    store: stores.Store,
    setup: MirrorSetup,
    *,
    reads: int,
    draw: Callable[[Sequence[str], int], list[str]],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Verified:
    """Read `reads` objects and all epochs. draw: takes so many names of a list, at random (`random.Random.sample`).

    Raises StoreError when the store cannot be listed."""
    entries = [one for one in await store.list() if kind_of(one.name) is not None]
    found = Verified(size_bytes=sum(one.size_bytes for one in entries))
    found.objects.update(kind_of(one.name) or "" for one in entries)
    epochs = [one.name for one in entries if kind_of(one.name) == "epoch"]
    others = sorted(one.name for one in entries if kind_of(one.name) not in ("epoch", "relaunch"))
    keys = _signers(setup)
    bases: dict[str, Base] = {}
    chosen = [*epochs, *draw(others, min(reads, len(others)))]
    for done, name in enumerate(chosen, 1):
        try:
            await _read(store, name, setup, keys, bases)
            found.read[kind_of(name) or ""] += 1
        except MirrorInvalid as error:
            found.wrong.append(Wrong(name, reason_of(error).value))
        except stores.ObjectMissing:
            found.wrong.append(Wrong(name, "missing"))
        except stores.StoreError as error:
            found.wrong.append(Wrong(name, error.public))
        progress(done, len(chosen))
    return found


def kind_of(name: str) -> str | None:
    """What an object is, by its name; None for what is no part of a mirror (what a probe left behind)."""
    folder = name.partition("/")[0]
    if folder == BASE and not name.endswith("/descriptor"):
        return "part"
    return _KINDS.get(folder)


def known_epochs(setup: MirrorSetup) -> tuple[Epoch, ...]:
    """The epochs that the setup holds the signed objects of. Raises MirrorInvalid."""
    authority = setup.authority
    claims = [open_claim(one.claim, f"epoch/{one.number:010d}", authority) for one in setup.epochs]
    starts: list[EpochStart] = [
        open_start(one.start, f"epoch/{one.number:010d}.start", authority)
        for one in setup.epochs
        if one.start is not None
    ]
    return settle_epochs(claims, starts)


def signers_of(setup: MirrorSetup) -> tuple[VerifierKey, ...]:
    """Every key that signed for this mirror in any of the epochs that the setup knows. Raises MirrorInvalid."""
    return _signers(setup)[_ALL]


def _signers(setup: MirrorSetup) -> dict[int, tuple[VerifierKey, ...]]:
    """Who signs, by epoch. What an epoch of before signed stays good."""
    found = {
        one.number: (open_claim(one.claim, f"epoch/{one.number:010d}", setup.authority).claim.signer,)
        for one in setup.epochs
    }
    return {**found, _ALL: tuple(key for keys in found.values() for key in keys)}


async def _read(
    store: stores.Store,
    name: str,
    setup: MirrorSetup,
    signers: dict[int, tuple[VerifierKey, ...]],
    bases: dict[str, Base],
) -> None:
    data = await store.get(name)
    kind = kind_of(name) or ""
    keys = signers[_ALL] if kind == "media" else signers.get(_epoch_in(name), ())
    if kind == "part":
        await _check_part(store, name, data, keys, bases)
    elif kind == "pack":
        head, _ = open_pack_head(data, name, keys)
        check_body(head, data[head.body_offset :])
    elif kind == "epoch":
        opening: Callable[..., object] = open_start if name.endswith(".start") else open_claim
        opening(data, name, setup.authority)
    else:
        _OPENED[kind](data, name, keys)


async def _check_part(
    store: stores.Store, name: str, data: bytes, keys: tuple[VerifierKey, ...], bases: dict[str, Base]
) -> None:
    """A part of a backup has no head of its own: the descriptor beside it names it by its hash."""
    descriptor = name.rpartition("/")[0] + "/descriptor"
    if descriptor not in bases:
        bases[descriptor] = open_base(await store.get(descriptor), descriptor, keys)
    base = bases[descriptor]
    if name not in base.part_names:
        raise ObjectMisnamed
    part = base.parts[base.part_names.index(name)]
    if len(data) < part.size_bytes:
        raise ObjectTruncated
    if len(data) != part.size_bytes or hashlib.sha256(data).hexdigest() != part.sha256:
        raise ObjectForged


def _epoch_in(name: str) -> int:
    """The epoch in the name of an object; one that nobody holds where it has none."""
    second = name.split("/")[1:2]
    return int(second[0]) if second and _DIGITS.fullmatch(second[0]) else -1
