"""What a statement of reasons says, and what it is made from."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from ...platform.clock import Instant
from ..effects import ActionKind
from ..policies import Policy

LANGUAGES = ("en", "fr")


class Automation(StrEnum):
    """How much of a decision no person made, as the transparency database has it."""

    NOT = "AUTOMATED_DECISION_NOT_AUTOMATED"
    PARTIALLY = "AUTOMATED_DECISION_PARTIALLY"
    FULLY = "AUTOMATED_DECISION_FULLY"


class SourceType(StrEnum):
    """What a decision goes back to, as the transparency database has it."""

    NOTICE = "SOURCE_ARTICLE_16"
    TRUSTED_FLAGGER = "SOURCE_TRUSTED_FLAGGER"
    OTHER_NOTIFICATION = "SOURCE_TYPE_OTHER_NOTIFICATION"
    VOLUNTARY = "SOURCE_VOLUNTARY"


class Ended(msgspec.Struct, frozen=True):
    """A measure, and when it ends by itself; None: not."""

    action: ActionKind
    until: Instant | None = None
    label: str = ""


class Concerned(msgspec.Struct, frozen=True):
    """A post that a measure is about, as its author knows it."""

    id: int
    created_at: Instant
    excerpt: str
    language: str | None
    media: tuple[str, ...] = ()


class Reasons(msgspec.Struct, frozen=True):
    """Everything that a statement is made from: one decision, as far as one account is concerned.

    ground: the law or the part of the terms; explanation: why what happened breaks it. `added`: what a moderator wrote
    to the member. `facts`: what happened, in the moderator's words.
    """

    decision_id: int
    account_id: int
    measures: tuple[Ended, ...]
    posts: tuple[Concerned, ...]
    policy: Policy | None
    law: bool
    ground: str
    explanation: str
    facts: str
    added: str
    source: SourceType
    automated_detection: bool
    automation: Automation
    territory: tuple[str, ...]
    made_at: Instant
    decision_record_id: str
    action_id: int


class Statement(msgspec.Struct, frozen=True):
    """One statement as it was sent. `text` is exact. `reverses_id`: it tells that an earlier one no longer holds."""

    id: int
    decision_id: int
    account_id: int
    language: str
    subject: str
    text: str
    post_ids: list[int]
    reported: dict[str, Any]
    puid: str
    record_id: str
    reverses_id: int | None
    reversed_by_id: int | None
    sent_at: Instant
    read_at: Instant | None


class MailStatus(StrEnum):
    """What became of a statement by mail."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


class Letter(msgspec.Struct, frozen=True):
    """A statement as it goes by mail: the bytes that are or were sent."""

    statement_id: int
    recipient: str
    message_id: str
    message: bytes
    status: MailStatus
    answer: str
    attempts: int


def language_of(locale: str) -> str:
    """The language that a member is written to in: the member's own where there are words for it, else English."""
    wanted = locale.partition("-")[0].partition("_")[0].lower()
    return wanted if wanted in LANGUAGES else "en"
