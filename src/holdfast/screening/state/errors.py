"""What can be wrong with a step or a label.

Conflict ── StepNotAllowed      the stage does not follow from the one the rule is in
Invalid  ── LabelNotAllowed     the label or what it is put on cannot be used
"""

from __future__ import annotations

from holdfast.pure.errors import Conflict, Invalid


class StepNotAllowed(Conflict):
    """The rule cannot go there from where it stands."""


class LabelNotAllowed(Invalid):
    """Says what a label must be."""
