"""Telling a member: the statement of reasons, made from the decision and from what it did to what is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...records import ledger
from ..effects import LABEL, STRIKE, TOLD, VISIBILITY, ActionKind, Effect, NewEffect, SubjectKind, effects_on
from ..policies import Basis, Policy, in_language, policy_version, read_reference
from ..statements import (
    Automation,
    Concerned,
    Ended,
    Reasons,
    SourceType,
    compose,
    language_of,
    send_reversal,
    send_statement,
)
from ..templates import fill, template_versions
from . import store
from .events import StatementHeld
from .model import ON_ACCOUNTS, ON_POSTS, SWEEPS, Action, Decision, Ruling
from .queries import Drafted, gag_on, get_decision, is_held

POSTS_NAMED = 200
"""Posts that a statement is about by name; it says how many more there are where a decision is about more."""
_EXCERPT_CHARACTERS = 120

_POSTS_SQL = """
select p.id, p.created_at, p.text, p.language,
       array(select m.kind from media m where m.post_id = p.id and m.position is not null order by m.position) as media
from posts p where p.id = any($1::bigint[]) order by p.id
"""
_KINDS: Mapping[int, str] = {0: "image", 1: "gifv", 2: "video", 3: "audio"}


async def tell_decision(tx: Tx, effect: Effect, now: Instant) -> None:
    """Send the statement that the effect stands for, once, however often this is called; or hold it back while a notice that
    led to the decision forbids to tell the member."""
    decision = await get_decision(tx, effect.decision_id)
    account_id = int(effect.key)
    notice_id = await gag_on(tx, decision.case_id)
    if notice_id is not None:
        await _hold(tx, decision, account_id, notice_id, now)
        return
    await _send(tx, decision, account_id, now)


async def release_statement(tx: Tx, decision_id: int, account_id: int, now: Instant) -> None:
    """Send a statement that was held back, unless another notice forbids it still, or the decision was taken back."""
    decision = await get_decision(tx, decision_id)
    notice_id = await gag_on(tx, decision.case_id)
    if notice_id is not None:
        await store.pass_on(tx, decision_id, account_id, notice_id)
        return
    if decision.undone_at is None:
        await _send(tx, decision, account_id, now)
    await store.mark_released(tx, decision_id, account_id, now=now)


async def _send(tx: Tx, decision: Decision, account_id: int, now: Instant) -> None:
    locale = await tx.fetchval("select locale from users where account_id = $1", account_id)
    if locale is not None:
        await send_statement(tx, await reasons_of(tx, decision, account_id, language_of(locale)), now=now)


async def _hold(tx: Tx, decision: Decision, account_id: int, notice_id: int, now: Instant) -> None:
    """Keep on record, under seal, that the member is not told and why; what the law asks for is late, not forgotten."""
    if await is_held(tx, decision.id, account_id):
        return
    private = {"decision": decision.record_id, "account": str(account_id)}
    entry = ledger.Entry(
        kind=ledger.Kind.SOR_HELD, subject=ledger.Subject.notice(notice_id),
        public={"channel": "app", "cause": "gag"}, private=private, sealed=True,
    )  # fmt: skip
    record_id = await ledger.append(tx, entry, now=now)
    await store.insert_held(tx, decision.id, account_id, notice_id, record_id, now=now)
    tx.emit(StatementHeld(decision.id, notice_id, record_id))


async def tell_reversal(tx: Tx, effect: Effect, now: Instant) -> None:
    """Tell the member that the decision of the effect no longer holds: once."""
    decision = await get_decision(tx, effect.decision_id)
    if decision.undo_record_id is not None and decision.undo_action_id is not None:
        await send_reversal(
            tx, decision.id, int(effect.key), made_at=decision.made_at, record_id=decision.undo_record_id,
            action_id=decision.undo_action_id, now=now,
        )  # fmt: skip


async def reasons_of(reader: Reader, decision: Decision, account_id: int, language: str) -> Reasons:
    """Everything that a statement to this account says, in this language."""
    most = POSTS_NAMED * (len(decision.ruling.actions) + 1)
    effects = await effects_on(reader, decision.id, account_id, limit=most)
    return await _reasons(reader, decision, account_id, language, effects)


async def drafted(reader: Reader, decision: Decision, effects: Sequence[NewEffect]) -> list[Drafted]:
    """The statements that a decision with these effects would send: one for each language that its members read, since in
    one language they differ in the posts alone. decision: as it would be made; its record does not show in the text."""
    told = [int(one.key) for one in effects if one.aspect == TOLD]
    rows = await reader.fetch(
        "select account_id, locale from users where account_id = any($1::bigint[]) order by account_id", told
    )
    found: dict[str, Drafted] = {}
    for row in rows:
        language = language_of(row["locale"])
        if language not in found:
            ident = row["account_id"]
            own = [one for one in effects if one.account_id == ident]
            reasons = await _reasons(reader, decision, ident, language, own)
            found[language] = Drafted(ident, language, *compose(reasons, language))
    return list(found.values())


async def _reasons(
    reader: Reader, decision: Decision, account_id: int, language: str, effects: Sequence[Effect | NewEffect]
) -> Reasons:
    ruling = decision.ruling
    post_ids = sorted({int(one.key) for one in effects if one.kind is SubjectKind.POST})[:POSTS_NAMED]
    policy = await policy_of(reader, decision)
    law, ground, explanation = _grounds(decision, policy, language)
    added = ruling.added
    if ruling.template:
        added = f"{await _from_template(reader, decision, language)}\n\n{added}".strip()
    return Reasons(
        decision.id, account_id, _measures(decision, effects), tuple(await _concerned(reader, post_ids)), policy, law,
        ground, explanation, ruling.facts, added, SourceType(decision.source_type), decision.automated_detection,
        Automation(decision.automation), ruling.territory, decision.made_at, decision.record_id, decision.action_id,
    )  # fmt: skip


async def policy_of(reader: Reader, decision: Decision) -> Policy | None:
    """The policy that a decision rests on, in the version of then."""
    return await policy_named(reader, decision.ruling)


async def policy_named(reader: Reader, ruling: Ruling) -> Policy | None:
    """The policy that a resolved ruling names."""
    return await policy_version(reader, *read_reference(ruling.policy)) if ruling.policy else None


async def _from_template(reader: Reader, decision: Decision, language: str) -> str:
    ident, _, version = decision.ruling.template.partition("@")
    wanted = int(version) if version.isdecimal() else None
    found = await template_versions(reader, ident)
    one = next((one for one in found if one.version == wanted), found[-1])
    return fill(one.template, decision.ruling.values, language=language)


def _grounds(decision: Decision, policy: Policy | None, language: str) -> tuple[bool, str, str]:
    ruling = decision.ruling
    if policy is None:
        return False, ruling.ground, ruling.explanation
    document = policy.document
    ground = ruling.ground or in_language(document.ground, language)
    explanation = in_language(document.explanation, language)
    if ruling.explanation:
        explanation = f"{explanation} {ruling.explanation}"
    return document.basis is Basis.LAW, ground, explanation


def _measures(decision: Decision, effects: Sequence[Effect | NewEffect]) -> tuple[Ended, ...]:
    """The actions that took hold on this account and what is its; a warning always does."""
    aspects = {one.aspect for one in effects}
    found = [
        Ended(action.kind, action.until, _detail(action))
        for action in decision.ruling.actions
        if _took_hold(action, decision.id, aspects)
    ]
    swept = any(action.kind in SWEEPS and action.existing for action in decision.ruling.actions)
    if (
        swept
        and VISIBILITY in aspects
        and not any(ON_POSTS.get(one.action, ("",))[0] == VISIBILITY for one in found)
    ):
        found.append(Ended(ActionKind.WITHDRAW))
    return tuple(found)


def _took_hold(action: Action, decision_id: int, aspects: set[str]) -> bool:
    if action.kind is ActionKind.WARN:
        return True
    if action.kind is ActionKind.LABEL:
        return f"{LABEL}{action.label}" in aspects
    if action.kind is ActionKind.STRIKE:
        return f"{STRIKE}{decision_id}" in aspects
    aspect = (ON_POSTS.get(action.kind) or ON_ACCOUNTS.get(action.kind) or ("",))[0]
    return aspect in aspects or (action.kind is ActionKind.RESTORE and bool(aspects & {"standing", "frozen"}))


def _detail(action: Action) -> str:
    return str(action.severity) if action.kind is ActionKind.STRIKE else action.label


async def _concerned(reader: Reader, post_ids: list[int]) -> list[Concerned]:
    found = []
    for row in await reader.fetch(_POSTS_SQL, post_ids) if post_ids else ():
        words = " ".join(row["text"].split())
        excerpt = words if len(words) <= _EXCERPT_CHARACTERS else f"{words[:_EXCERPT_CHARACTERS].rstrip()}…"
        media = tuple(_KINDS.get(kind, "") for kind in row["media"])
        found.append(Concerned(row["id"], row["created_at"], excerpt, row["language"], media))
    return found
