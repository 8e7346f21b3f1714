"""Drafts: what somebody wants to post, its limits, and what is found in it. Nothing here is stored."""

from .errors import DraftNotAllowed
from .model import (
    Composition,
    Draft,
    NewPoll,
    PostLimits,
    QuotePolicy,
    Visibility,
    compose,
    content_of,
    draft_problems,
)

__all__ = [
    "Composition", "Draft", "DraftNotAllowed", "NewPoll", "PostLimits", "QuotePolicy", "Visibility", "compose", "content_of",
    "draft_problems",
]  # fmt: skip
