"""The HTML we make of text, and what is left of the HTML of strangers."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdfast.pure.markup import (
    MentionLink,
    clean_text,
    find_entities,
    html_to_text,
    normalise_hashtag,
    render_field_value,
    render_html,
    render_note,
    sanitise_html,
)
from holdfast.pure.sanitised_html import ALLOWED_TAGS, HTML_LENGTH_LIMIT

MENTIONS = {
    "bob": MentionLink("https://town.example/@bob", "bob"),
    "eve@far.example": MentionLink("https://far.example/@Eve", "Eve"),
}
PIECES = st.sampled_from(
    ["@bob", "@eve@far.example", "#tag", "https://a.example/b", "http://", "<b>", "</p>", "<!--", "&lt;", "&", '"', "'",
     "<script>", "onerror=", "\n", "\n\n", " ", "\u202e", "\ud83d", "\x00", "javascript:", "<a href=x>", "]]>", "é"]
)  # fmt: skip
MARKUP_TEXT = st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join)


def tag_url(name: str) -> str:
    return f"https://town.example/tags/{normalise_hashtag(name)}"


def render(text: str) -> str:
    return render_html(text, mentions=MENTIONS, tag_url=tag_url)


class Reader(HTMLParser):
    """Collects every tag and attribute of a document, and checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"declaration {decl!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"instruction {data!r}")


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def test_paragraphs_and_line_breaks() -> None:
    assert render("  one\r\ntwo\n\n \n\nthree ") == "<p>one<br />two</p><p>three</p>"
    assert render(" \n\x00 ") == ""
    assert render_note("a & b", mentions={}, tag_url=tag_url) == "<p>a &amp; b</p>"


def test_a_mention_a_tag_and_a_stranger() -> None:
    assert render("@Bob #Foo @nobody") == (
        '<p><span class="h-card" translate="no"><a href="https://town.example/@bob" class="u-url mention">'
        "@<span>bob</span></a></span> "
        '<a href="https://town.example/tags/foo" class="mention hashtag" rel="tag">#<span>Foo</span></a> @nobody</p>'
    )


def test_a_long_address_is_shortened_for_the_eye_only() -> None:
    assert render("https://a.example/1234567890/1234567890/1234567890") == (
        '<p><a href="https://a.example/1234567890/1234567890/1234567890" rel="nofollow noopener noreferrer"'
        ' target="_blank" translate="no"><span class="invisible">https://</span>'
        '<span class="ellipsis">a.example/1234567890/123456789</span><span class="invisible">0/1234567890</span>'
        "</a></p>"
    )


def test_the_host_is_shown_whole_however_long_it_is() -> None:
    host = f"good.example.{'a' * 60}.evil.example"
    assert f'<span class="ellipsis">{host}</span>' in render(f"https://{host}/path")
    assert "<a" not in render("https://good.example@evil.example/")
    assert '<span class="">xn--pple-43d.example</span>' in render("https://\u0430pple.example")
    assert "\u202e" not in render("\u202ehttps://elpmaxe.doog")
    assert '<span class="">www.a.example</span>' in render("https://www.a.example")


def test_what_callers_give_is_escaped_too() -> None:
    html = render_html(
        "@bob #x",
        mentions={"bob": MentionLink('https://x/"><script>', "<i>")},
        tag_url=lambda _name: '"onclick="x\n',
    )
    assert [tag for tag, _ in read(html).tags] == ["p", "span", "a", "span", "a", "span"]
    assert all(set(attributes) <= {"href", "class", "rel", "translate"} for _, attributes in read(html).tags)


def test_a_field_is_one_line_whose_links_say_me() -> None:
    html = render_field_value("https://a.example\nx", mentions={}, tag_url=tag_url)
    assert html.startswith('<a href="https://a.example" rel="me nofollow noopener noreferrer"')
    assert html.endswith("</a> x")
    assert "<p>" not in html
    assert "<br" not in html


@given(MARKUP_TEXT)
def test_only_our_own_markup_comes_out(text: str) -> None:
    html = render(text)
    html.encode()
    for tag, attributes in read(html).tags:
        assert tag in ("p", "br", "a", "span")
        assert set(attributes) <= {"href", "class", "rel", "target", "translate"}
        assert (
            "href" not in attributes
            or str(attributes["href"]).startswith("https://")
            or "http://" in text.lower()
        )


@given(MARKUP_TEXT)
def test_the_text_can_be_read_back(text: str) -> None:
    shown = clean_text(text)
    changed = [
        e
        for e in find_entities(shown)
        if e.kind == "url" or (e.kind == "mention" and e.value.acct in MENTIONS)
    ]
    for entity in reversed(changed):
        readable = (
            entity.scheme + entity.shown
            if entity.kind == "url"
            else f"@{MENTIONS[entity.value.acct].username}"
        )
        shown = shown[: entity.start] + readable + shown[entity.end :]
    assert "".join(html_to_text(render(text)).split()) == "".join(shown.split())


@given(MARKUP_TEXT)
@example("https://a.example/\xa1/\u05d0")
def test_our_own_html_survives_sanitising(text: str) -> None:
    html = render(text)
    cleaned = sanitise_html(html)
    assert html_to_text(cleaned) == html_to_text(html)
    assert cleaned.count("<a ") == html.count("<a ")
    assert cleaned.count("invisible") >= html.count('class="invisible"')


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<script>alert(1)</script>hi<style>p{}</style>", "hi"),
        ("<p onclick=x style=y id=z>hi</p>", "<p>hi</p>"),
        ("<div>a</div><h1>b</h1>", "<p>a</p><p>b</p>"),
        ("<img src=x onerror=alert(1)>a<svg onload=x><a>b</a></svg>", "a"),
        ("a<!-- c --><?php x ?>b", "ab"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("a < b & c", "a &lt; b &amp; c"),
        ('<span class="h-card evil">x</span><p class="quote-inline">y', '<span class="h-card">x</span><p class="quote-inline">y</p>'),
        ('<ol start="3"><li value="5">x</li></ol>', '<ol start="3"><li value="5">x</li></ol>'),
        ("<blockquote><pre><code>x</code></pre></blockquote>", "<blockquote><pre><code>x</code></pre></blockquote>"),
        ("half \ud83d\x00", "half \ufffd"),
    ],
)  # fmt: skip
def test_strangers_html_is_reduced(html: str, expected: str) -> None:
    assert sanitise_html(html) == expected


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:x", "java\tscript:x", "data:text/html,x", "//a.example", "/x", "x", "vbscript:x"]
)  # fmt: skip
def test_links_go_nowhere_harmful(address: str) -> None:
    assert "href" not in sanitise_html(f'<a href="{address}">x</a>')


def test_links_always_carry_our_rel() -> None:
    html = sanitise_html('<a href="https://a.example/" class="mention x" rel="opener" target="_self">x</a>')
    [(tag, attributes)] = read(html).tags
    assert tag == "a"
    assert attributes == {
        "href": "https://a.example/",
        "class": "mention",
        "rel": "nofollow noopener noreferrer",
        "target": "_blank",
    }


def test_invisible_text_cannot_hide_where_a_link_leads() -> None:
    spoof = (
        '<a href="https://evil.example/"><span class="invisible">https://evil.example/</span>good.example</a>'
    )
    assert "invisible" not in sanitise_html(spoof)
    honest = '<a href="https://a.example/x"><span class="invisible">https://</span>a.example/x</a>'
    assert '<span class="invisible">https://</span>' in sanitise_html(honest)
    assert "invisible" not in sanitise_html('<span class="invisible">hidden words</span>')
    assert "\u202e" not in sanitise_html('<a href="https://a.example/">\u202eelpmaxe.doog</a>')


@given(MARKUP_TEXT)
@example("<a href=x>\x1f\xa0")
@example("<a href=\"https://a.example/'<>&quot;&nbsp;\">\x1f'</a>")
@example("<pre>\n\nx</pre>")
@example("<p><div><p></div>")
@example('<a href="https://a.example/<div>">x</a><div>')
@example("<a><a></a><span class=invisible><a href=https://x.example>")
def test_anything_sanitised_is_well_formed_and_stays_as_it_is(html: str) -> None:
    cleaned = sanitise_html(html)
    for tag, attributes in read(cleaned).tags:
        assert tag in ALLOWED_TAGS
        assert set(attributes) <= {
            "href",
            "class",
            "rel",
            "target",
            "translate",
            "start",
            "reversed",
            "value",
        }
    assert sanitise_html(cleaned) == cleaned


def test_text_of_html_keeps_its_lines() -> None:
    html = "<p>a<br>b &amp; c</p><ul><li>d</li><li>e</li></ul><p>f</p>"
    assert html_to_text(html) == "a\nb & c\n\n- d\n- e\n\nf"
    assert html_to_text("<script>x</script>") == ""


def test_line_ends_inside_a_link_still_part_its_words() -> None:
    assert html_to_text('<a href="https://a.example/">\u202eone\ntwo</a>') == "one\ntwo"


def test_a_document_over_the_limit_is_cut_and_still_well_formed() -> None:
    cleaned = sanitise_html("<b>" + "x" * HTML_LENGTH_LIMIT + "</b>tail")
    assert cleaned == "<b>" + "x" * (HTML_LENGTH_LIMIT - 3) + "</b>"
