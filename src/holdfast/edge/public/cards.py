"""Posts and people as the templates show them: plain values, ready HTML, no decisions left."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec
from markupsafe import Markup, escape

from ...platform.clock import Instant
from ...pure.markup import plain_excerpt
from ...social.accounts import AccountState, AccountView
from ...social.graph import Viewer
from ...social.posts import PollView, PostState, PostView, Seen, SeenQuote, Visibility
from ...social.quotes import ShownQuote
from ..authored_html import content_html, with_emojis
from ..budgets import count_reads
from ..call import Call
from ..links import account_path, avatar_path, post_path
from ..ports import Services
from .attachments import Attachment, attachments

EXCERPT_CHARACTERS = 200
SENSITIVE = "Marked as sensitive by its author"
_DIALECT = "pages"
_ROLES = {"moderator": "Moderator", "admin": "Admin", "owner": "Owner"}
_AUDIENCES = {
    Visibility.PRIVATE: "For followers only",
    Visibility.DIRECT: "For the people it mentions only",
}
_HELD = {
    PostState.HELD: "Held for review. Until a moderator has looked, only you can see this post.",
    PostState.WITHDRAWN: "Withdrawn by the moderators. Only you can see this post.",
}

_QUOTE_NOTES = {
    ShownQuote.PENDING: "The quoted post is shown here once this one has been reviewed.",
    ShownQuote.REJECTED: "The author of the quoted post does not let it be shown here.",
    ShownQuote.REVOKED: "The author of the quoted post has taken it out of this one.",
    ShownQuote.DELETED: "The quoted post was deleted.",
    ShownQuote.UNAUTHORIZED: "You cannot see the quoted post.",
    ShownQuote.BLOCKED_ACCOUNT: "Quoted: somebody you block",
    ShownQuote.BLOCKED_DOMAIN: "Quoted: somebody of a server you block",
    ShownQuote.MUTED_ACCOUNT: "Quoted: somebody you mute",
}


class Person(msgspec.Struct, frozen=True):
    """Somebody as a line with a picture. `labels`: staff role, bot, and what else is worth a word. `shown_name`: the name
    with its emoji, where markup may stand."""

    name: str
    shown_name: Markup
    handle: str
    path: str
    avatar: str
    labels: tuple[str, ...]


class Option(msgspec.Struct, frozen=True):
    """One answer of a poll. votes, percent: None while they are kept back."""

    title: str
    votes: int | None
    percent: int | None
    chosen: bool


class PollCard(msgspec.Struct, frozen=True):
    """A poll with its result so far."""

    options: list[Option]
    voters: int
    multiple: bool
    ended: bool
    ends_at: Instant


class LinkCard(msgspec.Struct, frozen=True):
    """What a linked page says of itself. `host`: where it leads in the end, which nothing it says can hide."""

    url: str
    host: str
    title: str
    text: str
    language: str
    provider: str
    picture: str
    picture_text: str


class Card(msgspec.Struct, frozen=True):
    """A post. `warning`: what stands in front of the text, empty when nothing does. `unlisted_author`: its author
    does not want to be found by search engines. `depth`: how deep it stands below the post of a thread."""

    id: str
    path: str
    author: Person
    content: Markup
    warning: str
    language: str
    created_at: Instant
    edited_at: Instant | None
    replies: int
    boosts: int
    favourites: int
    poll: PollCard | None
    boosted_by: Person | None
    answers: Person | None
    audience: str
    held: str
    unlisted_author: bool
    app_name: str | None
    depth: int = 0
    link: LinkCard | None = None
    quote: QuoteCard | None = None
    media: list[Attachment] = []


class QuoteCard(msgspec.Struct, frozen=True):
    """What a post quotes. `note`: why it is not shown, or what stands in front of it; empty when nothing does.
    `card` None: it is not shown; without its own quote, to which its page leads."""

    note: str
    card: Card | None


def person(services: Services, account: AccountView) -> Person:
    """An account that is shown."""
    labels = [_ROLES[account.role]] if account.role in _ROLES else []
    if account.bot:
        labels.append("Automated")
    if account.state is AccountState.UNCLAIMED:
        labels.append("Not claimed yet")
    name = account.display_name or account.username
    return Person(
        name, emojis_shown(services, name), f"@{account.acct}", account_path(account.acct),
        avatar_path(services, account), tuple(labels),
    )  # fmt: skip


async def cards(
    call: Call, viewer: Viewer, posts: Iterable[Seen], depths: dict[int, int] | None = None
) -> list[Card]:
    """Posts that this viewer was found to see, in order. `depths`: by post id."""
    services, wanted = call.services, list(posts)
    originals = [seen.boosted or seen for seen in wanted]
    await count_reads(call, (seen.post.id for seen in originals))
    parents = await services.accounts.get_many(
        {post.post.in_reply_to_account_id for post in originals if post.post.in_reply_to_account_id}
    )
    made = []
    for seen, original in zip(wanted, originals, strict=True):
        post = original.post
        parent = parents.get(post.in_reply_to_account_id or 0)
        made.append(
            msgspec.structs.replace(
                _card(call, viewer, original),
                boosted_by=person(services, seen.author) if seen.boosted else None,
                answers=person(services, parent) if parent is not None and parent.shown else None,
                depth=(depths or {}).get(post.id, 0), quote=_quote(call, viewer, original.quote),
            )
        )  # fmt: skip
    return made


def _card(call: Call, viewer: Viewer, seen: Seen) -> Card:
    """A post by itself."""
    services, post, author = call.services, seen.post, seen.author
    return Card(
        id=services.ids.encode(post.id), path=post_path(services, author.acct, post.id),
        author=person(services, author), content=_content(services, post), warning=emojis_shown(services, warning_of(post)) or (SENSITIVE if author.sensitized else ""),
        language=post.language or "", created_at=post.created_at, edited_at=post.edited_at,
        replies=post.replies, boosts=post.boosts, favourites=post.favourites,
        poll=_poll(call, seen, viewer) if post.poll else None, boosted_by=None, answers=None,
        audience=_AUDIENCES.get(post.visibility, ""), held=_HELD.get(post.state, ""),
        unlisted_author=not author.indexable, app_name=post.app_name, link=_link(post), media=attachments(services, post),
    )  # fmt: skip


def _quote(call: Call, viewer: Viewer, quote: SeenQuote | None) -> QuoteCard | None:
    if quote is None:
        return None
    card = None if quote.quoted is None else _card(call, viewer, quote.quoted)
    return QuoteCard(_QUOTE_NOTES.get(quote.state, ""), card)


def warning_of(post: PostView) -> str:
    """What a reader is told before the text."""
    return post.spoiler or (SENSITIVE if post.sensitive else "")


def excerpt(post: PostView, characters: int = EXCERPT_CHARACTERS) -> str:
    """A line for titles and previews: never of a text that stands behind a warning."""
    warning = warning_of(post)
    if warning:
        return f"Content warning: {plain_excerpt(warning, characters)}"
    return plain_excerpt(post.text, characters) or _described(post, characters) or "A poll"


def _described(post: PostView, characters: int) -> str:
    """What stands for a post without words: what its first upload shows."""
    if not post.media:
        return ""
    return plain_excerpt(post.media[0].description, characters) or "A post without words"


def emojis_shown(services: Services, text: str) -> Markup:
    """A text, escaped, with its emoji."""
    return Markup(with_emojis(services, str(escape(text))))  # noqa: S704


def _content(services: Services, post: PostView) -> Markup:
    # Kept with the version of the post; what pages and API make of a post are different things.
    key = _DIALECT + services.emojis.current.version
    kept: Markup | None = post.rendered.get(key)
    if kept is None:
        # The markup is of our own making: every character of the author's is escaped in it (ADR 0013).
        kept = post.rendered[key] = Markup(with_emojis(services, content_html(services, post)))  # noqa: S704
    return kept


def _link(post: PostView) -> LinkCard | None:
    card = post.card
    if card is None:
        return None
    host = urlsplit(card.final_url).hostname or ""
    provider = "" if card.provider_name == host else card.provider_name
    return LinkCard(
        card.url,
        host,
        card.title,
        card.description,
        card.language or "",
        provider,
        f"/media/{card.image}" if card.image else "",
        card.image_description,
    )


def _poll(call: Call, seen: Seen, viewer: Viewer) -> PollCard | None:
    poll = seen.post.poll
    if poll is None:
        return None
    hidden = poll.hides_totals(call.now)
    chosen = seen.marks.votes or ()
    return PollCard(
        [
            Option(emojis_shown(call.services, title), None, None, number in chosen)
            if hidden
            else Option(emojis_shown(call.services, title), votes, _percent(votes, poll), number in chosen)
            for number, (title, votes) in enumerate(zip(poll.options, poll.tally, strict=True))
        ],
        poll.voters, poll.multiple, poll.expires_at <= call.now, poll.expires_at,
    )  # fmt: skip


def _percent(votes: int, poll: PollView) -> int:
    """Of those who voted, since in a poll with several choices one person gives several votes."""
    whole = poll.voters if poll.multiple else sum(poll.tally)
    return round(100 * votes / whole) if whole else 0
