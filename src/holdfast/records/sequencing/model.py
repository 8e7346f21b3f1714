"""What a sequencer may do before it signs: the table of start-up, and what it is made from. No I/O.

A log that has signed two histories is worth nothing. So whoever starts first asks everybody who may have seen a
checkpoint of this log, and the table says what follows from the answers. It is asked again until it says GO.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple


class Finding(StrEnum):
    """How the own log stands to the largest checkpoint that anybody knows."""

    CURRENT = "current"  # nothing larger is known, and what is known fits
    AHEAD = "ahead"  # a larger one is known
    LOST = "lost"  # a larger one is known, and nobody has entries that lead to it
    CONTRADICTED = "contradicted"  # the own history is another one than was signed


class Answers(StrEnum):
    """Who answered of those whom the operator named: witnesses and mirrors."""

    NOBODY_NAMED = "nobody named"
    ALL = "all"
    SOME_SILENT = "some silent"


class Place(StrEnum):
    """Whether this is where the log was signed last."""

    SAME = "same"  # this data folder and this database have seen the same last epoch
    MOVED = "moved"  # one of them is older, or was another machine's


class Step(StrEnum):
    """What to do next."""

    GO = "go"  # sequence and sign
    RECOVER = "recover"  # take the missing entries from whoever has them, then ask again
    CONTINUE = "continue"  # freeze this log, open the next origin with a `continuation` leaf, then ask again
    WAIT = "wait"  # ask again later; nothing is sequenced or signed, records wait in the outbox


def _table() -> dict[tuple[Finding, Answers, Place], Step]:
    table = {}
    for finding, answers, place in product(Finding, Answers, Place):
        silent = answers is Answers.SOME_SILENT
        if finding is Finding.AHEAD:
            # Entries that lead to a signed root are the right ones, whoever else is silent.
            step = Step.RECOVER
        elif finding is Finding.CURRENT:
            # A plain restart need not wait for a witness that is away: nothing was signed that is not here.
            step = Step.WAIT if silent and place is Place.MOVED else Step.GO
        else:
            # The silent one may have what is missing; giving up a log is for good.
            step = Step.WAIT if silent else Step.CONTINUE
        table[finding, answers, place] = step
    return table


TABLE: Final[Mapping[tuple[Finding, Answers, Place], Step]] = _table()


class Known(NamedTuple):
    """A checkpoint that somebody knows. `root` is None where only its size is told."""

    source: str
    log: int
    size: int
    root: bytes | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the table is asked with. `log` 0 and `size` 0: there is no log yet.

    roots: of the own log, at those sizes of `known` that it has reached.
    tried: the entries up to the target were asked for and nobody had them.
    """

    log: int
    size: int
    known: tuple[Known, ...]
    roots: Mapping[int, bytes]
    answers: Answers
    place: Place
    tried: bool = False

    @property
    def target(self) -> Known | None:
        """The largest checkpoint that is known, one with a root before one without."""
        return largest(self.known)

    @property
    def finding(self) -> Finding:
        """How the own log stands to what is known. Older origins are frozen and say nothing of this one."""
        if _split(self.known, self.log) or any(
            one.log == self.log and one.root is not None and self.roots.get(one.size, one.root) != one.root
            for one in self.known
        ):
            return Finding.CONTRADICTED
        target = self.target
        if target is None or (target.log, target.size) <= (self.log, self.size):
            return Finding.CURRENT
        return Finding.LOST if self.tried else Finding.AHEAD

    @property
    def step(self) -> Step:
        """What to do next."""
        return TABLE[self.finding, self.answers, self.place]


def largest(known: Iterable[Known]) -> Known | None:
    """The largest checkpoint of the newest log, one with a root before one without."""
    return max(known, key=lambda one: (one.log, one.size, one.root is not None), default=None)


def _split(known: tuple[Known, ...], log: int) -> bool:
    """Whether two roots of one size are known, of the newest log. What older ones came to was settled before."""
    newest = max((log, *(one.log for one in known)))
    roots: dict[int, bytes] = {}
    return any(
        one.log == newest and one.root is not None and roots.setdefault(one.size, one.root) != one.root
        for one in known
    )


def place_of(epoch_of_folder: int | None, epoch_of_database: int) -> Place:
    """Whether folder and database remember the same last sequencer. A first start is a move: the log may have been
    somewhere else before."""
    return Place.SAME if epoch_of_folder is not None and epoch_of_folder == epoch_of_database else Place.MOVED


@dataclass(frozen=True, slots=True)
class SequencerLimits:
    """How the log grows; every number is a setting."""

    batch_seconds: float = 1.0
    checkpoint_seconds: float = 5.0
    batch: int = 5000
    key_overlap_days: int = 30
    ask_again_seconds: float = 15.0
