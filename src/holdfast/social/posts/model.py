"""What a post is, and the one gate that decides who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import Any, NewType

import msgspec

from ...platform.clock import Instant
from ...screening import Screen, Verdict
from ...screening.state import AuthorFacts
from ..accounts import AccountView
from ..cards import CardView
from ..drafts import (
    Composition,
    Draft,
    DraftNotAllowed,
    PostLimits,
    QuotePolicy,
    Visibility,
    compose,
    content_of,
    draft_problems,
)
from ..graph import Viewer
from ..media import MediaView, OwnMedia
from ..quotes import QuoteNotAllowed, QuoteState, QuoteView, ShownQuote, may_quote
from .errors import PostRefused, RepliesClosed

PostId = NewType("PostId", int)

ADULTS_ONLY = "adults-only"
"""The label of what nobody sees who is not signed in; other labels only say something."""


class PostState(IntEnum):
    """Whether a post is shown. Held and withdrawn posts are seen by their author alone, kept ones by nobody."""

    VISIBLE = 0
    HELD = 1
    WITHDRAWN = 2
    KEPT = 3  # deleted, and there still because a legal hold says so


class PostMark(StrEnum):
    """What the staff may set on a post besides its state."""

    SENSITIVE = "sensitive"  # its pictures are shown when one asks for them
    LIMITED_REACH = "limited_reach"  # in no public timeline, trend or search, and not passed on
    CLOSED_REPLIES = "closed_replies"  # only its author, and those it names, may reply


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

    def hides_totals(self, now: Instant) -> bool:
        """Whether the numbers are kept from everybody, the author too, until the poll ends."""
        return self.hide_totals and self.expires_at > now


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
    quote_policy: QuotePolicy = QuotePolicy.NOBODY
    quotes: int = 0
    quote: QuoteView | None = None
    card: CardView | None = None
    media: list[MediaView] = msgspec.field(default_factory=list)
    labels: list[str] = msgspec.field(default_factory=list)
    limited_reach: bool = False
    closed_replies: bool = False
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
    """A post that this viewer may see, with its author, the viewer's marks and, for a boost, the boosted post.

    `quote`: what it quotes, None when it quotes nothing, and for a boost.
    """

    post: PostView
    author: AccountView
    marks: Marks
    boosted: Seen | None = None
    quote: SeenQuote | None = None


class SeenQuote(msgspec.Struct, frozen=True):
    """What this viewer is told of a quote. `quoted` None: the viewer may not see it, or it is not (any more) quoted."""

    state: ShownQuote
    quoted: Seen | None = None


def may_see(post: PostView, author: AccountView, viewer: Viewer) -> bool:
    """The gate. Every read path of posts asks it; for a boost, ask it of the boosted post as well."""
    if post.state is PostState.KEPT:
        return False
    if post.account_id == viewer.account_id or post.id in viewer.as_staff:
        return True
    if post.state is not PostState.VISIBLE or not author.shown or post.account_id in viewer.blocked_by:
        return False
    if viewer.account_id is None:
        return post.visibility <= Visibility.UNLISTED and ADULTS_ONLY not in post.labels
    if post.visibility <= Visibility.UNLISTED:
        return True
    if any(mention.account_id == viewer.account_id for mention in post.mentions):
        return True
    return post.visibility is Visibility.PRIVATE and post.account_id in viewer.following


def shown_quote(
    quote: QuoteView, quoted: tuple[PostView, AccountView] | None, viewer: Viewer, now: Instant
) -> ShownQuote:
    """What a viewer is told of a quote. `quoted`: the post with its author as they are now, None when it is gone.

    The gate is asked for the quoted post as for any other: being quoted shows it to nobody new.
    """
    if quote.state is not QuoteState.ACCEPTED:
        return _UNSETTLED[quote.state]
    if quote.quoted_id is None or quoted is None:
        return ShownQuote.DELETED
    post, author = quoted
    if not may_see(post, author, viewer):
        return ShownQuote.UNAUTHORIZED
    if author.id in viewer.blocking:
        return ShownQuote.BLOCKED_ACCOUNT
    if author.domain is not None and author.domain in viewer.blocked_domains:
        return ShownQuote.BLOCKED_DOMAIN
    if viewer.mutes_now(author.id, now):
        return ShownQuote.MUTED_ACCOUNT
    return ShownQuote.ACCEPTED


_UNSETTLED = {
    QuoteState.PENDING: ShownQuote.PENDING,
    QuoteState.REJECTED: ShownQuote.REJECTED,
    QuoteState.REVOKED: ShownQuote.REVOKED,
}


def viewer_may_quote(post: PostView, viewer: Viewer) -> bool:
    """Whether this viewer, who sees the post, may quote it."""
    if viewer.account_id is None or post.state is not PostState.VISIBLE:
        return False
    author_id = post.account_id
    if post.limited_reach and author_id != viewer.account_id:
        return False
    return may_quote(
        post.visibility, post.quote_policy, own=author_id == viewer.account_id,
        follows_author=author_id in viewer.following,
        blocked=author_id in viewer.blocking or author_id in viewer.blocked_by,
    )  # fmt: skip


def all_may_quote(post: PostView) -> bool:
    """Whether every member who sees the post may quote it, but for those who block its author or are blocked."""
    return (
        post.state is PostState.VISIBLE
        and not post.limited_reach
        and may_quote(post.visibility, post.quote_policy, own=False, follows_author=False, blocked=False)
    )


def wants_to_see(seen: Seen, viewer: Viewer, now: Instant) -> bool:
    """Whether a timeline shows it: nothing by, to, or about accounts that the viewer blocks or mutes."""
    boosted = None if seen.boosted is None else seen.boosted.post
    if boosted is not None and boosted.limited_reach and not _knows(viewer, boosted.account_id):
        return False
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


def may_reply(post: PostView, account_id: int) -> bool:
    """Whether this member, who sees the post, may reply to it."""
    if not post.closed_replies or post.account_id == account_id:
        return True
    return any(mention.account_id == account_id for mention in post.mentions)


def _knows(viewer: Viewer, author_id: int) -> bool:
    return author_id == viewer.account_id or author_id in viewer.following


# One character that people count can be this many code points (emoji families, flags).
_LONGEST_CHARACTER = 25


class Submission(msgspec.Struct, frozen=True):
    """A draft on its way. Made by `prepare` alone: composed, checked and screened, before any transaction."""

    draft: Draft
    composed: Composition
    verdict: Verdict
    parent: PostView | None = None
    quoted: PostView | None = None
    media: tuple[OwnMedia, ...] = ()


def prepare(
    draft: Draft,
    author: AccountView,
    *,
    parent: PostView | None,
    screen: Screen,
    limits: PostLimits,
    now: Instant,
    facts: AuthorFacts | None = None,
    quoted: Seen | None = None,
    media: Sequence[OwnMedia] = (),
) -> Submission:
    """Compose, check and screen a draft; CPU only. `parent` and `quoted` were seen by the author through the gate.

    `facts`: what the keeper of the rules knows of the author; a rule that needs them does not count without. A quote is
    judged by its own text: that of the quoted post was judged where it stands. `media`: the uploads that
    `draft.media_ids` names, as `check_attachable` gave them; their descriptions are read like the text.

    Raises DraftNotAllowed with every problem, PostRefused with the reason, QuoteNotAllowed, MediaNotAttachable,
    RepliesClosed.
    """
    if parent is not None and not may_reply(parent, author.id):
        raise RepliesClosed
    if len(draft.text) + len(draft.spoiler) > limits.characters * _LONGEST_CHARACTER:
        raise DraftNotAllowed(
            {"text": [("ERR_TOO_LONG", f"character limit of {limits.characters} exceeded")]}
        )
    composed = compose(draft)
    if quoted is not None:
        draft = _quoting(draft, composed, quoted, author.id)
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
        is_quote=draft.quoted_id is not None,
        media_descriptions=[one.view.description for one in media],
        media_hashes=[known for one in media for known in one.hashes],
    )
    verdict = screen.assess(content if facts is None else facts.about(content))
    if verdict.action == "refuse":
        raise PostRefused(verdict.reason)
    return Submission(draft, composed, verdict, parent, None if quoted is None else quoted.post, tuple(media))


def _quoting(draft: Draft, composed: Composition, quoted: Seen, author_id: int) -> Draft:
    """The draft with the quote, narrowed so that it shows the quoted post to nobody new. Raises QuoteNotAllowed."""
    post = quoted.post
    own = post.account_id == author_id
    if draft.visibility is Visibility.DIRECT and not own:
        named = {name.lower() for name in composed.mention_names}
        if quoted.author.acct.lower() not in named:
            raise QuoteNotAllowed(
                "Validation failed: In a private mention you can only quote posts of people you mention"
            )
    narrowest = Visibility.PRIVATE if post.visibility is Visibility.PRIVATE else Visibility.PUBLIC
    return msgspec.structs.replace(
        draft, quoted_id=post.id, visibility=Visibility(max(draft.visibility, narrowest))
    )
