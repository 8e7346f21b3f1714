"""Which model judges posts, as the settings say."""

from __future__ import annotations

from ..platform.settings import Settings
from ..screening import ModelChoice


def model_choice(settings: Settings) -> ModelChoice:
    """The model that this server is set to use."""
    return ModelChoice(
        file=settings.screening_model_file,
        point=settings.screening_point,
        audit_share=settings.screening_audit_percent / 100,
    )
