"""Addresses that notices cite, and what those of ours mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure.notices import (
    CITED_MAX,
    AccountReference,
    Mark,
    MediaReference,
    PostReference,
    RemoteReference,
    TagReference,
    UnknownPage,
    cited_addresses,
    host_report,
    normal_address,
    resolve_address,
)

OWN = {"site.example"}


def first_readings(text: str) -> list[str]:
    return [one.readings[0] for one in cited_addresses(text, own_hosts=OWN).items]


@pytest.mark.parametrize(
    ("text", "reading", "marks"),
    [
        ("1) https://site.example/@a/123.", "https://site.example/@a/123", set()),
        ("[7] HTTPS://Site.Example:443/@a/123#x, and", "https://site.example/@a/123", set()),
        ("hxxps://site[.]example/@a/124", "https://site.example/@a/124", {Mark.DEFANGED}),
        ("hXXp[:]//site(dot)example/@a/124", "http://site.example/@a/124", {Mark.DEFANGED}),
        ("<https://site.example/@name/\n1155512345678>", "https://site.example/@name/1155512345678", {Mark.BROKEN_OVER_LINES}),
        ("<URL:https://site.example/@a/1>", "https://site.example/@a/1", set()),
        ("> https://site.example/@a/\n> 125\n", "https://site.example/@a/125", {Mark.BROKEN_OVER_LINES}),
        ("x https%3A%2F%2Fsite.example%2F%40a%2F126 y", "https://site.example/@a/126", {Mark.ENCODED}),
        ("https%253A%252F%252Fsite.example%252F%2540a%252F126", "https://site.example/@a/126", {Mark.ENCODED}),
        ("(https://site.example/wiki_(page)/1)", "https://site.example/wiki_(page)/1", set()),
        ("at site.example/@b/9, again", "https://site.example/@b/9", {Mark.SCHEME_ADDED}),
        ("https://filter.example/?url=https%3A%2F%2Fsite.example%2F%40a%2F128&data=05", "https://site.example/@a/128", {Mark.WRAPPED}),
        ("https://urldefense.com/v3/__https://site.example/@a/129__;!!abc", "https://site.example/@a/129", {Mark.WRAPPED}),
        ("https://bit.ly/xyz", "https://bit.ly/xyz", {Mark.SHORTENER}),
        ("https://site.example/@a/11555…", "https://site.example/@a/11555", {Mark.TRUNCATED}),
        ("https://sit\u0435.example/@a/1", "https://xn--sit-tdd.example/@a/1", {Mark.SUSPICIOUS_HOST}),
        ("**https://site.example/@a/5**", "https://site.example/@a/5", set()),
        ("https://site.example/%40a/300", "https://site.example/@a/300", set()),
    ],
)  # fmt: skip
def test_an_address_is_read_however_it_is_written(text: str, reading: str, marks: set[Mark]) -> None:
    (item,) = cited_addresses(text, own_hosts=OWN).items
    assert item.readings[0] == reading
    assert item.marks == marks


@pytest.mark.parametrize(
    "text",
    ["write to a@site.example/", "see and/or 24/7", "ftp://site.example/1", "https://", "http://[::1", "https:// ", "www."],
)  # fmt: skip
def test_what_is_no_address_is_no_item(text: str) -> None:
    assert first_readings(text) == []


def test_the_next_line_is_not_taken_for_a_part_of_the_address() -> None:
    assert first_readings("https://site.example/@a/200\nhttps://site.example/@a/201\n2. The end") == [
        "https://site.example/@a/200",
        "https://site.example/@a/201",
    ]
    long = "https://site.example/@a-name-that-is-long-enough-to-reach-the-end-of-line/1"
    assert first_readings(long + "\nPlease act soon") == [long]
    assert first_readings(long + "\n2. something else") == [long]


def test_an_address_that_may_go_on_in_the_next_line_keeps_both_readings() -> None:
    (item,) = cited_addresses("https://site.example/@a/\n77", own_hosts=OWN).items
    assert item.readings == ("https://site.example/@a/77", "https://site.example/@a/")


@pytest.mark.parametrize("mark", ["{n}. {url}", "{n}) <{url}>", "- {url};", "{url}", "> [{n}] {url}"])
def test_a_list_of_five_hundred_is_five_hundred_items_in_order(mark: str) -> None:
    urls = [f"https://site.example/@name{n % 7}/{10**17 + n}" for n in range(500)]
    text = "Please remove:\n" + "\n".join(mark.format(n=n, url=url) for n, url in enumerate(urls, 1))
    found = cited_addresses(text, own_hosts=OWN)
    assert [one.readings[0] for one in found.items] == urls
    assert found.left_out == 0


def test_the_same_address_again_is_linked_and_html_adds_only_what_is_new() -> None:
    plain = "https://site.example/@a/1 https://site.example/@a/2 https://SITE.example/@a/1"
    found = cited_addresses(plain, "https://site.example/@a/2 https://site.example/@a/3", own_hosts=OWN).items
    assert [one.duplicate_of for one in found] == [None, None, 1, None]
    assert found[-1].readings[0].endswith("/3")


def test_more_than_the_limit_are_counted_not_forgotten() -> None:
    found = cited_addresses("".join(f"https://a.example/{n} " for n in range(CITED_MAX + 25)))
    assert (len(found.items), found.left_out) == (CITED_MAX, 25)


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.sampled_from("htps:/<>\n .[]()%253A2Fw-@aé\u0435…>&=?#x\\\ud800\0"), max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for item in cited_addresses(text, "https://" + text, own_hosts=OWN).items:
        assert item.readings
        for one in item.readings:
            assert normal_address(one) == one
            assert resolve_address(one, own_hosts=OWN) is not None


ID = "113456789012345678"


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        *((path.format(ID), PostReference(ID, "ann")) for path in (
            "/@ann/{}", "/@ann/{}/", "//@ann//{}", "/%40ann/{}", "/@ann/{}?x=1#y", "/@ann/{}/embed", "/@ann/{}/history",
            "/users/ann/statuses/{}", "/users/ann/statuses/{}/activity", "/app/@ann/{}", "/web/@ann/{}", "/deck/@ann/{}",
            "/users/ann/statuses/{}.json", "/@ann@site.example/{}",
        )),
        *((path.format(ID), PostReference(ID)) for path in (
            "/web/statuses/{}", "/statuses/{}", "/api/v1/statuses/{}", "/api/v1/statuses/{}/context", "/interact/{}",
            "/ap/users/1/statuses/{}",
        )),
        (f"/@bob@far.example/{ID}", PostReference(ID, "bob@far.example")),
        ("/@ann", AccountReference("ann")),
        ("/@ann/with_replies", AccountReference("ann")),
        ("/users/ann", AccountReference("ann")),
        ("/app/@ann", AccountReference("ann")),
        ("/@ann/feed.atom", AccountReference("ann")),
        (f"/api/v1/accounts/{ID}", AccountReference(id=ID)),
        (f"/avatars/{ID}.png", AccountReference(id=ID)),
        ("/media/0123456789abcdef.webp", MediaReference("0123456789abcdef.webp")),
        (f"/media_proxy/{ID}/original", MediaReference(id=ID)),
        ("/tags/News", TagReference("News")),
        ("/app/tags/caf%C3%A9", TagReference("café")),
        (f"/authorize_interaction?uri=https://far.example/users/b/statuses/{ID}", RemoteReference(f"https://far.example/users/b/statuses/{ID}")),
        (f"/search?q=https%3A%2F%2Fsite.example%2F%40ann%2F{ID}", PostReference(ID, "ann")),
        ("/about", UnknownPage("/about")),
        ("/", UnknownPage("/")),
        ("/@ann/../../etc", UnknownPage("/@ann/../../etc")),
    ],
)  # fmt: skip
def test_an_address_of_ours_is_resolved_in_every_form(path: str, reference: object) -> None:
    assert resolve_address("https://site.example" + path, own_hosts=OWN) == reference


def test_what_is_elsewhere_is_remote_and_files_may_have_a_host_of_their_own() -> None:
    assert resolve_address("https://far.example/@a/1", own_hosts=OWN) == RemoteReference(
        "https://far.example/@a/1"
    )
    assert resolve_address("https://site.example:8443/@a/1", own_hosts=OWN) == RemoteReference(
        "https://site.example:8443/@a/1"
    )
    files = resolve_address(
        "https://files.example/media/abcdef0123", own_hosts=OWN, media_hosts={"files.example"}
    )
    assert files == MediaReference("abcdef0123")
    assert resolve_address("@ann@site.example", own_hosts=OWN) == AccountReference("ann")
    assert resolve_address("acct:bob@far.example", own_hosts=OWN) == AccountReference("bob@far.example")
    assert resolve_address("a screenshot", own_hosts=OWN) is None


@pytest.mark.parametrize(
    ("host", "like", "mixed"),
    [
        ("site.example", "", False),
        ("sit\u0435.example", "site.example", True),
        ("s1te.example", "site.example", False),
        ("xn--sit-tdd.example", "site.example", True),
        ("münchen.example", "", False),
        ("日本語の.example", "", False),
        ("far.example", "", False),
    ],
)
def test_hosts_that_look_like_ours_are_named(host: str, like: str, mixed: bool) -> None:
    report = host_report(host, OWN)
    assert (report.looks_like, report.mixed_scripts) == (like, mixed)
    assert report.ascii.isascii()
