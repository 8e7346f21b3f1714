"""Every statement that writes queues."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import GENERAL, Queue


async def save(tx: Tx, queue: Queue, now: Instant) -> None:
    """One queue with its members."""
    await tx.execute(
        "insert into desk_queues (name, title, position, languages, sources, categories, policies, lanes, tracks,"
        " hidden_actions, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " on conflict (name) do update set title = excluded.title, position = excluded.position,"
        " languages = excluded.languages, sources = excluded.sources, categories = excluded.categories,"
        " policies = excluded.policies, lanes = excluded.lanes, tracks = excluded.tracks,"
        " hidden_actions = excluded.hidden_actions, updated_at = excluded.updated_at",
        queue.name, queue.title, queue.position, queue.languages, queue.sources, queue.categories, queue.policies,
        queue.lanes, queue.tracks, queue.hidden_actions, now,
    )  # fmt: skip
    await tx.execute(
        "delete from desk_queue_members where queue = $1 and account_id <> all($2::bigint[])",
        queue.name, queue.member_ids,
    )  # fmt: skip
    await tx.execute(
        "insert into desk_queue_members (queue, account_id) select $1, unnest($2::bigint[]) on conflict do nothing",
        queue.name, queue.member_ids,
    )  # fmt: skip


async def remove(tx: Tx, name: str) -> bool:
    """Whether there was one; its open cases go to the general queue."""
    await tx.execute("update cases set queue = $2 where queue = $1 and closed_at is null", name, GENERAL)
    return await tx.execute("delete from desk_queues where name = $1", name) > 0


async def are_staff(tx: Tx, account_ids: list[int]) -> bool:
    """Whether all of them are of the staff."""
    count: int = await tx.fetchval(
        "select count(*) from users where account_id = any($1::bigint[]) and role <> 'member'", account_ids
    )
    return count == len(set(account_ids))
