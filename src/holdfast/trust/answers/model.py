"""What an answer is: as it is drafted, as it is kept, and what became of it on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.notice_answers import AnswerKind
from ...pure.notices import ItemOutcome
from ..notices import MessageKind

OF_PRESET: Final[Mapping[str, AnswerKind]] = {
    "host.": AnswerKind.HOST_REPLY,
    "store.": AnswerKind.HOST_REPLY,
    "provider.": AnswerKind.HOST_REPLY,
    "eu.tco.": AnswerKind.ORDER_EFFECTED,
}
"""Which answer the outcome of a notice leads to, by the beginning of its preset; else a decision or a refusal."""

FINAL: Final = frozenset(
    {
        AnswerKind.DECISION,
        AnswerKind.REFUSAL,
        AnswerKind.HOST_REPLY,
        AnswerKind.ORDER_EFFECTED,
        AnswerKind.ORDER_NOT_EFFECTED,
    }
)
"""Answers that say how it ended: given once everything has an outcome."""

BY_POLICY: Final = frozenset({AnswerKind.DECISION, AnswerKind.REFUSAL})
"""Answers that may go out without a person: nothing in them has to be written by hand."""


class AnswerStatus(StrEnum):
    """What became of an answer. PAGE: it is on the status page alone. UNKNOWN: the server never said whether it has it,
    so it is not sent again by itself."""

    PAGE = "page"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Draft(msgspec.Struct, frozen=True):
    """An answer as it would go out now. digest: of what is read, so that nothing else is sent. missing: gaps that a person
    has yet to fill. recipient: "" where it goes to the status page alone, and `not_mailed` says why."""

    notice_id: int
    kind: AnswerKind
    language: str
    template: str
    subject: str
    text: str
    digest: str
    missing: tuple[str, ...]
    notes: Mapping[str, str]
    recipient: str
    not_mailed: str = ""


class Answer(msgspec.Struct, frozen=True):
    """An answer that was given. `message_id`: of the notice's message that it is, whose record holds the exact bytes.

    delivery: what is known of it beyond our mail server: sent, delivered, delayed, failed. approved_by: None: by policy, or
    by the operator.
    """

    message_id: int
    notice_id: int
    kind: AnswerKind
    language: str
    template: str
    digest: str
    recipient: str
    mail_id: str
    status: AnswerStatus
    said: str
    attempts: int
    automatic: bool
    approved_by: int | None
    made_at: Instant
    settled_at: Instant | None
    record_id: str
    subject: str
    text: str
    delivery: str
    delivery_detail: str
    delivered_at: Instant | None
    raw_sha256: bytes | None


def kind_for(preset: str, outcomes: Sequence[ItemOutcome], *, has_items: bool) -> AnswerKind:
    """The answer that fits what was decided. outcomes: of the items, or of the whole where there are none."""
    if not has_items:
        # What was asked about nothing in particular is answered in somebody's own words.
        return AnswerKind.LETTER
    special = next((kind for start, kind in OF_PRESET.items() if preset.startswith(start)), None)
    if special is AnswerKind.ORDER_EFFECTED and outcomes and ItemOutcome.ACTIONED not in outcomes:
        return AnswerKind.ORDER_NOT_EFFECTED
    if special is not None:
        return special
    acted = {ItemOutcome.ACTIONED, ItemOutcome.DUPLICATE} & set(outcomes)
    return AnswerKind.REFUSAL if outcomes and not acted else AnswerKind.DECISION


def message_kind(kind: AnswerKind) -> MessageKind:
    """As what it stands among the notice's messages."""
    if kind is AnswerKind.ACKNOWLEDGEMENT:
        return MessageKind.RECEIPT
    if kind in (AnswerKind.NEEDS_INFO, AnswerKind.EXTENSION):
        return MessageKind.QUESTION
    return MessageKind.ANSWER


def digest_of(kind: AnswerKind, language: str, subject: str, text: str, recipient: str) -> str:
    """What tells two answers apart: everything that its reader sees, and who that is."""
    return sha256(
        "\0".join((kind.value, language, subject, text, recipient)).encode("utf-8", "surrogatepass")
    ).hexdigest()
