"""A mirror begins: the keys that people will hold, and the first epoch, signed once for every store that comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ...platform import stores
from ...platform.clock import Instant
from ...platform.crypto import random_bytes
from ...pure.errors import Conflict
from ...pure.evidence import SEED_BYTES, SigningKey
from ...pure.mirror import (
    EpochClaim,
    EpochStart,
    MirrorInvalid,
    encode_claim,
    encode_start,
    holder_name,
    open_claim,
)
from .custody import NewIdentity, authority_key, make_identity, seal_authority, signer_key
from .setup import MirrorSetup, Policy, SignedEpoch

_FIRST: Final = 1


class StoreHoldsAnother(Conflict):
    """An epoch of another mirror lies at the store."""

    public = (
        "This store holds an epoch that this mirror did not make: it belongs to another mirror, or somebody relaunched this site. "
        "Take an empty folder, or see who did."
    )


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of it. identity: to be shown once and forgotten."""

    setup: MirrorSetup
    identity: NewIdentity = field(repr=False)


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the database's log is now: the system identifier, the timeline, a position that was written already."""

    site_id: str
    timeline: int
    lsn: int


def begin_mirror(
    place: LogPlace,
    *,
    domain: str,
    holders: tuple[str, ...],
    needed: int,
    policy: Policy,
    contacts: Mapping[str, str],
    now: Instant,
) -> Begun:
    """A setup without stores, and the identity in one share for each holder. Raises key_shares.SharesWrong."""
    identity = make_identity(shares=len(holders), needed=needed)
    authority = authority_key(identity.identity, place.site_id)
    signer = signer_key(place.site_id, _FIRST, random_bytes(SEED_BYTES))
    holder = holder_name(random_bytes(SEED_BYTES))
    setup = MirrorSetup(
        site_id=place.site_id,
        domain=domain,
        epoch=_FIRST,
        holder=holder,
        recipients=(identity.recipient,),
        authority_vkey=authority.verifier.vkey,
        authority_sealed=seal_authority(authority, identity.identity),
        signer=signer,
        media_key=random_bytes(SEED_BYTES),
        epochs=(sign_epoch(authority, signer, place, holder=holder, number=_FIRST, now=now),),
        policy=policy,
        holders=holders,
        shares_needed=needed,
        contacts=contacts,
    )
    return Begun(setup, identity)


def sign_epoch(
    authority: SigningKey, signer: SigningKey, place: LogPlace, *, holder: str, number: int, now: Instant
) -> SignedEpoch:
    """The claim and the start of an epoch whose beginning is known already."""
    claim = EpochClaim(place.site_id, number, holder, signer.verifier, now)
    signed = encode_claim(claim, authority)
    digest = open_claim(signed, claim.name, authority.verifier).digest
    start = EpochStart(place.site_id, number, place.timeline, place.lsn, digest)
    return SignedEpoch(number, signed, encode_start(start, authority))


async def bring_epochs(store: stores.Store, setup: MirrorSetup) -> None:
    """Let a store hold the epochs of this mirror. Raises StoreHoldsAnother, StoreError."""
    known = {f"epoch/{one.number:010d}": one for one in setup.epochs}
    for entry in await store.list("epoch"):
        number = entry.name.removesuffix(".start")
        mine = known.get(number)
        held = await store.get(entry.name)
        if mine is None or held != (mine.start if entry.name.endswith(".start") else mine.claim):
            raise StoreHoldsAnother
    for name, one in known.items():
        await _bring(store, name, one.claim)
        if one.start is not None:
            await _bring(store, f"{name}.start", one.start)


def add_epoch(setup: MirrorSetup, made: SignedEpoch, signer: SigningKey, holder: str) -> MirrorSetup:
    """The setup of who holds a new epoch from now on; a start that became known later replaces one without. Raises MirrorInvalid."""
    open_claim(made.claim, f"epoch/{made.number:010d}", setup.authority)
    if made.number < setup.epoch:
        raise MirrorInvalid("An epoch has a higher number than those before it.")
    kept = tuple(one for one in setup.epochs if one.number != made.number)
    return replace(setup, epoch=made.number, epochs=(*kept, made), signer=signer, holder=holder)


async def _bring(store: stores.Store, name: str, data: bytes) -> None:
    try:
        await store.put_new(name, data)
    except stores.ObjectExists:
        if await store.get(name) != data:
            raise StoreHoldsAnother from None
