"""What an import is made of, and its pure decisions: ids, names, texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from enum import IntEnum
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from ...platform.clock import Instant
from ...platform.ids import RANDOM_BITS
from ...pure.entities import Hashtag, Mention, Url, find_entities
from ...pure.imports import ImportedPost, ImportedUser
from ...pure.names import (
    LOCAL_USERNAME_LENGTH_LIMIT,
    local_username_from,
    normalise_hashtag,
    reserved_username,
)
from ...screening import Content, Screen, Verdict
from ..posts import Visibility

VERIFIED_BADGE = "verified on the former site"
FUTURE_TOLERANCE = timedelta(days=1)
"""A row may be dated this far ahead of our clock (clocks and time zones differ); it then counts as of now."""

_RANDOM_MASK = (1 << RANDOM_BITS) - 1
_NAMELESS = "member"
_NUMBERED_NAMES = 9


class WaitKind(IntEnum):
    """What a row in `imported_waiting` waits for."""

    REPLY = 0
    BOOST = 1
    MENTION = 2


class Incoming(NamedTuple):
    """A row that was understood, and where it stood."""

    row: ImportedPost
    file: str
    line: int


class IncomingUser(NamedTuple):
    """A row about an account, and where it stood."""

    row: ImportedUser
    file: str
    line: int


class Finding(msgspec.Struct, frozen=True):
    """Something to tell the operator about one row. `skipped`: the row is not in the database."""

    file: str
    line: int
    reason: str
    message: str
    skipped: bool = True


class Prepared(NamedTuple):
    """A row that was composed and screened: all that needs no database."""

    incoming: Incoming
    person: Person | None
    text: str
    mentions: tuple[str, ...]
    tags: dict[str, str]
    verdict: Verdict

    @property
    def row(self) -> ImportedPost:
        """What the former site said."""
        return self.incoming.row

    def finding(self, reason: str, message: str, *, skipped: bool = True) -> Finding:
        """Something to tell about this row."""
        return Finding(self.incoming.file, self.incoming.line, reason, message, skipped)


class Outcome(msgspec.Struct):
    """What one batch did."""

    posts: int = 0
    replies: int = 0
    boosts: int = 0
    held: int = 0
    flagged: int = 0
    accounts: int = 0
    profiles: int = 0
    findings: list[Finding] = msgspec.field(default_factory=list)


class Person(NamedTuple):
    """Somebody of the former site. `keys`: under which rows name them, the most telling first."""

    keys: tuple[str, ...]
    name: str
    display_name: str = ""
    verified: bool = False
    created_at: Instant | None = None


class Author(NamedTuple):
    """Whose posts they become. `private`: their posts are for followers; `gone`: the account was deleted."""

    account_id: int
    username: str
    private: bool
    gone: bool


class Former(msgspec.Struct, frozen=True):
    """The site that rows come from.

    `source` keeps the ids of different sites apart. `posting_account` posts what has no author.
    `visibility`: the widest that a post may get. `address_of` gives the address of a post from its author's name and its id, for quotes.
    """

    source: str
    address_of: Callable[[str, int], str]
    posting_account: Author | None = None
    visibility: Visibility = Visibility.PUBLIC
    display_name_characters: int = 30
    bio_characters: int = 500


def accounts_source(source: str) -> str:
    """Under which source `imported_rows` keeps the accounts."""
    return f"{source}/accounts"


def profiles_source(source: str) -> str:
    """Under which source `imported_rows` keeps which profiles were taken over."""
    return f"{source}/profiles"


def name_key(name: str) -> str:
    """The key of somebody known by name."""
    return f"@{name.lower()}"


def person_of(row: ImportedPost) -> Person | None:
    """The author of a row, or None when it names none."""
    keys = [name_key(row.author)] if row.author else []
    if row.author_source_id:
        keys.append(f"id:{row.author_source_id}")
    if not keys:
        return None
    name = row.author or f"{_NAMELESS}_{row.author_source_id}"[:20]
    return Person(tuple(keys), name, row.author_display_name or "", bool(row.author_verified), row.created_at)


def user_of(row: ImportedUser) -> Person:
    """Whom a row about an account means."""
    keys = (name_key(row.username), f"id:{row.source_id}")
    return Person(keys, row.username, row.display_name or "", bool(row.verified), row.created_at)


def username_candidates(name: str, key: str) -> Iterator[str]:
    """Local names for a name of another site, the nearest first; the last ones are as good as unique.

    A name that is kept from sign-up (admin, support) is never given as it is.
    """
    base = local_username_from(name) or _NAMELESS
    digest = blake2b(key.encode(), digest_size=10).hexdigest()
    endings = [f"_{number}" for number in range(2, 2 + _NUMBERED_NAMES)] + [f"_{digest[:6]}", f"_{digest}"]
    if not reserved_username(base):
        yield base
    for ending in endings:
        yield base[: LOCAL_USERNAME_LENGTH_LIMIT - len(ending)].rstrip("_") + ending


def hash_bits(source: str, source_id: str) -> int:
    """64 bits that are the same for the same row on every run."""
    return int.from_bytes(blake2b(f"{source}\n{source_id}".encode(), digest_size=8).digest(), "big")


def post_id_at(created_at: Instant, bits: int) -> int:
    """The id of a post of that time. Times without a fraction (most sites keep whole seconds) are spread over
    their second, so that ids of one second neither collide nor follow the order of import."""
    milliseconds = int(created_at.timestamp() * 1000)
    if created_at.microsecond == 0:
        milliseconds += (bits >> RANDOM_BITS) % 1000
    return (milliseconds << RANDOM_BITS) | (bits & _RANDOM_MASK)


def undated_post_id(created_at: Instant, bits: int, number: int, of: int) -> int:
    """The id of the row `number` of `of` rows whose dates are ours: in order even within a millisecond."""
    share = (1 << RANDOM_BITS) // of
    return (int(created_at.timestamp() * 1000) << RANDOM_BITS) | (number * share + bits % share)


def next_post_id(post_id: int) -> int:
    """The id to try when one is taken: in the same millisecond."""
    return (post_id & ~_RANDOM_MASK) | ((post_id + 1) & _RANDOM_MASK)


def unfolded(incoming: Incoming) -> Iterator[Incoming]:
    """A row, after the post that it carries inside itself when it is a boost that does."""
    row = incoming.row
    if row.boosted is not None:
        yield from unfolded(incoming._replace(row=row.boosted))
        incoming = incoming._replace(row=msgspec.structs.replace(row, boosted=None))
    yield incoming


def composed_text(row: ImportedPost) -> str:
    """Title, text, and the links that the text does not show."""
    text = row.text
    if row.title and row.title not in text:
        text = f"{row.title}\n\n{text}" if text else row.title
    missing = [link for link in row.links if link not in text]
    if missing:
        text = "\n".join([text, *missing] if text else missing)
    return text


def former_facts(row: ImportedPost, source: str) -> str:
    """JSON for `posts.imported`: `site`, and what is known of upvotes, downvotes, impressions, boosts, replies."""
    facts: dict[str, Any] = {"site": source}
    for name in ("upvotes", "downvotes", "impressions", "boosts", "replies"):
        value = getattr(row, name)
        if value is not None:
            facts[name] = value
    return msgspec.json.encode(facts).decode()


def prepare_posts(rows: Sequence[Incoming], screen: Screen) -> list[Prepared]:
    """Compose and screen rows; CPU only, any thread."""
    composed = []
    contents = []
    for incoming in rows:
        row = incoming.row
        text = composed_text(row)
        mentions: dict[str, None] = {}
        tags: dict[str, str] = {}
        links: list[str] = []
        for entity in find_entities(text):
            match entity:
                case Mention():
                    if entity.value.domain is None:
                        mentions.setdefault(name_key(entity.value.username))
                case Hashtag():
                    if key := normalise_hashtag(entity.value):
                        tags.setdefault(key, entity.value)
                case Url():
                    links.append(entity.value)
        composed.append((incoming, person_of(row), text, tuple(mentions), tags))
        contents.append(
            Content(
                text=text,
                spoiler_text=row.spoiler,
                link_urls=tuple(links),
                is_reply=row.kind == "comment",
                is_quote=False,
                mention_count=len(mentions),
            )
        )
    verdicts = screen.assess_many(contents)
    return [Prepared(*parts, verdict) for parts, verdict in zip(composed, verdicts, strict=True)]
