"""Archives of other servers: what they are packed in, what their posts say, and what tries to do harm."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from holdfast.main.archive_reading import ArchiveNotUnderstood, unpack_archive
from holdfast.pure.archive_json import ArchivedPost, activity_json
from holdfast.pure.imports import RowInvalid, parse_mastodon_activity, parse_tweet

MOST = 1_000_000
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def create(**note: Any) -> dict[str, Any]:
    return {
        "type": "Create",
        "object": {
            "id": "https://old.example/users/ann/statuses/1", "type": "Note", "published": "2019-05-04T10:00:00Z",
            "content": "<p>Hello <a href='x'>#tea</a><br>two</p>", "to": [PUBLIC], "cc": [], **note,
        },
    }  # fmt: skip


def outbox(*items: Any) -> bytes:
    return json.dumps({"type": "OrderedCollection", "orderedItems": list(items)}, indent=1).encode()


def tweets(*items: Any) -> bytes:
    return b"window.YTD.tweets.part0 = " + json.dumps([{"tweet": one} for one in items]).encode()


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_js", ".js").replace("_json", ".json"), content)
    return path


def tarred(path: Path, name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size, member.type = len(content), kind
        archive.addfile(member, io.BytesIO(content))
    return path


def test_both_kinds_are_known_in_every_wrapping(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    body = outbox(create(), create())
    plain = tmp_path / "outbox.json"
    plain.write_bytes(body)
    for path in (
        plain,
        zipped(tmp_path / "a.zip", outbox_json=body),
        tarred(tmp_path / "a.tar.gz", "./outbox.json", body),
    ):
        unpacked = unpack_archive(path, out, most_bytes=MOST)
        assert (unpacked.kind, unpacked.items) == ("mastodon", 2)
        assert len(unpacked.rows.read_bytes().splitlines()) == 2
    archive = zipped(
        tmp_path / "t.zip",
        data__tweets_js=tweets({"id_str": "1"}),
        **{"data__tweets-part1_js": tweets({"id_str": "2"})},
    )
    assert unpack_archive(archive, out, most_bytes=MOST)[::3] == ("twitter", 2)


def test_archives_that_mean_harm_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    huge = b'{"orderedItems":[' + b" " * (30 * MOST) + b"]}"
    for path in (
        zipped(tmp_path / "bomb.zip", outbox_json=huge),
        tarred(tmp_path / "bomb.tar.gz", "outbox.json", huge),
        tarred(tmp_path / "filler.tar.gz", "media/zeros", b"\0" * (30 * MOST)),
        tarred(tmp_path / "climb.tar.gz", "../../outbox.json", outbox(create())),
        tarred(tmp_path / "link.tar.gz", "outbox.json", b"", tarfile.SYMTYPE),
        zipped(tmp_path / "none.zip", readme=b"hello"),
        zipped(tmp_path / "broken.zip", outbox_json=b'{"orderedItems":[{]}'),
    ):
        with pytest.raises(ArchiveNotUnderstood):
            unpack_archive(path, out, most_bytes=MOST)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(zipped(tmp_path / "whole.zip", outbox_json=outbox(create())).read_bytes()[:60])
    with pytest.raises(ArchiveNotUnderstood):
        unpack_archive(cut, out, most_bytes=MOST)
    assert [path.name for path in out.iterdir()] == ["posts.jsonl"]


def test_a_post_of_mastodon_becomes_ours() -> None:
    post = parse_mastodon_activity(
        create(summary="tea", sensitive=True, contentMap={"de": "x"}, inReplyTo="https://old.example/1")
    )
    assert (post.text, post.spoiler, post.sensitive, post.language) == ("Hello #tea\ntwo", "tea", True, "de")
    assert (post.kind, post.visibility, post.created_at) == (
        "comment",
        "public",
        datetime(2019, 5, 4, 10, tzinfo=UTC),
    )
    followers = "https://old.example/users/ann/followers"
    for to, cc, visibility in (([followers], [PUBLIC], "unlisted"), ([followers], [], "private")):
        assert parse_mastodon_activity(create(to=to, cc=cc)).visibility == visibility


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"type": "Announce", "object": "x"}, "boost_left_out"),
        ({"type": "Like"}, "not_a_post"),
        ({"type": "Create", "object": "x"}, "not_a_post"),
        (create(to=["https://old.example/users/bob"]), "direct_left_out"),
        (create(content="", attachment=[{"url": "/a.png"}]), "text_missing"),
        (create(id=7), "id_invalid"),
    ],
)
def test_what_is_no_post_says_so(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowInvalid) as caught:
        parse_mastodon_activity(row)
    assert caught.value.reason == reason


def test_a_tweet_becomes_ours() -> None:
    tweet = {
        "id_str": "12", "full_text": "a &amp; b https://t.co/x https://t.co/pic", "lang": "en", "favorite_count": "3",
        "created_at": "Wed Oct 10 20:19:24 +0000 2018",
        "entities": {
            "urls": [{"url": "https://t.co/x", "expanded_url": "https://example.org/x"}],
            "media": [{"url": "https://t.co/pic", "expanded_url": "https://twitter.com/pic"}],
        },
    }  # fmt: skip
    post = parse_tweet({"tweet": tweet})
    assert (post.text, post.upvotes, post.language) == ("a & b https://example.org/x", 3, "en")
    assert post.created_at == datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC)
    for wrong, reason in (
        ({"full_text": "RT @bob: x"}, "boost_left_out"), ({"id_str": "x"}, "id_invalid"), ({"created_at": "?"}, "created_at_invalid"),
    ):  # fmt: skip
        with pytest.raises(RowInvalid) as caught:
            parse_tweet({"tweet": {**tweet, **wrong}})
        assert caught.value.reason == reason


def test_what_an_archive_says_is_understood_again() -> None:
    post = ArchivedPost(
        uri="https://here.example/users/ann/statuses/5", url="https://here.example/@ann/5",
        created_at=datetime(2025, 1, 2, tzinfo=UTC), edited_at=None, visibility="unlisted", html="<p>1 &lt; 2</p>",
        text="1 < 2", spoiler="", sensitive=False, language="en", reply_to=None, boost_of=None,
    )  # fmt: skip
    again = parse_mastodon_activity(activity_json(post, "https://here.example/users/ann"))
    assert (again.source_id, again.text, again.visibility, again.language) == (
        post.uri,
        "1 < 2",
        "unlisted",
        "en",
    )
    assert again.created_at == post.created_at
