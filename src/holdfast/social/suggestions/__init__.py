"""Suggestions: whom a member might want to follow, and why."""

from .dismiss import dismiss_suggestion
from .model import Source, Suggestion, merge
from .queries import suggestions

__all__ = ["Source", "Suggestion", "dismiss_suggestion", "merge", "suggestions"]
