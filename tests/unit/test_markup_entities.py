"""What counts as a link, a mention or a hashtag, and that finding them is linear."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.markup import character_count, find_entities, fold_for_search, render_html

HOSTILE_ALPHABET = "@#/:.()[]a1Zé日 \n\t_-=&<>\"'\u202e\u200d\ufe0f\u0947\ud800א"


def found(text: str) -> list[tuple[str, str]]:
    return [(entity.kind, text[entity.start : entity.end]) for entity in find_entities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi @bob!", ["@bob"]),
        ("@bob.", ["@bob"]),
        ("@bob.smith-2 x", ["@bob.smith-2"]),
        ("(@bob@town.example)", ["@bob@town.example"]),
        ("@bob@town.example.", ["@bob@town.example"]),
        ("@bob@localhost:3000/x", ["@bob@localhost:3000"]),
        ("@bobさん", ["@bob"]),
        ("@bob@town.exampleさん", ["@bob@town.example"]),
        ("@André", []),
        ("me@town.example", []),
        ("x/@bob", []),
        ("@", []),
        ("@@bob", ["@bob"]),
        ("@bob@", ["@bob"]),
    ],
)
def test_mentions(text: str, expected: list[str]) -> None:
    assert found(text) == [("mention", name) for name in expected]


def test_a_mention_names_user_and_domain() -> None:
    [near, far] = find_entities("@Bob @Eve@Bücher.Example")
    assert near.kind == "mention"
    assert (near.value.username, near.value.domain) == ("Bob", None)
    assert near.value.acct == "bob"
    assert far.kind == "mention"
    assert (far.value.username, far.value.domain) == ("Eve", "xn--bcher-kva.example")
    assert far.value.acct == "eve@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#Foo #bar_2", ["#Foo", "#bar_2"]),
        ("#日本語、#한국", ["#日本語", "#한국"]),
        ("#हिन्दी", ["#हिन्दी"]),
        ("#me\u0301dia", ["#me\u0301dia"]),
        ("#2024 #1 #_", []),
        ("#2024vote", ["#2024vote"]),
        ("a#b /#b &#39; =#b", []),
        ("#a·b· #c", ["#a·b", "#c"]),
        ("#نمی\u200cدانم", ["#نمی\u200cدانم"]),
        ("#️⃣ #", []),
        ("\uff03wide", ["\uff03wide"]),
        ("#don't", ["#don"]),
    ],
)
def test_hashtags(text: str, expected: list[str]) -> None:
    assert found(text) == [("hashtag", name) for name in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see http://a.example/x, and", ["http://a.example/x"]),
        ("HTTPS://A.Example", ["HTTPS://A.Example"]),
        ("(https://a.example/b_(c))", ["https://a.example/b_(c)"]),
        ("[x](https://a.example/b).", ["https://a.example/b"]),
        ("https://a.example/?q=[1]&r=(2)!", ["https://a.example/?q=[1]&r=(2)"]),
        ("https://a.example...", ["https://a.example"]),
        ("https://a.example:8443/p?x#frag", ["https://a.example:8443/p?x#frag"]),
        ("https://a.example:99999/p", ["https://a.example"]),
        ("https://a.example/@bob/#tag?x=@eve#c", ["https://a.example/@bob/#tag?x=@eve#c"]),
        ("「https://a.example/道」", ["https://a.example/道"]),
        ("https://a.exampleです", ["https://a.example"]),
        ("https://例え.テスト/x", ["https://例え.テスト/x"]),
        ("http://a.example/\u202egnp.exe", ["http://a.example/"]),
        ("http://localhost/#tag http://127.0.0.1/@bob http:///x", []),
        ("wordhttps://a.example @https://a.example", []),
        ("https://good.example@evil.example/#tag", []),
        ("https://good.example:pw@evil.example", []),
        ("https://good.example\u2044x.evil.example/", []),
        ("https://good.example\\@evil.example", ["https://good.example"]),
        (f"https://{'a' * 64}.example/ https://{'a.' * 130}example/", []),
        ("ftp://a.example javascript://a.example httpſ://a.example", []),
    ],
)
def test_addresses(text: str, expected: list[str]) -> None:
    assert [part for kind, part in found(text) if kind == "url"] == expected
    assert [part for kind, part in found(text) if kind == "hashtag"] == []


def test_hosts_are_given_in_ascii_so_that_no_letter_passes_for_another() -> None:
    [link] = find_entities("https://\u0430pple.example/\u00e9?\u05d0=1")
    assert link.kind == "url"
    assert link.value == "https://xn--pple-43d.example/%C3%A9?%D7%90=1"
    assert link.host == "xn--pple-43d.example"
    assert link.shown == "xn--pple-43d.example/é?%D7%90=1"


@given(
    st.text(st.sampled_from(HOSTILE_ALPHABET) | st.characters()) | st.text().map("https://a.example/".__add__)
)
def test_entities_are_in_order_apart_and_within_the_text(text: str) -> None:
    position = 0
    for entity in find_entities(text):
        assert position <= entity.start < entity.end <= len(text)
        position = entity.end
        if entity.kind == "url":
            assert entity.value.isascii()
            assert entity.shown.startswith(entity.host)


def steps(text: str) -> int:
    """Lines of Python executed for one text: a measure of work that does not depend on the machine."""
    count = 0

    def local(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return local

    before = sys.gettrace()
    sys.settrace(lambda *_call: local)
    try:
        render_html(text, mentions={}, tag_url=str)
        character_count(text)
        fold_for_search(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "pattern",
    [
        "@", "#", "(", ")", "[(", "http://", "http://a.bc/(", "http://a.bc/)", "https://é", "@a@", "@a.", "#a·",
        "http://a@", "\n ", "a.", "é", "👩‍", "&", "日", "http://a.bc/.", "@a@b.",
    ],
)  # fmt: skip
def test_work_grows_no_faster_than_the_text(pattern: str) -> None:
    short, long = (steps(pattern * (length // len(pattern))) for length in (500, 2000))
    assert long <= 4.4 * short + 100
