"""What was found out about a store, and what it means. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

MAX_CLOCK_SKEW: Final = timedelta(seconds=60)


class Outcome(Enum):
    """What a store did when it was asked for something. UNASKED: an earlier step failed."""

    DONE = "done"
    REFUSED = "refused"
    IGNORED = "ignored"
    AWAY = "away"
    UNASKED = "unasked"


class AfterDelete(Enum):
    """What became of an object that was deleted. HIDDEN: gone by name, still there by its version."""

    GONE = "gone"
    HIDDEN = "hidden"
    KEPT = "kept"
    UNASKED = "unasked"


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What the store did. create_only: of a second create-only write (REFUSED is right; IGNORED: it replaced or said yes).

    clock_ahead: of the store's time against ours, None where it told none. owner_marks: see the port.
    """

    address: str
    writing: Outcome = Outcome.UNASKED
    reading: Outcome = Outcome.UNASKED
    ranges: Outcome = Outcome.UNASKED
    listing: Outcome = Outcome.UNASKED
    create_only: Outcome = Outcome.UNASKED
    overwriting: Outcome = Outcome.UNASKED
    deleting: Outcome = Outcome.UNASKED
    after_delete: AfterDelete = AfterDelete.UNASKED
    clock_ahead: timedelta | None = None
    owner_marks: frozenset[str] = frozenset()


class Severity(Enum):
    """FATAL: not fit to be a mirror. WARNING: the operator should know and decide. NOTE: good to know."""

    FATAL = "fatal"
    WARNING = "warning"
    NOTE = "note"


class Code(Enum):
    """What can be found about a store."""

    AWAY = "away"
    CANNOT_WRITE = "cannot write"
    CANNOT_READ = "cannot read"
    CANNOT_READ_RANGES = "cannot read ranges"
    CANNOT_LIST = "cannot list"
    CREATE_ONLY_IGNORED = "create-only ignored"
    LOCK_LIED_ABOUT = "lock lied about"
    LOCK_ONLY_HIDES = "lock only hides"
    LOCK_KEPT = "lock kept"
    DELETE_LIED_ABOUT = "delete lied about"
    RIGHTS_TOO_WIDE = "rights too wide"
    CANNOT_FORGET = "cannot forget"
    CLOCK_OFF = "clock off"
    SAME_OWNER = "same owner"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the operator, with what to do."""

    code: Code
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class StoreJudgement:
    """All findings, the worst first."""

    findings: tuple[Finding, ...]

    @property
    def is_fit(self) -> bool:
        """Whether it may be a mirror at all."""
        return all(one.severity is not Severity.FATAL for one in self.findings)


def judge_store(
    facts: StoreFacts, *, lock_promised: bool, others: Mapping[str, frozenset[str]]
) -> StoreJudgement:
    """What the facts mean. lock_promised: the operator says that objects are locked there. others: marks of the stores so far."""
    found = [
        *_work(facts),
        *_keeping(facts, lock_promised=lock_promised),
        *_clock(facts),
        *_owners(facts, others),
    ]
    order = list(Severity)
    return StoreJudgement(tuple(sorted(found, key=lambda one: order.index(one.severity))))


def _work(facts: StoreFacts) -> list[Finding]:
    asked = (facts.writing, facts.reading, facts.ranges, facts.listing, facts.create_only)
    if Outcome.AWAY in asked:
        return [
            Finding(Code.AWAY, Severity.FATAL, "The store did not answer; check the address and try again.")
        ]
    needs = (
        (
            facts.writing,
            Code.CANNOT_WRITE,
            "Nothing can be written; give the credentials the right to create objects.",
        ),
        (
            facts.reading,
            Code.CANNOT_READ,
            "What was written does not come back as it was; give the right to read.",
        ),
        (
            facts.ranges,
            Code.CANNOT_READ_RANGES,
            "Parts of an object cannot be read; this store cannot be verified.",
        ),
        (facts.listing, Code.CANNOT_LIST, "What is there cannot be listed; give the right to list."),
    )
    unmet = [one for one in needs if one[0] is not Outcome.DONE]
    # What was never asked follows from what failed before; alone it is no proof of anything.
    failed = [one for one in unmet if one[0] is not Outcome.UNASKED] or unmet[:1]
    found = [Finding(code, Severity.FATAL, text) for _, code, text in failed]
    is_asked = facts.create_only is not Outcome.UNASKED
    if facts.create_only is not Outcome.REFUSED and (is_asked or not found):
        text = (
            "The store replaces objects although it is told to create new ones only. Two servers could both believe that "
            "they hold the site; take another store."
        )
        found.append(Finding(Code.CREATE_ONLY_IGNORED, Severity.FATAL, text))
    return found


def _keeping(facts: StoreFacts, *, lock_promised: bool) -> list[Finding]:
    if facts.after_delete is AfterDelete.UNASKED:
        return []
    if facts.deleting is Outcome.DONE and facts.after_delete is AfterDelete.KEPT:
        text = "The store said that an object was deleted and still has it: expect it to keep what should be forgotten."
        return [Finding(Code.DELETE_LIED_ABOUT, Severity.WARNING, text)]
    if facts.after_delete is AfterDelete.KEPT:
        if lock_promised:
            text = "An object could not be deleted: the lock is kept, at least for these credentials."
            return [Finding(Code.LOCK_KEPT, Severity.NOTE, text)]
        text = (
            "Objects cannot be deleted with these credentials. Set a rule at the store that expires old ones."
        )
        return [Finding(Code.CANNOT_FORGET, Severity.NOTE, text)]
    if facts.after_delete is AfterDelete.HIDDEN:
        text = (
            "A deleted object is still there by its version. Whether versions are locked cannot be seen from here: try to "
            "delete one with your administrator's credentials."
        )
        return [Finding(Code.LOCK_ONLY_HIDES, Severity.WARNING, text)]
    if lock_promised:
        text = "The store is said to lock objects, and an object was deleted at once. The lock is not kept: do not rely on it."
        return [Finding(Code.LOCK_LIED_ABOUT, Severity.FATAL, text)]
    text = (
        "These credentials may delete and replace. Whoever takes over the server can empty this store: give it credentials that "
        "may only create, read and list, or lock the objects."
    )
    return [Finding(Code.RIGHTS_TOO_WIDE, Severity.WARNING, text)]


def _clock(facts: StoreFacts) -> list[Finding]:
    if facts.clock_ahead is None or abs(facts.clock_ahead) <= MAX_CLOCK_SKEW:
        return []
    seconds = round(abs(facts.clock_ahead).total_seconds())
    way = "ahead of" if facts.clock_ahead > timedelta(0) else "behind"
    text = f"The store's clock is {seconds} seconds {way} ours; find out which of the two is wrong."
    return [Finding(Code.CLOCK_OFF, Severity.WARNING, text)]


def _owners(facts: StoreFacts, others: Mapping[str, frozenset[str]]) -> list[Finding]:
    """Nobody can tell all that one owner holds; a shared host, user or device is enough to say so."""
    found = []
    for address, marks in sorted(others.items()):
        if shared := sorted(mark.partition(":")[0] for mark in facts.owner_marks & marks):
            text = (
                f"It shares its {' and '.join(dict.fromkeys(shared))} with {address}: one owner, or one fault, could take both. Take "
                "one elsewhere."
            )
            found.append(Finding(Code.SAME_OWNER, Severity.WARNING, text))
    return found
