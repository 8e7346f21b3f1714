"""The sealed part of the evacuation kit as an object of the mirror.

    kit/EPOCH/SEQUENCE    signed by the epoch's signer; the body is what `pure.mirror.encode_sealed` made, encrypted with age

Who opens one has nothing but an identity, and learns from the kit itself whom to believe. So the body is looked at before the
signature, and believed only when the signature fits what it says; see continuity/kits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..canonical_json import CanonicalJsonInvalid, parse_canonical
from ..evidence import SigningKey, VerifierKey
from ..mirror import (
    HEAD_MAX_BYTES,
    Fields,
    MalformedObject,
    ObjectMisnamed,
    encode_object,
    format_time,
    open_object,
)

KIT: Final = "kit"
_FIELDS: Final = frozenset({"site", "epoch", "sequence", "made_at"})
_NAME: Final = re.compile(r"kit/([0-9]{10})/([0-9]{10})")
_HEAD_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class KitHead:
    """Whose kit it is. sequence: from 0 in its epoch; the highest of the highest epoch is the newest."""

    site: str
    epoch: int
    sequence: int
    made_at: datetime

    @property
    def name(self) -> str:
        """Where it is kept."""
        return f"kit/{self.epoch:010d}/{self.sequence:010d}"


def parse_kit_name(name: str) -> tuple[int, int] | None:
    """Epoch and sequence in a kit's name; None for another object."""
    found = _NAME.fullmatch(name)
    return (int(found[1]), int(found[2])) if found else None


def encode_kit(kit: KitHead, sealed: bytes, key: SigningKey) -> bytes:
    """The object; `sealed` is ciphertext already."""
    facts = {
        "site": kit.site,
        "epoch": kit.epoch,
        "sequence": kit.sequence,
        "made_at": format_time(kit.made_at),
    }
    return encode_object(KIT, facts, sealed, key)


def peek_kit(data: bytes) -> tuple[str, bytes]:
    """The name that a kit says it has, and what stands behind its head: nothing of it is believed yet. Raises MalformedObject."""
    lines, offset = [], 0
    for _ in range(_HEAD_LINES):
        end = data.find(b"\n", offset, HEAD_MAX_BYTES)
        if end < 0:
            raise MalformedObject("This is not a kit.")
        lines.append(data[offset:end])
        offset = end + 1
    try:
        facts = parse_canonical(lines[1])
    except CanonicalJsonInvalid:
        raise MalformedObject("This is not a kit.") from None
    if not isinstance(facts, dict):
        raise MalformedObject("This is not a kit.")
    fields = Fields(facts)
    return f"kit/{fields.count('epoch'):010d}/{fields.count('sequence'):010d}", data[offset:]


def open_kit_head(data: bytes, name: str, keys: Iterable[VerifierKey]) -> KitHead:
    """The verified head of the kit kept as `name`. Raises MalformedObject, ObjectForged, ObjectTruncated, ObjectMisnamed."""
    head, _ = open_object(data, KIT, keys)
    fields = Fields(head.facts, _FIELDS)
    kit = KitHead(
        fields.text("site"), fields.count("epoch"), fields.count("sequence"), fields.time("made_at")
    )
    if kit.name != name:
        raise ObjectMisnamed
    return kit
