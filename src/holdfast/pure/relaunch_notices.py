"""Relaunch notices: where a site went, said with the keys of its evidence ledger (ADR 0036).

A notice is a DSSE envelope (Dead Simple Signing Envelope, version 1): JSON with `payloadType`, `payload` in base64 and
`signatures` of `keyid` and `sig`. What is signed is not the payload alone but "DSSEv1", the type and both lengths too, so
that no signature over a notice can be taken for one over a checkpoint, or the other way round. `keyid` is the first two
parts of the key's vkey, name+id.

The same rules, with the same examples, are in the app: web/src/lib/relaunch.ts.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .canonical_json import MAX_INTEGER, encode_canonical, parse_strict
from .errors import Conflict, Invalid
from .evidence import Algorithm, SigningKey, VerifierKey
from .evidence.errors import SignatureRejected
from .web_addresses import is_web_address, origin_of

PAYLOAD_TYPE = "application/vnd.holdfast.relaunch+json"
NOTICE_MAX_BYTES = 65_536
ADDRESSES_MAX = 16
_SIGNATURES_MAX = 64
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class NoticeInvalid(Invalid):
    """Not a notice, or not one that a key of ours signed."""

    public = "This is not a relaunch notice of this site."


class NoticeRolledBack(Conflict):
    """The notice is older than one that was believed before, or has its number and says another thing."""

    public = "This relaunch notice is older than one that was seen before."


@dataclass(frozen=True, slots=True)
class RelaunchNotice:
    """Where a site is to be found.

    origin: of its ledger, DOMAIN/evidence/1. sequence: from 1, one more for each notice. addresses: where people find it,
    the first first; none takes an earlier notice back. notices: where later notices will be looked for, beside the places
    known so far. Times are UTC, to the second.
    """

    origin: str
    sequence: int
    issued_at: datetime
    effective_at: datetime
    addresses: tuple[str, ...]
    notices: tuple[str, ...] = ()

    def payload(self) -> bytes:
        """What is signed. Raises NoticeInvalid for what no reader would accept."""
        facts = {
            "origin": self.origin,
            "sequence": self.sequence,
            "issued_at": self.issued_at.astimezone(UTC).strftime(_TIME),
            "effective_at": self.effective_at.astimezone(UTC).strftime(_TIME),
            "addresses": list(self.addresses),
            "notices": list(self.notices),
        }
        try:
            payload = encode_canonical(facts)
        except Invalid:
            raise NoticeInvalid from None
        _read_payload(payload)
        return payload


def encode_notice(notice: RelaunchNotice, keys: Sequence[SigningKey]) -> bytes:
    """The file relaunch.json, signed by every key given: all that the site ever signed with, because readers hold to the
    one that they saw first."""
    payload = notice.payload()
    signed = signed_text(payload)
    signatures = [
        {"keyid": key_name(key.verifier), "sig": base64.b64encode(key.sign(signed)).decode()}
        for key in keys
        if key.algorithm is Algorithm.ED25519
    ]
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": signatures,
    }
    return (json.dumps(envelope, indent=1) + "\n").encode()


def read_notice(document: bytes, keys: Sequence[VerifierKey]) -> RelaunchNotice:
    """The notice in a file, if one of the keys signed it. Raises NoticeInvalid."""
    if len(document) > NOTICE_MAX_BYTES:
        raise NoticeInvalid
    envelope = _strict(document)
    if not isinstance(envelope, dict) or envelope.get("payloadType") != PAYLOAD_TYPE:
        raise NoticeInvalid
    payload = _unpacked(envelope.get("payload"))
    signatures = envelope.get("signatures")
    if not isinstance(signatures, list) or len(signatures) > _SIGNATURES_MAX:
        raise NoticeInvalid
    notice = _read_payload(payload)
    believed = {key_name(key): key for key in keys if key.name == notice.origin}
    signed = signed_text(payload)
    for one in signatures:
        key = believed.get(str(one.get("keyid"))) if isinstance(one, dict) else None
        if key is None:
            continue
        try:
            key.verify(signed, _unpacked(one.get("sig")))
        except SignatureRejected:
            raise NoticeInvalid from None
        return notice
    raise NoticeInvalid


def take_notice(held: RelaunchNotice | None, seen: RelaunchNotice) -> RelaunchNotice:
    """The notice to go by, after one more was seen. Raises NoticeRolledBack."""
    if held is None or seen == held:
        return seen
    if seen.origin != held.origin or seen.sequence <= held.sequence:
        raise NoticeRolledBack
    return seen


def key_name(key: VerifierKey) -> str:
    """How a signature says whose it is."""
    return f"{key.name}+{key.key_id.hex()}"


def signed_text(payload: bytes) -> str:
    """DSSE's pre-authentication encoding of a payload that is UTF-8."""
    return f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} {payload.decode()}"


def _read_payload(payload: bytes) -> RelaunchNotice:
    facts = _strict(payload)
    if not isinstance(facts, dict):
        raise NoticeInvalid
    sequence, origin = facts.get("sequence"), facts.get("origin")
    if type(sequence) is not int or not 1 <= sequence <= MAX_INTEGER or not isinstance(origin, str):
        raise NoticeInvalid
    return RelaunchNotice(
        origin, sequence, _time(facts.get("issued_at")), _time(facts.get("effective_at")),
        tuple(_address(one) for one in _list(facts.get("addresses"))),
        tuple(_place(one) for one in _list(facts.get("notices"))),
    )  # fmt: skip


def _strict(data: bytes) -> Any:
    try:
        return parse_strict(data)
    except Invalid:
        raise NoticeInvalid from None


def _unpacked(value: object) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except ValueError:
        raise NoticeInvalid from None


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > ADDRESSES_MAX:
        raise NoticeInvalid
    return value


def _time(value: object) -> datetime:
    try:
        return datetime.strptime(value, _TIME).replace(tzinfo=UTC) if isinstance(value, str) else _never()
    except ValueError:
        raise NoticeInvalid from None


def _never() -> datetime:
    raise NoticeInvalid


def _address(value: object) -> str:
    """An origin: scheme, host, port, and nothing else."""
    place = _place(value)
    if origin_of(place) != place:
        raise NoticeInvalid
    return place


def _place(value: object) -> str:
    if not isinstance(value, str) or not is_web_address(value):
        raise NoticeInvalid
    return value
