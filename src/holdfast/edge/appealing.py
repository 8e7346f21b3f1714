"""What the API and the pages share about appeals."""

from __future__ import annotations

from ..trust.appeals import AppealLimits
from .ports import Services


def appeal_limits(services: Services) -> AppealLimits:
    """How long there is, and how much may be said, as the operator set it."""
    settings = services.settings
    return AppealLimits(
        settings.appeal_filing_days,
        settings.appeal_answer_days,
        settings.appeal_characters,
        settings.appeal_messages,
    )
