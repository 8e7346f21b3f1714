"""The text of a condition, read into a tree. A small part of the Common Expression Language (ADR 0017).

    bank("threats") && (author.age_days < 7 || links.count > 2) && !label("author", "trusted")

From weakest to strongest: `||`, `&&`, comparisons (`==` `!=` `<` `<=` `>` `>=` `in`), `+` and `-`, `!` and the
sign `-`. Then numbers, "texts", `true`, `false`, `names.with.dots`, `functions("of", "texts")`, lists of
literals and parentheses. There is nothing that repeats, binds a name or calls itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

from holdfast.screening.rules import limits

COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=", "in")


class ConditionError(ValueError):
    """A condition that cannot be used; the text says why and where."""


class Literal(NamedTuple):
    """A number, a text or a truth value."""

    value: bool | float | str


class Listed(NamedTuple):
    """Literals between square brackets; stands right of `in` only."""

    values: tuple[bool | float | str, ...]


class Name(NamedTuple):
    """A fact, by its dotted name."""

    name: str


class Call(NamedTuple):
    """A function of expressions."""

    function: str
    arguments: tuple[Expression, ...]


class Unary(NamedTuple):
    """`!` or `-` before an expression."""

    operator: str
    operand: Expression


class Binary(NamedTuple):
    """A comparison or a sum of two expressions."""

    operator: str
    left: Expression
    right: Expression


class Chain(NamedTuple):
    """Two or more expressions joined by `&&` or `||`."""

    operator: str
    parts: tuple[Expression, ...]


Expression = Literal | Listed | Name | Call | Unary | Binary | Chain

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?)(?![A-Za-z0-9_.])
    |(?P<text>"(?:[^"\\\n]|\\["\\])*"|'(?:[^'\\\n]|\\['\\])*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[<>!()\[\],+-]))""",
    re.VERBOSE,
)
_ESCAPED: Final = re.compile(r"\\(.)")


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(source: str) -> Expression:
    """Read an expression. Raises ConditionError; bounded by `MAX_CONDITION_*` in time and depth."""
    if len(source) > limits.MAX_CONDITION_CHARACTERS:
        raise ConditionError(f"longer than {limits.MAX_CONDITION_CHARACTERS} characters")
    parser = _Parser(_tokens(source))
    expression = parser.either()
    if parser.now.kind != "end":
        parser.fail("expected && or || or the end")
    return expression


def _tokens(source: str) -> list[_Token]:
    tokens: list[_Token] = []
    position, end = 0, len(source.rstrip())
    while position < end:
        match = _TOKEN.match(source, position)
        if match is None:
            at = position + len(source[position:]) - len(source[position:].lstrip())
            raise ConditionError(f"cannot be read at {source[at : at + 20]!r} (character {at + 1})")
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind], match.start(kind)))
        position = match.end()
    tokens.append(_Token("end", "", end))
    return tokens


class _Parser:
    """Recursive descent: one method for each strength of operator."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._nodes = 0
        self._depth = 0

    @property
    def now(self) -> _Token:
        return self._tokens[self._next]

    def fail(self, expected: str) -> NoReturn:
        found = f"at {self.now.text!r}" if self.now.text else "at the end"
        raise ConditionError(f"{expected}, {found} (character {self.now.at + 1})")

    def either(self) -> Expression:
        return self._chain("||", self._both)

    def _both(self) -> Expression:
        return self._chain("&&", self._comparison)

    def _chain(self, operator: str, read: Callable[[], Expression]) -> Expression:
        parts = [read()]
        while self._take(operator):
            parts.append(read())
        return parts[0] if len(parts) == 1 else Chain(operator, tuple(parts))

    def _comparison(self) -> Expression:
        left = self._sum()
        operator = self.now.text
        if self.now.kind in ("sign", "name") and operator in COMPARISONS:
            self._next += 1
            left = Binary(operator, left, self._listed() if operator == "in" else self._sum())
            if self.now.kind == "sign" and self.now.text in COMPARISONS:
                self.fail("comparisons do not chain; join two with &&")
        return left

    def _sum(self) -> Expression:
        left = self._signed()
        while self.now.kind == "sign" and self.now.text in ("+", "-"):
            operator = self.now.text
            self._next += 1
            left = Binary(operator, left, self._signed())
        return left

    def _signed(self) -> Expression:
        if self.now.kind == "sign" and self.now.text in ("!", "-"):
            operator = self.now.text
            self._next += 1
            self._deeper()
            operand = self._signed()
            self._depth -= 1
            return Unary(operator, operand)
        return self._single()

    def _single(self) -> Expression:
        token = self.now
        self._count()
        if token.kind in ("number", "text"):
            return Literal(self._literal())
        if token.kind == "name":
            self._next += 1
            if token.text in ("true", "false"):
                return Literal(token.text == "true")
            return self._call(token.text) if self._take("(") else Name(token.text)
        if self._take("("):
            self._deeper()
            inner = self.either()
            self._depth -= 1
            if not self._take(")"):
                self.fail("expected )")
            return inner
        self.fail("expected a value")

    def _call(self, function: str) -> Expression:
        self._deeper()
        arguments: list[Expression] = []
        while not self._take(")"):
            if arguments and not self._take(","):
                self.fail("expected , or )")
            arguments.append(self._sum())
        self._depth -= 1
        return Call(function, tuple(arguments))

    def _listed(self) -> Expression:
        if not self._take("["):
            self.fail("expected a list [...] after in")
        values: list[bool | float | str] = []
        while not self._take("]"):
            if values and not self._take(","):
                self.fail("expected , or ]")
            self._count()
            values.append(self._literal())
        if not values:
            self.fail("the list is empty")
        return Listed(tuple(values))

    def _literal(self) -> bool | float | str:
        token = self.now
        self._next += 1
        if token.kind == "number":
            return float(token.text)
        if token.kind == "text":
            return _ESCAPED.sub(r"\1", token.text[1:-1])
        self._next -= 1
        self.fail("expected a number or a text in quotation marks")

    def _take(self, sign: str) -> bool:
        if self.now.kind == "sign" and self.now.text == sign:
            self._next += 1
            return True
        return False

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > limits.MAX_CONDITION_NODES:
            raise ConditionError(f"too large: more than {limits.MAX_CONDITION_NODES} parts")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > limits.MAX_CONDITION_DEPTH:
            raise ConditionError(f"too large: more than {limits.MAX_CONDITION_DEPTH} levels")
