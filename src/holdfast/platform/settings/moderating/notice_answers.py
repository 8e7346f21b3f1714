"""Settings of answers to notices: what goes out without a person, and whose notices wait for those of others."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from .notice_intake import NoticeIntakeSettings


class NoticeAnswerSettings(NoticeIntakeSettings, frozen=True, kw_only=True):
    """Answers to notices."""

    # Answers to notices
    notice_answers_automatic: Annotated[
        tuple[str, ...],
        S(
            "Kinds of answers that go out by themselves once every item is decided: decision, refusal. None: somebody"
            " reads each of them first. Receipts need no entry here."
        ),
    ] = ()
    notice_abuse_judged: Annotated[
        int,
        S(
            "From how many judged items on a sender can be slowed for notices that are nearly all unfounded.",
            unit="items",
            minimum=5,
            maximum=1_000_000,
        ),
    ] = 30
    notice_abuse_upheld_percent: Annotated[
        float,
        S(
            "A sender is slowed when the share of items that were upheld lies below this, at the upper end of its interval;"
            " 0: nobody by policy.",
            unit="%",
            minimum=0.0,
            maximum=50.0,
        ),
    ] = 10.0
    notice_abuse_days: Annotated[
        int, S("Over how many days that is counted, and for how many it holds.", unit="days", minimum=1, maximum=3650)
    ] = 90  # fmt: skip
