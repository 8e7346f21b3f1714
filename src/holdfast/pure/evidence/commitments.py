"""Commitments: what a leaf says of a body without saying the body (docs/reference/ledger-format.md).

    digest = HMAC-SHA256(key = 32 random bytes, "holdfast/commit/v1" 0x00 name 0x00 body)

The random key (the salt) and the body live outside the log. With both, anybody can open the commitment; once the
salt is destroyed, the digest says nothing of the body, not even of one that can be guessed. The length is told in
buckets only. A name is part of what is hashed, so that one field's opening opens no other field.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.pure.canonical_json import CanonicalJsonInvalid, encode_canonical, parse_canonical

from .errors import CommitmentRejected, MalformedOpening

SALT_BYTES = 32
SUBJECT_KEY_BYTES = 32
MIN_BUCKET_BYTES = 64
ALGORITHM = "hmac-sha256"

_DOMAIN = b"holdfast/commit/v1\x00"
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Commitment:
    """A digest of 32 bytes and the bucket that the body's length is in."""

    digest: bytes
    bucket_bytes: int

    def to_json(self) -> dict[str, Any]:
        """As it stands in a leaf."""
        return {"alg": ALGORITHM, "d": encode_base64url(self.digest), "n": self.bucket_bytes}

    @classmethod
    def from_json(cls, value: Any) -> Commitment:
        """Raises MalformedOpening for anything that `to_json` does not write."""
        if not isinstance(value, dict) or set(value) != {"alg", "d", "n"} or value["alg"] != ALGORITHM:
            raise MalformedOpening("A commitment says its algorithm, digest and length.")
        digest, bucket = decode_base64url(value["d"]), value["n"]
        if digest is None or len(digest) != _DIGEST_BYTES:
            raise MalformedOpening("The digest of a commitment has 32 bytes.")
        if type(bucket) is not int or bucket < 0 or length_bucket(bucket) != bucket:
            raise MalformedOpening("The length of a commitment is told in buckets.")
        return cls(digest, bucket)


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one commitment of one leaf: `record_id` is the leaf's id, `name` the commitment's."""

    record_id: str
    name: str
    salt: bytes
    body: bytes

    def encode(self) -> bytes:
        """The opening as a file, canonical JSON."""
        return encode_canonical({
            "v": 1, "id": self.record_id, "name": self.name,
            "salt": encode_base64url(self.salt), "body": encode_base64url(self.body),
        })  # fmt: skip


def parse_opening(data: bytes) -> Opening:
    """Read an opening strictly. Raises MalformedOpening."""
    try:
        value = parse_canonical(data)
    except CanonicalJsonInvalid as error:
        raise MalformedOpening(error.public) from None
    if not isinstance(value, Mapping) or set(value) != {"v", "id", "name", "salt", "body"}:
        raise MalformedOpening("An opening has the members v, id, name, salt and body.")
    if type(value["v"]) is not int or value["v"] != 1:
        raise MalformedOpening("This opening is of a version that is not known here.")
    salt, body = decode_base64url(value["salt"]), decode_base64url(value["body"])
    if not isinstance(value["id"], str) or not isinstance(value["name"], str) or salt is None or body is None:
        raise MalformedOpening("The members of an opening are text; salt and body are base64url.")
    return Opening(value["id"], value["name"], salt, body)


def body_bytes(body: Any) -> bytes:
    """The bytes to commit to: bytes as they are, text as UTF-8, anything else as canonical JSON."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    return encode_canonical(body)


def commit(name: str, body: bytes, salt: bytes) -> Commitment:
    """Commit to a body under a name with a fresh random salt. Raises MalformedOpening for a bad name or salt."""
    check_commitment_name(name)
    if len(salt) != SALT_BYTES:
        raise MalformedOpening(f"The salt of a commitment has {SALT_BYTES} bytes.")
    digest = hmac.digest(salt, _DOMAIN + name.encode("ascii") + b"\x00" + body, "sha256")
    return Commitment(digest, length_bucket(len(body)))


def verify_opening(commitment: Commitment, name: str, body: bytes, salt: bytes) -> None:
    """Raises CommitmentRejected unless exactly this body was committed to under this name."""
    made = commit(name, body, salt)
    if (
        not hmac.compare_digest(made.digest, commitment.digest)
        or made.bucket_bytes != commitment.bucket_bytes
    ):
        raise CommitmentRejected(f"The opening of {name} is not what was committed to.")


def length_bucket(length_bytes: int) -> int:
    """The length that is told: the next power of two from MIN_BUCKET_BYTES on."""
    return max(MIN_BUCKET_BYTES, 1 << max(length_bytes - 1, 0).bit_length())


def subject_pseudonym(subject_key: bytes) -> str:
    """How a leaf names whom it is about: nobody links it to them once the key of 32 bytes is destroyed."""
    if len(subject_key) != SUBJECT_KEY_BYTES:
        raise MalformedOpening(f"The key of a subject has {SUBJECT_KEY_BYTES} bytes.")
    return encode_base64url(hmac.digest(subject_key, b"subject", "sha256"))


def check_commitment_name(name: str) -> None:
    """Raises MalformedOpening unless the name is short lower-case ASCII."""
    if not _NAME.fullmatch(name):
        raise MalformedOpening(
            "The name of a commitment is lower-case letters, digits, dots, dashes, underscores."
        )


def encode_base64url(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64url(text: Any) -> bytes | None:
    """The bytes of URL-safe base64 without padding in its one form; None for anything else."""
    if not isinstance(text, str) or not text.isascii():
        return None
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if encode_base64url(data) == text else None
