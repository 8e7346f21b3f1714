"""Which backups the stores hold, whole and signed by us."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...platform.stores import Store, StoreError
from ...pure.evidence import VerifierKey
from ...pure.mirror import Base, MirrorInvalid, open_base


@dataclass(frozen=True, slots=True)
class HeldBase:
    """A backup and the stores (by name) that hold its descriptor and every part at its size."""

    base: Base
    stores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """held: whole at one store at least. torn: descriptors without all parts, by store. loose: names below base/ that no descriptor
    accounts for, by store: backups that never became whole. away: stores that did not answer, with what they said."""

    held: tuple[HeldBase, ...]
    torn: Mapping[str, tuple[Base, ...]] = field(default_factory=dict)
    loose: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    away: Mapping[str, str] = field(default_factory=dict)

    def bases(self, needed: int = 1) -> tuple[Base, ...]:
        """Those that at least `needed` stores hold."""
        return tuple(one.base for one in self.held if len(one.stores) >= needed)

    def stores_of(self, base: Base) -> tuple[str, ...]:
        """Who holds it."""
        return next((one.stores for one in self.held if one.base == base), ())


async def read_catalogue(
    stores: Mapping[str, Store], keys: Sequence[VerifierKey], *, prefix: str = "base"
) -> Catalogue:
    """Ask every store. A store that does not answer is named and left out; forged descriptors count as loose names."""
    names = sorted(stores)
    answers = await asyncio.gather(
        *(_read_store(stores[name], keys, prefix) for name in names), return_exceptions=True
    )
    whole: dict[Base, list[str]] = {}
    torn, loose, away = {}, {}, {}
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, StoreError):
            away[name] = answer.public
            continue
        if isinstance(answer, BaseException):
            raise answer
        for base in answer.whole:
            whole.setdefault(base, []).append(name)
        torn[name], loose[name] = tuple(answer.torn), tuple(answer.loose)
    held = tuple(HeldBase(base, tuple(where)) for base, where in sorted(whole.items(), key=_order))
    return Catalogue(held, torn, loose, away)


@dataclass(slots=True)
class _Found:
    whole: list[Base] = field(default_factory=list)
    torn: list[Base] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)


async def _read_store(store: Store, keys: Sequence[VerifierKey], prefix: str) -> _Found:
    sizes = {one.name: one.size_bytes for one in await store.list(prefix)}
    found = _Found()
    accounted: set[str] = set()
    for name in [one for one in sizes if one.endswith("/descriptor")]:
        try:
            base = open_base(await store.get(name), name, keys)
        except MirrorInvalid:
            continue
        parts = dict(zip(base.part_names, base.parts, strict=True))
        whole = all(sizes.get(part) == facts.size_bytes for part, facts in parts.items())
        (found.whole if whole else found.torn).append(base)
        accounted |= {name, *parts}
    found.loose = [name for name in sizes if name not in accounted]
    return found


def _order(entry: tuple[Base, Iterable[str]]) -> tuple[int, int, str]:
    base = entry[0]
    return base.epoch, base.start_lsn, base.backup
