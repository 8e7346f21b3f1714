"""What an answer to a notice is made from: values only, read elsewhere, so that the same facts give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..notices import ItemOutcome

LANGUAGES: Final = ("en", "fr")
"""Languages that there are words for, the first one for everybody else."""


class AnswerKind(StrEnum):
    """What an answer is for. The value names the template: `notice-` and the value."""

    ACKNOWLEDGEMENT = "acknowledgement"
    NEEDS_INFO = "needs-info"
    DECISION = "decision"
    REFUSAL = "refusal"
    HOST_REPLY = "host-reply"
    ORDER_EFFECTED = "order-effected"
    ORDER_NOT_EFFECTED = "order-not-effected"
    EXTENSION = "extension"
    LETTER = "letter"

    @property
    def template_id(self) -> str:
        """The template in trust/templates."""
        return f"notice-{self.value}"


class Ground(StrEnum):
    """Why an order was not carried out (Regulation (EU) 2021/784, Art. 3(7) and (8), Annex III)."""

    IMPOSSIBLE = "impossible"
    ERRORS = "errors"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What is said of one item. `address`: as the sender gave it. outcome None: not decided yet. measures: codes of what was done, as in rulings.

    policy: id@version; `law`: the ground is a law, not the terms. automation: not, partially, fully. same_as: what a
    duplicate repeats, in words or as an address. reason: why it was refused, or what the staff adds.
    """

    n: int
    address: str
    outcome: ItemOutcome | None
    seen_at: datetime | None = None
    acted_at: datetime | None = None
    measures: tuple[str, ...] = ()
    policy: str = ""
    policy_title: str = ""
    law: bool = False
    ground: str = ""
    reason: str = ""
    automation: str = "not"
    detected: bool = False
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """The notice as far as an answer speaks of it. notes: what a person wrote into the gaps of the template, by name."""

    site: str
    reference: str
    received_at: datetime
    subject: str = ""
    sender_reference: str = ""
    status_page: str = ""
    items: tuple[ItemAnswer, ...] = ()
    complaint_page: str = ""
    notes: dict[str, str] = field(default_factory=dict)


def answer_language(tag: str) -> str:
    """The language that a sender is written to in: the sender's own where there are words for it, else English."""
    wanted = tag.replace("_", "-").partition("-")[0].lower()
    return wanted if wanted in LANGUAGES else LANGUAGES[0]
