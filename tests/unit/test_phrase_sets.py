"""Phrases in texts: what counts as the same, where words end, and that no phrase is ever a pattern."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.phrase_sets import PhraseSet, fold_phrase


def found(phrase: str, text: str, *, whole: bool) -> bool:
    return PhraseSet([(phrase, whole)]).found_in(fold_phrase(text)) == [0]


@pytest.mark.parametrize(
    ("phrase", "text", "anywhere", "whole"),
    [
        ("cat", "A Cat!", True, True),
        ("cat", "concatenate", True, False),
        ("cat", "concatenate the cat", True, True),
        ("cat", "cat_food", True, False),
        ("bad word", "very BAD\n  word.", True, True),
        ("Straße", "die STRASSE", True, True),
        ("café", "cafe\u0301 open", True, True),
        ("caf", "cafe\u0301", True, False),
        ("ｃａｔ", "cat", True, True),
        ("cat", "c\u200bat", True, True),
        ("cat", "c\xadat", True, True),
        ("犬", "私の犬が好き", True, True),
        ("dog", "私のdogが好き", True, True),
        ("แมว", "ฉันรักแมวมาก", True, True),
        ("कि", "किताब", True, False),
        ("книга", "Книга!", True, True),
        ("книга", "книгами", True, False),
        ("#tag", "see #tag", True, True),
        ("#tag", "see #tags", True, False),
        (":)", "hi:)you", True, True),
        ("a.c", "abc", False, False),
        (".*", "anything", False, False),
        ("(", "f(x)", True, True),
        ("dog", "cat", False, False),
    ],
)
def test_a_phrase_is_found_as_its_reader_would_say(
    phrase: str, text: str, anywhere: bool, whole: bool
) -> None:
    assert (found(phrase, text, whole=False), found(phrase, text, whole=True)) == (anywhere, whole)


def test_an_empty_phrase_is_never_found() -> None:
    assert PhraseSet([("", False), ("\u200b", True)]).found_in(fold_phrase("anything")) == []
    assert PhraseSet([]).found_in("anything") == []


_texts = st.text(st.sampled_from("ab.*\\[(+ _\nÄ犬\u0301\xad"), max_size=12)


@given(st.lists(st.tuples(_texts, st.booleans()), max_size=5), _texts)
def test_what_is_found_is_what_plain_search_finds(phrases: list[tuple[str, bool]], text: str) -> None:
    folded = fold_phrase(text)
    got = PhraseSet(phrases).found_in(folded)
    for number, (phrase, whole) in enumerate(phrases):
        plain = bool(fold_phrase(phrase)) and fold_phrase(phrase) in folded
        assert (number in got) == plain if not whole else number not in got or plain


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_phrase(fold_phrase(text)) == fold_phrase(text)


def test_more_phrases_than_an_automaton_holds_are_still_found() -> None:
    phrases = [(f"keyword {number} " + "x" * 200, True) for number in range(5_000)]
    many = PhraseSet(phrases)
    assert many.found_in(fold_phrase(f"so {phrases[4321][0]}!")) == [4321]
    assert many.found_in(fold_phrase("nothing of the kind")) == []
