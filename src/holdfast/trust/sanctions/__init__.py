"""Sanctions: what the staff does to accounts and posts, recorded, told to the member, and taken back."""

from .act import sanction_account
from .lift import lift_ended_sanctions, lift_sanction
from .members import STATES, Member, MemberFilter, NetworkUse, list_members, members_by_id
from .model import Sanction, SanctionedNotThere, SanctionKind, SanctionNotAllowed, SignUpNotWaiting
from .remove import remove_member
from .roles import StaffMember, give_role, staff_members
from .sign_ups import decide_sign_up

__all__ = [
    "STATES", "Member", "StaffMember", "give_role", "staff_members", "MemberFilter", "NetworkUse", "SignUpNotWaiting", "list_members", "members_by_id",
    "Sanction", "SanctionKind", "SanctionNotAllowed", "SanctionedNotThere", "decide_sign_up", "lift_ended_sanctions",
    "lift_sanction", "remove_member", "sanction_account",
]  # fmt: skip
