"""Conditions at work: what can be known of one without running it, and closures that ask it of a content.

A condition that holds answers with the hits of banks that made it hold: they are the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from holdfast.screening.rules.conditions import AllOf, AnyOf, BankIs, Check, Condition, Near, Not
from holdfast.screening.rules.facts import BANK_COST, NEAR_COST, Facts


class Hit(NamedTuple):
    """Offsets of a bank's hit in one view; `strength` 0 when softened, 1 when plain."""

    start: int
    end: int
    strength: int = 1


class Case(Protocol):
    """One view of a content as one rule sees it."""

    facts: Facts

    def hits(self, bank: str) -> Sequence[Hit]:
        """Hits that no negative bank takes away."""

    def close(self, one: Hit, other: Hit) -> bool:
        """Whether two hits stand close together."""

    def views(self) -> Iterable[Case]:
        """Every view of the content, this one included."""


Asked = Callable[[Case], Sequence[Hit] | None]
"""None if the condition does not hold, else the hits that made it hold (maybe none)."""
Gate = Callable[[Facts], bool]


def banks_of(condition: Condition) -> set[str]:
    """Every bank that the condition names."""
    match condition:
        case BankIs(name):
            return {name}
        case Near(names):
            return set(names)
        case AllOf(parts) | AnyOf(parts):
            return set().union(*map(banks_of, parts))
        case Not(part):
            return banks_of(part)
    return set()


def deciding_banks(condition: Condition) -> set[str]:
    """Banks of which one must hit for the condition to hold: the first of each `near` and `&&` that needs one."""
    match condition:
        case BankIs(name):
            return {name}
        case Near(names):
            return {names[0]}
        case AllOf(parts):
            return next((deciding_banks(part) for part in parts if needs_a_hit(part)), set())
        case AnyOf(parts):
            return set().union(*map(deciding_banks, parts))
    return set()


def needs_a_hit(condition: Condition) -> bool:
    """True if the condition cannot hold without a bank hit (so a text without triggers is settled)."""
    match condition:
        case BankIs() | Near():
            return True
        case AllOf(parts):
            return any(map(needs_a_hit, parts))
        case AnyOf(parts):
            return all(map(needs_a_hit, parts))
    return False


def denies_a_bank(condition: Condition) -> bool:
    """True if a bank stands under `!`: then every view of the content has to be looked at."""
    match condition:
        case Not(part):
            return bool(banks_of(part))
        case AllOf(parts) | AnyOf(parts):
            return any(map(denies_a_bank, parts))
    return False


def uses_scores(condition: Condition) -> bool:
    """True if it asks what other judges said."""
    match condition:
        case Check():
            return condition.scored
        case AllOf(parts) | AnyOf(parts):
            return any(map(uses_scores, parts))
        case Not(part):
            return uses_scores(part)
    return False


def cost_of(condition: Condition) -> int:
    """An upper bound of the work, in units of one comparison of facts."""
    match condition:
        case BankIs():
            return BANK_COST
        case Near(names):
            return NEAR_COST * len(names)
        case AllOf(parts) | AnyOf(parts):
            return sum(map(cost_of, parts))
        case Not(part):
            return cost_of(part) * (2 if banks_of(part) else 1)
        case Check():
            return condition.cost


def compiled(condition: Condition) -> Asked:
    """The condition as a closure. Of `&&` the cheap parts are asked first; of `||` every part, for its evidence."""
    match condition:
        case BankIs(name):
            return lambda case: case.hits(name) or None
        case Near(names):
            return lambda case: _near(names, case)
        case AllOf(parts):
            return _all_of([compiled(part) for part in sorted(parts, key=cost_of)])
        case AnyOf(parts):
            return _any_of([compiled(part) for part in parts])
        case Not(part):
            return _none_of(compiled(part), anywhere=bool(banks_of(part)))
        case Check():
            test = condition.holds
            return lambda case: () if test(case.facts) else None


def _all_of(parts: Sequence[Asked]) -> Asked:
    def asked(case: Case) -> Sequence[Hit] | None:
        found: list[Hit] = []
        for part in parts:
            held = part(case)
            if held is None:
                return None
            found.extend(held)
        return found

    return asked


def _any_of(parts: Sequence[Asked]) -> Asked:
    def asked(case: Case) -> Sequence[Hit] | None:
        held = [one for part in parts if (one := part(case)) is not None]
        return [hit for one in held for hit in one] if held else None

    return asked


def _none_of(part: Asked, *, anywhere: bool) -> Asked:
    def asked(case: Case) -> Sequence[Hit] | None:
        cases = case.views() if anywhere else (case,)
        return None if any(part(one) is not None for one in cases) else ()

    return asked


def _near(names: Sequence[str], case: Case) -> Sequence[Hit] | None:
    groups = []
    for name in names:
        group = case.hits(name)
        if not group:
            return None
        groups.append(group)
    first, *others = groups
    for hit in first:
        beside = [next((other for other in group if case.close(hit, other)), None) for group in others]
        if all(other is not None for other in beside):
            return [hit, *(other for other in beside if other is not None)]
    return None


def gate(condition: Condition) -> Gate | None:
    """What facts alone must say for the condition to be able to hold; None when they cannot rule it out.

    It lets a text be settled without looking at it when no rule can hold for its author or its scores.
    """
    return _possible(condition, True)


def _possible(condition: Condition, wanted: bool) -> Gate | None:
    """Whether the condition can come out as `wanted`, whatever the banks say; None: always."""
    match condition:
        case BankIs() | Near():
            return None
        case Not(part):
            return _possible(part, not wanted)
        case Check():
            test = condition.holds
            return test if wanted else lambda facts: not test(facts)
        case AllOf(parts) | AnyOf(parts):
            gates = [_possible(part, wanted) for part in parts]
            known = [one for one in gates if one is not None]
            every = isinstance(condition, AllOf) == wanted
            if not known or (not every and len(known) < len(gates)):
                return None
            return _every(known) if every else _some(known)


def _every(gates: Sequence[Gate]) -> Gate:
    return lambda facts: all(one(facts) for one in gates)


def _some(gates: Sequence[Gate]) -> Gate:
    return lambda facts: any(one(facts) for one in gates)
