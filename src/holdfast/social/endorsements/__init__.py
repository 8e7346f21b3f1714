"""Endorsements: accounts that a member shows on the profile."""

from .endorse import endorse_account
from .errors import EndorsementInvalid
from .jobs import forget_endorsement
from .queries import endorsed_page
from .unendorse import unendorse_account

__all__ = [
    "EndorsementInvalid",
    "endorse_account",
    "endorsed_page",
    "forget_endorsement",
    "unendorse_account",
]
