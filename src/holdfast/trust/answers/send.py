"""Use cases: an answer that was read is kept, recorded and sent; notes for one are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...platform.clock import Instant
from ...platform.db import Database, Tx
from ...platform.ids import new_ulid
from ...pure.notice_answers import GAPS, NOTE_CHARACTERS, AnswerIncomplete, AnswerKind, Outgoing, encode_mail
from ...pure.notices import NoticeState, Step
from ...pure.permissions import Permission
from ..notices import Channel, Direction, add_message, take_step
from ..staff_actions import CLOCK, Staff
from . import store
from .draft import Prepared
from .errors import AnswerChanged, AnswerNotAllowed, AnswerNotThere
from .events import AnswerQueued
from .facts import Place
from .model import BY_POLICY, FINAL, Answer, AnswerStatus, message_kind
from .queries import answer_of_message, same_answer

_MAY_ASK: Final = frozenset({NoticeState.ACKNOWLEDGED, NoticeState.TRIAGED, NoticeState.IN_REVIEW})
_NOT_ACKNOWLEDGED: Final = frozenset({NoticeState.VERIFIED, NoticeState.UNVERIFIED})


async def approve_and_send(
    tx: Tx, staff: Staff, prepared: Prepared, *, digest: str, place: Place, now: Instant, again: bool = False
) -> Answer:
    """Keep the answer with its exact bytes and a record, and have it sent; the answer, or that one which said the same.

    prepared: from `draft.prepare`, made just before. digest: of the draft that was read; what reads otherwise is not sent.
    again: send the same once more, because the first did not arrive.
    Raises RoleLacks, AnswerIncomplete, AnswerChanged, StepNotPossible, NoticeNotThere.
    """
    staff.require(Permission.MANAGE_NOTICES)
    draft = prepared.draft
    if draft.missing:
        raise AnswerIncomplete(
            f"the answer still has to say: {', '.join(draft.missing)}",
            details={name: [("ERR_BLANK", "has to be filled in")] for name in draft.missing},
        )
    version, _ = await store.lock_notice(tx, draft.notice_id)
    before = await same_answer(tx, draft.notice_id, draft.digest)
    if before is not None and digest == draft.digest and not (again and may_repeat(before)):
        return before
    if digest != draft.digest or version != prepared.version:
        raise AnswerChanged
    await _go_on(tx, staff, draft.notice_id, draft.kind, prepared.state, now=now)
    mail_id, raw = _bytes(prepared, place, automatic=staff is CLOCK, now=now)
    message = await add_message(
        tx, draft.notice_id, direction=Direction.OUT, kind=message_kind(draft.kind),
        channel=Channel.EMAIL if draft.recipient else Channel.FORM, raw=raw, subject=draft.subject, text=draft.text,
        external_id=mail_id, template=draft.template, delivery="queued" if draft.recipient else "", staff=staff, now=now,
    )  # fmt: skip
    await store.insert_answer(
        tx,
        draft,
        message.id,
        mail_id=mail_id,
        automatic=staff is CLOCK,
        approved_by=staff.account_id,
        now=now,
    )
    if draft.recipient:
        tx.emit(AnswerQueued(message.id, draft.notice_id))
    made = await answer_of_message(tx, message.id)
    if made is None:
        raise AnswerNotThere
    return made


def may_repeat(answer: Answer) -> bool:
    """Whether the same may be sent once more: where it is known, or not known to be otherwise, that it did not arrive."""
    lost = answer.status in (AnswerStatus.REFUSED, AnswerStatus.FAILED, AnswerStatus.UNKNOWN)
    return lost or answer.delivery == "failed"


async def _go_on(
    tx: Tx, staff: Staff, notice_id: int, kind: AnswerKind, state: NoticeState, *, now: Instant
) -> None:
    """The steps that the notice takes with the answer. Raises StepNotPossible, which says what is missing."""
    steps: list[Step] = []
    if kind in FINAL and state not in (NoticeState.ANSWERED, NoticeState.CLOSED):
        steps = [Step.ANSWER] if state is NoticeState.DECIDED else [Step.DECIDE, Step.ANSWER]
    elif kind is AnswerKind.LETTER and state is NoticeState.DECIDED:
        steps = [Step.ANSWER]
    elif kind is AnswerKind.NEEDS_INFO and state in _MAY_ASK:
        steps = [Step.TRIAGE, Step.ASK] if state is NoticeState.ACKNOWLEDGED else [Step.ASK]
    elif kind is AnswerKind.ACKNOWLEDGEMENT and state in _NOT_ACKNOWLEDGED:
        steps = [Step.ACKNOWLEDGE]
    for step in steps:
        await take_step(tx, staff, notice_id, step, now=now)


def _bytes(prepared: Prepared, place: Place, *, automatic: bool, now: Instant) -> tuple[str, bytes]:
    """The Message-ID and the exact bytes; the text itself where it does not go by mail."""
    draft = prepared.draft
    if not draft.recipient:
        return "", draft.text.encode("utf-8", "surrogatepass")
    mail_id = f"<answer.{new_ulid(now).lower()}@{place.site.partition(':')[0]}>"
    raw = encode_mail(
        Outgoing(
            sender=place.sender, recipient=draft.recipient, subject=draft.subject, text=draft.text, message_id=mail_id,
            at=now, language=draft.language, site=place.site, reference=prepared.reference, automatic=automatic,
            answered=prepared.answered,
        )
    )  # fmt: skip
    return mail_id, raw


async def save_notes(
    tx: Tx, staff: Staff, notice_id: int, kind: AnswerKind, notes: Mapping[str, str], *, now: Instant
) -> None:
    """Keep what was written for an answer, unfinished or not. The caller has read the notice as this person.

    Raises RoleLacks, AnswerNotAllowed.
    """
    staff.require(Permission.MANAGE_NOTICES)
    for name, text in notes.items():
        if name not in GAPS[kind].written:
            raise AnswerNotAllowed("notes", f"hold {name[:40]!r}, for which {kind.value} has no gap")
        if len(text) > NOTE_CHARACTERS:
            raise AnswerNotAllowed("notes", f"must have at most {NOTE_CHARACTERS} characters in {name}")
    await store.save_notes(tx, notice_id, kind, notes, by=staff.account_id, now=now)


async def answer_by_policy(
    database: Database, prepared: Prepared, place: Place, *, allowed: frozenset[str], now: Instant
) -> Answer | None:
    """Send the final answer without a person, where the policy allows that kind; None: a person has to."""
    kind = prepared.draft.kind
    waits = prepared.state is NoticeState.DECIDED
    if not waits or kind.value not in allowed or kind not in BY_POLICY or prepared.draft.missing:
        return None
    async with database.transaction() as tx:
        return await approve_and_send(tx, CLOCK, prepared, digest=prepared.draft.digest, place=place, now=now)
