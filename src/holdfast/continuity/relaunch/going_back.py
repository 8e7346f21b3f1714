"""Going back in time without bringing back what was removed since: takedowns, bans, erasures, revocations; and the ledger goes on.

The log is replayed twice: once to its end, in a scratch folder, to read what is known now; once to the point in time. Then what
is known now of removals, records and keys is carried into the older state. Posts and likes of the time between are what is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg

from ..restoring import Target, recover
from .model import RelaunchRequest

_DATABASE: Final = "holdfast"
# The ledger: as it is now, whole. Bodies whose owner was erased are not in it, so that erasures are done again by this alone.
_LEDGER: Final = (
    "ledger_subjects", "ledger_records", "ledger_bodies", "ledger_logs", "ledger_counters", "ledger_nodes",
    "ledger_checkpoints", "ledger_keys", "ledger_witnesses", "ledger_time_stamps",
)  # fmt: skip
# In an order in which what is referred to comes first.
_CARRIED: Final = (
    "gone_posts", "policies", "message_templates", "server_blocks", "server_allows", "mail_domain_blocks", "mailbox_blocks",
    "network_blocks", "moderation_actions", "moderation_pseudonyms", "sign_up_patterns", "barred_material", "reports",
    "report_posts", "cases", "case_members", "case_signals", "decisions", "effects", "effect_baselines", "strikes", "referrals",
    "statements", "statement_mails", "account_warnings", "appeals", "appeal_messages", "legal_holds", "held_copies",
    "held_erasures", "disclosures", "subject_status", "notices", "notice_subjects", "notice_messages", "notice_events",
    "notice_items", "notice_preset_versions", "notice_clocks", "notice_pages", "notice_counters", "notice_referrals",
    "notice_mails", "notice_letters", "notice_answers", "notice_answer_notes", "account_removals", "blocks", "mutes",
    "domain_blocks", "relaunch_notices", "transparency_tallies", "statement_exports",
)  # fmt: skip
# Of these only what takes something away.
_PARTLY: Final[Mapping[str, str]] = {
    "posts": "select id, state, sensitive, text, spoiler, edited_at from posts where state > 0 or edited_at is not null",
    "accounts": "select id, state, suspended_at from accounts where state in (2, 3)",
    "users": "select account_id, password_hash, role, totp_secret, totp_last_step from users",
    "access_tokens": "select id from access_tokens",
    "sessions": "select id from sessions",
}
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "posts": ("id", "state", "sensitive", "text", "spoiler", "edited_at"),
    "accounts": ("id", "state", "suspended_at"),
    "users": ("account_id", "password_hash", "role", "totp_secret", "totp_last_step"),
    "access_tokens": ("id",),
    "sessions": ("id",),
}
_THERE: Final = "select to_regclass('public.' || quote_ident($1)) is not null"
_FIELDS: Final = "select array_agg(attname::text order by attnum) from pg_attribute where attrelid = to_regclass('public.' || quote_ident($1)) and attnum > 0 and not attisdropped and attgenerated = ''"
_SEQUENCES: Final = (
    "select sequencename::text, coalesce(last_value, 0) from pg_sequences where schemaname = 'public'"
)
_JUMP: Final = "select setval(('public.' || quote_ident($1))::regclass, greatest($2, (select coalesce(max(last_value), 0) from pg_sequences where schemaname = 'public' and sequencename = $1)) + 1000)"
_MAKE: Final = "do $$ begin execute format('create table newer.%I as select * from public.%I limit 0', current_setting('holdfast.table'), current_setting('holdfast.table')); end $$"
_EMPTY: Final = (
    "do $$ begin execute format('delete from public.%I', current_setting('holdfast.table')); end $$"
)
_NAME: Final = "select set_config('holdfast.table', $1, false)"
_REMOVALS: Final[Mapping[str, str]] = {
    "posts_hidden": (
        "update posts p set state = n.state from newer.posts n where n.id = p.id and n.state > p.state"
    ),
    "posts_marked": (
        "update posts p set sensitive = true from newer.posts n where n.id = p.id and n.sensitive and not p.sensitive"
    ),
    "posts_edited": (
        "update posts p set text = n.text, spoiler = n.spoiler, edited_at = n.edited_at from newer.posts n"
        " where n.id = p.id and n.edited_at is distinct from p.edited_at and n.edited_at is not null"
    ),
    "posts_deleted_but_held": (
        "update posts p set state = 3 from gone_posts g where g.post_id = p.id and p.state <> 3"
        " and exists (select 1 from posts_on_hold h where h.post_id = p.id)"
    ),
    "posts_deleted": (
        "with gone as (delete from posts p using gone_posts g where g.post_id = p.id"
        " and not exists (select 1 from posts_on_hold h where h.post_id = p.id) returning p.account_id)"
        " update account_counts c set posts = greatest(0, c.posts - n.posts)"
        " from (select account_id, count(*) as posts from gone group by 1) n where n.account_id = c.account_id"
    ),
    "accounts_banned": (
        "update accounts a set state = n.state, suspended_at = n.suspended_at from newer.accounts n"
        " where n.id = a.id and n.state <> a.state"
    ),
    "removals_begun_again": (
        "with again as (update account_removals set step = 0, finished_at = null returning account_id)"
        " insert into jobs (kind, payload) select 'remove_account',"
        " convert_to(json_build_object('account_id', account_id)::text, 'utf8') from again"
    ),
    "passwords_and_roles": (
        "update users u set password_hash = n.password_hash, role = n.role, totp_secret = n.totp_secret,"
        " totp_last_step = greatest(u.totp_last_step, n.totp_last_step) from newer.users n where n.account_id = u.account_id"
        " and (n.password_hash, n.role, n.totp_secret) is distinct from (u.password_hash, u.role, u.totp_secret)"
    ),
    "tokens_revoked": (
        "delete from access_tokens t where not exists (select 1 from newer.access_tokens n where n.id = t.id)"
    ),
    "sessions_ended": (
        "delete from sessions t where not exists (select 1 from newer.sessions n where n.id = t.id)"
    ),
}


async def collect_newer(request: RelaunchRequest, scratch: Path, out: Path, *, timeline: int) -> None:
    """Replay all log in the scratch folder, and write what is known at its end to files in `out`. Raises StepFailed, StepTooSlow."""
    target = Target(scratch, request.target.user, request.target.programs, request.target.shared_buffers_mb)
    server, _ = await recover(target, timeline=timeline, progress=lambda files: None)
    try:
        connection = await asyncpg.connect(server.admin_dsn(_DATABASE))
        try:
            await _collect(connection, out)
        finally:
            await connection.close()
    finally:
        await server.stop()


async def carry_newer(dsn: str, carried: Path, *, now: datetime) -> Mapping[str, int]:
    """Bring it into the older database, in one transaction; how many rows, by what was done."""
    connection = await asyncpg.connect(dsn)
    done: dict[str, int] = {}
    try:
        async with connection.transaction():
            await connection.execute("drop schema if exists newer cascade")
            await connection.execute("create schema newer")
            tables = await _load(connection, carried)
            await connection.execute("set local session_replication_role = replica")
            done["ledger"] = await _replace_ledger(connection, tables)
            done["records"] = await _carry_rows(connection, tables)
            await connection.execute("set local session_replication_role = origin")
            for name, statement in _REMOVALS.items():
                done[name] = int((await connection.execute(statement)).rpartition(" ")[2])
            for line in (carried / "sequences").read_text().splitlines():
                name, _, last = line.partition(" ")
                if await connection.fetchval(_THERE, name):
                    await connection.fetchval(_JUMP, name, int(last))
            await connection.execute("drop schema newer cascade")
    finally:
        await connection.close()
    return {name: count for name, count in done.items() if count}


async def _collect(connection: asyncpg.Connection[Any], out: Path) -> None:
    await asyncio.to_thread(out.mkdir, mode=0o700, parents=True, exist_ok=True)
    for table in (*_LEDGER, *_CARRIED):
        if await connection.fetchval(_THERE, table):
            columns = await connection.fetchval(_FIELDS, table)
            await connection.copy_from_table(
                table, schema_name="public", columns=columns, output=str(out / table), format="binary"
            )
    for table, query in _PARTLY.items():
        await connection.copy_from_query(query, output=str(out / f"{table}.part"), format="binary")
    rows = await connection.fetch(_SEQUENCES)
    (out / "sequences").write_text("".join(f"{name} {last}\n" for name, last in rows))


async def _load(connection: asyncpg.Connection[Any], carried: Path) -> list[str]:
    tables = []
    for table in (*_LEDGER, *_CARRIED):
        if not (carried / table).exists() or not await connection.fetchval(_THERE, table):
            continue
        await connection.fetchval(_NAME, table)
        await connection.execute(_MAKE)
        columns = await connection.fetchval(_FIELDS, table)
        await connection.copy_to_table(
            table, schema_name="newer", columns=columns, source=str(carried / table), format="binary"
        )
        tables.append(table)
    for table, columns in _COLUMNS.items():
        await connection.fetchval(_NAME, table)
        await connection.execute(_MAKE)
        await connection.copy_to_table(
            table,
            schema_name="newer",
            columns=columns,
            source=str(carried / f"{table}.part"),
            format="binary",
        )
    return tables


async def _replace_ledger(connection: asyncpg.Connection[Any], tables: list[str]) -> int:
    count = 0
    for table in (one for one in _LEDGER if one in tables):
        await connection.fetchval(_NAME, table)
        await connection.execute(_EMPTY)
        count += max(0, await connection.fetchval("select carry_newer_rows($1)", table))
    return count


async def _carry_rows(connection: asyncpg.Connection[Any], tables: list[str]) -> int:
    count = 0
    for table in (one for one in _CARRIED if one in tables):
        count += max(0, await connection.fetchval("select carry_newer_rows($1)", table))
    return count
