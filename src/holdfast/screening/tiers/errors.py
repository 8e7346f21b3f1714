"""What can be wrong with a model file."""

from __future__ import annotations

from holdfast.pure.errors import Invalid


class ModelUnusable(Invalid):
    """The model file is missing, damaged, or of a kind that this version does not read."""
