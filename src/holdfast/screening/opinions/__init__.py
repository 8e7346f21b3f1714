"""Second opinions: what an outside judge is asked about a queued post, and how its answer is read. No I/O.

Whatever the judge answers, it decides nothing: scores and a reason are shown to the person who decides.
"""

from holdfast.screening.opinions.answer import failed, read_reply
from holdfast.screening.opinions.budget import Budget, Spent, affords, day_of, next_day
from holdfast.screening.opinions.model import (
    HEADS,
    MAX_ATTEMPTS,
    RETRIED,
    Failure,
    PostText,
    Reading,
    Scores,
)
from holdfast.screening.opinions.prompt import PROMPT_VERSION, Prompt, build_prompt

__all__ = [
    "Budget", "Failure", "HEADS", "MAX_ATTEMPTS", "PROMPT_VERSION", "PostText", "Prompt", "RETRIED", "Reading",
    "Scores", "Spent", "affords", "build_prompt", "day_of", "failed", "next_day", "read_reply",
]  # fmt: skip
