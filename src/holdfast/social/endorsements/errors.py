"""What can go wrong with endorsements.

Invalid
└── EndorsementInvalid       the account is not followed, or one too many
"""

from __future__ import annotations

from ...pure.errors import Invalid


class EndorsementInvalid(Invalid):
    """The account cannot be endorsed (yet)."""
