"""The conditions of rules: a small tree of tables, total and bounded. No code is ever evaluated.

{bank = "threats"}                        the bank hits
{near = ["doxxing", "violence"]}          both hit in one sentence or neighbouring ones
{all = [...]}  {any = [...]}  {not = {...}}
{feature = "mention_count", at_least = 3}   also at_most, equals
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from holdfast.screening.model import Content
from holdfast.screening.rules import limits

FEATURES: Final[dict[str, Callable[[Content], float | None]]] = {
    "author_age_days": lambda content: content.author_age_days,
    "author_post_count": lambda content: content.author_post_count,
    "is_reply": lambda content: float(content.is_reply),
    "mention_count": lambda content: content.mention_count,
    "media_count": lambda content: content.media_count,
    "link_count": lambda content: len(content.link_urls),
    "character_count": lambda content: len(content.text),
    "has_spoiler": lambda content: float(bool(content.spoiler_text)),
}
"""What a condition may ask of a content, as numbers; a fact that is not known satisfies no comparison."""


class ConditionError(ValueError):
    """A condition that cannot be read; the text says why."""


class Hit(NamedTuple):
    """Offsets of a bank's hit in one view; `strength` 0 when softened, 1 when plain."""

    start: int
    end: int
    strength: int = 1


class BankIs(NamedTuple):
    """The bank hits."""

    bank: str


class Near(NamedTuple):
    """The banks hit close together."""

    banks: tuple[str, ...]


class AllOf(NamedTuple):
    """Every part holds."""

    parts: tuple[Condition, ...]


class AnyOf(NamedTuple):
    """At least one part holds."""

    parts: tuple[Condition, ...]


class Not(NamedTuple):
    """The part does not hold."""

    part: Condition


class Feature(NamedTuple):
    """A fact about the content compares so."""

    name: str
    at_least: float | None
    at_most: float | None
    equals: float | None


Condition = BankIs | Near | AllOf | AnyOf | Not | Feature

Lookup = Callable[[str], Sequence[Hit]]
"""Bank name -> hits that no negative bank takes away."""
Neighbours = Callable[[Hit, Hit], bool]
"""Whether two hits stand close together."""


def parse_condition(source: object) -> Condition:
    """Read a condition from its table. Raises ConditionError."""
    nodes = iter(range(limits.MAX_CONDITION_NODES))
    return _parse(source, 0, nodes)


def _parse(source: object, depth: int, nodes: Iterator[int]) -> Condition:
    if next(nodes, None) is None or depth > limits.MAX_CONDITION_DEPTH:
        raise ConditionError(
            f"too large (at most {limits.MAX_CONDITION_NODES} parts, {limits.MAX_CONDITION_DEPTH} levels)"
        )
    match source:
        case {"bank": str(name), **rest} if not rest:
            return BankIs(name)
        case {"near": [str(), str(), *_] as names, **rest} if not rest:
            return Near(tuple(str(name) for name in names))
        case {"all": [_, *_] as parts, **rest} if not rest:
            return AllOf(tuple(_parse(part, depth + 1, nodes) for part in parts))
        case {"any": [_, *_] as parts, **rest} if not rest:
            return AnyOf(tuple(_parse(part, depth + 1, nodes) for part in parts))
        case {"not": dict(part), **rest} if not rest:
            return Not(_parse(part, depth + 1, nodes))
        case {"feature": str(name), **rest} if rest and rest.keys() <= {"at_least", "at_most", "equals"}:
            if name not in FEATURES:
                raise ConditionError(f"no feature named {name!r}; there are {', '.join(FEATURES)}")
            return Feature(name, *(_number(rest.get(key)) for key in ("at_least", "at_most", "equals")))
    raise ConditionError(f"cannot be read: {str(source)[:80]}")


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, int | float):
        return None if value is None else float(value)
    raise ConditionError(f"a comparison needs a number or true/false, not {value!r}")


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
    """Banks of which one must hit for the condition to hold: the first of each `near` and `all` that needs one."""
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


def holds(condition: Condition, content: Content, hits: Lookup, close: Neighbours) -> list[Hit] | None:
    """None if the condition does not hold, else the hits that made it hold (maybe none)."""
    match condition:
        case BankIs(name):
            return list(hits(name)) or None
        case Near(names):
            return _near([hits(name) for name in names], close)
        case AllOf(parts):
            found = [holds(part, content, hits, close) for part in parts]
            return None if any(one is None for one in found) else [hit for one in found for hit in one or ()]
        case AnyOf(parts):
            held = [one for part in parts if (one := holds(part, content, hits, close)) is not None]
            return [hit for one in held for hit in one] if held else None
        case Not(part):
            return [] if holds(part, content, hits, close) is None else None
        case Feature(name, at_least, at_most, equals):
            value = FEATURES[name](content)
            fits = (
                value is not None
                and (at_least is None or value >= at_least)
                and (at_most is None or value <= at_most)
                and (equals is None or value == equals)
            )
            return [] if fits else None


def _near(groups: list[Sequence[Hit]], close: Neighbours) -> list[Hit] | None:
    first, *others = groups
    for hit in first:
        beside = [next((other for other in group if close(hit, other)), None) for group in others]
        if all(other is not None for other in beside):
            return [hit, *(other for other in beside if other is not None)]
    return None
