"""The witness protocol (C2SP tlog-witness): what a log sends, and what a witness may answer.

    old 20852014                      the size that the log believes the witness has seen
    <base64 of a hash>                the consistency proof from there, at most 63 hashes

    <the checkpoint, signed by the log>

The witness answers 200 with its cosignature; 409 with the size that it has seen, when that is another one; 422 for a
history that does not continue the one it has seen; 403 without a signature of the log, 404 for a log it does not
know, 400 for anything else. Checking and keeping are one step, else two requests at once could roll a log back.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from .errors import Invalid
from .evidence import (
    EMPTY_ROOT,
    HASH_BYTES,
    MAX_SIZE,
    Checkpoint,
    Malformed,
    NoteSignature,
    ProofRejected,
    parse_checkpoint,
    parse_note,
    parse_signature_line,
    verify_consistency,
)

SIZE_TYPE = "text/x.tlog.size"
"""Content type of the body of a 409: the size that the witness has seen, in decimal, with a newline."""
MAX_PROOF_LINES = 63
MAX_SUBMISSION_BYTES = 65_536
"""A proof of 63 hashes takes 3 kB; the rest is for a checkpoint with a hundred signatures."""
MAX_ANSWER_BYTES = 65_536
ADD_CHECKPOINT = "/add-checkpoint"


class MalformedSubmission(Invalid):
    """What was sent is not in the format of the protocol."""

    public = "This is no request of the witness protocol."


class MalformedAnswer(Invalid):
    """What a witness answered is not in the format of the protocol."""

    public = "The witness did not answer as the protocol says."


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint for a witness. `note`: the checkpoint's bytes, nothing of it verified yet."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says. Raises what `parse_note` and `parse_checkpoint` raise."""
        return parse_checkpoint(parse_note(self.note).text)

    def encode(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old_size}", *(base64.b64encode(one).decode() for one in self.proof), "", ""]
        return "\n".join(lines).encode() + self.note


def parse_submission(body: bytes) -> Submission:
    """Read a request strictly. Raises MalformedSubmission."""
    if len(body) > MAX_SUBMISSION_BYTES:
        raise MalformedSubmission(f"A request has at most {MAX_SUBMISSION_BYTES} bytes.")
    head, empty, note = body.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise MalformedSubmission("The lines before the checkpoint are ASCII.") from None
    size = _decimal(first.removeprefix("old ")) if first.startswith("old ") else None
    if not empty or size is None:
        raise MalformedSubmission("A request begins with a line such as 'old 20852014'.")
    if len(lines) > MAX_PROOF_LINES:
        raise MalformedSubmission(f"A consistency proof has at most {MAX_PROOF_LINES} lines.")
    proof = [_hash(line) for line in lines]
    found = tuple(one for one in proof if one is not None)
    if len(found) != len(proof):
        raise MalformedSubmission("Each line of the proof is base64 of 32 bytes.")
    submission = Submission(size, found, note)
    try:
        _ = submission.checkpoint
    except Malformed as error:
        raise MalformedSubmission(error.public) from None
    return submission


@dataclass(frozen=True, slots=True)
class Seen:
    """The largest tree of a log that a witness cosigned; of a new log it has seen the empty one."""

    size: int = 0
    root: bytes = EMPTY_ROOT


class Ruling(Enum):
    """What a witness does with a checkpoint that the log has signed. The value is the status of the answer."""

    COSIGN = 200
    NOT_GROWN = 400  # it says itself that it is smaller than what came before
    OTHER_SIZE = 409  # the log is mistaken about what this witness has seen
    OTHER_HISTORY = 422  # it does not continue what this witness has seen


@dataclass(frozen=True, slots=True)
class Judgement:
    """`forged`: two checkpoints signed by the log contradict each other, which is proof against it and is kept."""

    ruling: Ruling
    forged: bool = False


def judge_submission(submission: Submission, checkpoint: Checkpoint, seen: Seen) -> Judgement:
    """Judge a checkpoint whose log signature was verified."""
    contradicts = checkpoint.size == seen.size and checkpoint.root != seen.root
    if submission.old_size > checkpoint.size:
        return Judgement(Ruling.NOT_GROWN, forged=contradicts)
    if submission.old_size != seen.size:
        return Judgement(Ruling.OTHER_SIZE, forged=contradicts)
    try:
        verify_consistency(
            seen.size, checkpoint.size, submission.proof, old_root=seen.root, new_root=checkpoint.root
        )
    except ProofRejected:
        # A proof that is only broken looks the same from here: the log signed it all the same, and can be asked.
        return Judgement(Ruling.OTHER_HISTORY, forged=seen.size > 0)
    return Judgement(Ruling.COSIGN)


def encode_size(size: int) -> bytes:
    """The body of a 409."""
    return f"{size}\n".encode()


def parse_size(body: bytes) -> int:
    """The size in the body of a 409. Raises MalformedAnswer."""
    text = body.decode("ascii", "replace")
    size = _decimal(text.removesuffix("\n"))
    if size is None:
        raise MalformedAnswer("The answer 409 of the witness does not say which size it has seen.")
    return size


def parse_cosignatures(body: bytes) -> tuple[NoteSignature, ...]:
    """The signature lines of a 200, of known keys or not. Raises MalformedAnswer, MalformedNote."""
    if len(body) > MAX_ANSWER_BYTES or not body.endswith(b"\n"):
        raise MalformedAnswer
    try:
        lines = body.decode("utf-8")[:-1].split("\n")
    except UnicodeDecodeError:
        raise MalformedAnswer from None
    return tuple(parse_signature_line(line) for line in lines)


def encode_cosignatures(signatures: Sequence[NoteSignature]) -> bytes:
    """The body of a 200."""
    return "".join(f"{one.line}\n" for one in signatures).encode()


def _decimal(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or (text[0] == "0" and text != "0"):
        return None
    number = int(text)
    return number if number <= MAX_SIZE else None


def _hash(line: str) -> bytes | None:
    try:
        data = base64.b64decode(line, validate=True)
    except ValueError:
        return None
    return data if len(data) == HASH_BYTES and base64.b64encode(data).decode() == line else None
