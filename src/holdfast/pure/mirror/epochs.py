"""Epochs: who may write to the mirrors, and from where in the log on.

    epoch/N          the claim: who holds epoch N, and the key that signs its objects; made once, never replaced
    epoch/N.start    from where in the log on epoch N counts; written once nothing older can be acknowledged any more

Both are signed by the authority, a key that is not on the server. A claim fences: whoever holds a lower number stops as soon as
it is seen. A claim that never got its start cuts nothing off, so a race or a failed relaunch loses no log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from ..evidence import EvidenceInvalid, SigningKey, VerifierKey, parse_vkey
from .chunks import Chunk
from .envelope import Fields, encode_object, format_time, open_object
from .errors import MalformedObject, ObjectForged, ObjectMisnamed
from .positions import format_lsn

CLAIM: Final = "epoch"
START: Final = "epoch-start"
_CLAIM_FIELDS: Final = frozenset({"site", "epoch", "holder", "signer", "claimed_at"})
_START_FIELDS: Final = frozenset({"site", "epoch", "timeline", "start_lsn", "claim"})


@dataclass(frozen=True, slots=True)
class EpochClaim:
    """Epoch `number` (from 1) is held by `holder` (a name drawn for each installation); `signer` signs its objects."""

    site: str
    number: int
    holder: str
    signer: VerifierKey
    claimed_at: datetime

    @property
    def name(self) -> str:
        """Where it is kept."""
        return f"epoch/{self.number:010d}"


@dataclass(frozen=True, slots=True)
class EpochStart:
    """What older epochs wrote from `start_lsn` on does not count. `claim`: the digest of the claim it belongs to."""

    site: str
    number: int
    timeline: int
    start_lsn: int
    claim: bytes

    @property
    def name(self) -> str:
        """Where it is kept."""
        return f"epoch/{self.number:010d}.start"


@dataclass(frozen=True, slots=True)
class Epoch:
    """A verified claim with its digest, and its start once there is one."""

    claim: EpochClaim
    digest: bytes
    start: EpochStart | None = None


class Claimed(Enum):
    """What a store answered to the create-only claim."""

    MADE = "made"
    TAKEN = "taken"
    AWAY = "away"


class Standing(Enum):
    """Whether this installation may write, and whether it may open for writing."""

    HELD = "held"
    SUPERSEDED = "superseded"
    UNCERTAIN = "uncertain"


def encode_claim(claim: EpochClaim, authority: SigningKey) -> bytes:
    """The object of a claim."""
    facts = {
        "site": claim.site,
        "epoch": claim.number,
        "holder": claim.holder,
        "signer": claim.signer.vkey,
        "claimed_at": format_time(claim.claimed_at),
    }
    return encode_object(CLAIM, facts, b"", authority)


def open_claim(data: bytes, name: str, authority: VerifierKey) -> Epoch:
    """The claim in an object kept as `name`. Raises MalformedObject, ObjectForged, ObjectTruncated, ObjectMisnamed."""
    head, _ = open_object(data, CLAIM, (authority,))
    fields = Fields(head.facts, _CLAIM_FIELDS)
    try:
        signer = parse_vkey(fields.text("signer"))
    except EvidenceInvalid as error:
        raise MalformedObject(private=repr(error)) from error
    claim = EpochClaim(
        fields.text("site"), fields.count("epoch"), fields.text("holder"), signer, fields.time("claimed_at")
    )
    if claim.name != name or claim.number < 1:
        raise ObjectMisnamed
    return Epoch(claim, head.digest)


def encode_start(start: EpochStart, authority: SigningKey) -> bytes:
    """The object of a start."""
    facts = {
        "site": start.site,
        "epoch": start.number,
        "timeline": start.timeline,
        "start_lsn": format_lsn(start.start_lsn),
        "claim": start.claim.hex(),
    }
    return encode_object(START, facts, b"", authority)


def open_start(data: bytes, name: str, authority: VerifierKey) -> EpochStart:
    """The start in an object kept as `name`. Raises as `open_claim` does."""
    head, _ = open_object(data, START, (authority,))
    fields = Fields(head.facts, _START_FIELDS)
    start = EpochStart(
        fields.text("site"),
        fields.count("epoch"),
        fields.count("timeline"),
        fields.lsn("start_lsn"),
        fields.sha256("claim"),
    )
    if start.name != name:
        raise ObjectMisnamed
    return start


def majority(stores: int) -> int:
    """How many of the stores are more than half."""
    return stores // 2 + 1


def judge_claim(answers: Mapping[str, Claimed]) -> Standing:
    """Who won epoch N, from what every store answered: HELD needs more than half of all stores.

    With anything less the claimant must not open; it claims the next number, whose claim fences this one.
    """
    made = sum(answer is Claimed.MADE for answer in answers.values())
    taken = sum(answer is Claimed.TAKEN for answer in answers.values())
    if answers and made >= majority(len(answers)):
        return Standing.HELD
    return Standing.SUPERSEDED if taken else Standing.UNCERTAIN


def judge_fence(mine: Epoch, seen: Mapping[str, Sequence[Epoch] | None]) -> Standing:
    """Whether `mine` still counts. `seen`: the claims that each store shows, None where it did not answer.

    SUPERSEDED as soon as one store shows a higher claim: then nothing may be written or acknowledged any more. (A store that
    hides claims cannot keep an old holder alive past a majority, and one that shows an old claim ends nobody.) Another claim
    under the same number is a lost race at that store only. HELD while more than half show mine as the newest.
    """
    holding = 0
    for claims in seen.values():
        of_this_site = [one for one in claims or () if one.claim.site == mine.claim.site]
        newest = max((one.claim.number for one in of_this_site), default=0)
        if newest > mine.claim.number:
            return Standing.SUPERSEDED
        if any(one.digest == mine.digest for one in of_this_site):
            holding += 1
    return Standing.HELD if seen and holding >= majority(len(seen)) else Standing.UNCERTAIN


def settle_epochs(claims: Iterable[Epoch], starts: Iterable[EpochStart]) -> tuple[Epoch, ...]:
    """One epoch for each number that counts, in order: those with a start that names their claim.

    Two claims of one number were a race; the start says which of them won. Two different starts for one number mean that
    the authority was used twice at once, and nobody can say which history is the right one: ObjectForged.
    """
    by_digest = {one.digest: one for one in claims}
    settled: dict[int, Epoch] = {}
    for start in sorted(set(starts), key=lambda one: (one.number, one.start_lsn, one.claim)):
        claimed = by_digest.get(start.claim)
        if claimed is None or (claimed.claim.number, claimed.claim.site) != (start.number, start.site):
            continue
        if start.number in settled:
            raise ObjectForged(
                f"Two starts of epoch {start.number} are signed; this needs a person's judgement."
            )
        settled[start.number] = Epoch(claimed.claim, claimed.digest, start)
    return tuple(settled[number] for number in sorted(settled))


def cut_of(epochs: Sequence[Epoch], number: int) -> int | None:
    """Up to where epoch `number` counts: the lowest start of a later one. None: to its end."""
    starts = [one.start.start_lsn for one in epochs if one.start and one.claim.number > number]
    return min(starts, default=None)


def counts(epochs: Sequence[Epoch], chunk: Chunk) -> bool:
    """Whether any of a chunk lies in the part of the log that its epoch wrote rightfully."""
    own = next((one for one in epochs if one.claim.number == chunk.epoch), None)
    if own is None or own.start is None or own.claim.site != chunk.site:
        return False
    if own.start.timeline != chunk.timeline:
        return False
    cut = cut_of(epochs, chunk.epoch)
    return cut is None or chunk.start_lsn < cut


def holder_name(seed: bytes) -> str:
    """A name for an installation, from random bytes that only it has."""
    return hashlib.sha256(b"holdfast mirror holder" + seed).hexdigest()[:32]
