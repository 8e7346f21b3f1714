"""What a verification found, and the exit status that it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Outcome(IntEnum):
    """The exit statuses of `holdfast verify`; of several findings the largest counts."""

    VERIFIED = 0
    UNWITNESSED = 10
    OPENING_MISSING = 20
    BAD = 30
    SPLIT_VIEW = 40


SENTENCES = {
    Outcome.VERIFIED: "Everything was verified.",
    Outcome.UNWITNESSED: "Verified, but not enough independent witnesses have seen it.",
    Outcome.OPENING_MISSING: "Verified, but not everything could be opened: some text was erased or not given.",
    Outcome.BAD: "NOT verified: a signature, a proof or an opening is wrong.",
    Outcome.SPLIT_VIEW: "NOT verified: the log has signed two different histories.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `subject` names it for programs, `text` tells people."""

    outcome: Outcome
    subject: str
    text: str


@dataclass(slots=True)
class Report:
    """What was found in one file, in the order of looking. `facts` are for programs."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        """The worst of what was found; a report that found nothing has verified nothing."""
        return max((one.outcome for one in self.findings), default=Outcome.BAD)

    def add(self, outcome: Outcome, subject: str, text: str) -> None:
        """Write down one more finding."""
        self.findings.append(Finding(outcome, subject, text))

    def verified(self, subject: str, text: str) -> None:
        """Write down one more thing that is as it should be."""
        self.add(Outcome.VERIFIED, subject, text)

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        outcome = self.outcome
        return {
            "file": self.file,
            "outcome": outcome.name.lower(),
            "exit": int(outcome),
            "summary": SENTENCES[outcome],
            "findings": [
                {"outcome": one.outcome.name.lower(), "subject": one.subject, "text": one.text}
                for one in self.findings
            ],
            "facts": self.facts,
        }
