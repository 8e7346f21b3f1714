"""Scheduled statuses of the Mastodon API: what waits, another time for it, and taking it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...pure.errors import Invalid
from ...social.media import MediaView, scheduled_media
from ...social.posts import Draft, QuotePolicy, Submission
from ...social.schedules import (
    ScheduledPost,
    ScheduleLimits,
    cancel_post,
    reschedule_post,
    schedule_post,
    scheduled_page,
    scheduled_post,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .paging import page_links, window_of
from .render_media import media_entity
from .times import iso

routes = RouteTable()

_READ, _WRITE = Access.member("read:statuses"), Access.member("write:statuses")


class _TimeParams(msgspec.Struct):
    scheduled_at: str = ""


@routes.get("/api/v1/scheduled_statuses", _READ)
async def scheduled(call: Call) -> Answer:
    """What the member scheduled, the last made first."""
    settings = call.services.settings
    window = await window_of(call, default=settings.page_size_default, maximum=settings.page_size_max)
    found = await scheduled_page(call.services.database, call.actor.account_id, window)
    links = page_links(call, found[-1].id if found else None, found[0].id if found else None)
    media = await scheduled_media(call.services.database, [one.id for one in found])
    entities = [scheduled_entity(call.services, one, media.get(one.id, [])) for one in found]
    return json_answer(entities, headers=links)


@routes.get("/api/v1/scheduled_statuses/{id}", _READ)
async def one(call: Call) -> Answer:
    """One that the member scheduled."""
    return await _one(call, call.id_segment())


@routes.put("/api/v1/scheduled_statuses/{id}", _WRITE)
async def reschedule(call: Call) -> Answer:
    """Another time. One that could not be published waits anew."""
    post_id = call.id_segment()
    wanted = await call.params(_TimeParams)
    at = time_of(wanted.scheduled_at)
    async with call.services.database.transaction() as tx:
        await reschedule_post(tx, call.actor, post_id, at, limits=_limits(call), now=call.now)
    return await _one(call, post_id)


@routes.delete("/api/v1/scheduled_statuses/{id}", _WRITE)
async def cancel(call: Call) -> Answer:
    """Take it back."""
    async with call.services.database.transaction() as tx:
        await cancel_post(tx, call.actor, call.id_segment(), now=call.now)
    return json_answer({})


async def schedule(call: Call, submission: Submission, scheduled_at: str) -> Answer:
    """Keep a checked draft for its time; answers with the ScheduledStatus."""
    at = time_of(scheduled_at)
    async with call.services.database.transaction() as tx:
        post_id = await schedule_post(
            tx, call.actor, submission.draft, at, limits=_limits(call), now=call.now
        )
    return await _one(call, post_id)


def time_of(text: str) -> Instant:
    """An ISO 8601 time, in UTC where it names no zone. Raises Invalid."""
    try:
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            # The words that clients know; what to do stands in the details.
            "Record invalid",
            details={"scheduled_at": [("ERR_INVALID", "must be a time such as 2030-01-31T18:00:00Z")]},
        ) from None


def scheduled_entity(services: Services, post: ScheduledPost, media: list[MediaView]) -> dict[str, Any]:
    """The ScheduledStatus entity. One that could not be published says why under `holdfast`."""
    entity: dict[str, Any] = {
        "id": services.ids.encode(post.id),
        "scheduled_at": iso(post.scheduled_at),
        "params": _params(services, post, post.draft),
        "media_attachments": [media_entity(services, one) for one in media],
    }
    if post.failed_at is not None:
        entity["holdfast"] = {"failed_at": iso(post.failed_at), "reason": post.failure}
    return entity


def _params(services: Services, post: ScheduledPost, draft: Draft) -> dict[str, Any]:
    ids = services.ids
    poll = draft.poll
    return {
        "text": draft.text,
        "spoiler_text": draft.spoiler,
        "sensitive": draft.sensitive,
        "visibility": draft.visibility.name.lower(),
        "language": draft.language,
        # The API has numbers in these two places, and text everywhere else.
        "in_reply_to_id": None if draft.in_reply_to_id is None else int(ids.encode(draft.in_reply_to_id)),
        "application_id": 0 if post.app_id is None else int(ids.encode(post.app_id)),
        "quoted_status_id": None if draft.quoted_id is None else ids.encode(draft.quoted_id),
        "quote_approval_policy": (draft.quote_policy or QuotePolicy.PUBLIC).name.lower(),
        "media_ids": [ids.encode(media_id) for media_id in draft.media_ids] or None,
        "poll": None
        if poll is None
        else {
            "options": poll.options,
            "expires_in": poll.expires_in_seconds,
            "multiple": poll.multiple,
            "hide_totals": poll.hide_totals,
        },
        "scheduled_at": None,
        "idempotency": None,
        "with_rate_limit": False,
    }


async def _one(call: Call, post_id: int) -> Answer:
    found = await scheduled_post(call.services.database, call.actor.account_id, post_id)
    media = await scheduled_media(call.services.database, [post_id])
    return json_answer(scheduled_entity(call.services, found, media.get(post_id, [])))


def _limits(call: Call) -> ScheduleLimits:
    settings = call.services.settings
    return ScheduleLimits(
        waiting=settings.scheduled_posts_max,
        per_day=settings.scheduled_posts_per_day,
        min_seconds=settings.scheduled_min_seconds,
        max_days=settings.scheduled_max_days,
        idempotency_key_hours=settings.idempotency_key_hours,
    )
