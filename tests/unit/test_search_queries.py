"""The language of searches, and what posts and queries become for the index."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.search_queries import ParsedSearch, parse_search
from holdfast.social.search.model import (
    STRETCHES,
    PostQuery,
    Searchable,
    stretches_begin,
    tsquery_of,
    vector_of,
    within_stretches,
)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ('Café "au LAIT" -milk', ParsedSearch(phrases=("cafe", "au lait"), not_phrases=("milk",))),
        ('-"no phrase" yes', ParsedSearch(phrases=("yes",), not_phrases=("no phrase",))),
        ("from:@Ann@Example.org from:me", ParsedSearch(authors=("ann@example.org", "me"))),
        ("-from:bob x", ParsedSearch(phrases=("x",), not_authors=("bob",))),
        ("has:image -has:poll HAS:Link", ParsedSearch(facets=("has.image", "has.link"), not_facets=("has.poll",))),
        ("is:reply is:sensitive", ParsedSearch(facets=("is.reply", "is.sensitive"))),
        ("language:pt-BR -language:en", ParsedSearch(languages=("lang.pt-br",), not_facets=("lang.en",))),
        ("in:library tea", ParsedSearch(phrases=("tea",), within="library")),
        ("during:2026-02", ParsedSearch(since=date(2026, 2, 1), until=date(2026, 3, 1))),
        ("after:2025 before:2026-12-05", ParsedSearch(since=date(2026, 1, 1), until=date(2026, 12, 5))),
        ("during:2025-12-31", ParsedSearch(since=date(2025, 12, 31), until=date(2026, 1, 1))),
        ("during:2026-13", ParsedSearch(phrases=("during 2026 13",))),
        ("has:nothing is:boost", ParsedSearch(phrases=("has nothing", "is boost"))),
        ("東京都 に", ParsedSearch(phrases=("東京 京都", "に"))),
        ("foo-bar", ParsedSearch(phrases=("foo bar",))),
        ('"open', ParsedSearch(phrases=("open",))),
        ("before:9999 during:0000", ParsedSearch(phrases=("before 9999", "during 0000"))),
    ],
)  # fmt: skip
def test_queries_are_read(text: str, parsed: ParsedSearch) -> None:
    assert parse_search(text) == parsed


@given(st.text())
def test_any_text_is_a_query(text: str) -> None:
    tsquery_of(PostQuery(parse_search(text)))


@given(st.text(alphabet="abé'\\:&|!()<->* 東京"))
def test_no_character_of_a_query_is_syntax(text: str) -> None:
    query = tsquery_of(PostQuery(parse_search(text)))
    outside = "".join(query.split("'")[::2])
    assert set(outside) <= set(" &|!()<->:*")


def test_a_post_becomes_words_and_facets() -> None:
    post = Searchable(
        1 << 50, 7, "Wo is it, wo?", "Spoiler", "", public=True, reply=True, sensitive=False, language="pt-BR",
        has_link=False, has_poll=True, kinds=("image", "image"), hashtags=("café",),
    )  # fmt: skip
    lexemes = vector_of(post).split()
    assert lexemes[:4] == ["'spoiler':1", "'wo':2,5", "'is':3", "'it':4"]
    assert {
        "'=by.7'",
        "'=is.reply'",
        "'=lang.pt'",
        "'=lang.pt-br'",
        "'=has.poll'",
        "'=has.image'",
        "'=has.media'",
        "'=tag.café'",
    } <= {*lexemes}
    assert "'=is.sensitive'" not in lexemes


def test_a_hashtag_is_searched_for_as_one() -> None:
    asked = parse_search('#Café -#tea "#quoted" #two-words word')
    assert asked.facets == ("tag.café",)
    assert asked.not_facets == ("tag.tea",)
    assert asked.phrases == ("quoted", "two words", "word")
    assert "'=tag.café'" in tsquery_of(PostQuery(asked))


@given(st.integers(1 << 40, 1 << 62), st.integers(0, 1 << 50), st.sampled_from(STRETCHES))
def test_no_post_of_a_stretch_is_missed(newest: int, back: int, length: int) -> None:
    begins = stretches_begin(length, newest)
    post_id = max(newest - back, 0)
    post = Searchable(post_id, 1, "", "", "", True, False, False, None, False, False)
    inside = any(
        part.strip() in vector_of(post).split() for part in within_stretches(length, newest).split("|")
    )
    assert inside == (post_id >= begins)
