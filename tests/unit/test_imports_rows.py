"""Rows of other sites: what is understood, what is refused, and that nothing else is ever raised."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.errors import Invalid
from holdfast.pure.imports import (
    ImportedPost,
    ImportedUser,
    RowInvalid,
    decode_row,
    parse_generic_row,
    parse_parler_row,
)
from holdfast.pure.imports.model import LINKS_LIMIT, TEXT_LENGTH_LIMIT
from holdfast.pure.imports.rows import COUNTER_LIMIT, instant_from, read_count, read_flag, read_links

MOMENT = datetime(2020, 8, 4, 23, 38, 2, tzinfo=UTC)
FIELDS = [
    "id", "text", "author", "created_at", "body", "bodywithurls", "createdAt", "createdAtformatted", "datatype", "data",
    "username", "parent", "post", "replyingTo", "links", "urls", "media", "upvotes", "verified", "creator", "joined",
    "bio", "author_username", "is_echo", "echo", "approx_created_at", "title", "profilePhoto", "in_reply_to_id",
]  # fmt: skip
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["posts", "users", "1.2k"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=8,
)


def refused(line: bytes) -> str:
    with pytest.raises(RowInvalid) as caught:
        decode_row(line)
    assert isinstance(caught.value, Invalid)
    assert caught.value.public.endswith(".")
    return caught.value.reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b'{"a":1} x', "invalid_json"),
        (b"\x00\x00", "invalid_json"),
        (b'{"text":"\xff"}', "invalid_utf8"),
        (b'{"text":"\xed\xa0\x80"}', "invalid_utf8"),
        (b"[1]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b'{"a":' + b"9" * 5_000 + b"}", "invalid_json"),
    ],
)
def test_lines_that_are_no_row(line: bytes, reason: str) -> None:
    assert refused(line) == reason


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'{"a":NaN,"b":-Infinity}', {"a": None, "b": None}),
        (b'{"a":"\\ud83d"}', {"a": "\ud83d"}),
        (b'  {"a":"\\ud83d\\ude00"}\r', {"a": "\U0001f600"}),
        (b'{"a":' + b"9" * 60 + b"}", {"a": int("9" * 60)}),
    ],
)
def test_lines_of_careless_programs(line: bytes, row: dict[str, object]) -> None:
    assert decode_row(line) == row


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_line_raises_anything_else(line: bytes) -> None:
    try:
        row = decode_row(line)
    except RowInvalid:
        return
    assert isinstance(row, dict)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES))
def test_no_row_raises_anything_else_and_what_comes_out_can_be_stored(row: dict[str, object]) -> None:
    for parse in (parse_generic_row, parse_parler_row):
        try:
            parsed = parse(row)
        except RowInvalid:
            continue
        assert parsed == parse(row)
        written = repr(parsed)
        assert "\\x00" not in written.replace("\\\\", "")
        for value in (parsed.source_id, getattr(parsed, "text", ""), getattr(parsed, "author", None) or ""):
            assert "\x00" not in value
            value.encode()
        assert parsed.source_id
        assert parsed.created_at is None or parsed.created_at.tzinfo is UTC


def test_a_plain_row() -> None:
    post = parse_generic_row(
        {"id": 7, "text": " Hello\r\nthere\x00 ", "author": "@Ada", "created_at": "2020-08-05T01:38:02+02:00"}
    )
    assert post == ImportedPost(source_id="7", text="Hello\nthere", author="Ada", created_at=MOMENT)


def test_a_row_without_an_id_gets_the_same_one_every_time() -> None:
    row: dict[str, object] = {"text": "Hello", "author": "ada", "created_at": 1596584282}
    post = parse_generic_row(row)
    assert post.source_id == parse_generic_row({**row, "unknown": [1]}).source_id
    assert post.source_id == parse_generic_row({**row, "created_at": "2020-08-04 23:38:02 UTC"}).source_id
    others: list[dict[str, object]] = [
        {**row, "text": "Hallo"},
        {**row, "author": "bea"},
        {"text": "Hello"},
        {"text": "Hello", "author": "ada"},
    ]
    assert len({post.source_id, *(parse_generic_row(other).source_id for other in others)}) == 5
    assert post.source_id.startswith("row-")
    assert len(post.source_id) == 36


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "text_missing"),
        ({"text": " \n\x00"}, "text_missing"),
        ({"text": None}, "text_missing"),
        ({"text": 5}, "text_not_string"),
        ({"text": ["a"]}, "text_not_string"),
        ({"text": "x" * (TEXT_LENGTH_LIMIT + 1)}, "text_too_long"),
        ({"text": "x", "id": ["a"]}, "id_invalid"),
        ({"text": "x", "id": True}, "id_invalid"),
        ({"text": "x", "id": "a" * 201}, "id_invalid"),
        ({"text": "x", "id": 10**4000}, "id_invalid"),
        ({"text": "x", "author": {"name": "ada"}}, "author_invalid"),
        ({"text": "x", "author": "a" * 201}, "author_invalid"),
        ({"text": "x", "created_at": "yesterday"}, "created_at_invalid"),
        ({"text": "x", "created_at": [2020]}, "created_at_invalid"),
        ({"text": "x", "created_at": 10**400}, "created_at_invalid"),
    ],
)
def test_plain_rows_that_are_refused(row: dict[str, object], reason: str) -> None:
    with pytest.raises(RowInvalid) as caught:
        parse_generic_row(row)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "value",
    [
        "20200804233802", 20200804233802, "2020-08-04 23:38:02 UTC", "2020-08-04T23:38:02Z", "2020-08-04T23:38:02",
        "2020-08-05T05:08:02+05:30", 1596584282, 1596584282.0, "1596584282", 1596584282000, "1596584282000",
        1596584282000000, " 2020-08-04T23:38:02.000Z ",
    ],
)  # fmt: skip
def test_ways_to_write_a_moment(value: object) -> None:
    assert instant_from(value) == MOMENT


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "20201304233802",
        "1850-01-01",
        0,
        -1,
        1e300,
        float("nan"),
        float("inf"),
        True,
        None,
        [],
        "9" * 400,
    ],
)
def test_what_is_no_moment(value: object) -> None:
    assert instant_from(value) is None


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (12, 12), ("12", 12), ("1,234", 1234), ("1.2k", 1200), ("1.2K", 1200), ("3M", 3_000_000), ("1.5 b", 1_500_000_000),
        (3.0, 3), ("-4", -4), (10**30, COUNTER_LIMIT), (-(10**30), -COUNTER_LIMIT), (True, None), ("many", None),
        ("", None), (None, None), (float("nan"), None), ([], None), ("1.2.3", None), ("٣", None), ("9" * 60, None),
    ],
)  # fmt: skip
def test_counters(value: object, count: int | None) -> None:
    assert read_count({"n": value}, "n") == count


@pytest.mark.parametrize(
    ("value", "flag"),
    [(True, True), (1, True), ("true", True), (0, False), ("No", False), (2, None), ("?", None)],
)
def test_flags(value: object, flag: bool | None) -> None:
    assert read_flag({"f": value}, "f") is flag


def test_links_in_any_wrapping() -> None:
    row = {
        "links": ["https://a.example/1", "not one", 5, None],
        "urls": [{"long": "https://a.example/2"}, {"url": "https://a.example/1"}, {"id": "x"}],
        "media": "http://a.example/3",
    }
    assert read_links(row, "links", "urls", "media") == (
        "https://a.example/1",
        "https://a.example/2",
        "http://a.example/3",
    )
    many = {"links": [[f"https://a.example/{n}/{m}" for m in range(99)] for n in range(99)]}
    assert len(read_links(many, "links")) == LINKS_LIMIT


POST_ID, PARENT_ID = "0A" * 16, "1b" * 16


def dump_row(**changes: object) -> dict[str, object]:
    return {
        "id": POST_ID, "body": "Morning all", "createdAt": "20200804233802", "datatype": "posts", "username": "ada",
        "creator": "2C" * 16, "upvotes": "1.2k", "impressions": "3,400", "reposts": 5, "comments": 6, "verified": 1,
        "depth": 0, "hashtags": [], "extra": {"x": 1}, **changes,
    }  # fmt: skip


def test_a_post_of_the_dump() -> None:
    assert parse_parler_row(dump_row()) == ImportedPost(
        source_id=POST_ID.lower(),
        text="Morning all",
        author="ada",
        author_source_id="2c" * 16,
        author_verified=True,
        created_at=MOMENT,
        upvotes=1200,
        impressions=3400,
        boosts=5,
        replies=6,
    )


@pytest.mark.parametrize(
    "wrapped",
    [
        {"data": dump_row()},
        {"data": dump_row(id=None, datatype=None), "id": POST_ID, "datatype": "posts"},
        {"data": {"body": "Morning all"}, **{k: v for k, v in dump_row().items() if k != "body"}},
    ],
)
def test_wrapping_makes_no_difference(wrapped: dict[str, object]) -> None:
    assert parse_parler_row(wrapped) == parse_parler_row(dump_row())


def test_a_comment_is_a_reply_to_the_nearest_it_names() -> None:
    comment = parse_parler_row(dump_row(datatype="comments", post=PARENT_ID, replyingTo="3D" * 16))
    assert isinstance(comment, ImportedPost)
    assert (comment.kind, comment.reply_to_source_id, comment.root_source_id) == (
        "comment",
        "3d" * 16,
        PARENT_ID,
    )
    direct = parse_parler_row(dump_row(datatype=None, post=PARENT_ID))
    assert isinstance(direct, ImportedPost)
    assert (direct.kind, direct.reply_to_source_id, direct.boost_of_source_id) == ("comment", PARENT_ID, None)


def test_an_echo_is_a_boost_with_or_without_words() -> None:
    for body in ("So true", ""):
        echo = parse_parler_row(dump_row(body=body, parent=PARENT_ID.upper()))
        assert isinstance(echo, ImportedPost)
        assert (echo.kind, echo.text, echo.boost_of_source_id) == ("boost", body, PARENT_ID)
    nameless = [
        parse_parler_row(dump_row(id=None, body="", parent=parent)) for parent in (PARENT_ID, POST_ID)
    ]
    assert nameless[0].source_id != nameless[1].source_id


def test_times_of_the_dump() -> None:
    for row in (
        dump_row(createdAt=None, createdAtformatted="2020-08-04 23:38:02 UTC"),
        dump_row(createdAt="garbled", createdAtformatted="2020-08-04 23:38:02 UTC"),
    ):
        assert parse_parler_row(row).created_at == MOMENT
    assert parse_parler_row(dump_row(createdAt="00010101000000")).created_at is None
    assert parse_parler_row(dump_row(createdAt="0001-01-01 00:00:00 UTC")).created_at is None
    with pytest.raises(RowInvalid, match="createdAt"):
        parse_parler_row(dump_row(createdAt="garbled"))


def test_a_post_that_is_only_a_link_is_kept() -> None:
    post = parse_parler_row(dump_row(body="", links=["https://a.example/"]))
    assert isinstance(post, ImportedPost)
    assert (post.text, post.links) == ("", ("https://a.example/",))
    with pytest.raises(RowInvalid) as caught:
        parse_parler_row(dump_row(body=" "))
    assert caught.value.reason == "text_missing"


def test_a_post_of_a_saved_page() -> None:
    row = {
        "id": "p1", "author_username": "@ada", "author_name": "Ada  L", "title": "", "created_at": "3 months ago",
        "approx_created_at": "2020-08-04T23:38:02Z", "body": "Hi", "impression_count": "1.2k", "comment_count": 1,
        "echo_count": 2, "upvote_count": "3", "is_echo": False, "echo": None, "media": [],
    }  # fmt: skip
    assert parse_parler_row(row) == ImportedPost(
        source_id="p1", text="Hi", author="ada", author_display_name="Ada L", created_at=MOMENT, impressions=1200,
        replies=1, boosts=2, upvotes=3,
    )  # fmt: skip
    assert parse_parler_row({**row, "approx_created_at": None}).created_at is None


def test_an_echo_of_a_saved_page_carries_the_inner_post() -> None:
    inner = {"author_username": "bea", "body": "First", "approx_created_at": "2020-08-04T23:38:02Z"}
    row = {
        "id": "p2",
        "author_username": "ada",
        "body": "",
        "is_echo": True,
        "echo": {**inner, "echo": {"echo": {}}},
    }
    echo = parse_parler_row(row)
    assert isinstance(echo, ImportedPost)
    assert echo.boosted is not None
    assert (echo.kind, echo.boosted.text, echo.boosted.author) == ("boost", "First", "bea")
    assert echo.boost_of_source_id == echo.boosted.source_id
    hidden = parse_parler_row({**row, "body": "Words", "echo": {"author_username": ""}})
    assert isinstance(hidden, ImportedPost)
    assert (hidden.kind, hidden.boosted) == ("post", None)


def test_a_row_of_a_sample() -> None:
    post = parse_parler_row({"id": POST_ID, "text": "Hi", "label_mean": 1.0})
    assert post == ImportedPost(source_id=POST_ID.lower(), text="Hi")


@pytest.mark.parametrize("marks", [{"datatype": "users"}, {"datatype": None}, {"joined": "20200804233802"}])
def test_a_user(marks: dict[str, object]) -> None:
    row = {
        "id": POST_ID, "username": "ada", "name": "Ada", "bio": "Bio\r\nline", "joined": "20200804233802", "verified": "1",
        "followers": "1.2k", "following": 3, "posts": 4, "private": False, "profilePhoto": "https://a.example/p.png", **marks,
    }  # fmt: skip
    assert parse_parler_row(row) == ImportedUser(
        source_id=POST_ID.lower(), username="ada", display_name="Ada", bio="Bio\nline", created_at=MOMENT,
        verified=True, followers=1200, following=3, posts=4, avatar_url="https://a.example/p.png",
    )  # fmt: skip


def test_rows_of_no_known_shape() -> None:
    for row, reason in (
        ({"foo": 1}, "unknown_shape"),
        ({"data": {}}, "unknown_shape"),
        ({"data": []}, "unknown_shape"),
        ({"datatype": "users", "name": "Ada"}, "username_missing"),
    ):
        with pytest.raises(RowInvalid) as caught:
            parse_parler_row(row)
        assert caught.value.reason == reason
