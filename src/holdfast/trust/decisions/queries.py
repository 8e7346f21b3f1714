"""Reads of decisions and of what they are about, for the staff alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row, Tx
from ...pure.window import Window
from ..cases import CaseMember
from ..effects import TOLD, NewEffect, SubjectKind
from ..staff_actions import SubjectKind as LoggedKind
from ..staff_actions import Versions
from .errors import DecisionNotThere
from .model import Decision, Ruling, Target

_COLUMNS = """
select id, kind, case_id, parent_id, plan_id, actor_id, actor_role, made_by, rule_id, rule_version, model_version, policy_id,
       policy_version, outcome, ruling::text as ruling, subjects, lane, source_type, automated_detection, automation,
       action_id, record_id, made_at, settled_at, undone_at, undone_by, undone_reason, undo_action_id, undo_record_id,
       undo_settled_at
from decisions
"""
_ONE_SQL = f"{_COLUMNS} where id = $1"
_LOCK_SQL = f"{_COLUMNS} where id = $1 for update"
_PAGE_SQL = f"""{_COLUMNS}
where id < $1 and id > $2 and ($5::bigint is null or case_id = $5) and ($6::bigint is null or actor_id = $6)
  and ($7::bigint is null or exists (select 1 from effects e where e.decision_id = decisions.id and e.account_id = $7))
order by case when $3::boolean then id end, id desc limit $4
"""
_ACCOUNTS_SQL = """
select a.id, a.username, a.domain, coalesce(u.role, 'member') as role, u.account_id is not null as member,
       coalesce(c.followers, 0) as followers, coalesce(c.posts, 0) as posts
from accounts a left join users u on u.account_id = a.id left join account_counts c on c.account_id = a.id
where a.id = any($1::bigint[])
"""
# What each aspect is now; ids that are gone have no row.
_POSTS_NOW_SQL = """
select id, account_id, state, sensitive, limited_reach, closed_replies, labels from posts
where id = any($1::bigint[]) and boost_of_id is null and state <> 3
"""
_ACCOUNTS_NOW_SQL = """
select a.id, a.state, a.frozen_at is not null as frozen, a.limited_at is not null as limited,
       a.sensitized_at is not null as sensitized, u.disabled_at is not null as disabled
from accounts a left join users u on u.account_id = a.id where a.id = any($1::bigint[])
"""
_decode = msgspec.json.Decoder(Ruling).decode
_STATES = {0: "visible", 1: "held", 2: "withdrawn"}
_STANDINGS = {0: "active", 1: "pending", 2: "suspended", 4: "unclaimed"}
PREVIEWED_ACCOUNTS = 20


class Involved(msgspec.Struct, frozen=True):
    """An account that a decision is about. `member`: somebody can sign in to it here."""

    id: int
    username: str
    domain: str | None
    role: str
    member: bool
    followers: int
    posts: int


class Drafted(msgspec.Struct, frozen=True):
    """A statement as it would be sent, to the letter."""

    account_id: int
    language: str
    subject: str
    text: str


class Planned(msgspec.Struct, frozen=True):
    """What one kind of change would do: to so many things, of which so many are otherwise now."""

    kind: str
    aspect: str
    value: str
    things: int
    would_change: int


class Preview(msgspec.Struct, frozen=True):
    """What a ruling would do. `accounts`: those with the most followers first, at most 20 of `accounts_total`.

    told: how many members would be sent a statement of reasons; statements: how it would read, in each language that they
    read. too_high: accounts that the one who asks may not act on. swept: posts that carry what is barred.
    """

    posts: int
    accounts_total: int
    accounts: list[Involved]
    planned: list[Planned]
    told: int
    too_high: list[int]
    statements: list[Drafted] = []
    swept: int = 0


def decision_of(row: Row) -> Decision:
    """A row as a decision."""
    values = dict(row)
    rule, rule_version = values.pop("rule_id"), values.pop("rule_version")
    policy, policy_version = values.pop("policy_id"), values.pop("policy_version")
    values["versions"] = Versions(
        policy=f"{policy}@{policy_version}" if policy else None,
        rule=f"{rule}@{rule_version}" if rule and rule_version else rule,
        model=values.pop("model_version"),
    )
    values["policy"] = values["versions"].policy
    values["ruling"] = _decode(row["ruling"])
    return Decision(**values)


async def get_decision(reader: Reader, decision_id: int) -> Decision:
    """One. Raises DecisionNotThere."""
    row = await reader.fetchrow(_ONE_SQL, decision_id)
    if row is None:
        raise DecisionNotThere
    return decision_of(row)


async def lock_decision(reader: Reader, decision_id: int) -> Decision:
    """One, kept as it is until this transaction ends. Raises DecisionNotThere."""
    row = await reader.fetchrow(_LOCK_SQL, decision_id)
    if row is None:
        raise DecisionNotThere
    return decision_of(row)


async def decisions_page(
    reader: Reader, page: Window, *, case_id: int | None = None, actor_id: int | None = None,
    account_id: int | None = None,
) -> list[Decision]:  # fmt: skip
    """One page, newest first: of one case, by one person, about one account and its posts, or of all."""
    rows = await reader.fetch(
        _PAGE_SQL, page.below, page.above, page.forward, page.limit, case_id, actor_id, account_id
    )
    return [decision_of(row) for row in (rows[::-1] if page.forward else rows)]


async def concerns(reader: Reader, decision_id: int, account_id: int) -> bool:
    """Whether a decision did something to an account or to what is its."""
    return bool(
        await reader.fetchval(
            "select exists (select 1 from effects where decision_id = $1 and account_id = $2)",
            decision_id,
            account_id,
        )
    )


async def copies_of(reader: Reader, decision_id: int) -> list[int]:
    """Decisions about copies that came later."""
    rows = await reader.fetch(
        "select id from decisions where parent_id = $1 and kind = 'copy' order by id", decision_id
    )
    return [row[0] for row in rows]


async def decided_copy(reader: Reader, parent_id: int, copy_of: str) -> bool:
    """Whether this copy got the decision about the first already."""
    return bool(
        await reader.fetchval(
            "select 1 from decisions where parent_id = $1 and copy_of = $2", parent_id, copy_of
        )
    )


async def targets_of_members(reader: Reader, members: Sequence[CaseMember]) -> list[Target]:
    """The posts and accounts among the members of a case, as they are now; what is gone is left out."""
    posts = [one.subject.id for one in members if one.subject.kind is LoggedKind.POST and one.subject.id]
    accounts = [
        one.subject.id for one in members if one.subject.kind is LoggedKind.ACCOUNT and one.subject.id
    ]
    found = await targets_of_posts(reader, posts)
    return found + [
        Target(SubjectKind.ACCOUNT, str(ident), ident) for ident in sorted(await involved(reader, accounts))
    ]


async def targets_of_posts(reader: Reader, post_ids: Sequence[int]) -> list[Target]:
    """These posts, oldest first; boosts and what is gone are left out."""
    rows = await reader.fetch(_POSTS_NOW_SQL, list(post_ids))
    return [
        Target(SubjectKind.POST, str(row["id"]), row["account_id"], row["state"] == 1)
        for row in sorted(rows, key=lambda row: int(row["id"]))
    ]


async def involved(reader: Reader, account_ids: Iterable[int]) -> dict[int, Involved]:
    """These accounts, by id."""
    rows = await reader.fetch(_ACCOUNTS_SQL, list(account_ids))
    return {row["id"]: Involved(**dict(row)) for row in rows}


async def preview_effects(
    reader: Reader, effects: Sequence[NewEffect], targets: Sequence[Target], people: dict[int, Involved]
) -> tuple[list[Planned], int]:
    """What these effects would change, and how many members would be told."""
    now = await _values_now(reader, effects)
    things: Counter[tuple[str, str, str]] = Counter()
    changes: Counter[tuple[str, str, str]] = Counter()
    told = 0
    for one in effects:
        if one.aspect == TOLD:
            told += 1
            continue
        name = (
            one.kind.value,
            one.aspect.partition(":")[0] if one.kind is SubjectKind.ACCOUNT else one.aspect,
            one.value,
        )
        things[name] += 1
        changes[name] += now.get((one.kind, one.key, one.aspect)) != one.value
    return [Planned(*name, count, changes[name]) for name, count in things.items()], told


async def _values_now(
    reader: Reader, effects: Sequence[NewEffect]
) -> dict[tuple[SubjectKind, str, str], str]:
    """The values of the aspects that effects are about, where they can be told without asking for each."""
    posts = {int(one.key) for one in effects if one.kind is SubjectKind.POST}
    accounts = {int(one.key) for one in effects if one.kind is SubjectKind.ACCOUNT}
    values: dict[tuple[SubjectKind, str, str], str] = {}
    for row in await reader.fetch(_POSTS_NOW_SQL, list(posts)) if posts else ():
        key = str(row["id"])
        values[SubjectKind.POST, key, "visibility"] = _STATES[row["state"]]
        for aspect in ("sensitive", "limited_reach", "closed_replies"):
            values[SubjectKind.POST, key, aspect] = "on" if row[aspect] else "off"
        for label in row["labels"]:
            values[SubjectKind.POST, key, f"label:{label}"] = "on"
    for row in await reader.fetch(_ACCOUNTS_NOW_SQL, list(accounts)) if accounts else ():
        key = str(row["id"])
        values[SubjectKind.ACCOUNT, key, "standing"] = _STANDINGS.get(row["state"], "gone")
        for aspect in ("frozen", "limited", "sensitized", "disabled"):
            values[SubjectKind.ACCOUNT, key, aspect] = "on" if row[aspect] else "off"
    return values


class Referral(msgspec.Struct, frozen=True):
    """What an authority was to be told of, and the holds that keep it."""

    id: int
    decision_id: int
    authority: str
    reason: str
    hold_ids: list[int]
    sealed: bool
    record_id: str
    referred_at: Instant


async def referrals_of(reader: Reader, decision_id: int) -> list[Referral]:
    """The referrals of a decision."""
    rows = await reader.fetch(
        "select id, decision_id, authority, reason, hold_ids, sealed, record_id, referred_at from referrals"
        " where decision_id = $1 order by id",
        decision_id,
    )
    return [Referral(**{**dict(row), "hold_ids": list(row["hold_ids"])}) for row in rows]


_GAG_SQL = """
select n.id from notice_items i join notices n on n.id = i.notice_id where i.case_id = $1 and n.gag order by n.id limit 1
"""
_HELD_SQL = """
select decision_id, account_id from held_statements h where released_at is null and notice_id = $1
order by decision_id, account_id limit $2 for update
"""


async def gag_on(reader: Reader, case_id: int | None) -> int | None:
    """The notice about this case that forbids to tell members; None without one."""
    found: int | None = await reader.fetchval(_GAG_SQL, case_id) if case_id is not None else None
    return found


async def held_by(tx: Tx, notice_id: int, most: int) -> list[tuple[int, int]]:
    """(decision, account) of statements that wait because of a notice."""
    return [(row[0], row[1]) for row in await tx.fetch(_HELD_SQL, notice_id, most)]


async def is_held(reader: Reader, decision_id: int, account_id: int) -> bool:
    """Whether the member's statement was held back, then or still."""
    return bool(
        await reader.fetchval(
            "select 1 from held_statements where decision_id = $1 and account_id = $2",
            decision_id,
            account_id,
        )
    )
