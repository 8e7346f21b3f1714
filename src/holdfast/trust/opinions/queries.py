"""Reads of posts that wait, and of what was said about them. For operators: no viewer is asked."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...screening.opinions import PostText, Spent, day_of
from ...social.posts import PostState, Visibility
from .model import OpinionView, waits_for_a_person

_QUEUED_SQL = """
select p.text, p.spoiler, p.visibility, p.state, coalesce(p.edited_at, p.created_at) as written_at,
       (select options from polls where post_id = p.id) as poll_options,
       (select case when v.at >= coalesce(p.edited_at, p.created_at) then v.action end
          from post_verdicts v where v.post_id = p.id order by v.id desc limit 1) as action
from posts p where p.id = $1 and p.boost_of_id is null
"""

_ASKED_SQL = """
select count(*) as attempts, count(*) filter (where o.scores is not null) as answered
from second_opinion_requests r left join second_opinions o on o.request_id = r.id
where r.post_id = $1 and r.written_at = $2
"""

# A request whose answer is gone, or does not say what it took, counts with the most that it can have taken.
_SPENT_SQL = """
select count(*) as requests,
       coalesce(sum(coalesce(o.prompt_tokens + o.completion_tokens, r.tokens_reserved)), 0)::bigint as tokens
from second_opinion_requests r left join second_opinions o on o.request_id = r.id
where r.asked_at >= $1
"""

_OPINIONS_SQL = """
select r.post_id, r.asked_at, r.by_hand, r.model, r.prompt_version,
       coalesce(r.written_at = coalesce(p.edited_at, p.created_at), false) as current,
       o.scores::text as scores, coalesce(o.reason, '') as reason,
       case when o.request_id is null then 'no_answer' else o.failure end as failure,
       coalesce(o.answer, '') as answer, o.seconds, o.prompt_tokens, o.completion_tokens, o.cost
from second_opinion_requests r left join second_opinions o on o.request_id = r.id
left join posts p on p.id = r.post_id
where $1::bigint is null or r.post_id = $1 order by r.id desc limit $2
"""

_LATEST_SQL = """
select distinct on (o.post_id) r.post_id, r.asked_at, r.by_hand, r.model, r.prompt_version,
       r.written_at = coalesce(p.edited_at, p.created_at) as current, o.scores::text as scores, o.reason, o.failure,
       o.answer, o.seconds, o.prompt_tokens, o.completion_tokens, o.cost
from second_opinions o join second_opinion_requests r on r.id = o.request_id join posts p on p.id = o.post_id
where o.post_id = any($1::bigint[]) and o.scores is not null order by o.post_id, o.request_id desc
"""

_scores = msgspec.json.Decoder(dict[str, float])


class QueuedPost(NamedTuple):
    """A post that waits for a person."""

    content: PostText
    visibility: Visibility
    written_at: Instant


class Asked(NamedTuple):
    """Requests about one version of a post so far, and how many of them brought an opinion."""

    attempts: int
    answered: int


async def queued_post(reader: Reader, post_id: int) -> QueuedPost | None:
    """The post, or None when it does not wait for a person."""
    row = await reader.fetchrow(_QUEUED_SQL, post_id)
    if row is None or not waits_for_a_person(PostState(row["state"]), row["action"]):
        return None
    content = PostText(
        text=row["text"], content_warning=row["spoiler"], poll_options=tuple(row["poll_options"] or ())
    )
    return QueuedPost(content, Visibility(row["visibility"]), row["written_at"])


async def asked(reader: Reader, post_id: int, written_at: Instant) -> Asked:
    """What was asked about that version."""
    row = await reader.fetchrow(_ASKED_SQL, post_id, written_at)
    return Asked(row["attempts"], row["answered"]) if row else Asked(0, 0)


async def spent_on(reader: Reader, now: Instant) -> Spent:
    """What the day of that instant has taken."""
    row = await reader.fetchrow(_SPENT_SQL, day_of(now))
    return Spent(row["requests"], row["tokens"]) if row else Spent(0, 0)


async def opinions(reader: Reader, *, post_id: int | None = None, limit: int) -> list[OpinionView]:
    """Requests about one post or all, the newest first, failures among them."""
    return [_view(row) for row in await reader.fetch(_OPINIONS_SQL, post_id, limit)]


async def latest_opinions(reader: Reader, post_ids: list[int]) -> dict[int, OpinionView]:
    """The newest usable opinion on each of these posts that has one. See `current`: an edit makes it old."""
    return {row["post_id"]: _view(row) for row in await reader.fetch(_LATEST_SQL, post_ids)}


def _view(row: Row) -> OpinionView:
    values = dict(row)
    values["scores"] = _scores.decode(row["scores"]) if row["scores"] else None
    return OpinionView(**values)
