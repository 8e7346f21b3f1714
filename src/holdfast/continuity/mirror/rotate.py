"""Other people hold the identity from now on: a new recipient, and the authority handed on to it (ADR 0039)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .custody import NewIdentity, make_identity, open_authority, seal_authority
from .setup import MirrorSetup


@dataclass(frozen=True, slots=True)
class Rotated:
    """The setup that encrypts to the new recipient, and its identity: to be shown once and forgotten."""

    setup: MirrorSetup
    identity: NewIdentity = field(repr=False)


def rotate_identity(
    setup: MirrorSetup, old_identity: str, *, holders: tuple[str, ...], needed: int
) -> Rotated:
    """What is written from now on opens with the new identity alone. The authority stays.

    Raises custody.AuthorityWrong where `old_identity` is not the one of now, and key_shares.SharesWrong.
    """
    authority = open_authority(setup.authority_sealed, old_identity, setup.site_id)
    made = make_identity(shares=len(holders), needed=needed)
    changed = replace(
        setup,
        recipients=(made.recipient,),
        authority_sealed=seal_authority(authority, made.identity),
        holders=holders,
        shares_needed=needed,
    )
    return Rotated(changed, made)
