"""What somebody wants to post, before anything of it is stored: its parts, its limits, and what is found in it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import msgspec

from ...pure.entities import Hashtag, Mention, Url, find_entities
from ...pure.markup import character_count, clean_text
from ...pure.names import normalise_hashtag
from ...screening import Content


class Visibility(IntEnum):
    """Who a post is for."""

    PUBLIC = 0
    UNLISTED = 1
    PRIVATE = 2  # followers and those mentioned
    DIRECT = 3  # those mentioned


class QuotePolicy(IntEnum):
    """Who may quote a post without asking. Its author always may."""

    PUBLIC = 0
    FOLLOWERS = 1
    NOBODY = 2


class NewPoll(msgspec.Struct, frozen=True):
    """A poll to be made."""

    options: list[str]
    expires_in_seconds: int
    multiple: bool = False
    hide_totals: bool = False


class Draft(msgspec.Struct, frozen=True):
    """What somebody wants to post, before screening. `quote_policy` None: nobody, or in an edit as before."""

    text: str
    spoiler: str = ""
    visibility: Visibility = Visibility.PUBLIC
    sensitive: bool = False
    language: str | None = None
    in_reply_to_id: int | None = None
    poll: NewPoll | None = None
    idempotency_key: str | None = None
    quoted_id: int | None = None
    quote_policy: QuotePolicy | None = None
    media_ids: tuple[int, ...] = ()


class PostLimits(msgspec.Struct, frozen=True):
    """How large a post may be; every number is a setting."""

    characters: int = 500
    mentions: int = 50
    poll_options: int = 4
    poll_option_characters: int = 50
    poll_min_seconds: int = 300
    poll_max_seconds: int = 2_629_746
    pinned: int = 5
    idempotency_key_hours: int = 1


class Composition(msgspec.Struct, frozen=True):
    """A draft's cleaned text and what was found in it."""

    text: str
    spoiler: str
    mention_names: list[str]
    tags: dict[str, str]
    urls: list[str]


def compose(draft: Draft) -> Composition:
    """Clean a draft and find its local mentions, hashtags (key -> as written) and links."""
    text = clean_text(draft.text)
    names: dict[str, None] = {}
    tags: dict[str, str] = {}
    urls: list[str] = []
    for entity in find_entities(text):
        match entity:
            case Mention():
                names.setdefault(entity.value.acct)
            case Hashtag():
                key = normalise_hashtag(entity.value)
                if key:
                    tags.setdefault(key, entity.value)
            case Url():
                urls.append(entity.value)
    spoiler = clean_text(draft.spoiler).replace("\n", " ")
    return Composition(text, spoiler, list(names), tags, urls)


def draft_problems(
    draft: Draft, composed: Composition, limits: PostLimits
) -> dict[str, list[tuple[str, str]]]:
    """What is wrong with a draft, per field; empty when nothing is."""
    problems: dict[str, list[tuple[str, str]]] = {}
    if not composed.text and draft.poll is None and not draft.media_ids:
        problems["text"] = [("ERR_BLANK", "can't be blank")]
    if character_count(composed.text) + len(composed.spoiler) > limits.characters:
        problems["text"] = [("ERR_TOO_LONG", f"character limit of {limits.characters} exceeded")]
    if len(composed.mention_names) > limits.mentions:
        problems["text"] = [("ERR_TOO_MANY", f"mentions more than {limits.mentions} accounts")]
    if draft.poll is not None:
        problem = _poll_problem(draft.poll, limits)
        if problem:
            problems["poll"] = [problem]
    return problems


def _poll_problem(poll: NewPoll, limits: PostLimits) -> tuple[str, str] | None:
    if len(poll.options) < 2:
        return ("ERR_TOO_FEW", "must have more than one option")
    if len(poll.options) > limits.poll_options:
        return ("ERR_TOO_MANY", f"can't contain more than {limits.poll_options} options")
    if any(not option.strip() for option in poll.options):
        return ("ERR_BLANK", "can't have an empty option")
    if any(len(option) > limits.poll_option_characters for option in poll.options):
        return (
            "ERR_TOO_LONG",
            f"options can't be longer than {limits.poll_option_characters} characters each",
        )
    if len({option.strip() for option in poll.options}) < len(poll.options):
        return ("ERR_TAKEN", "can't contain the same option twice")
    if poll.expires_in_seconds < limits.poll_min_seconds:
        return ("ERR_TOO_SHORT", f"must run for at least {limits.poll_min_seconds} seconds")
    if poll.expires_in_seconds > limits.poll_max_seconds:
        return ("ERR_TOO_LONG", f"must end within {limits.poll_max_seconds} seconds")
    return None


def content_of(
    composed: Composition,
    *,
    language: str | None,
    poll_options: Sequence[str],
    author_age_days: float | None,
    author_post_count: int | None,
    is_reply: bool,
    is_quote: bool,
    media_descriptions: Sequence[str] = (),
    media_hashes: Sequence[str] = (),
) -> Content:
    """What screening is shown of a post: the same when it is written and when it is judged again later.

    `media_descriptions`: one for each upload, empty where it has none; they are read like the text.
    """
    more = "\n".join(part for part in (*poll_options, *media_descriptions) if part)
    return Content(
        text=f"{composed.text}\n{more}" if more else composed.text,
        spoiler_text=composed.spoiler,
        language=language,
        link_urls=tuple(composed.urls),
        author_age_days=author_age_days,
        author_post_count=author_post_count,
        is_reply=is_reply,
        is_quote=is_quote,
        mention_count=len(composed.mention_names),
        media_count=len(media_descriptions),
        media_hashes=tuple(media_hashes),
    )
