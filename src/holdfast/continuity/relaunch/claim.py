"""Claim the next epoch at every store: from then on the old server stops, and nobody else can open (ADR 0035)."""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from collections.abc import Mapping

from ...platform.clock import Clock
from ...platform.crypto import random_bytes
from ...platform.stores import ObjectExists, Store, StoreError
from ...pure.evidence import SEED_BYTES, SigningKey, VerifierKey
from ...pure.mirror import (
    Claimed,
    Epoch,
    EpochClaim,
    MirrorInvalid,
    Standing,
    encode_claim,
    holder_name,
    judge_claim,
    majority,
    open_claim,
)
from ..mirror import signer_key
from ..restoring import Seen
from .errors import RaceLost
from .model import RelaunchState
from .state import RelaunchFolder

_TRIES = 4


async def claim_epoch(
    stores: Mapping[str, Store],
    authority: SigningKey,
    seen: Seen,
    state: RelaunchState,
    folder: RelaunchFolder,
    *,
    clock: Clock,
) -> Standing:
    """HELD, or UNCERTAIN while too few of `stores` (all that count) answer. Repeating claims nothing twice. Raises RaceLost.

    Of two machines that race, one that has most of the stores holds the site; where neither has, the one whose claim has the smaller
    digest goes on with the next number, and the other one gives up.
    """
    known = seen.all_claims
    for _ in range(_TRIES):
        newest = max((one.claim.number for one in known), default=0)
        if state.epoch and newest > state.epoch:
            _forget(state, folder)
            raise RaceLost
        if not state.epoch:
            _draw(authority, state, newest + 1, clock)
            folder.keep(state)
        mine = open_claim(base64.b64decode(state.claim), f"epoch/{state.epoch:010d}", authority.verifier)
        answers, rivals = await _put(stores, mine, base64.b64decode(state.claim), authority.verifier)
        standing = judge_claim(answers)
        if standing is not Standing.SUPERSEDED:
            return standing
        shown = Counter(one.digest for one in rivals)
        one_won = max(shown.values(), default=0) >= majority(len(stores))
        if one_won or any(one.digest < mine.digest for one in rivals):
            _forget(state, folder)
            raise RaceLost
        known = [*known, mine, *rivals]
        _forget(state, folder)
    raise RaceLost


async def check_newest(
    stores: Mapping[str, Store], authority: VerifierKey, state: RelaunchState, folder: RelaunchFolder
) -> None:
    """Just before the site opens: whether nobody claimed a later epoch meanwhile. Raises RaceLost."""
    name = f"epoch/{state.epoch + 1:010d}"

    async def one(store: Store) -> bool:
        try:
            open_claim(await store.get(name), name, authority)
        except (StoreError, MirrorInvalid):
            return False
        return True

    if any(await asyncio.gather(*(one(store) for store in stores.values()))):
        _forget(state, folder)
        raise RaceLost


def signer_of(state: RelaunchState) -> SigningKey:
    """The key that signs in the epoch that was claimed."""
    return signer_key(state.site, state.epoch, bytes.fromhex(state.signer_seed))


def _draw(authority: SigningKey, state: RelaunchState, number: int, clock: Clock) -> None:
    state.epoch = number
    state.signer_seed = random_bytes(SEED_BYTES).hex()
    state.holder = holder_name(random_bytes(SEED_BYTES))
    claim = EpochClaim(
        state.site, number, state.holder, signer_of(state).verifier, clock.now().replace(microsecond=0)
    )
    state.claim = base64.b64encode(encode_claim(claim, authority)).decode()


def _forget(state: RelaunchState, folder: RelaunchFolder) -> None:
    """A claim that did not win is not used again; its number is fenced by the next."""
    state.epoch, state.claim, state.signer_seed, state.holder, state.claimed_at = 0, "", "", "", 0.0
    folder.keep(state)


async def _put(
    stores: Mapping[str, Store], mine: Epoch, claim: bytes, authority: VerifierKey
) -> tuple[dict[str, Claimed], list[Epoch]]:
    rivals: list[Epoch] = []

    async def one(store: Store) -> Claimed:
        try:
            await store.put_new(mine.claim.name, claim)
            # What the store shows is what others will see.
            held = await store.get(mine.claim.name)
        except ObjectExists:
            try:
                held = await store.get(mine.claim.name)
            except StoreError:
                return Claimed.AWAY
        except StoreError:
            return Claimed.AWAY
        if held == claim:
            return Claimed.MADE
        try:
            rivals.append(open_claim(held, mine.claim.name, authority))
        except MirrorInvalid:
            return Claimed.AWAY
        return Claimed.TAKEN

    said = await asyncio.gather(*(one(store) for store in stores.values()))
    return dict(zip(stores, said, strict=True)), rivals
