"""What happens to a checkpoint that is sent to the witness: checked, kept, cosigned, in this order and as one step."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from holdfast.platform.clock import Clock
from holdfast.pure.evidence import (
    Checkpoint,
    EvidenceInvalid,
    Note,
    NoteSignature,
    SignatureRejected,
    SignedCheckpoint,
    cosign_checkpoint,
    open_checkpoint,
    parse_note,
)
from holdfast.pure.witnessing import (
    SIZE_TYPE,
    MalformedSubmission,
    Ruling,
    Seen,
    Submission,
    encode_cosignatures,
    encode_size,
    judge_submission,
    parse_submission,
)

from .folder import WitnessFolder
from .store import KnownLog, WitnessStore

log = structlog.get_logger(__name__)

TEXT = "text/plain; charset=utf-8"
CLOCK_SLACK_SECONDS = 5
"""So far the clock may have been set back since the last cosignature; further, and nothing is cosigned."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    content_type: str = TEXT


class Witness:
    """Answers requests, one at a time."""

    def __init__(self, folder: WitnessFolder, store: WitnessStore, clock: Clock) -> None:
        folder.check_guard(store.state_id, store.changes)
        self._folder = folder
        self._store = store
        self._clock = clock

    @property
    def vkey(self) -> str:
        """The public key, as logs and policies take it."""
        return self._folder.key.verifier.vkey

    def logs(self) -> list[KnownLog]:
        """What is witnessed, as it stands."""
        return self._store.logs()

    def add_checkpoint(self, body: bytes) -> Answer:
        """POST /add-checkpoint. When a cosignature is answered, everything that it commits us to is on the disk."""
        try:
            submission = parse_submission(body)
        except MalformedSubmission as error:
            return _text(400, error.public)
        with self._store.changing():
            answer, changed = self._decide(submission, body)
        if changed:
            self._folder.keep_guard(self._store.state_id, self._store.changes)
        return answer

    def _decide(self, submission: Submission, body: bytes) -> tuple[Answer, bool]:
        """The answer, and whether something was cosigned."""
        known = self._store.log(submission.checkpoint.origin)
        if known is None:
            return _text(404, "This witness does not witness that log."), False
        try:
            signed = open_checkpoint(submission.note, known.keys)
        except SignatureRejected as error:
            return _text(403, error.public), False
        except EvidenceInvalid as error:
            return _text(400, error.public), False
        if is_forgotten(submission.note, signed.checkpoint, known.seen, self._folder):
            self._store.stop_log(
                known.origin, "it showed a cosignature of ours on a larger tree than we remember"
            )
            known = self._store.log(known.origin) or known
        if known.stopped:
            log.error("witness.stopped", origin=known.origin, why=known.stopped)
            return _text(503, f"This witness has stopped for that log: {known.stopped}."), False
        ruling = judge_submission(submission, signed.checkpoint, known.seen)
        if ruling.forged:
            log.error(
                "witness.forged", origin=known.origin, seen=known.seen.size, sent=signed.checkpoint.size
            )
            self._store.keep_forgery(known, body, now=self._clock.now())
        if ruling.ruling is Ruling.COSIGN:
            return self._cosign(known, signed)
        if ruling.ruling is Ruling.OTHER_SIZE:
            return Answer(409, encode_size(known.seen.size), SIZE_TYPE), False
        if ruling.ruling is Ruling.OTHER_HISTORY:
            return _text(
                422, "This does not continue the history that was witnessed; it is kept as evidence."
            ), False
        return _text(400, "The old size is larger than the checkpoint."), False

    def _cosign(self, known: KnownLog, signed: SignedCheckpoint) -> tuple[Answer, bool]:
        now = int(self._clock.now().timestamp())
        last = int(known.cosigned_at.timestamp()) if known.cosigned_at else 0
        if now + CLOCK_SLACK_SECONDS < last:
            log.error("witness.clock_went_back", origin=known.origin, seconds=last - now)
            return _text(
                503, "The clock of this witness went back; nothing is cosigned until it is right."
            ), False
        time_unix = max(now, last)
        line = cosign_checkpoint(signed.note, self._folder.key, time_unix=time_unix)
        checkpoint = signed.checkpoint
        note = self._kept_note(signed, line)
        self._store.keep_seen(
            known.origin, Seen(checkpoint.size, checkpoint.root), note, cosigned_at=time_unix
        )
        return Answer(200, encode_cosignatures([line])), True

    def _kept_note(self, signed: SignedCheckpoint, line: NoteSignature) -> bytes:
        """The checkpoint with what was verified of it and our line: nobody else's unknown lines are passed on."""
        good = {(one.key.name, one.key.key_id) for one in signed.signatures}
        lines = [one for one in signed.note.signatures if (one.name, one.key_id) in good]
        return Note(signed.note.text, tuple(lines)).with_signatures([line]).encode()


def is_forgotten(note: bytes, checkpoint: Checkpoint, seen: Seen, folder: WitnessFolder) -> bool:
    """Whether a checkpoint bears our cosignature although our state knows nothing of it: then it was restored."""
    newer = checkpoint.size > seen.size or (checkpoint.size == seen.size and checkpoint.root != seen.root)
    return newer and _cosigned_by(note, folder)


def _cosigned_by(note: bytes, folder: WitnessFolder) -> bool:
    """Whether a checkpoint bears a good cosignature of this witness. A wrong one in its name is nobody's."""
    key = folder.key.verifier
    read = parse_note(note)
    for one in read.signatures:
        if (one.name, one.key_id) != (key.name, key.key_id):
            continue
        try:
            key.verify(read.text, one.signature)
        except SignatureRejected:
            continue
        return True
    return False


def _text(status: int, sentence: str) -> Answer:
    return Answer(status, f"{sentence}\n".encode())
