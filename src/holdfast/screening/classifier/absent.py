"""What judges in the model's place when there is no usable model."""

from __future__ import annotations

from typing import Final

from holdfast.screening.model import Content, Opinion

NOTE: Final = "note.model_missing"


class AbsentModel:
    """Says that nobody looked: every post that the rules let through is queued instead of guessed about."""

    may_refuse = False
    version = "no-model"

    def judge(self, content: Content) -> Opinion:
        """Published, and queued for a person, whatever it says."""
        return Opinion(action="flag", lane="P4", rules=[NOTE])
