"""A store joins the mirror: tried, judged, and given what every store holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ...platform import stores
from ...platform.clock import Clock
from ...pure.errors import Conflict, Invalid
from .begin import bring_epochs
from .model import StoreJudgement, judge_store
from .probe import probe_store
from .setup import MirrorSetup, StoreSetup

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class StoreNotFit(Invalid):
    """What was found makes it unfit; `judgement` says what."""

    public = "This store is not fit to be a mirror; nothing was changed."

    def __init__(self, judgement: StoreJudgement) -> None:
        super().__init__()
        self.judgement = judgement


class StoreKnown(Conflict):
    """A store of this name or at this address is there."""

    public = "There is a store of this name, or at this address; see `holdfast mirror list`."


@dataclass(frozen=True, slots=True)
class Joined:
    """The setup with the store in it, and what was found."""

    setup: MirrorSetup
    judgement: StoreJudgement


async def try_store(
    store: stores.Store, found: StoreSetup, others: list[stores.Store], *, clock: Clock, mark: str
) -> StoreJudgement:
    """What a store is like. Raises nothing for what it does: that is the finding."""
    facts = await probe_store(store, clock=clock, mark=mark)
    marks: dict[str, frozenset[str]] = {}
    for one in others:
        marks[one.address] = marks.get(one.address, frozenset()) | one.owner_marks
    return judge_store(facts, lock_promised=found.lock_promised, others=marks)


async def join_store(
    setup: MirrorSetup,
    found: StoreSetup,
    opened: stores.Store,
    others: list[stores.Store],
    *,
    clock: Clock,
    mark: str,
) -> Joined:
    """Try the store and let it hold the epochs. Raises StoreKnown, StoreNotFit, StoreHoldsAnother, StoreError."""
    if _NAME.fullmatch(found.name) is None:
        raise Invalid("The name of a store has lower case letters, digits and dashes, 32 at most.")
    if any(one.name == found.name or one.place == found.place for one in setup.stores):
        raise StoreKnown
    judgement = await try_store(opened, found, others, clock=clock, mark=mark)
    if not judgement.is_fit:
        raise StoreNotFit(judgement)
    await bring_epochs(opened, setup)
    return Joined(setup.with_stores((*setup.stores, found)), judgement)
