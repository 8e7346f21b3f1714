"""Keys of signed notes (C2SP signed-note, tlog-cosignature): names, key ids, vkeys, signatures.

    0x01  Ed25519 over the note's text                                     a log's signature
    0x04  Ed25519 over "cosignature/v1", a time, and the text              a witness's cosignature
    0x06  ML-DSA-44 over the checkpoint's three facts, a time and names    a witness's, safe from quantum computers

A key id is SHA-256(name || 0x0A || type || public key)[:4]. A vkey is written name+<key id in hex>+base64(type || key).
Unknown types are refused where a key is configured, and ignored where a note carries them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from .errors import MalformedCheckpoint, MalformedKey, SignatureRejected

KEY_ID_BYTES = 4
SEED_BYTES = 32
_TIME_BYTES = 8
_MAX_TIME = 2**63 - 1


class Algorithm(IntEnum):
    """Signature types of signed notes that are understood here."""

    ED25519 = 0x01
    COSIGNATURE_V1 = 0x04
    ML_DSA_44 = 0x06


_PUBLIC_KEY_BYTES = {Algorithm.ED25519: 32, Algorithm.COSIGNATURE_V1: 32, Algorithm.ML_DSA_44: 1312}


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name. Raises MalformedKey where name or length is wrong."""

    name: str
    algorithm: Algorithm
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != _PUBLIC_KEY_BYTES[self.algorithm]:
            raise MalformedKey(f"The key of {self.name} has a wrong length.")

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each signature of this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed).digest()[:KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as one line of text, as policies and other tools take it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self._typed).decode()}"

    @property
    def is_cosigner(self) -> bool:
        """Whether its signatures carry a time, as a witness's do."""
        return self.algorithm is not Algorithm.ED25519

    @property
    def _typed(self) -> bytes:
        return bytes([self.algorithm]) + self.public_key

    def verify(self, text: str, signature: bytes) -> int | None:
        """The time that a cosignature states (seconds since 1970), None for a plain signature.

        Raises SignatureRejected.
        """
        if not self.is_cosigner:
            self._check(signature, text.encode())
            return None
        if len(signature) <= _TIME_BYTES:
            raise SignatureRejected(f"The cosignature of {self.name} is too short.")
        seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
        if seconds > _MAX_TIME:
            raise SignatureRejected(f"The cosignature of {self.name} has an impossible time.")
        self._check(signature[_TIME_BYTES:], _cosigned(self.algorithm, self.name, text, seconds))
        return seconds

    def _check(self, signature: bytes, message: bytes) -> None:
        try:
            if self.algorithm is Algorithm.ML_DSA_44:
                MLDSA44PublicKey.from_public_bytes(self.public_key).verify(signature, message)
            else:
                Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise SignatureRejected(f"The signature of {self.name} is wrong.") from None


def parse_vkey(text: str) -> VerifierKey:
    """A key from its line of text. Raises MalformedKey, also for types that are not understood here."""
    name, plus, rest = text.partition("+")
    key_id, second_plus, encoded = rest.partition("+")
    if not (plus and second_plus):
        raise MalformedKey("A verifier key is written name+id+key.")
    typed = decode_base64(encoded)
    if typed is None or not typed:
        raise MalformedKey(f"The key of {name} is not base64.")
    if typed[0] not in tuple(Algorithm):
        raise MalformedKey(f"The key of {name} has the type 0x{typed[0]:02x}, which is not understood here.")
    key = VerifierKey(name, Algorithm(typed[0]), typed[1:])
    if key.key_id.hex() != key_id:
        raise MalformedKey(f"The id of the key of {name} does not fit the key.")
    return key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under a name, made from a seed of 32 bytes."""

    name: str
    algorithm: Algorithm
    seed: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.seed) != SEED_BYTES:
            raise MalformedKey(f"The seed of a key has {SEED_BYTES} bytes.")

    def __repr__(self) -> str:
        # A log line or a traceback must not show the seed.
        return f"SigningKey({self.name!r}, {self.algorithm.name})"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        if self.algorithm is Algorithm.ML_DSA_44:
            public = MLDSA44PrivateKey.from_seed_bytes(self.seed).public_key().public_bytes_raw()
        else:
            public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.algorithm, public)

    def sign(self, text: str, *, time_unix: int | None = None) -> bytes:
        """The signature over a note's text; a cosigner states `time_unix`, a log none. Raises MalformedKey."""
        if (time_unix is not None) != (self.algorithm is not Algorithm.ED25519):
            raise MalformedKey("A cosignature states a time, and a plain signature none.")
        if time_unix is None:
            return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        if not 0 <= time_unix <= _MAX_TIME:
            raise MalformedKey("The time of a cosignature is beyond what can be written.")
        message = _cosigned(self.algorithm, self.name, text, time_unix)
        stated = time_unix.to_bytes(_TIME_BYTES, "big")
        if self.algorithm is Algorithm.ML_DSA_44:
            return stated + MLDSA44PrivateKey.from_seed_bytes(self.seed).sign(message)
        return stated + Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def check_key_name(name: str) -> None:
    """Raises MalformedKey for an empty name, spaces of any kind, controls, and plus signs."""
    good = bool(name) and "+" not in name and not any(one.isspace() or one < " " for one in name)
    try:
        name.encode()
    except UnicodeEncodeError:
        good = False
    if not good:
        raise MalformedKey("The name of a key has neither spaces nor plus signs.")


def decode_base64(text: str) -> bytes | None:
    """The bytes of standard base64 in its one form; None for any other form (missing padding, stray bits)."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def _cosigned(algorithm: Algorithm, name: str, text: str, seconds: int) -> bytes:
    if algorithm is Algorithm.COSIGNATURE_V1:
        return f"cosignature/v1\ntime {seconds}\n{text}".encode()
    # ML-DSA-44 signs the facts of a checkpoint, not its text; extension lines are left out.
    lines = text.split("\n")
    root = decode_base64(lines[2]) if len(lines) > 3 else None
    if root is None or len(root) != 32 or not (lines[1].isascii() and lines[1].isdigit()):
        raise MalformedCheckpoint("Only checkpoints are cosigned with ML-DSA-44.")
    size = int(lines[1])
    if size > _MAX_TIME:
        raise MalformedCheckpoint("The size of the checkpoint is beyond every tree.")
    return b"".join((
        b"subtree/v1\n\x00", _short(name), seconds.to_bytes(8, "big"), _short(lines[0]),
        bytes(8), size.to_bytes(8, "big"), root,
    ))  # fmt: skip


def _short(text: str) -> bytes:
    data = text.encode()
    if not 0 < len(data) < 256:
        raise MalformedCheckpoint("Names that ML-DSA-44 signs have 1 to 255 bytes.")
    return bytes([len(data)]) + data
