"""The archive of Twitter, now X: an item of data/tweets.js."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from holdfast.pure.imports.model import ImportedPost, RowInvalid
from holdfast.pure.imports.rows import Row, read_text

_DATE = "%a %b %d %H:%M:%S %z %Y"
_LINKS_MOST = 50


def parse_tweet(row: Row) -> ImportedPost:
    """A post from a tweet, its short links made long again. Retweets are of other people, and stay behind.

    Raises RowInvalid: not_a_post, boost_left_out, id_invalid, text_missing, created_at_invalid.
    """
    tweet = row.get("tweet", row)
    if not isinstance(tweet, dict):
        raise RowInvalid("not_a_post", "The item is no tweet.")
    source_id = tweet.get("id_str") or tweet.get("id")
    if not isinstance(source_id, str | int) or not str(source_id).isdigit() or len(str(source_id)) > 40:
        raise RowInvalid("id_invalid", "The tweet has no id.")
    raw = tweet.get("full_text") or tweet.get("text")
    if not isinstance(raw, str):
        raise RowInvalid("text_missing", "The tweet has no text.")
    if raw.startswith("RT @"):
        raise RowInvalid("boost_left_out", "Retweets are not taken over.")
    text = read_text({"text": html.unescape(_long_links(raw, tweet))}, "text") or ""
    if not text:
        raise RowInvalid("text_missing", "The tweet has no text.")
    reply_to = tweet.get("in_reply_to_status_id_str")
    return ImportedPost(
        source_id=str(source_id),
        text=text,
        kind="comment" if reply_to else "post",
        created_at=_date(tweet.get("created_at")),
        reply_to_source_id=str(reply_to)[:200] if reply_to else None,
        upvotes=_count(tweet.get("favorite_count")),
        boosts=_count(tweet.get("retweet_count")),
        sensitive=tweet.get("possibly_sensitive") is True,
        language=_language(tweet.get("lang")),
        visibility="public",
    )


def _long_links(text: str, tweet: Mapping[str, Any]) -> str:
    entities = tweet.get("entities")
    if not isinstance(entities, dict):
        return text
    for name in ("urls", "media"):
        found = entities.get(name)
        for one in found[:_LINKS_MOST] if isinstance(found, list) else ():
            if isinstance(one, dict) and isinstance(one.get("url"), str) and one["url"]:
                # The address of a picture is that of the tweet itself.
                long = one.get("expanded_url") if name == "urls" else ""
                text = text.replace(one["url"], long if isinstance(long, str) else one["url"])
    return text.strip()


def _date(value: Any) -> datetime:
    try:
        return datetime.strptime(str(value), _DATE).astimezone(UTC)
    except ValueError as error:
        raise RowInvalid("created_at_invalid", f"{str(value)[:40]!r} is no date.") from error


def _count(value: Any) -> int | None:
    return int(value) if str(value).isdigit() and len(str(value)) < 12 else None


def _language(value: Any) -> str | None:
    # "und", "qme" and their like say that Twitter did not know.
    return (
        value if isinstance(value, str) and len(value) == 2 and value.isalpha() and value.isascii() else None
    )
