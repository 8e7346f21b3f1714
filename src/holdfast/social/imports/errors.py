"""Why an import cannot start.

Conflict
└── PostingAccountUnusable    the account named for rows without an author was suspended or deleted
Invalid
└── PostingAccountInvalid     that name cannot name an account
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid


class PostingAccountUnusable(Conflict):
    """The account that should post was suspended or deleted."""


class PostingAccountInvalid(Invalid):
    """Nothing can be named like that."""
