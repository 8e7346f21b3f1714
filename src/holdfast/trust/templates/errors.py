"""What can go wrong with templates.

NotFound
└── TemplateNotThere         none of this name, or no such version
Invalid
├── TemplateNotAllowed       it breaks a rule; says which
└── PlaceholderLeft          something is not filled in: the text is not sent
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class TemplateNotThere(NotFound):
    """None of this name, or no such version."""

    public = "There is no such template, or no such version of it"


class TemplateNotAllowed(Invalid):
    """It cannot be published as it is."""


class PlaceholderLeft(Invalid):
    """What is not filled in would be sent to a member as it stands."""
