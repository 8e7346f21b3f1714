"""Every statement that writes the log, what is derived from it, and warnings. Rows of the log are only ever added."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.crypto import random_word
from ...platform.db import Tx
from .model import AccountWarning, StaffAction, Subject
from .projection import BLANK, Status
from .queries import statuses_from_log, statuses_of


async def lock_statuses(tx: Tx, subjects: Sequence[Subject], now: Instant) -> dict[tuple[str, str], Status]:
    """The subjects' statuses, kept as they are until this transaction ends, so that events follow one another.

    A subject without a row has none yet, or is known from before there were any: then the log is asked.
    """
    keys = sorted({(one.kind.value, one.key) for one in subjects})
    kinds, names = [one[0] for one in keys], [one[1] for one in keys]
    new = await tx.fetch(_NEW_STATUSES_SQL, kinds, names, now)
    fresh = {(row[0], row[1]) for row in new}
    found = dict.fromkeys(fresh, BLANK)
    if fresh:
        found |= await statuses_from_log(tx, sorted(fresh))
    if len(fresh) < len(keys):
        found |= await statuses_of(tx, [one for one in keys if one not in fresh], lock=True)
    return found


_NEW_STATUSES_SQL = """
insert into subject_status (subject_kind, subject_key, seq, status, review_state, takedown, updated_at)
select kind, key, 0, '{}', 'none', 'none', $3 from unnest($1::text[], $2::text[]) as new (kind, key)
on conflict do nothing returning subject_kind, subject_key
"""
_SAVE_STATUSES_SQL = """
insert into subject_status (subject_kind, subject_key, seq, status, review_state, takedown, updated_at)
select kind, key, seq, status::jsonb, review_state, takedown, coalesce(at, $8)
from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
  as new (kind, key, seq, status, review_state, takedown, at)
on conflict (subject_kind, subject_key) do update set seq = excluded.seq, status = excluded.status,
  review_state = excluded.review_state, takedown = excluded.takedown, updated_at = excluded.updated_at
"""


async def save_statuses(tx: Tx, rows: list[tuple[str, str, Status]], now: Instant) -> None:
    """What the events of subjects (kind, key) say now; the rows were locked."""
    await tx.execute(
        _SAVE_STATUSES_SQL,
        [row[0] for row in rows], [row[1] for row in rows], [row[2].seq for row in rows],
        [msgspec.json.encode(row[2]).decode() for row in rows], [row[2].review_state.value for row in rows],
        [row[2].takedown.value for row in rows], [row[2].updated_at for row in rows], now,
    )  # fmt: skip


_INSERT_SQL = """
insert into moderation_actions (id, actor_id, actor_role, verb, subject_kind, subject_id, subject_name, account_id,
  report_id, reason, policy, details, at, actor_kind, actor_name, policy_version, rule_version, model_version, case_id,
  decision_id, change, subject_seq, prior_state, record_id)
select id, $7, $8, $9, kind, subject_id, name, account_id, $10, $11, $12, $13::jsonb, $14, $15, $16, $17, $18, $19, $20,
  $21, $22::jsonb, seq, prior, $23
from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::int[], $24::text[])
  as new (id, kind, subject_id, name, account_id, seq, prior)
"""


async def insert_actions(tx: Tx, actions: list[StaffAction]) -> None:
    """Rows of the log: the same event of different subjects."""
    one = actions[0]
    why, versions = one.why, one.versions
    await tx.execute(
        _INSERT_SQL,
        [action.id for action in actions], [action.subject.kind.value for action in actions],
        [action.subject.id for action in actions], [action.subject.name for action in actions],
        [action.subject.account_id for action in actions], [action.subject_seq for action in actions],
        one.actor_id, one.actor_role, one.verb, why.report_id, why.reason, why.policy,
        msgspec.json.encode(one.details).decode(), one.at, one.actor_kind.value, one.actor_name, versions.policy,
        versions.rule, versions.model, one.case_id, one.decision_id, msgspec.json.encode(one.change).decode(),
        one.record_id, [action.prior_state for action in actions],
    )  # fmt: skip


async def insert_warning(
    tx: Tx, warning: AccountWarning, *, action_id: int, report_id: int | None, now: Instant
) -> None:
    """What a member is told."""
    await tx.execute(
        "insert into account_warnings (id, account_id, action_id, action, text, post_ids, report_id, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        warning.id, warning.account_id, action_id, warning.action.value, warning.text, warning.post_ids, report_id,
        now,
    )  # fmt: skip


_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CHARACTERS = 8


async def pseudonym_of(tx: Tx, account_id: int, kind: str) -> str:
    """The pseudonym of an account as `kind` (staff, reporter), such as staff-k3p9xw2m; made at the first need.

    It goes with the account, and then nobody can say any more whose it was.
    """
    found: str | None = await tx.fetchval(
        "select pseudonym from moderation_pseudonyms where account_id = $1 and kind = $2", account_id, kind
    )
    if found is not None:
        return found
    await tx.execute(
        "insert into moderation_pseudonyms (account_id, kind, pseudonym) values ($1, $2, $3) on conflict do nothing",
        account_id, kind, f"{kind}-{random_word(_ALPHABET, _CHARACTERS)}",
    )  # fmt: skip
    return str(
        await tx.fetchval(
            "select pseudonym from moderation_pseudonyms where account_id = $1 and kind = $2",
            account_id,
            kind,
        )
    )
