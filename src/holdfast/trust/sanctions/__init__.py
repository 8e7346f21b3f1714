"""Sanctions: what the staff does to accounts and posts, recorded, told to the member, and taken back."""

from .act import sanction_account
from .lift import lift_ended_sanctions, lift_sanction
from .model import Sanction, SanctionedNotThere, SanctionKind, SanctionNotAllowed
from .sign_ups import decide_sign_up

__all__ = [
    "Sanction", "SanctionKind", "SanctionNotAllowed", "SanctionedNotThere", "decide_sign_up", "lift_ended_sanctions",
    "lift_sanction", "sanction_account",
]  # fmt: skip
