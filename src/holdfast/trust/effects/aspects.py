"""How aspects are read and set: one way for each, over the use cases of the rooms that they belong to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...social.accounts import (
    AccountState,
    Restriction,
    reinstate_account,
    restrict_account,
    set_account_state,
    suspend_account,
)
from ...social.bans import MaterialKind, PatternField, PatternSeverity, set_barred, set_sign_up_pattern
from ...social.posts import PostMark, PostState, decide_post, label_post, mark_post
from ...social.sessions import end_all_sessions
from ...social.tokens import end_tokens
from ..staff_actions import Change, Takedown
from ..staff_actions import Strike as LoggedStrike
from .model import (
    BARRED,
    DISABLED,
    FROZEN,
    LABEL,
    LIMITED,
    OFF,
    ON,
    REACH,
    REPLIES,
    SENSITIVE,
    SENSITIZED,
    SEVERITY,
    STANDING,
    STRIKE,
    VISIBILITY,
    SubjectKind,
)

_POST_STATES: Final = {"visible": PostState.VISIBLE, "held": PostState.HELD, "withdrawn": PostState.WITHDRAWN}
_STATE_NAMES: Final = {state: name for name, state in _POST_STATES.items()}
_MARKS: Final = {
    SENSITIVE: PostMark.SENSITIVE,
    REACH: PostMark.LIMITED_REACH,
    REPLIES: PostMark.CLOSED_REPLIES,
}
_RESTRICTIONS: Final = {
    FROZEN: Restriction.FROZEN, LIMITED: Restriction.LIMITED, SENSITIZED: Restriction.SENSITIZED,
    DISABLED: Restriction.DISABLED,
}  # fmt: skip
_STANDINGS: Final = {
    "active": AccountState.ACTIVE, "pending": AccountState.PENDING, "unclaimed": AccountState.UNCLAIMED,
    "suspended": AccountState.SUSPENDED,
}  # fmt: skip
_STANDING_NAMES: Final = {state: name for name, state in _STANDINGS.items()}
_MATERIAL: Final = {SubjectKind.LINK: MaterialKind.LINK, SubjectKind.IMAGE: MaterialKind.IMAGE}


class Wanted(msgspec.Struct, frozen=True):
    """A value to be set, and what else is to be kept of it."""

    kind: SubjectKind
    key: str
    aspect: str
    value: str
    until: Instant | None = None
    decision_id: int = 0


async def current_value(tx: Tx, kind: SubjectKind, key: str, aspect: str) -> str | None:
    """The value now; it stays until this transaction ends. None when the subject is gone."""
    if kind is SubjectKind.POST:
        return await _of_post(tx, int(key), aspect)
    if kind is SubjectKind.ACCOUNT:
        return await _of_account(tx, int(key), aspect)
    if kind is SubjectKind.SIGN_UP:
        field, _, pattern = key.partition(":")
        found = await tx.fetchval(
            "select severity from sign_up_patterns where field = $1 and pattern = $2 for update",
            field,
            pattern,
        )
        return OFF if found is None else str(found)
    barred = await tx.fetchval(
        "select 1 from barred_material where kind = $1 and value = $2 for update", _MATERIAL[kind].value, key
    )
    return ON if barred else OFF


async def _of_post(tx: Tx, post_id: int, aspect: str) -> str | None:
    row = await tx.fetchrow(
        "select state, sensitive, limited_reach, closed_replies, labels, boost_of_id from posts where id = $1 for update",
        post_id,
    )
    if row is None or row["boost_of_id"] is not None or row["state"] == PostState.KEPT:
        return None
    if aspect == VISIBILITY:
        return _STATE_NAMES[PostState(row["state"])]
    if aspect.startswith(LABEL):
        return ON if aspect.removeprefix(LABEL) in row["labels"] else OFF
    return ON if row[_MARKS[aspect].value] else OFF


async def _of_account(tx: Tx, account_id: int, aspect: str) -> str | None:
    row = await tx.fetchrow(
        "select state, frozen_at is not null as frozen, limited_at is not null as limited,"
        " sensitized_at is not null as sensitized, exists (select 1 from users where account_id = $1"
        " and disabled_at is not null) as disabled from accounts where id = $1 for update",
        account_id,
    )
    if row is None or row["state"] not in _STANDING_NAMES:
        return None
    if aspect == STANDING:
        return _STANDING_NAMES[AccountState(row["state"])]
    if aspect.startswith(STRIKE):
        severity = await tx.fetchval(
            "select severity from strikes where account_id = $1 and name = $2",
            account_id,
            aspect.removeprefix(STRIKE),
        )
        return OFF if severity is None else str(severity)
    return ON if row[aspect] else OFF


async def set_value(tx: Tx, wanted: Wanted, now: Instant) -> None:
    """Set it. The subject was read by `current_value` in this transaction, so it is there."""
    await _SETTERS[wanted.kind](tx, wanted, now)


async def _set_post(tx: Tx, wanted: Wanted, now: Instant) -> None:
    post_id = int(wanted.key)
    if wanted.aspect == VISIBILITY:
        await decide_post(tx, post_id, _POST_STATES[wanted.value])
    elif wanted.aspect.startswith(LABEL):
        await label_post(tx, post_id, wanted.aspect.removeprefix(LABEL), on=wanted.value == ON)
    else:
        await mark_post(tx, post_id, _MARKS[wanted.aspect], on=wanted.value == ON)


async def _set_account(tx: Tx, wanted: Wanted, now: Instant) -> None:
    account_id = int(wanted.key)
    if wanted.aspect == STANDING:
        await _set_standing(tx, account_id, _STANDINGS[wanted.value], now)
    elif wanted.aspect.startswith(STRIKE):
        await _set_strike(tx, account_id, wanted, now)
    else:
        on = wanted.value == ON
        await restrict_account(tx, account_id, _RESTRICTIONS[wanted.aspect], on=on, now=now)
        if wanted.aspect == DISABLED and on:
            await end_all_sessions(tx, account_id)
            await end_tokens(tx, account_id)


async def _set_standing(tx: Tx, account_id: int, state: AccountState, now: Instant) -> None:
    if state is AccountState.SUSPENDED:
        await end_all_sessions(tx, account_id)
        await end_tokens(tx, account_id)
        await suspend_account(tx, account_id, now=now)
        return
    await reinstate_account(tx, account_id, now=now)
    if state is not AccountState.ACTIVE:
        await set_account_state(tx, account_id, state, now=now)


async def _set_strike(tx: Tx, account_id: int, wanted: Wanted, now: Instant) -> None:
    name = wanted.aspect.removeprefix(STRIKE)
    if wanted.value == OFF:
        await tx.execute("delete from strikes where account_id = $1 and name = $2", account_id, name)
    else:
        await tx.execute(
            "insert into strikes (id, account_id, name, severity, given_at, expires_at) values ($1, $2, $3, $4, $5, $6)"
            " on conflict (account_id, name) do update set severity = excluded.severity",
            new_id(now), account_id, name, int(wanted.value), now, wanted.until,
        )  # fmt: skip


async def _set_pattern(tx: Tx, wanted: Wanted, now: Instant) -> None:
    field, _, pattern = wanted.key.partition(":")
    severity = None if wanted.value == OFF else PatternSeverity(wanted.value)
    await set_sign_up_pattern(tx, PatternField(field), pattern, severity, now)


async def _set_material(tx: Tx, wanted: Wanted, now: Instant) -> None:
    await set_barred(tx, _MATERIAL[wanted.kind], wanted.key, barred=wanted.value == ON, now=now)


_SETTERS: Final[dict[SubjectKind, Callable[[Tx, Wanted, Instant], Awaitable[None]]]] = {
    SubjectKind.POST: _set_post,
    SubjectKind.ACCOUNT: _set_account,
    SubjectKind.SIGN_UP: _set_pattern,
    SubjectKind.LINK: _set_material,
    SubjectKind.IMAGE: _set_material,
}

_VERBS: Final[dict[tuple[str, str], str]] = {
    (VISIBILITY, "visible"): "post.restore", (VISIBILITY, "held"): "post.hold", (VISIBILITY, "withdrawn"): "post.withdraw",
    (SENSITIVE, ON): "post.mark_sensitive", (SENSITIVE, OFF): "post.unmark_sensitive",
    (REACH, ON): "post.limit_reach", (REACH, OFF): "post.unlimit_reach",
    (REPLIES, ON): "post.close_replies", (REPLIES, OFF): "post.open_replies",
    (FROZEN, ON): "account.freeze", (FROZEN, OFF): "account.unfreeze",
    (LIMITED, ON): "account.silence", (LIMITED, OFF): "account.unsilence",
    (SENSITIZED, ON): "account.sensitive", (SENSITIZED, OFF): "account.unsensitive",
    (DISABLED, ON): "account.disable", (DISABLED, OFF): "account.enable",
    (STANDING, "suspended"): "account.suspend",
    (SEVERITY, OFF): "sign_up.unrestrict",
}  # fmt: skip
_TAKEDOWNS: Final = {"visible": Takedown.NONE, "held": Takedown.HELD, "withdrawn": Takedown.WITHDRAWN}


def verb_of(wanted: Wanted) -> str:
    """What the log calls it."""
    if verb := _VERBS.get((wanted.aspect, wanted.value)):
        return verb
    if wanted.aspect == STANDING:
        return "account.unsuspend"
    if wanted.aspect.startswith(STRIKE):
        return "account.unstrike" if wanted.value == OFF else "account.strike"
    if wanted.aspect.startswith(LABEL):
        return "post.label" if wanted.value == ON else "post.unlabel"
    if wanted.aspect == SEVERITY:
        return "sign_up.restrict"
    return f"{wanted.kind.value}.{'bar' if wanted.value == ON else 'unbar'}"


async def change_of(tx: Tx, wanted: Wanted) -> Change:
    """What it does to the subject's status in the log."""
    if wanted.aspect == VISIBILITY:
        return Change(takedown=_TAKEDOWNS[wanted.value], reviewed=True)
    if wanted.aspect.startswith(LABEL) or wanted.aspect in (SENSITIVE, REACH, REPLIES, FROZEN, SENSITIZED):
        name = wanted.aspect.removeprefix(LABEL)
        if wanted.value == ON:
            return Change(labels_added=(name,), reviewed=True)
        return Change(labels_removed=(name,), reviewed=True)
    if wanted.aspect.startswith(STRIKE):
        if wanted.value == OFF:
            return Change(strike_off=(int(wanted.aspect.removeprefix(STRIKE)),), reviewed=True)
        strike = LoggedStrike(int(wanted.value), wanted.until, int(wanted.aspect.removeprefix(STRIKE)))
        return Change(strikes=(strike,), reviewed=True)
    if wanted.kind is SubjectKind.ACCOUNT:
        return Change(takedown=await _takedown_of(tx, int(wanted.key)), reviewed=True)
    if wanted.aspect == BARRED:
        return Change(takedown=Takedown.BLOCKED if wanted.value == ON else Takedown.NONE)
    return Change()


async def _takedown_of(tx: Tx, account_id: int) -> Takedown:
    """The gravest of what is taken from an account now."""
    for aspect, value, takedown in (
        (STANDING, "suspended", Takedown.SUSPENDED),
        (DISABLED, ON, Takedown.DISABLED),
        (LIMITED, ON, Takedown.LIMITED),
    ):
        if await _of_account(tx, account_id, aspect) == value:
            return takedown
    return Takedown.NONE
