"""What a witness is to us, what can be the matter with one, and the policy that says how many are enough."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.errors import Invalid
from ...pure.evidence import (
    EvidenceInvalid,
    Group,
    Peer,
    Policy,
    VerifierKey,
    parse_signature_line,
    parse_vkey,
)
from ...pure.outbound_addresses import read_target
from .errors import NotAQuorum, WitnessNotAllowed

ASK_WITNESS: Final = "ask_witness"
"""The kind of the errands that ask one witness for its cosignature."""
_QUORUM_GROUP = "enough"


class Trouble(StrEnum):
    """Why a witness did not cosign. The first three are alarms: somebody has another history than we have."""

    OTHER_HISTORY = "other history"  # it says that our log does not continue what it has seen (422)
    AHEAD = "ahead"  # it has cosigned more than we have (409)
    FORGOT = "forgot"  # it has cosigned less than we saw it cosign (409): it is not asked any more
    UNKNOWN_LOG = "unknown log"  # its operator has not added our log (404)
    REFUSED = "refused"  # 400, 403: our key, or our request
    UNREACHABLE = "unreachable"
    BAD_ANSWER = "bad answer"


ALARMS: Final = frozenset({Trouble.OTHER_HISTORY, Trouble.AHEAD, Trouble.FORGOT})


class Witness(msgspec.Struct, frozen=True):
    """A witness. seen_*: what it cosigned last, `seen_at` by its own clock. trouble: since its last cosignature."""

    name: str
    vkey: str
    url: str
    by_setting: bool
    added_at: Instant
    seen_origin: str | None
    seen_size: int
    seen_at: Instant | None
    asked_at: Instant | None
    trouble: Trouble | None
    trouble_text: str | None
    trouble_since: Instant | None

    @property
    def key(self) -> VerifierKey:
        """Its public key."""
        return parse_vkey(self.vkey)

    @property
    def alarm(self) -> bool:
        """Whether people must look at it."""
        return self.trouble in ALARMS

    def has_seen(self, origin: str) -> int:
        """The size up to which it has cosigned a log."""
        return self.seen_size if self.seen_origin == origin else 0


def read_entry(entry: str) -> tuple[VerifierKey, str]:
    """A witness as the setting writes it: vkey, space, address. Raises WitnessNotAllowed, AddressNotAllowed."""
    vkey, _, url = entry.strip().partition(" ")
    try:
        key = parse_vkey(vkey)
    except EvidenceInvalid as error:
        raise WitnessNotAllowed(f"'{vkey[:80]}' is no vkey of a witness: {error.public}") from None
    if not key.is_cosigner:
        raise WitnessNotAllowed(f"the key of {key.name} is a log's, not a witness's")
    if not url.strip():
        raise WitnessNotAllowed(f"the witness {key.name} needs an address, after its vkey and a space")
    return key, read_target(url.strip()).url.rstrip("/")


def read_quorum(text: str, witnesses: int) -> int:
    """How many of so many witnesses are enough. Raises NotAQuorum. No more are asked for than there are."""
    if text in ("any", "all", "none"):
        return {"any": min(1, witnesses), "all": witnesses, "none": 0}[text]
    if not text.isdecimal() or len(text) > 3 or int(text) < 1:
        raise NotAQuorum
    return min(int(text), witnesses)


def make_policy(
    log_keys: Sequence[VerifierKey], log_url: str, witnesses: Sequence[Witness], quorum: str
) -> Policy:
    """Whom to believe about our ledger: what we suggest. Who relies on it may choose other witnesses."""
    peers = tuple(Peer(one.name, one.key, one.url) for one in witnesses)
    enough = read_quorum(quorum, len(peers))
    logs = tuple(Peer(one.name, one, log_url) for one in log_keys)
    if not enough:
        return Policy(logs, peers)
    group = Group(_QUORUM_GROUP, enough, tuple(one.name for one in peers))
    return Policy(logs, peers, (group,), _QUORUM_GROUP)


def names_of_cosigners(cosignatures: str) -> set[str]:
    """Whose lines these are."""
    names = set()
    for line in cosignatures.splitlines():
        try:
            names.add(parse_signature_line(line).name)
        except Invalid:
            continue
    return names
