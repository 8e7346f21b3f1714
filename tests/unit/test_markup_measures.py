"""Counting, excerpts, names and search words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.graphemes import grapheme_count
from holdfast.pure.markup import (
    RESERVED_USERNAMES,
    character_count,
    fold_for_search,
    local_username_from,
    normalise_hashtag,
    normalise_username,
    plain_excerpt,
    reserved_username,
    valid_username,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        ("e\u0301", 1),
        ("👩‍👩‍👧‍👦", 1),
        ("🇩🇪🇫🇷🇮", 3),
        ("👍🏽x", 2),
        ("☺️☹", 2),
        ("한국", 2),
        ("\u1112\u1161\u11ab", 1),
        ("#️⃣", 1),
        ("🏴\U000e0067\U000e0062\U000e007f", 1),
        ("a\u200db", 2),
        ("👩‍x", 2),
        ("\n\u0301", 2),
        ("नी", 1),
    ],
)
def test_graphemes(text: str, count: int) -> None:
    assert grapheme_count(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("https://a.example/" + "x" * 300, 23),
        ("see https://a.example.", 4 + 23 + 1),
        ("@bob@far.example hi", len("@bob hi")),
        ("@bob hi", 7),
        ("#tag", 4),
        ("https://user@a.example", 22),
    ],
)
def test_weight_of_a_post(text: str, count: int) -> None:
    assert character_count(text) == count


def test_the_weight_of_an_address_is_the_callers() -> None:
    assert character_count("https://a.example x", url_weight=10) == 12


def test_a_character_counts_the_same_with_and_without_the_short_cut() -> None:
    # A mark at the end makes the whole text take the long way, and adds nothing to the count.
    for first in range(0, 0x20000, 64):
        text = "".join(map(chr, range(first, first + 64)))
        assert grapheme_count(text + "a\u0301") == grapheme_count(text + "a")
        assert all(
            grapheme_count("a" + one) == grapheme_count("a" + one + "\u0301") for one in text if one.isalpha()
        )


@given(st.text())
def test_counting_never_fails_and_never_exceeds_the_code_points(text: str) -> None:
    assert 0 <= grapheme_count(text) <= len(text)
    assert (grapheme_count(text) == 0) == (text == "")
    character_count(text)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, "short"),
        ("one\n\ntwo  three", 20, "one two three"),
        ("one two three four", 10, "one two\u2026"),
        ("abcdefghijklmnop", 6, "abcde\u2026"),
        ("abcd👩‍👩‍👧 tail and more", 7, "abcd\u2026"),
        ("anything", 0, ""),
        ("", 5, ""),
    ],
)
def test_excerpts(text: str, limit: int, expected: str) -> None:
    assert plain_excerpt(text, limit) == expected


@given(st.text(), st.integers(min_value=0, max_value=40))
def test_excerpts_keep_their_limit_and_stay_on_one_line(text: str, limit: int) -> None:
    excerpt = plain_excerpt(text, limit)
    assert len(excerpt) <= limit
    assert excerpt.splitlines() in ([], [excerpt])
    excerpt.encode()


def test_hashtags_meet_under_one_key() -> None:
    assert {normalise_hashtag(name) for name in ("Straße", "#STRASSE", "strasse", "\uff33trasse")} == {
        "strasse"
    }
    assert normalise_hashtag("Cafe\u0301") == normalise_hashtag("CAFÉ") == "café"
    assert normalise_hashtag("\uff03wide") == "wide"


@given(st.text())
def test_a_hashtag_key_is_its_own_key(name: str) -> None:
    key = normalise_hashtag(name)
    assert normalise_hashtag(key) == key


@pytest.mark.parametrize("name", ["bob", "Bob_2", "_", "a" * 30])
def test_valid_local_names(name: str) -> None:
    assert valid_username(name)


@pytest.mark.parametrize(
    "name", ["", "bob.x", "bob-x", "bo b", "bób", "a" * 31, "bob\n", "\u0130x", "@bob", "K\u212a"]
)
def test_invalid_local_names(name: str) -> None:
    assert not valid_username(name)


@pytest.mark.parametrize(
    ("name", "valid"), [("bob.x-y", True), (".bob", False), ("bob.", False), ("a" * 256, False)]
)
def test_remote_names(name: str, valid: bool) -> None:
    assert valid_username(name, local=False) is valid


def test_names_from_elsewhere_become_local_ones() -> None:
    assert local_username_from("J. Döe-Smith") == "j_doe_smith"
    assert local_username_from("日本") == ""
    assert normalise_username(" @Bob ") == "bob"
    assert reserved_username("Admin")
    assert not reserved_username("bob")
    assert all(valid_username(name) for name in RESERVED_USERNAMES)


@given(st.text())
def test_a_name_from_elsewhere_is_valid_or_empty(name: str) -> None:
    local = local_username_from(name)
    assert local == "" or valid_username(local)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't STOP-me, #now!", "don t stop me now"),
        ("Ünïcode Été ΆΛΦΑ", "unicode ete αλφα"),
        ("東京都に行く", "東京 京都 都に に行 行く"),
        ("日 本", "日 本"),
        ("สวัสดี", "สว วั ัส สด ดี"),
        ("ខ្មែរ", "ខ្ ្ម មែ ែរ"),
        ("iPhone買う", "iphone 買う"),
        ("한국어", "한국 국어"),
        ("ｶﾞｷﾞ ＡＢＣ", "ガギ abc"),
        ("हिन्दी", "हिन्दी"),
        ("zero\u200bwidth so\u00adft", "zerowidth soft"),
        ("Straße İzmir", "strasse izmir"),
        ("\ud800 \x00", ""),
    ],
)
def test_search_words(text: str, words: str) -> None:
    assert fold_for_search(text) == words


@given(st.text())
def test_search_words_are_clean(text: str) -> None:
    words = fold_for_search(text)
    assert "  " not in words
    assert words == words.strip()
    words.encode()


@given(
    st.text(st.sampled_from("東京都に行 aBé")),
    st.text(st.sampled_from("東京都に行 aBé"), min_size=2, max_size=4),
)
def test_what_a_text_holds_is_found_in_its_words(around: str, phrase: str) -> None:
    indexed = set(fold_for_search(f"{around} {phrase} {around}").split())
    assert set(fold_for_search(phrase).split()) <= indexed
