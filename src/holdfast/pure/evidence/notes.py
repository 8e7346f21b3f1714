"""Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures.

    — <key name> <base64 of key id and signature>

Signatures of unknown keys are ignored, those of known keys must be right. The text includes its last newline, not
the empty line. Notes are UTF-8 without control characters but newline.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .errors import MalformedKey, MalformedNote, SignatureRejected
from .signatures import KEY_ID_BYTES, SigningKey, VerifierKey, check_key_name, decode_base64

# A checkpoint with a hundred signatures, the largest kind among them, stays well below.
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 128

_MARK = "— "


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line, of a known key or not."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line without its newline."""
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures beneath it; nothing is verified yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """The note's bytes. Raises MalformedNote where the text is none that can be signed."""
        _check_text(self.text)
        lines = "".join(f"{one.line}\n" for one in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def with_signatures(self, more: Iterable[NoteSignature]) -> Note:
        """The same note with further signatures; one of the same name and key id takes the place of the older."""
        kept = {(one.name, one.key_id): one for one in (*self.signatures, *more)}
        return Note(self.text, tuple(kept.values()))


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """A signature that was found right; `time_unix` is what a cosignature states, in seconds since 1970."""

    key: VerifierKey
    time_unix: int | None


def parse_note(data: bytes) -> Note:
    """Read a note strictly, without verifying it. Raises MalformedNote."""
    if len(data) > MAX_NOTE_BYTES:
        raise MalformedNote(f"A signed note has at most {MAX_NOTE_BYTES} bytes.")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedNote("A signed note is UTF-8.") from None
    text, empty, below = whole.rpartition("\n\n")
    if not empty or not below.endswith("\n"):
        raise MalformedNote("A signed note ends in lines of signatures after an empty line.")
    text += "\n"
    _check_text(text)
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedNote(f"A signed note has at most {MAX_SIGNATURES} signatures.")
    return Note(text, tuple(parse_signature_line(line) for line in lines))


def parse_signature_line(line: str) -> NoteSignature:
    """One line without its newline, as a witness answers with it. Raises MalformedNote."""
    name, space, encoded = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK) or not space:
        raise MalformedNote("A signature line is a dash, a name, and base64.")
    try:
        check_key_name(name)
    except MalformedKey as error:
        raise MalformedNote(error.public) from None
    data = decode_base64(encoded)
    if data is None or len(data) <= KEY_ID_BYTES:
        raise MalformedNote(f"The signature of {name} is not base64 of a key id and a signature.")
    return NoteSignature(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def sign_note(text: str, key: SigningKey, *, time_unix: int | None = None) -> NoteSignature:
    """The key's signature on a text; cosigners state a time. Raises MalformedNote for a text no note can have."""
    _check_text(text)
    return NoteSignature(key.name, key.verifier.key_id, key.sign(text, time_unix=time_unix))


def verify_note(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifiedSignature, ...]:
    """The signatures of these keys, in the order of the note, one for each key.

    Raises SignatureRejected if one of them is wrong, or if there is none: what stays unsigned is not to be read.
    """
    known = {(key.name, key.key_id): key for key in keys}
    verified: dict[VerifierKey, VerifiedSignature] = {}
    for one in note.signatures:
        key = known.get((one.name, one.key_id))
        if key is not None:
            verified.setdefault(key, VerifiedSignature(key, key.verify(note.text, one.signature)))
    if not verified:
        raise SignatureRejected("No key that is trusted here has signed this.")
    return tuple(verified.values())


def _check_text(text: str) -> None:
    if not text.endswith("\n") or text == "\n":
        raise MalformedNote("The text of a note ends in a newline.")
    if any(one < " " and one != "\n" for one in text):
        raise MalformedNote("A note has no control characters but newline.")
