"""Statements of reasons: what a member is told of a decision, made from it, kept as it was sent, readable while suspended."""

from .compose import compose, compose_reversal
from .errors import StatementNotThere
from .events import StatementSent
from .model import (
    Automation,
    Concerned,
    Ended,
    Letter,
    MailStatus,
    Reasons,
    SourceType,
    Statement,
    language_of,
)
from .reader import StatementReader, letter_of, reported_rows, statement_to_mail, statements_of
from .reported import reported
from .send import send_reversal, send_statement
from .store import begin_letter, hand_over, settle_letter

__all__ = [
    "Automation", "Concerned", "Ended", "Letter", "MailStatus", "Reasons", "SourceType", "Statement", "StatementNotThere",
    "StatementReader", "StatementSent", "begin_letter", "compose", "compose_reversal", "hand_over", "language_of",
    "letter_of", "reported", "reported_rows", "send_reversal", "send_statement", "settle_letter", "statement_to_mail",
    "statements_of",
]  # fmt: skip
