"""Which texts are copies: a lawful post is never taken for its violent neighbour, and a copy is known whatever it wears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.near_duplicates import BANDS, Print, print_of, resemblance, says_the_same

CORPUS = Path(__file__).parents[2] / "corpus"
_AROUND = "and that is all I have to say about the long debate of yesterday evening in our little town near the river"


def pairs() -> Iterator[tuple[str, str]]:
    """Every lawful post of the corpus with its violent neighbour, as little apart as their writers could make them."""
    for path in sorted(CORPUS.glob("*/*.txt")):
        inside, lawful = False, ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                inside = line.startswith("[pairs")
            elif inside and line.startswith("- "):
                lawful = line[2:]
            elif inside and line.startswith("+ ") and lawful:
                yield lawful, line[2:]


def alike(one: Print, other: Print, *, loose: bool) -> bool:
    """Whether a case would take the one for the other."""
    same = one.slotted is not None and one.slotted == other.slotted
    near = bool(one.bands and other.bands) and says_the_same(one.text, other.text, loose=loose)
    return one.exact == other.exact or same or near


@pytest.mark.parametrize("around", ["", _AROUND])
def test_no_minimal_pair_of_the_corpus_is_joined(around: str) -> None:
    found = [(print_of(f"{a} {around}"), print_of(f"{b} {around}"), a, b) for a, b in pairs()]
    assert len(found) > 900
    assert [(a, b) for one, other, a, b in found if alike(one, other, loose=False)] == []


def test_nor_among_spam_where_no_address_is_advertised() -> None:
    found = [(print_of(f"{a} {_AROUND}"), print_of(f"{b} {_AROUND}"), a, b) for a, b in pairs()]
    assert [(a, b) for one, other, a, b in found if alike(one, other, loose=True)] == []


LONG = "Come to our great sale on the market place and take home what you like before it is all gone"


@pytest.mark.parametrize(
    "copy",
    [
        LONG.upper(),
        f"  {LONG}!!! ",
        f"RT @somebody@example.org: {LONG}",
        f"@ann @bob {LONG}",
        LONG.replace("great", "greàt"),
        LONG.replace("o", "о"),  # the Cyrillic letter
        LONG.replace("sale on", "sale\u200b  on"),
    ],
)
def test_a_copy_is_known_in_other_clothes(copy: str) -> None:
    assert alike(print_of(LONG), print_of(copy), loose=False)


def test_a_slip_in_a_long_word_is_the_same_word() -> None:
    text = "everybody is invited to the wonderful celebration at the fountain behind the library"
    assert alike(print_of(text), print_of(text.replace("celebration", "celebrration")), loose=False)
    assert alike(print_of(text), print_of(text.replace("fountain", "fountian")), loose=False)
    assert not alike(print_of(text), print_of(text.replace("library", "dungeon")), loose=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I will find you", "I will find you?"),
        ("kill the lights", "kill the nights"),
        ("you are dead to me", "you are dead"),
        ("he said I will kill you", "I will kill you"),
        ('"I will kill you"', "I will kill you"),
        ("@ann will pay for this", "@bob will pay for this"),
    ],
)
def test_short_texts_are_copies_only_when_they_are_equal(one: str, other: str) -> None:
    assert not alike(print_of(one), print_of(other), loose=True)
    assert alike(print_of(one), print_of(f"{one.upper()}!"), loose=False)


def test_an_address_counts_by_its_host() -> None:
    one = print_of(f"{LONG} https://shop.example/a?b=1")
    assert alike(one, print_of(f"{LONG} https://www.shop.example/other"), loose=False)
    for other in (LONG, f"{LONG} https://else.example/a"):
        assert not alike(one, print_of(other), loose=False)


def test_spam_may_change_a_few_words() -> None:
    text = (
        "Get cheap watches with free shipping from our big store in town today only here https://a.example/"
    )
    one, other = print_of(text), print_of(text.replace("watches", "purses").replace("a.example", "b.example"))
    assert alike(one, other, loose=True)
    assert not alike(one, other, loose=False)
    assert resemblance(one.bands, other.bands) > 0.2


_words = st.lists(st.text("abcdefghij", min_size=1, max_size=9), min_size=8, max_size=40)


@given(_words)
def test_a_print_does_not_depend_on_case_and_spaces(words: list[str]) -> None:
    assert print_of(" ".join(words)) == print_of("\n ".join(words).upper())


@given(_words, _words, st.booleans())
def test_saying_the_same_goes_both_ways(one: list[str], other: list[str], loose: bool) -> None:
    a, b = " ".join(one), " ".join(other)
    assert says_the_same(a, a, loose=loose)
    assert says_the_same(a, b, loose=loose) == says_the_same(b, a, loose=loose)


@given(st.text())
def test_any_text_has_a_print(text: str) -> None:
    found = print_of(text)
    assert len(found.exact) == 16
    assert len(found.bands) in (0, BANDS)
    assert all(-(1 << 63) <= band < 1 << 63 for band in found.bands)
