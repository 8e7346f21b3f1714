"""Every statement that writes reports."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Category, Channel, NewReport


async def insert_report(
    tx: Tx,
    report_id: int,
    account_id: int | None,
    new: NewReport,
    *,
    app_id: int | None,
    record_id: str,
    channel: Channel = Channel.MEMBER,
    now: Instant,
) -> None:
    """A report with its posts. `account_id` None: nobody knows who filed it."""
    await tx.execute(
        "insert into reports (id, account_id, target_id, category, comment, rule_ids, forward, app_id, created_at,"
        " updated_at, source, record_id) values ($1, $2, $3, $4, $5, $6::smallint[], $7, $8, $9, $9, $10, $11)",
        report_id, account_id, new.target_id, new.category.value, new.comment, list(new.rule_ids), new.forward,
        app_id, now, channel.value, record_id,
    )  # fmt: skip
    await tx.execute(
        "insert into report_posts (report_id, post_id) select $1, unnest($2::bigint[]) on conflict do nothing",
        report_id, [seen.post.id for seen in new.posts],
    )  # fmt: skip


async def set_assignee(tx: Tx, report_id: int, account_id: int | None, now: Instant) -> None:
    """Whose work it is."""
    await tx.execute(
        "update reports set assigned_id = $2, updated_at = $3 where id = $1", report_id, account_id, now
    )


async def set_resolved(tx: Tx, report_id: int, by: int | None, *, resolved: bool, now: Instant) -> None:
    """Close it, or open it again. Resolved by nobody: by the operator at the command line."""
    await tx.execute(
        "update reports set resolved_at = case when $3::boolean then $4::timestamptz end,"
        " resolved_by = case when $3::boolean then $2::bigint end, updated_at = $4 where id = $1",
        report_id, by, resolved, now,
    )  # fmt: skip


async def set_category(tx: Tx, report_id: int, category: Category, rule_ids: list[int], now: Instant) -> None:
    """What it is about."""
    await tx.execute(
        "update reports set category = $2, rule_ids = $3::smallint[], updated_at = $4 where id = $1",
        report_id, category.value, rule_ids, now,
    )  # fmt: skip


async def count_since(tx: Tx, channel: Channel, since: Instant, *, most: int) -> int:
    """Reports of a channel since then, counted up to `most`; those that arrive at the same time wait for the answer."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('reports ' || $1, 0))", channel.value)
    found: int = await tx.fetchval(
        "select count(*) from (select 1 from reports where source = $1 and created_at > $2 limit $3) as taken",
        channel.value, since, most,
    )  # fmt: skip
    return found
