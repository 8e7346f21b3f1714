"""From the parameters of a status to a submission: checked, its parent read through the gate, and screened."""

from __future__ import annotations

from typing import Literal

import msgspec

from ...pure.errors import Invalid
from ...social.accounts import AccountNotVisible, AccountView
from ...social.bans import check_material
from ...social.posts import (
    Draft,
    NewPoll,
    ParentNotVisible,
    PostNotVisible,
    PostView,
    QuotedNotVisible,
    QuotePolicy,
    Seen,
    Submission,
    Visibility,
    prepare,
    viewer_may_quote,
)
from ...social.quotes import QuoteNotAllowed
from ..breaking import as_allowed, check_spread
from ..call import Call
from ..post_limits import post_limits
from .status_media import MediaAttributes, media_of

VISIBILITIES = {
    "public": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "private": Visibility.PRIVATE,
    "direct": Visibility.DIRECT,
}

QUOTE_POLICIES = {
    "public": QuotePolicy.PUBLIC,
    "followers": QuotePolicy.FOLLOWERS,
    "nobody": QuotePolicy.NOBODY,
}


class PollParams(msgspec.Struct):
    """`poll[...]` of a new status. `expires_in`: seconds."""

    options: list[str] = msgspec.field(default_factory=list)
    expires_in: int = 0
    multiple: bool = False
    hide_totals: bool = False


class StatusParams(msgspec.Struct):
    """What a client sends to publish, schedule or edit a status."""

    status: str = ""
    spoiler_text: str = ""
    sensitive: bool | None = None
    language: str | None = None
    visibility: Literal["public", "unlisted", "private", "direct", ""] | None = None
    in_reply_to_id: str | None = None
    media_ids: list[str] | None = None
    media_attributes: list[MediaAttributes] = msgspec.field(default_factory=list)
    poll: PollParams | None = None
    scheduled_at: str | None = None
    quoted_status_id: str | None = None
    quote_approval_policy: Literal["public", "followers", "nobody", ""] | None = None


async def submission_of(
    call: Call, wanted: StatusParams, idempotency_key: str, *, edited: PostView | None = None
) -> Submission:
    """The parameters as a checked and screened submission; what is not set comes from the member's preferences."""
    services = call.services
    author = await services.accounts.get(call.actor.account_id)
    if author is None:
        raise AccountNotVisible
    parent = await _parent(call, wanted.in_reply_to_id)
    quoted = await _quoted(call, wanted.quoted_status_id, edited)
    media = await media_of(
        call, wanted.media_ids, wanted.media_attributes, idempotency_key=idempotency_key, edited=edited
    )
    draft = await _draft(call, wanted, author, parent, idempotency_key, edited)
    draft = msgspec.structs.replace(draft, media_ids=tuple(one.view.id for one in media))
    # A post that waits is counted, and judged with all facts about its author, at its time.
    facts = None if wanted.scheduled_at else await services.rule_keeper.facts(author.id, call.now)
    submission = prepare(
        draft,
        author,
        parent=parent,
        screen=services.screen,
        facts=facts,
        quoted=quoted,
        media=media,
        limits=post_limits(services.settings),
        now=call.now,
    )
    hashes = [known for one in media for known in one.hashes]
    await check_material(services.database, submission.composed.urls, hashes)
    # One that waits for its time is judged again then.
    return (
        submission
        if wanted.scheduled_at
        else await as_allowed(services.breaker, submission, author, call.now)
    )


async def _draft(
    call: Call,
    wanted: StatusParams,
    author: AccountView,
    parent: PostView | None,
    idempotency_key: str,
    edited: PostView | None,
) -> Draft:
    chosen = await call.services.accounts.preferences(author.id)
    visibility = VISIBILITIES[wanted.visibility or (chosen.posting_visibility if chosen else "public")]
    sensitive = wanted.sensitive
    if sensitive is None:
        sensitive = edited.sensitive if edited else bool(chosen and chosen.posting_sensitive)
    policy = wanted.quote_approval_policy or (
        None if edited else chosen.posting_quote_policy if chosen else "public"
    )
    text, spoiler = wanted.status, wanted.spoiler_text
    if not text.strip() and wanted.poll is None and not wanted.media_ids:
        # A warning with nothing behind it is the text.
        text, spoiler = spoiler, ""
    language = wanted.language or (edited.language if edited else chosen.posting_language if chosen else None)
    return Draft(
        text=text,
        spoiler=spoiler,
        visibility=edited.visibility if edited else visibility,
        sensitive=sensitive,
        language=_language(language),
        in_reply_to_id=parent.id if parent else None,
        poll=_poll(wanted.poll),
        idempotency_key=idempotency_key[:255] or None,
        quoted_id=edited.quote.quoted_id if edited and edited.quote else None,
        quote_policy=None if policy is None else QUOTE_POLICIES[policy],
    )


def _poll(wanted: PollParams | None) -> NewPoll | None:
    if wanted is None or not wanted.options:
        return None
    return NewPoll(wanted.options, wanted.expires_in, wanted.multiple, wanted.hide_totals)


def _language(code: str | None) -> str | None:
    """A language code as it is stored: the main part, lower case; None for what is no code."""
    main = (code or "").replace("_", "-").partition("-")[0].lower()
    return main if 2 <= len(main) <= 3 and main.isascii() and main.isalpha() else None


async def _parent(call: Call, public_id: str | None) -> PostView | None:
    if not public_id:
        return None
    internal = call.services.ids.decode(public_id)
    if internal is None:
        raise ParentNotVisible
    try:
        seen = await call.services.posts.see_one(await call.viewer(), internal)
    except PostNotVisible as error:
        raise ParentNotVisible from error
    # A reply to a boost is a reply to what was boosted.
    return (seen.boosted or seen).post


async def _quoted(call: Call, public_id: str | None, edited: PostView | None) -> Seen | None:
    """The post to be quoted, as the author sees it. An edit may name what the post quotes already, and nothing else."""
    if not public_id:
        return None
    internal = call.services.ids.decode(public_id)
    if edited is not None:
        if edited.quote is None or internal != edited.quote.quoted_id:
            raise Invalid("Validation failed: What a post quotes cannot be changed; delete it and post anew")
        return None
    if internal is None:
        raise QuotedNotVisible
    try:
        seen = await call.services.posts.see_one(await call.viewer(), internal)
    except PostNotVisible as error:
        raise QuotedNotVisible from error
    # A quote of a boost is a quote of what was boosted.
    seen = seen.boosted or seen
    if not viewer_may_quote(seen.post, await call.viewer()):
        raise QuoteNotAllowed
    await check_spread(call, seen.post.id)
    return seen
