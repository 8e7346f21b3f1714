"""Use cases: a member is sent a statement of reasons, once for a decision; and told when it no longer holds."""

from __future__ import annotations

from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id, new_ulid
from ...records import ledger
from ...social.posts import ADULTS_ONLY
from ..effects import ActionKind
from ..staff_actions import WarningKind, Why, warn_account
from . import store
from .compose import compose, compose_reversal
from .events import StatementSent
from .model import Reasons, Statement, language_of
from .reported import reported

# The gravest first: an app shows one.
_WARNINGS: Final = (
    (ActionKind.SUSPEND, WarningKind.SUSPEND),
    (ActionKind.DISABLE, WarningKind.DISABLE),
    (ActionKind.FREEZE, WarningKind.LIMIT),
    (ActionKind.LIMIT, WarningKind.LIMIT),
    (ActionKind.WITHDRAW, WarningKind.WITHDRAW),
    (ActionKind.HIDE, WarningKind.WITHDRAW),
    (ActionKind.SENSITIZE, WarningKind.SENSITIVE),
    (ActionKind.MARK_SENSITIVE, WarningKind.MARK_SENSITIVE),
)


async def send_statement(tx: Tx, reasons: Reasons, *, now: Instant) -> int | None:
    """Make the statement from the decision, keep its exact text, tell the member; its id.

    None when nobody can sign in to the account, or the member was told of this decision already.
    """
    locale = await tx.fetchval("select locale from users where account_id = $1", reasons.account_id)
    told = await tx.fetchval(
        "select 1 from statements where decision_id = $1 and account_id = $2 and reverses_id is null",
        reasons.decision_id, reasons.account_id,
    )  # fmt: skip
    if locale is None or told:
        return None
    language = language_of(locale)
    subject, text = compose(reasons, language)
    puid = new_ulid(now)
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.SOR_SENT, subject=ledger.Subject.account(reasons.account_id),
            public=_public(reasons), private={"text": text},
            related=((ledger.Relation.ABOUT, reasons.decision_record_id),),
        ),
        now=now,
    )  # fmt: skip
    post_ids = [post.id for post in reasons.posts]
    warning_id = await warn_account(
        tx, reasons.account_id, _warning_kind(reasons), action_id=reasons.action_id, why=Why(policy=text),
        post_ids=post_ids, now=now,
    )  # fmt: skip
    statement = Statement(
        new_id(now), reasons.decision_id, reasons.account_id, language, subject, text, post_ids,
        reported(reasons, puid=puid, adults_only=ADULTS_ONLY), puid, record_id, None, None, now, None,
    )  # fmt: skip
    await store.insert_statement(tx, statement, warning_id=warning_id)
    tx.emit(StatementSent(statement.id, reasons.account_id))
    return statement.id


async def send_reversal(
    tx: Tx,
    decision_id: int,
    account_id: int,
    *,
    made_at: Instant,
    record_id: str,
    action_id: int,
    now: Instant,
) -> int | None:
    """Tell a member that what a statement said no longer holds; None when none was sent, or this was told already.

    record_id: of the record that the decision was reversed.
    """
    row = await tx.fetchrow(
        "select s.id, s.language, s.record_id, s.post_ids from statements s where s.decision_id = $1"
        " and s.account_id = $2 and s.reverses_id is null"
        " and not exists (select 1 from statements r where r.reverses_id = s.id)",
        decision_id, account_id,
    )  # fmt: skip
    if row is None:
        return None
    subject, text = compose_reversal(made_at, row["language"])
    leaf = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.SOR_SENT, subject=ledger.Subject.account(account_id),
            public={"channel": "app", "action": "reversed"}, private={"text": text},
            related=((ledger.Relation.ABOUT, record_id), (ledger.Relation.SUPERSEDES, row["record_id"])),
        ),
        now=now,
    )  # fmt: skip
    post_ids = list(row["post_ids"])
    warning_id = await warn_account(
        tx,
        account_id,
        WarningKind.NONE,
        action_id=action_id,
        why=Why(policy=text),
        post_ids=post_ids,
        now=now,
    )
    statement = Statement(
        new_id(now), decision_id, account_id, row["language"], subject, text, post_ids, {}, new_ulid(now), leaf,
        row["id"], None, now, None,
    )  # fmt: skip
    await store.insert_statement(tx, statement, warning_id=warning_id)
    tx.emit(StatementSent(statement.id, account_id))
    return statement.id


def _public(reasons: Reasons) -> dict[str, str]:
    public = {
        "channel": "app",
        "ground": "illegal" if reasons.law else "incompatible",
        "basis": "law" if reasons.law else "terms",
        "automation": reasons.automation.value.removeprefix("AUTOMATED_DECISION_").lower(),
        "action": ".".join(sorted({one.action.value for one in reasons.measures}))[:64] or "none",
    }
    if reasons.policy is not None:
        public["policy"] = reasons.policy.reference
    return public


def _warning_kind(reasons: Reasons) -> WarningKind:
    done = {one.action for one in reasons.measures}
    return next((kind for action, kind in _WARNINGS if action in done), WarningKind.NONE)
