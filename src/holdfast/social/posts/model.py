"""What a post is, what a draft must be, and the one gate that decides who may see a post."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NewType

import msgspec

from ...platform.clock import Instant
from ...pure.entities import Hashtag, Mention, Url, find_entities
from ...pure.markup import character_count, clean_text
from ...pure.names import normalise_hashtag
from ...screening import Content, Screen, Verdict
from ...screening.state import AuthorFacts
from ..accounts import AccountView
from ..graph import Viewer
from .errors import DraftNotAllowed, PostRefused

PostId = NewType("PostId", int)


class Visibility(IntEnum):
    """Who a post is for."""

    PUBLIC = 0
    UNLISTED = 1
    PRIVATE = 2  # followers and those mentioned
    DIRECT = 3  # those mentioned


class PostState(IntEnum):
    """Whether a post is shown. Held and withdrawn posts are seen by their author alone."""

    VISIBLE = 0
    HELD = 1
    WITHDRAWN = 2


class MentionView(msgspec.Struct, frozen=True, array_like=True):
    """Somebody a post names. `silent`: an edit removed the name, the post stays reachable."""

    account_id: int
    username: str
    domain: str | None
    silent: bool = False


class PollView(msgspec.Struct, frozen=True):
    """A poll. `tally` counts votes per option."""

    id: int
    options: list[str]
    multiple: bool
    hide_totals: bool
    expires_at: Instant
    tally: list[int]
    voters: int

    def hides_totals(self, now: Instant, *, own: bool) -> bool:
        """Whether the numbers are kept from this viewer until the poll ends; `own`: the author looks."""
        return self.hide_totals and self.expires_at > now and not own


class PostView(msgspec.Struct):
    """A post without anything that depends on who looks. `rendered` keeps what a dialect made of it."""

    id: int
    account_id: int
    thread_id: int
    in_reply_to_id: int | None
    in_reply_to_account_id: int | None
    boost_of_id: int | None
    visibility: Visibility
    state: PostState
    sensitive: bool
    text: str
    spoiler: str
    language: str | None
    created_at: Instant
    edited_at: Instant | None
    imported: dict[str, Any] | None
    replies: int
    boosts: int
    favourites: int
    app_name: str | None
    app_website: str | None
    mentions: list[MentionView]
    tags: list[tuple[str, str]]
    poll: PollView | None
    hold_reason: str | None
    rendered: dict[str, Any] = msgspec.field(default_factory=dict)


class Marks(msgspec.Struct, frozen=True):
    """What the viewer did with a post. `votes`: options chosen in its poll, None when the viewer did not vote."""

    favourited: bool = False
    boosted: bool = False
    bookmarked: bool = False
    pinned: bool = False
    muted: bool = False
    votes: tuple[int, ...] | None = None


NO_MARKS = Marks()


class Seen(msgspec.Struct, frozen=True):
    """A post that this viewer may see, with its author, the viewer's marks and, for a boost, the boosted post."""

    post: PostView
    author: AccountView
    marks: Marks
    boosted: Seen | None = None


def may_see(post: PostView, author: AccountView, viewer: Viewer) -> bool:
    """The gate. Every read path of posts asks it; for a boost, ask it of the boosted post as well."""
    if post.account_id == viewer.account_id:
        return True
    if post.state is not PostState.VISIBLE or not author.shown or post.account_id in viewer.blocked_by:
        return False
    if post.visibility <= Visibility.UNLISTED:
        return True
    if viewer.account_id is None:
        return False
    if any(mention.account_id == viewer.account_id for mention in post.mentions):
        return True
    return post.visibility is Visibility.PRIVATE and post.account_id in viewer.following


def wants_to_see(seen: Seen, viewer: Viewer, now: Instant) -> bool:
    """Whether a timeline shows it: nothing by, to, or about accounts that the viewer blocks or mutes."""
    if not (viewer.blocking or viewer.mutes or viewer.blocked_by):
        return True
    post = seen.post
    if post.account_id == viewer.account_id:
        return True
    about = [post.account_id, *(mention.account_id for mention in post.mentions)]
    if post.in_reply_to_account_id is not None:
        about.append(post.in_reply_to_account_id)
    if any(viewer.turns_away(account_id, now) for account_id in about if account_id != viewer.account_id):
        return False
    return seen.boosted is None or wants_to_see(seen.boosted, viewer, now)


class NewPoll(msgspec.Struct, frozen=True):
    """A poll to be made."""

    options: list[str]
    expires_in_seconds: int
    multiple: bool = False
    hide_totals: bool = False


class Draft(msgspec.Struct, frozen=True):
    """What somebody wants to post, before screening."""

    text: str
    spoiler: str = ""
    visibility: Visibility = Visibility.PUBLIC
    sensitive: bool = False
    language: str | None = None
    in_reply_to_id: int | None = None
    poll: NewPoll | None = None
    idempotency_key: str | None = None


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
    if not composed.text and draft.poll is None:
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


# One character that people count can be this many code points (emoji families, flags).
_LONGEST_CHARACTER = 25


class Submission(msgspec.Struct, frozen=True):
    """A draft on its way. Made by `prepare` alone: composed, checked and screened, before any transaction."""

    draft: Draft
    composed: Composition
    verdict: Verdict
    parent: PostView | None = None


def content_of(
    composed: Composition,
    *,
    language: str | None,
    poll_options: Sequence[str],
    author_age_days: float | None,
    author_post_count: int | None,
    is_reply: bool,
) -> Content:
    """What screening is shown of a post: the same when it is written and when it is judged again later."""
    options = "\n".join(poll_options)
    return Content(
        text=f"{composed.text}\n{options}" if options else composed.text,
        spoiler_text=composed.spoiler,
        language=language,
        link_urls=tuple(composed.urls),
        author_age_days=author_age_days,
        author_post_count=author_post_count,
        is_reply=is_reply,
        mention_count=len(composed.mention_names),
    )


def prepare(
    draft: Draft,
    author: AccountView,
    *,
    parent: PostView | None,
    screen: Screen,
    limits: PostLimits,
    now: Instant,
    facts: AuthorFacts | None = None,
) -> Submission:
    """Compose, check and screen a draft; CPU only. `parent` was seen by the author through the gate.

    `facts`: what the keeper of the rules knows of the author; a rule that needs them does not count without.

    Raises DraftNotAllowed with every problem, PostRefused with the reason.
    """
    if len(draft.text) + len(draft.spoiler) > limits.characters * _LONGEST_CHARACTER:
        raise DraftNotAllowed(
            {"text": [("ERR_TOO_LONG", f"character limit of {limits.characters} exceeded")]}
        )
    composed = compose(draft)
    problems = draft_problems(draft, composed, limits)
    if problems:
        raise DraftNotAllowed(problems)
    content = content_of(
        composed,
        language=draft.language,
        poll_options=draft.poll.options if draft.poll else (),
        author_age_days=(now - author.created_at).total_seconds() / 86_400,
        author_post_count=author.posts,
        is_reply=parent is not None,
    )
    verdict = screen.assess(content if facts is None else facts.about(content))
    if verdict.action == "refuse":
        raise PostRefused(verdict.reason)
    return Submission(draft, composed, verdict, parent)
