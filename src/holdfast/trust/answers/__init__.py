"""Answers to notices: drafted from the outcomes, read by a person or sent by policy, kept as the exact bytes that went out.

prepared = await answers.prepare(database, staff, notice_id, place=place)      # or `draft`, to show it
async with database.transaction() as tx:
    await answers.approve_and_send(tx, staff, prepared, digest=what_was_read, place=place, now=now)
"""

from .draft import Prepared, composed, draft, prepare, suggested
from .errors import AnswerChanged, AnswerNotAllowed, AnswerNotThere
from .events import AnswerQueued
from .facts import Ground, Place, Whole, grounds, place_of, recipient_of, whole_notice
from .model import BY_POLICY, FINAL, Answer, AnswerStatus, Draft, digest_of, kind_for
from .pace import (
    Pace,
    PaceRule,
    SenderPace,
    is_abusive,
    pace_by_policy,
    pace_of,
    paces,
    set_pace,
    slow_new_notice,
)
from .queries import answer_of_message, answers_of, same_answer, saved_notes
from .send import answer_by_policy, approve_and_send, may_repeat, save_notes
from .store import hand_over, settle

__all__ = [
    "BY_POLICY", "FINAL", "Answer", "AnswerChanged", "AnswerNotAllowed", "AnswerNotThere", "AnswerQueued",
    "AnswerStatus", "Draft", "Ground", "Pace", "PaceRule", "Place", "is_abusive", "SenderPace", "pace_by_policy", "slow_new_notice", "pace_of", "paces", "place_of", "set_pace", "Prepared", "Whole", "answer_by_policy", "answer_of_message", "answers_of",
    "approve_and_send", "composed", "digest_of", "draft", "grounds", "hand_over", "kind_for", "may_repeat", "prepare",
    "recipient_of", "same_answer", "save_notes", "saved_notes", "settle", "suggested", "whole_notice",
]  # fmt: skip
