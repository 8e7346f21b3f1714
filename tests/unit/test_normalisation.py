"""The two views of a text: what is undone, what is left alone, and the way back to the original."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.normalisation import Lexicon, canonical, fold, origins, reveal

LEXICON = Lexicon(
    ["kill", "shoot", "shot", "you", "will", "hang", "mike", "pence", "all", "ass", "die", "the"]
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
"""Lone surrogates included."""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("KILL", "kill"),
        ("Tué", "tue"),
        ("kіll", "kill"),
        ("κill", "kill"),
        ("ｋｉｌｌ", "kill"),
        ("𝐤𝒊𝓵𝔩", "kill"),
        ("ⓚⓘⓛⓛ", "kill"),
        ("🅺🅸🅻🅻", "kill"),
        ("ki\u200b\u200dll", "kill"),
        ("\u202ekill\u202c", "kill"),
        ("k\u0335\u0321i\u0334ll", "kill"),
        ("ki\ufe0fll", "kill"),
        ("I’ll", "i'll"),
        ("« non »", '" non "'),
        ("straße", "strasse"),
        ("ki\ud800ll", "kill"),
    ],
)
def test_fold_gives_the_letters_a_reader_sees(written: str, read: str) -> None:
    assert fold(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("k1ll you", "kill you"),
        ("ki11 you", "kill you"),
        ("$h00t", "shoot"),
        ("5hoot", "shoot"),
        ("@ss", "ass"),
        ("k i l l", "kill"),
        ("k.i.l.l", "kill"),
        ("k-i-l-l", "kill"),
        ("k  i  l  l", "kill"),
        ("k 1 l l", "kill"),
        ("kiiiill", "kill"),
        ("killll", "kill"),
        ("shooooot", "shoot"),
        ("shottt", "shot"),
        ("ki🔥ll", "kill"),
        ("ki.ll", "kill"),
        ("k*ll", "kill"),
        ("#hangmikepence", "hang mike pence"),
        ("k i l l y o u", "kill you"),
    ],
)
def test_reveal_puts_disguised_words_back(written: str, read: str) -> None:
    revealed = reveal(fold(written), LEXICON)
    assert revealed is not None
    assert revealed.text == read


@pytest.mark.parametrize(
    "text",
    [
        "3 days",
        "it costs $100 or 5k",
        "the mp3 of covid19",
        "a 2nd look, 4th of july",
        "u.s.a. and e.u.",
        "a b c d e",
        "soooo good",
        "https://example.org/path/kit.ll",
        "sh*t happens",
        "the-shoot",
        "and/or",
        "#parlerusa",
    ],
)
def test_reveal_leaves_honest_text_alone(text: str) -> None:
    assert reveal(fold(text), LEXICON) is None


def test_canonical_is_the_same_for_spacing_case_and_look_alikes() -> None:
    assert canonical("  Kіll\n\tTHEM ") == canonical("kill them") == "kill them"


@given(ANY_TEXT)
def test_origins_name_a_character_for_every_folded_one(text: str) -> None:
    folded = fold(text)
    back = origins(text)
    folded.encode()
    if back is None:
        assert len(folded) == len(text)
        return
    assert len(back) == len(folded)
    assert back == sorted(back)
    assert all(0 <= at < len(text) for at in back)


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.sampled_from("kil1o0y uwe.-*@$🔥#\n"), max_size=120))
def test_revealed_spans_lead_back_into_the_folded_text(text: str) -> None:
    folded = fold(text)
    revealed = reveal(folded, LEXICON)
    if revealed is None:
        return
    for start in range(len(revealed.text)):
        first, last = revealed.span(start, start + 1)
        assert 0 <= first < last <= len(folded)


@pytest.mark.parametrize(
    "text", ["k " * 100_000, "k.i.l.l" * 40_000, "a" * 300_000, "@" * 300_000, "#k1" * 90_000]
)
def test_time_grows_with_length_only(text: str) -> None:
    started = time.process_time()
    reveal(fold(text), LEXICON)
    # Quadratic work on these lengths takes minutes; the bound leaves room for slow machines.
    assert time.process_time() - started < 5
