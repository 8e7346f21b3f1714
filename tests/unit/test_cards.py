"""What a page's own words make of a card; any bytes may come."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.outbound_addresses import read_target
from holdfast.pure.page_charsets import page_text
from holdfast.pure.page_heads import read_head
from holdfast.pure.page_previews import preview_of, with_oembed
from holdfast.social.cards import CardLimits, CardState, first_link
from holdfast.social.cards.model import is_fresh

TARGET = read_target("https://site.example/a/page")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_head_is_read_whatever_stands_around_it() -> None:
    head = read_head(
        b"""<!DOCTYPE html><html lang=de class="a>b"><head><meta charset=utf-8><TITLE>A &amp; B</TITLE>
        <script>var x = '<meta property="og:title" content="from a script">'</script>
        <!-- <meta property="og:title" content="from a comment"> -->
        <style><meta property="og:title" content="from a style"></style>
        <meta property="og:title" content='says "x" &gt; <b>'><META NAME=Description CONTENT=plain>
        <meta property="og:title" content="the second"><link rel="ALTERNATE me" type="application/json+oembed" href="/o?a=1&amp;b=2">
        </head><body><meta property="og:image" content="from the body"></body>""",
        "text/html",
    )
    assert (head.title, head.language) == ("A & B", "de")
    assert head.said == {"og:title": 'says "x" > <b>', "description": "plain"}
    assert head.link("alternate", "application/json+oembed") == "/o?a=1&b=2"
    assert head.first("twitter:title", "og:title") == 'says "x" > <b>'


@pytest.mark.parametrize(
    "piece",
    ["<div>", '<meta "', "<meta '", "<meta a='b' ", "<meta ", "<!--", "<!-- -->", "&", "<", "<script>", "<title>",
     '<meta property="og:title" content="x">', "<html ", "<b><a>", '<meta a="x" "y" ', "</head", "<svg><style>"],
)  # fmt: skip
def test_no_page_takes_long(piece: str) -> None:
    body = (piece * (2_000_000 // len(piece))).encode()
    begun = time.process_time()
    read_head(body, "")
    assert time.process_time() - begun < 2


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_are_read(body: bytes, content_type: str) -> None:
    head = read_head(b"<title>" + body, content_type)
    preview = preview_of(head, TARGET)
    if preview is not None:
        assert preview.title
        assert "\n" not in preview.title
        assert "\0" not in preview.words


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), "text/html", "é"),
        ("été".encode("latin-1"), "text/html", "été"),
        ("é".encode("latin-1"), "text/html; charset=ISO-8859-1", "é"),
        (b"\x80", "text/html; charset=iso-8859-1", "\u20ac"),
        ("é".encode(), "text/html; charset=unicode_escape", "é"),
        (b"\\u0041", "text/html; charset=unicode_escape", "\\u0041"),
        ("é".encode(), "text/html; charset=idna", "é"),
        (b"\xef\xbb\xbf\xc3\xa9", "text/html; charset=iso-8859-1", "é"),
        ("привет".encode("koi8-r"), 'text/html; charset="koi8-r"', "привет"),
        ("日本".encode("euc_jp"), "text/html; charset=EUC-JP", "日本"),
        ("é".encode()[:1], "", ""),
        (b"a\0b", "", "ab"),
    ],
)
def test_character_sets(body: bytes, content_type: str, text: str) -> None:
    assert page_text(body, content_type) == text


def test_addresses_of_pages_are_read_anew() -> None:
    for written, read in {
        "/a.png": "https://site.example/a.png", "b.png": "https://site.example/a/b.png", "//cdn.example/c": "https://cdn.example/c",
        "javascript:alert(1)": "", "data:image/png,x": "", "https://user@x.example/": "", "https://[": "",
    }.items():  # fmt: skip
        head = read_head(f'<title>t</title><meta property="og:image" content="{written}">'.encode(), "")
        preview = preview_of(head, TARGET)
        assert preview is not None
        assert preview.image_url == read, written


def test_times_and_languages_that_are_none_are_left_out() -> None:
    for said, when in {
        "2024-03-01": datetime(2024, 3, 1, tzinfo=UTC), "2024-03-01T12:00:00+02:00": datetime(2024, 3, 1, 10, tzinfo=UTC),
        "yesterday": None, "0001-01-01": None, "9999-12-31T23:59:59-23:00": None, "": None,
    }.items():  # fmt: skip
        head = read_head(
            f'<html lang="xx-{said}"><title>t</title><meta property="article:published_time" content="{said}">'.encode(),
            "",
        )
        preview = preview_of(head, TARGET)
        assert preview is not None
        assert (preview.published_at, preview.language) == (when, None)


@given(st.dictionaries(st.sampled_from(["type", "html", "url", "title", "width", "height", "author_name", "author_url", "thumbnail_url"]),
                       st.one_of(st.none(), st.text(max_size=60), st.integers(), st.floats(), st.lists(st.text(max_size=3)), st.sampled_from(["video", "photo", "rich"]))))  # fmt: skip
def test_any_oembed_document_is_read(said: dict[str, object]) -> None:
    preview = with_oembed(None, said, TARGET, "own.example")
    if preview is not None and preview.html:
        assert preview.html.startswith('<iframe src="https://')


def test_the_card_is_for_the_first_link_that_can_be_asked() -> None:
    assert first_link("see https://Site.example/x#part, https://other.example") == "https://site.example/x"
    assert first_link("@ann #tag no link") is None
    assert first_link(f"https://site.example/{'a' * 3000} https://other.example/") == "https://other.example/"


def test_when_an_address_is_asked_again() -> None:
    limits = CardLimits(fresh_hours=12, attempts=3, first_retry_minutes=10)

    def fresh(state: CardState, minutes: int, failures: int = 0) -> bool:
        return is_fresh(state, NOW - timedelta(minutes=minutes), failures, NOW, limits)

    assert [fresh(CardState.SHOWN, minutes) for minutes in (0, 719, 720)] == [True, True, False]
    assert [fresh(CardState.NONE, minutes) for minutes in (0, 179, 180)] == [True, True, False]
    assert [fresh(CardState.NONE, minutes, 1) for minutes in (9, 10)] == [True, False]
    assert [fresh(CardState.SHOWN, minutes, 2) for minutes in (29, 30)] == [True, False]
    assert [fresh(CardState.NONE, minutes, 3) for minutes in (31, 179, 180)] == [True, True, False]
    assert not is_fresh(CardState.WANTED, None, 0, NOW, limits)
