"""Answers to notices: from outcomes to words in the sender's language, and from words to the exact bytes of a mail.

No I/O here. `trust/answers` keeps and sends what is made here.
"""

from .compose import (
    GAPS,
    ITEMS_MAX,
    NOTE_CHARACTERS,
    Composed,
    Gaps,
    check_template,
    compose,
    item_lines,
    missing_gaps,
    time_text,
)
from .errors import AddressNotUsable, AnswerIncomplete, AnswerTemplateLacks
from .message import AnsweredMail, Enclosure, Outgoing, check_address, encode_mail
from .model import LANGUAGES, AnswerFacts, AnswerKind, Ground, ItemAnswer, answer_language
from .words import MEASURES, OUTCOMES

__all__ = [
    "GAPS", "ITEMS_MAX", "LANGUAGES", "MEASURES", "NOTE_CHARACTERS", "OUTCOMES", "AddressNotUsable", "AnswerFacts", "AnswerIncomplete",
    "AnswerKind", "AnswerTemplateLacks", "AnsweredMail", "Composed", "Enclosure", "Gaps", "Ground", "ItemAnswer",
    "Outgoing", "answer_language", "check_address", "check_template", "compose", "encode_mail", "item_lines",
    "missing_gaps", "time_text",
]  # fmt: skip
