"""Which colons name an emoji, and where pictures are put."""

from __future__ import annotations

from html import escape

from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.markup import render_html
from holdfast.pure.shortcodes import is_shortcode, replace_shortcodes, shortcodes_in


def test_a_shortcode_stands_apart_from_letters_and_colons() -> None:
    assert shortcodes_in(
        [":blob: (:cat_2:)", "é:no: 12:30:45 ::no:: :x: a:no: :no:b :blob:", "äöü :ok:!"]
    ) == [
        "blob",
        "cat_2",
        "ok",
    ]
    assert not is_shortcode("x")
    assert not is_shortcode("a" * 51)
    assert not is_shortcode("a-b")


def test_pictures_stand_in_texts_and_never_in_tags() -> None:
    html = '<p>:blob: <a href="https://x.example/:blob:/" title=":blob:">a :blob: b</a> :other:</p>'
    shown = replace_shortcodes(html, lambda name: "<img>" if name == "blob" else None)
    assert shown == '<p><img> <a href="https://x.example/:blob:/" title=":blob:">a <img> b</a> :other:</p>'


@given(st.text(alphabet="ab:_<>&\"' /.#@\n", max_size=60))
def test_replacing_adds_pictures_and_changes_nothing_else(text: str) -> None:
    html = render_html(text, mentions={}, tag_url=lambda name: f"https://x.example/tags/{name}")
    for source in (html, escape(text)):
        assert replace_shortcodes(source, lambda name: f":{name}:") == source
