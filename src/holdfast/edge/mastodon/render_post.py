"""Posts as the Mastodon API's Status, put together from bytes that are kept.

What does not depend on who looks is encoded once per version of the post (`post.rendered`); the author's JSON is
kept with the account; the viewer's marks, the poll and a boosted post are put in between. This is where a home
timeline's time goes, so it joins bytes instead of building objects (ADR 0012).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...social.graph import Viewer
from ...social.posts import NO_MARKS, Marks, PollView, PostState, PostView, Seen, SeenQuote
from ..authored_html import content_html, quote_line
from ..links import account_url, post_uri, post_url, tag_url
from ..ports import Services
from .emojis import emojis_in
from .filtered import filtered_json
from .render_account import account_json
from .render_card import card_entity
from .render_media import media_entity
from .render_quote import quote_approval_json
from .times import iso

_DIALECT = "mastodon"
_DIALECT_QUOTING = "mastodon, quoting"
_SENSITIZED = ", sensitive"
_encode = msgspec.json.Encoder().encode
_HELD_NOTE = {
    PostState.HELD: "<p><em>Held for review: until a moderator has looked, only you can see this post.</em></p>",
    PostState.WITHDRAWN: "<p><em>Withdrawn by the moderators: only you can see this post.</em></p>",
}


def post_raw(services: Services, seen: Seen, viewer: Viewer) -> msgspec.Raw:
    """The Status entity as JSON bytes, for the one viewer that `seen` was read for."""
    return msgspec.Raw(_post_bytes(services, seen, viewer))


def quote_raw(services: Services, quote: SeenQuote | None, viewer: Viewer) -> msgspec.Raw:
    """The Quote entity, or null, for the one viewer that it was read for."""
    return msgspec.Raw(b"null" if quote is None else _quote_bytes(services, quote, viewer, shallow=False))


def posts_json(services: Services, posts: list[Seen], viewer: Viewer) -> bytes:
    """A JSON array of Status entities."""
    return b"[" + b",".join(_post_bytes(services, seen, viewer) for seen in posts) + b"]"


def _post_bytes(services: Services, seen: Seen, viewer: Viewer, *, shallow: bool = False) -> bytes:
    """`shallow`: it stands in a quote, so what it quotes itself is named by its id alone."""
    post, quote = seen.post, seen.quote
    quoted = None if quote is None else quote.quoted
    # Those who may not see what it quotes are not given its address either.
    key = _DIALECT if quoted is None else _DIALECT_QUOTING
    if seen.author.sensitized:
        key += _SENSITIZED
    if emojis := services.emojis.current.version:
        key += emojis
    fragment = post.rendered.get(key)
    if fragment is None:
        fragment = post.rendered[key] = _fragment(services, seen, quoted)
    author, approval = account_json(services, seen.author), quote_approval_json(post, viewer)
    own = b"" if viewer.account_id is None else _own_json(services, seen, viewer)
    if post.poll is None and quote is None and seen.boosted is None:
        # As most posts are: that is worth a way of its own, in a home timeline twenty times.
        return b"".join((fragment, author, own, _plain_end(approval)))
    return b"".join(
        (
            fragment,
            author,
            own,
            b',"poll":',
            b"null"
            if post.poll is None
            else _encode(poll_entity(services, post.poll, seen.marks, viewer, post)),
            b',"quote_approval":',
            approval,
            b',"quote":',
            b"null" if quote is None else _quote_bytes(services, quote, viewer, shallow=shallow),
            b',"reblog":',
            b"null" if seen.boosted is None else _post_bytes(services, seen.boosted, viewer),
            b"}",
        )
    )


@cache
def _plain_end(approval: bytes) -> bytes:
    """What follows for a post without poll, quote and boost; there are as many as there are approvals."""
    return b',"poll":null,"quote_approval":%s,"quote":null,"reblog":null}' % approval


def _own_json(services: Services, seen: Seen, viewer: Viewer) -> bytes:
    """What is the viewer's own of a post."""
    marks = seen.marks if seen.boosted is None else seen.boosted.marks
    if marks is NO_MARKS and seen.marks is NO_MARKS and not viewer.filters:
        return _UNTOUCHED
    flags = _marks_json(marks.favourited, marks.boosted, marks.muted, marks.bookmarked, seen.marks.pinned)
    return flags + b',"filtered":' + filtered_json(services, seen, viewer)


def _quote_bytes(services: Services, quote: SeenQuote, viewer: Viewer, *, shallow: bool) -> bytes:
    """A Quote, or a ShallowQuote."""
    if quote.quoted is None:
        shown, name = b"null", b"quoted_status_id" if shallow else b"quoted_status"
    elif shallow:
        shown, name = _encode(services.ids.encode(quote.quoted.post.id)), b"quoted_status_id"
    else:
        shown, name = _post_bytes(services, quote.quoted, viewer, shallow=True), b"quoted_status"
    return b'{"state":"%s","%s":%s}' % (quote.state.value.encode(), name, shown)


@cache
def _marks_json(favourited: bool, boosted: bool, muted: bool, bookmarked: bool, pinned: bool) -> bytes:
    flags = {
        "favourited": favourited,
        "reblogged": boosted,
        "muted": muted,
        "bookmarked": bookmarked,
        "pinned": pinned,
    }
    return b"," + _encode(flags)[1:-1]


_UNTOUCHED = _marks_json(False, False, False, False, False) + b',"filtered":[]'


def _fragment(services: Services, seen: Seen, quoted: Seen | None) -> bytes:
    """The viewer-free part, open at the place where the account goes. `quoted`: what is shown as quoted in it."""
    post = seen.post
    ids = services.ids
    entity: dict[str, Any] = {
        "id": ids.encode(post.id),
        "created_at": iso(post.created_at),
        "in_reply_to_id": None if post.in_reply_to_id is None else ids.encode(post.in_reply_to_id),
        "in_reply_to_account_id": (
            None if post.in_reply_to_account_id is None else ids.encode(post.in_reply_to_account_id)
        ),
        "sensitive": post.sensitive or seen.author.sensitized,
        "spoiler_text": post.spoiler,
        "visibility": post.visibility.name.lower(),
        "language": post.language,
        "uri": post_uri(services, seen.author.acct, post.id),
        "url": post_url(services, seen.author.acct, post.id),
        "replies_count": post.replies,
        "reblogs_count": post.boosts,
        "favourites_count": post.favourites,
        "quotes_count": post.quotes,
        "edited_at": None if post.edited_at is None else iso(post.edited_at),
        "content": _HELD_NOTE.get(post.state, "")
        + quote_line(services, post, quoted)
        + content_html(services, post),
        "application": None
        if post.app_name is None
        else {"name": post.app_name, "website": post.app_website},
        "media_attachments": [media_entity(services, media) for media in post.media],
        "mentions": mention_entities(services, post),
        "tags": [{"name": name, "url": tag_url(services, name)} for name, _ in post.tags],
        "emojis": emojis_in(services, post.text, post.spoiler, *(post.poll.options if post.poll else ())),
        "card": None if post.card is None else card_entity(services, post.card),
    }
    if (
        post.state is not PostState.VISIBLE
        or post.imported
        or post.labels
        or post.limited_reach
        or post.closed_replies
    ):
        entity["holdfast"] = {
            "state": post.state.name.lower(),
            "reason": post.hold_reason,
            "imported": post.imported,
            "labels": post.labels,
            "limited_reach": post.limited_reach,
            "closed_replies": post.closed_replies,
        }
        if post.state is not PostState.VISIBLE:
            # Whom this is shown to wrote it: what was decided and why, what comes next, and how to appeal.
            entity["holdfast"]["url"] = f"{services.base_url}/statements/post/{ids.encode(post.id)}"
    return _encode(entity)[:-1] + b',"account":'


def mention_entities(services: Services, post: PostView) -> list[dict[str, str]]:
    """Status::Mention for everybody a post names."""
    entities = []
    for mention in post.mentions:
        if not mention.silent:
            acct = mention.username if mention.domain is None else f"{mention.username}@{mention.domain}"
            entities.append(
                {
                    "id": services.ids.encode(mention.account_id),
                    "username": mention.username,
                    "url": account_url(services, acct),
                    "acct": acct,
                }
            )
    return entities


def poll_entity(
    services: Services, poll: PollView, marks: Marks, viewer: Viewer, post: PostView
) -> dict[str, Any]:
    """The Poll entity; totals stay hidden until it ends when its author wanted that."""
    now: Instant = services.clock.now()
    expired = poll.expires_at <= now
    hidden = poll.hides_totals(now)
    entity: dict[str, Any] = {
        "id": services.ids.encode(poll.id),
        "expires_at": iso(poll.expires_at),
        "expired": expired,
        "multiple": poll.multiple,
        "votes_count": sum(poll.tally),
        "voters_count": poll.voters,
        "options": [
            {"title": option, "votes_count": None if hidden else votes}
            for option, votes in zip(poll.options, poll.tally, strict=True)
        ],
        "emojis": emojis_in(services, *poll.options),
    }
    if viewer.account_id is not None:
        entity["voted"] = marks.votes is not None or post.account_id == viewer.account_id
        entity["own_votes"] = list(marks.votes or ())
    return entity
