"""Checkpoints (C2SP tlog-checkpoint): what a log says of itself, and who has seen it.

    example.org/evidence/1        the origin: which log
    70123                         how many leaves
    mF0f...=                      base64 of the root hash

Signed as a note by the log, whose key bears the origin as its name; cosigned by witnesses. We write no extension
lines. Those of other logs are kept, because they are signed too.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import MalformedCheckpoint, SignatureRejected, SplitView
from .merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from .notes import Note, NoteSignature, VerifiedSignature, parse_note, sign_note, verify_note
from .signatures import SigningKey, VerifierKey, decode_base64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's size and root. Raises MalformedCheckpoint where no checkpoint can say so."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if any(not line or any(one < " " for one in line) for line in lines):
            raise MalformedCheckpoint("The lines of a checkpoint are not empty.")
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_BYTES:
            raise MalformedCheckpoint("A checkpoint has a size and a root of 32 bytes.")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise MalformedCheckpoint("The root of an empty log is the hash of nothing.")

    @property
    def text(self) -> str:
        """What is signed: the lines with their newlines."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose log signature was verified, with its note and all signatures that were found right."""

    checkpoint: Checkpoint
    note: Note
    signatures: tuple[VerifiedSignature, ...]

    @property
    def cosignatures(self) -> tuple[VerifiedSignature, ...]:
        """Those that state a time by keys other than the log's."""
        origin = self.checkpoint.origin
        return tuple(one for one in self.signatures if one.key.is_cosigner and one.key.name != origin)


def parse_decimal(text: str, maximum: int = MAX_SIZE) -> int | None:
    """A number in ASCII digits without leading zeros; None for any other form or beyond `maximum`."""
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or (text[0] == "0" and text != "0"):
        return None
    number = int(text)
    return number if number <= maximum else None


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text says. Raises MalformedCheckpoint."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise MalformedCheckpoint("A checkpoint has three lines: origin, size and root.")
    size = parse_decimal(lines[1])
    root = decode_base64(lines[2])
    if size is None or root is None:
        raise MalformedCheckpoint("The size or the root of the checkpoint is not written as it must be.")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> Note:
    """The log's own note. Raises MalformedCheckpoint where the key's name is not the origin."""
    if key.name != checkpoint.origin:
        raise MalformedCheckpoint("The key of a log bears the origin as its name.")
    return Note(checkpoint.text, (sign_note(checkpoint.text, key),))


def cosign_checkpoint(note: Note, key: SigningKey, *, time_unix: int) -> NoteSignature:
    """A witness's line for a checkpoint of which it knows that it is consistent with all that it saw before."""
    parse_checkpoint(note.text)
    return sign_note(note.text, key, time_unix=time_unix)


def open_checkpoint(
    data: bytes, log_keys: Sequence[VerifierKey], witness_keys: Sequence[VerifierKey] = ()
) -> SignedCheckpoint:
    """Read a checkpoint of one of these logs and verify every signature of the keys given.

    Raises MalformedNote, MalformedCheckpoint, and SignatureRejected: unless a log's key named as the origin has
    signed, and where a signature of a key given is wrong.
    """
    note = parse_note(data)
    signatures = verify_note(note, (*log_keys, *witness_keys))
    checkpoint = parse_checkpoint(note.text)
    if not any(one.key in log_keys and one.key.name == checkpoint.origin for one in signatures):
        raise SignatureRejected("The log that this checkpoint names has not signed it.")
    return SignedCheckpoint(checkpoint, note, signatures)


def check_same_view(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two checkpoints of one log can be compared at sight: True if they say the same.

    False where origin or size differ: a consistency proof must tell. Raises SplitView for two roots of one size.
    """
    if one.origin != other.origin or one.size != other.size:
        return False
    if one.root != other.root:
        raise SplitView(f"The log {one.origin} has signed two histories of {one.size} leaves.")
    return True
