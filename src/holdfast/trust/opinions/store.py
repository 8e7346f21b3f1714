"""Every statement that writes requests and opinions. Rows are only ever added."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...screening.opinions import Reading
from .model import OpinionRequest


async def take_turn(tx: Tx) -> None:
    """Wait until no other transaction counts the budget; held until this one ends."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('second opinions', 4))")


async def insert_request(
    tx: Tx,
    request_id: int,
    post_id: int,
    *,
    written_at: Instant,
    by_hand: bool,
    model: str,
    prompt_version: str,
    tokens_reserved: int,
    now: Instant,
) -> None:
    """A request that is about to be sent."""
    await tx.execute(
        "insert into second_opinion_requests"
        " (id, post_id, written_at, asked_at, by_hand, model, prompt_version, tokens_reserved)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        request_id, post_id, written_at, now, by_hand, model, prompt_version, tokens_reserved,
    )  # fmt: skip


async def insert_opinion(
    tx: Tx, request: OpinionRequest, reading: Reading, seconds: float, now: Instant
) -> bool:
    """What came of a request; False when its post is gone."""
    scores = None if reading.scores is None else msgspec.json.encode(reading.scores).decode()
    added = await tx.execute(
        "insert into second_opinions (request_id, post_id, answered_at, seconds, prompt_tokens, completion_tokens,"
        " cost, answer, scores, reason, failure)"
        " select $1, id, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11 from posts where id = $2 for key share",
        request.id, request.post_id, now, seconds, reading.prompt_tokens, reading.completion_tokens, reading.cost,
        reading.answer, scores, reading.reason, reading.failure,
    )  # fmt: skip
    return added > 0
