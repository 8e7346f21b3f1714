"""Phrases as a moderator writes them, made into linear-time patterns over folded text.

    someone (should|must) just? {violence} ... {officials}

Words stand for themselves; `(a|b c)` is a choice; `{name}` any entry of a words bank; a `?` behind a
word, choice or slot makes it optional; `...` skips up to `GAP_WORDS` words of the same sentence; `*` is any
one word; `<` is the start and `>` the end of a sentence. A `!` before a required word, choice or slot
says that it decides whether a text is looked at: put it on the rarest part. Apostrophes may be missing in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Final, NamedTuple

from holdfast.pure.normalisation import fold

GAP_WORDS: Final = 3
MAX_PHRASE_CHARACTERS: Final = 2_000
MAX_ELEMENTS: Final = 24
MAX_ALTERNATIVES: Final = 2_000

_KEPT: Final = re.compile(r"[^a-z0-9.!?;:\n\"' ]")
_SEPARATOR: Final = "[ \"':]+"
_RAW_SEPARATOR: Final = "[^a-z0-9]+"
_WORD: Final = r'[^ .!?;:\n"]+'
_START: Final = r'(?:^|[.!?;:\n"][ "]*)'
_END: Final = r'[ "]*(?:$|[.!?;\n])'


_COMMON_COST: Final = 400
_COMMON: Final = frozenset(
    """ a about after again against all already always am an and any anyone are as at back be because been before being
    best better big black boy but by call came can come coming could day days did do does done down dont each end enough
    even ever every everybody everyone family fact few find first for found free from fucking gay get gets getting give go god
    goes going gone gonna good got gotta great guy had has have he head help her here hero high him his home hope house how i if
    im in into is it its job just keep kids know last left let lets life like little live lives long look made make
    makes man many me men might mind more most much must my name need needs never new next no not now of off office
    ok old on once one only or other our out over own pay people place please post president put real really right
    said same saw say says see she shit should show so some someone somebody something soon still stop such sure take
    tell than that the their them then there these they thing things think this those time to today told too true try
    two u under until up us used very via wait want wants was watch way we well were what when where which while white
    who whole whom why will with woman women work world would year years yes yet you your
    y au aux avec ca ce ces cette chez comme dans de des du elle en encore est et etait etre eux fait faire faut femme femmes
    homme il ils j jai je juste l la le les leur leurs lui ma mais me meme mes moi mon ne nos notre nous on ont ou par
    pas peu peut plus pour pourquoi qu quand que quel qui rien s sa sans se ses si son sont suis sur ta te tes toi ton tous
    tout toute toutes tres tu un une va vas vers vos votre vous noir noirs tue tues doit doivent mort morts of to in on at an no or so if it is he be as by up u cest est une dune ils elle""".split()
)
"""Words too common, in either language, to make a text worth a closer look."""


class PhraseError(ValueError):
    """A phrase that cannot be read; the text says why."""


class WordsBank(NamedTuple):
    """Literal entries that fill a slot. `trigger`: rare enough to decide whether a text needs a closer look."""

    entries: Sequence[str]
    trigger: bool


class Phrase(NamedTuple):
    """`pattern` matches folded text; every match holds one of `triggers` (folded literals)."""

    pattern: str
    triggers: tuple[str, ...]
    words: tuple[str, ...]


class _Element(NamedTuple):
    pattern: str
    literals: tuple[str, ...]
    trigger: bool
    optional: bool
    gap: bool = False


def matchable(folded: str) -> str:
    """Folded text as phrases see it: every sign that ends no sentence is a blank. Same length, ASCII only."""
    return _KEPT.sub(" ", folded)


def literal_pattern(literal: str, separator: str = _SEPARATOR) -> str:
    """Pattern of one literal over matchable text: words apart by any separators, apostrophes optional."""
    words = matchable(literal).split()
    if not words:
        raise PhraseError("an entry is empty")
    return separator.join(_escape(word) for word in words)


def raw_literal_pattern(literal: str) -> str:
    """The same over folded text that has not been made matchable."""
    return literal_pattern(literal, _RAW_SEPARATOR)


def _escape(word: str) -> str:
    return "".join("'?" if c == "'" else c if c.isalnum() and c.isascii() else re.escape(c) for c in word)


def compile_phrase(source: str, slots: Mapping[str, WordsBank]) -> Phrase:
    """Read one phrase. Raises PhraseError with what is wrong."""
    if len(source) > MAX_PHRASE_CHARACTERS:
        raise PhraseError(f"longer than {MAX_PHRASE_CHARACTERS} characters")
    tokens = _tokens(source)
    start = bool(tokens) and tokens[0] == "<"
    end = bool(tokens) and tokens[-1] == ">"
    tokens = tokens[1 if start else 0 : len(tokens) - 1 if end else len(tokens)]
    if not tokens or len(tokens) > MAX_ELEMENTS:
        raise PhraseError(f"needs 1 to {MAX_ELEMENTS} words")
    elements = [_element(token, slots) for token in tokens]
    if elements[-1].optional or elements[-1].gap or elements[0].gap:
        raise PhraseError("must begin with a word and end with one that is not optional")
    parts = []
    for element in elements[:-1]:
        if element.gap:
            parts.append(f"(?:{_WORD}{_SEPARATOR}){{0,{GAP_WORDS}}}")
        elif element.optional:
            parts.append(f"(?:{element.pattern}{_SEPARATOR})?")
        else:
            parts.append(element.pattern + _SEPARATOR)
    body = "".join(parts) + elements[-1].pattern
    pattern = (_START if start else r"\b") + body + (_END if end else r"\b")
    words = {
        word for element in elements for literal in element.literals for word in re.split(r"[^a-z]+", literal)
    }
    return Phrase(pattern, _triggers(elements), tuple(sorted(words - {""})))


def _element(token: str, slots: Mapping[str, WordsBank]) -> _Element:
    optional = token.endswith("?") and len(token) > 1
    token = token[:-1] if optional else token
    if token.startswith("!") and len(token) > 1:
        return _element(token[1:], slots)._replace(trigger=True)
    if token == "...":
        return _Element("", (), False, False, gap=True)
    if token == "*":
        return _Element(_WORD, (), False, optional)
    if token.startswith("{"):
        bank = _slot(token[1:-1], slots)
        return _choice(bank.entries, bank.trigger, optional)
    return _choice(_alternatives(token, slots), False, optional)


def _slot(name: str, slots: Mapping[str, WordsBank]) -> WordsBank:
    bank = slots.get(name)
    if bank is None:
        raise PhraseError(f"there is no words bank named {name!r}")
    return bank


def _tokens(source: str) -> list[str]:
    """Split at blanks outside brackets."""
    return [token for token in _split(source, " ") if token]


def _split(source: str, at: str) -> list[str]:
    parts, depth = [""], 0
    for character in source:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
        if character == at and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    if depth != 0:
        raise PhraseError("brackets do not pair up")
    return parts


def _alternatives(token: str, slots: Mapping[str, WordsBank]) -> list[str]:
    """Every text that a word, a slot or a (possibly nested) choice stands for."""
    if token.startswith("{") and token.endswith("}"):
        return list(_slot(token[1:-1], slots).entries)
    if not (token.startswith("(") and token.endswith(")")):
        return [token]
    found: list[str] = []
    for alternative in _split(token[1:-1], "|"):
        words = [_alternatives(part, slots) for part in _tokens(alternative)]
        if prod(map(len, words)) + len(found) > MAX_ALTERNATIVES:
            raise PhraseError(f"a choice stands for more than {MAX_ALTERNATIVES} texts")
        found.extend(" ".join(chosen) for chosen in product(*words))
    return found


def _choice(alternatives: Sequence[str], trigger: bool, optional: bool) -> _Element:
    literals = tuple(dict.fromkeys(" ".join(fold(alternative).split()) for alternative in alternatives))
    if "" in literals:
        raise PhraseError("a choice is empty")
    ordered = sorted(literals, key=len, reverse=True)
    return _Element("(?:" + "|".join(map(literal_pattern, ordered)) + ")", literals, trigger, optional)


def _triggers(elements: Sequence[_Element]) -> tuple[str, ...]:
    """Literals of the required element that is rarest: a trigger slot, else the one of the longest words."""
    required = [element for element in elements if element.literals and not element.optional]
    if not required:
        raise PhraseError("needs at least one word that is not optional")
    chosen = min(required, key=lambda element: (not element.trigger, sum(map(_commonness, element.literals))))
    return chosen.literals


def _commonness(literal: str) -> int:
    """How much a literal costs as a trigger: short and common words are in nearly every text."""
    words = [word for word in re.split(r"[^a-z]+", literal) if word]
    if not all(word in _COMMON for word in words):
        return 1
    return _COMMON_COST // (len(words) ** 3) if len(words) > 1 else _COMMON_COST * max(1, 5 - len(literal))
