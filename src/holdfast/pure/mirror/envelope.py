"""The one form of every object in a mirror: a signed head, then a body that may be encrypted.

    holdfast-mirror/1 KIND\\n
    {canonical JSON: the facts of this kind, body_bytes, body_sha256, key}\\n
    BASE64 OF AN ED25519 SIGNATURE OVER THE TWO LINES ABOVE\\n
    BODY

The head can be verified without the body (a range read of HEAD_MAX_BYTES), and names the body by its hash, so that the
signature holds for both. `key` is name+id of the signer's vkey. `digest`, by which other objects name this one, is the SHA-256
of the signed lines. A reader takes exactly one spelling.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ..canonical_json import CanonicalJsonInvalid, encode_canonical, parse_canonical
from ..evidence import Algorithm, SignatureRejected, SigningKey, VerifierKey
from .errors import MalformedObject, ObjectForged, ObjectTruncated
from .positions import parse_lsn

HEAD_MAX_BYTES: Final = 1024 * 1024
_MARK: Final = b"holdfast-mirror/1 "
_SIGNATURE_CHARACTERS: Final = 88
_OWN_FIELDS: Final = frozenset({"body_bytes", "body_sha256", "key"})
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_HEX32: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Head:
    """A verified head. `digest`: 32 bytes. `body_offset`: where the body begins in the object."""

    kind: str
    facts: Mapping[str, Any]
    digest: bytes
    body_offset: int
    body_bytes: int
    body_sha256: bytes

    @property
    def object_bytes(self) -> int:
        """The size of the whole object."""
        return self.body_offset + self.body_bytes


def encode_object(kind: str, facts: Mapping[str, Any], body: bytes, key: SigningKey) -> bytes:
    """The object. Raises MalformedObject for facts that canonical JSON cannot say, and for a head that is too long."""
    if key.algorithm is not Algorithm.ED25519:
        raise MalformedObject("Objects of a mirror are signed with Ed25519.")
    whole = {
        **facts,
        "body_bytes": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
        "key": signer_name(key.verifier),
    }
    try:
        text = _MARK + kind.encode() + b"\n" + encode_canonical(whole) + b"\n"
    except CanonicalJsonInvalid as error:
        raise MalformedObject(private=repr(error)) from error
    head = text + base64.b64encode(key.sign(text.decode())) + b"\n"
    if len(head) > HEAD_MAX_BYTES:
        raise MalformedObject("The head of this object is too long.")
    return head + body


def open_head(data: bytes, kind: str, keys: Iterable[VerifierKey]) -> Head:
    """The head at the beginning of `data`, which may stop after it.

    Raises MalformedObject, ObjectTruncated where the head itself is cut off, ObjectForged.
    """
    mark = _MARK + kind.encode() + b"\n"
    if not data.startswith(mark):
        if mark.startswith(data):
            raise ObjectTruncated
        raise MalformedObject(f"This is not a {kind} of a mirror, or one of another version.")
    middle = data.find(b"\n", len(mark), HEAD_MAX_BYTES)
    end = middle + 1 + _SIGNATURE_CHARACTERS
    if middle < 0 or len(data) <= end:
        if len(data) >= HEAD_MAX_BYTES:
            raise MalformedObject("The head of this object is too long.")
        raise ObjectTruncated
    signed = data[: middle + 1]
    if data[end : end + 1] != b"\n" or end + 1 > HEAD_MAX_BYTES:
        raise MalformedObject("The signature of this object has a wrong length.")
    try:
        signature = base64.b64decode(data[middle + 1 : end], validate=True)
        facts = parse_canonical(data[len(mark) : middle])
    except (binascii.Error, CanonicalJsonInvalid) as error:
        raise MalformedObject(private=repr(error)) from error
    if base64.b64encode(signature) != data[middle + 1 : end] or not isinstance(facts, dict):
        raise MalformedObject
    fields = Fields(facts)
    size, digest, name = fields.count("body_bytes"), fields.sha256("body_sha256"), fields.text("key")
    _check_signature(signed, signature, [key for key in keys if signer_name(key) == name])
    inner = {name: value for name, value in facts.items() if name not in _OWN_FIELDS}
    return Head(kind, inner, hashlib.sha256(signed).digest(), end + 1, size, digest)


def open_object(data: bytes, kind: str, keys: Iterable[VerifierKey]) -> tuple[Head, bytes]:
    """The head and the body of a whole object. Raises as `open_head` and `check_body` do."""
    head = open_head(data, kind, keys)
    body = data[head.body_offset :]
    check_body(head, body)
    return head, body


def check_body(head: Head, body: bytes) -> None:
    """Whether this is the body that the head names. Raises ObjectTruncated or ObjectForged."""
    if len(body) < head.body_bytes:
        raise ObjectTruncated
    if len(body) != head.body_bytes or hashlib.sha256(body).digest() != head.body_sha256:
        raise ObjectForged


def signer_name(key: VerifierKey) -> str:
    """How a head says whose signature it bears: name+id of the vkey."""
    return f"{key.name}+{key.key_id.hex()}"


def format_time(at: datetime) -> str:
    """An aware instant, to the second, in UTC."""
    return at.astimezone(UTC).strftime(_TIME)


class Fields:
    """Facts of a head, taken strictly: every reading raises MalformedObject for another type or spelling."""

    def __init__(self, facts: Mapping[str, Any], names: frozenset[str] | None = None) -> None:
        if names is not None and facts.keys() != names:
            raise MalformedObject("This object has facts that do not belong there, or lacks some.")
        self._facts = facts

    def text(self, name: str, *, limit: int = 1024) -> str:
        """A text of at most `limit` characters."""
        value = self._facts.get(name)
        if not isinstance(value, str) or len(value) > limit:
            raise MalformedObject(f"{name} must be a text of at most {limit} characters.")
        return value

    def count(self, name: str) -> int:
        """An integer from 0."""
        value = self._facts.get(name)
        if type(value) is not int or value < 0:
            raise MalformedObject(f"{name} must be a whole number from 0.")
        return value

    def sha256(self, name: str) -> bytes:
        """32 bytes in lower case hexadecimal."""
        value = self.text(name)
        if _HEX32.fullmatch(value) is None:
            raise MalformedObject(f"{name} must be a SHA-256 in hexadecimal.")
        return bytes.fromhex(value)

    def maybe_sha256(self, name: str) -> bytes | None:
        """The same, or the empty text for none."""
        return self.sha256(name) if self.text(name) else None

    def lsn(self, name: str) -> int:
        """A position in the write-ahead log."""
        return parse_lsn(self.text(name))

    def time(self, name: str) -> datetime:
        """An instant of `format_time`."""
        text = self.text(name)
        try:
            at = datetime.strptime(text, _TIME).replace(tzinfo=UTC)
        except ValueError:
            raise MalformedObject(f"{name} must be a time like 2026-01-31T12:00:00Z.") from None
        if format_time(at) != text:
            raise MalformedObject(f"{name} must be a time like 2026-01-31T12:00:00Z.")
        return at

    def items(self, name: str, limit: int) -> list[Any]:
        """A list of at most `limit` things."""
        value = self._facts.get(name)
        if not isinstance(value, list) or len(value) > limit:
            raise MalformedObject(f"{name} must be a list of at most {limit}.")
        return value


def _check_signature(signed: bytes, signature: bytes, keys: list[VerifierKey]) -> None:
    for key in keys:
        if key.algorithm is not Algorithm.ED25519:
            continue
        try:
            key.verify(signed.decode(), signature)
        except (SignatureRejected, UnicodeDecodeError):
            continue
        return
    raise ObjectForged
