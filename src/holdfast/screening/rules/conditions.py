"""Conditions: typed when a rule is loaded, and total. An unknown name or a wrong type is a
`ConditionError` of that rule alone; at run time a condition holds or it does not.

`evaluation.py` says what can be known of a condition beforehand, and asks it of a content.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from holdfast.screening.rules.facts import (
    FACT_COST,
    FACTS,
    LABEL_SUBJECTS,
    SCORED_TARGETS,
    SCORES,
    Facts,
    Type,
)
from holdfast.screening.rules.grammar import (
    Binary,
    Call,
    Chain,
    ConditionError,
    Expression,
    Listed,
    Literal,
    Name,
    Unary,
    parse,
)


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
    """The part holds in no view of the content."""

    part: Condition


class Check(NamedTuple):
    """Something that only facts decide. `scored`: it asks what other judges said."""

    holds: Callable[[Facts], bool]
    cost: int
    scored: bool


Condition = BankIs | Near | AllOf | AnyOf | Not | Check


class _Value(NamedTuple):
    type: Type
    read: Callable[[Facts], Any]
    cost: int
    scored: bool = False


_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def read_condition(source: str) -> Condition:
    """Parse and check the text of a condition. Raises ConditionError, which says what is wrong."""
    return _condition(parse(source))


def _condition(expression: Expression) -> Condition:
    match expression:
        case Chain("&&", parts):
            return AllOf(tuple(map(_condition, parts)))
        case Chain(_, parts):
            return AnyOf(tuple(map(_condition, parts)))
        case Unary("!", operand):
            return Not(_condition(operand))
        case Call("bank", arguments):
            (name,) = _texts("bank", arguments, 1, 1)
            return BankIs(name)
        case Call("near", arguments):
            return Near(_texts("near", arguments, 2, 8))
        case Binary("==" | "!=" as sign, left, Literal(bool() as wanted)) if _is_condition(left):
            return _condition(left) if wanted == (sign == "==") else Not(_condition(left))
    value = _value(expression)
    if value.type != "truth":
        raise ConditionError(f"a condition is needed where a {value.type} stands; compare it with something")
    read = value.read
    return Check(lambda facts: read(facts) is True, value.cost, value.scored)


def _is_condition(expression: Expression) -> bool:
    match expression:
        case Chain() | Call("bank" | "near"):
            return True
        case Unary("!", operand):
            return _is_condition(operand)
    return False


def _value(expression: Expression) -> _Value:
    match expression:
        case Literal(value):
            kind: Type = (
                "truth" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
            )
            return _Value(kind, lambda _: value, 0)
        case Name(name):
            if name not in FACTS:
                raise ConditionError(f"there is no fact {name!r}; there are {', '.join(FACTS)}")
            return _Value(FACTS[name].type, FACTS[name].read, FACT_COST)
        case Call(function, arguments):
            return _call(function, arguments)
        case Unary("-", operand):
            inner = _number("-", _value(operand))
            read = inner.read
            return inner._replace(read=lambda facts: None if (value := read(facts)) is None else -value)
        case Binary("+" | "-" as sign, left, right):
            return _sum(sign, _number(sign, _value(left)), _number(sign, _value(right)))
        case Binary("in", left, Listed(values)):
            return _membership(_value(left), values)
        case Binary(sign, left, right):
            return _comparison(sign, _value(left), _value(right))
        case Unary("!", operand):
            test = _condition(operand)
            if isinstance(test, Check):
                return _Value("truth", lambda facts: not test.holds(facts), test.cost, test.scored)
    raise ConditionError("banks, && and || can be compared with true and false only")


def _number(sign: str, value: _Value) -> _Value:
    if value.type != "number":
        raise ConditionError(f"{sign} needs numbers, not a {value.type}")
    return value


def _sum(sign: str, left: _Value, right: _Value) -> _Value:
    first, second = left.read, right.read
    factor = 1 if sign == "+" else -1

    def read(facts: Facts) -> float | None:
        one, other = first(facts), second(facts)
        return None if one is None or other is None else one + factor * other

    return _Value("number", read, left.cost + right.cost, left.scored or right.scored)


def _membership(left: _Value, values: tuple[bool | float | str, ...]) -> _Value:
    wanted = str if left.type == "text" else float if left.type == "number" else bool
    if not all(type(value) is wanted for value in values):
        raise ConditionError(f"the list after in must hold what stands before it: a {left.type}")
    first, allowed = left.read, frozenset(values)
    return _Value("truth", lambda facts: first(facts) in allowed, left.cost + FACT_COST, left.scored)


def _comparison(sign: str, left: _Value, right: _Value) -> _Value:
    if left.type != right.type:
        raise ConditionError(f"{sign} compares a {left.type} with a {right.type}")
    if left.type != "number" and sign not in ("==", "!="):
        raise ConditionError(f"{sign} needs numbers, not a {left.type}")
    compare, first, second = _COMPARE[sign], left.read, right.read

    def read(facts: Facts) -> bool:
        one, other = first(facts), second(facts)
        return one is not None and other is not None and compare(one, other)

    return _Value("truth", read, left.cost + right.cost + FACT_COST, left.scored or right.scored)


def _call(function: str, arguments: tuple[Expression, ...]) -> _Value:
    if function == "score":
        head = _one_of("score", arguments, SCORES)
        return _Value("number", lambda facts: facts.scores.get(head), FACT_COST, True)
    if function == "target":
        target = _one_of("target", arguments, SCORED_TARGETS)
        return _Value("number", lambda facts: facts.targets.get(target), FACT_COST, True)
    if function == "label":
        subject, label = _texts("label", arguments, 2, 2)
        if subject not in LABEL_SUBJECTS:
            raise ConditionError(f"label() knows no {subject!r}; it knows {', '.join(LABEL_SUBJECTS)}")
        labels = LABEL_SUBJECTS[subject]
        return _Value("truth", lambda facts: label in labels(facts.content), FACT_COST)
    if function == "known":
        if len(arguments) != 1 or isinstance(arguments[0], Literal):
            raise ConditionError("known() takes one fact")
        inner = _value(arguments[0])
        read = inner.read
        return _Value("truth", lambda facts: read(facts) is not None, inner.cost, inner.scored)
    if function in ("bank", "near"):
        raise ConditionError(f"{function}() can be compared with true and false only")
    raise ConditionError(
        f"there is no function {function}(); there are bank, near, score, target, label, known"
    )


def _texts(function: str, arguments: tuple[Expression, ...], least: int, most: int) -> tuple[str, ...]:
    texts = [one.value for one in arguments if isinstance(one, Literal) and isinstance(one.value, str)]
    if len(texts) != len(arguments) or not least <= len(texts) <= most:
        count = str(least) if least == most else f"{least} to {most}"
        raise ConditionError(f"{function}() takes {count} texts in quotation marks")
    return tuple(texts)


def _one_of(function: str, arguments: tuple[Expression, ...], known: frozenset[str]) -> str:
    (name,) = _texts(function, arguments, 1, 1)
    if name not in known:
        raise ConditionError(f"{function}() knows no {name!r}; it knows {', '.join(sorted(known))}")
    return name
