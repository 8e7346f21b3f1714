"""The witness protocol: what a witness reads, and what it does with a checkpoint that the log has signed."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.evidence import (
    Algorithm,
    Checkpoint,
    CompactRange,
    SigningKey,
    consistency_proof,
    leaf_hash,
    sign_checkpoint,
)
from holdfast.pure.witnessing import (
    MAX_SUBMISSION_BYTES,
    MalformedAnswer,
    MalformedSubmission,
    Ruling,
    Seen,
    Submission,
    encode_size,
    judge_submission,
    parse_cosignatures,
    parse_size,
    parse_submission,
)
from tests.support.little_log import LittleLog

KEY = SigningKey("log.example/evidence/1", Algorithm.ED25519, bytes(32))
LOG = LittleLog(KEY, 700)


def submission(old: int, new: int, log: LittleLog = LOG) -> Submission:
    return Submission(old, tuple(log.proof(old, new)), log.note(new))


def seen(size: int, log: LittleLog = LOG) -> Seen:
    return Seen(size, log.root(size))


@given(st.integers(0, 700), st.integers(0, 700))
def test_whatever_a_log_sends_of_its_one_history_is_cosigned(one: int, other: int) -> None:
    old, new = sorted((one, other))
    sent = submission(old, new)
    assert parse_submission(sent.encode()) == sent
    assert judge_submission(sent, sent.checkpoint, seen(old)).ruling is Ruling.COSIGN


@given(st.integers(1, 700), st.integers(1, 700), st.integers(0, 700))
def test_another_history_is_never_cosigned(one: int, other: int, fork_at: int) -> None:
    old, new = sorted((one, other))
    forged = LittleLog(KEY, new, forked_at=min(fork_at, old - 1))
    sent = submission(old, new, forged)
    judged = judge_submission(sent, sent.checkpoint, seen(old))
    assert judged.ruling is Ruling.OTHER_HISTORY
    assert judged.forged


@given(st.integers(0, 700), st.integers(0, 700), st.integers(0, 700))
def test_a_log_that_is_mistaken_is_told_the_size(old: int, new: int, known: int) -> None:
    old, new = sorted((old, new))
    judged = judge_submission(submission(old, new), submission(old, new).checkpoint, seen(known))
    assert judged.ruling is (Ruling.COSIGN if known == old else Ruling.OTHER_SIZE)
    assert not judged.forged


def test_a_checkpoint_never_goes_back() -> None:
    sent = Submission(500, (), LOG.note(300))
    assert judge_submission(sent, sent.checkpoint, seen(500)).ruling is Ruling.NOT_GROWN


def test_two_roots_of_one_size_are_kept_as_proof_whatever_the_old_size_says() -> None:
    forged = LittleLog(KEY, 300, forked_at=10)
    sent = Submission(0, (), forged.note(300))
    judged = judge_submission(sent, sent.checkpoint, seen(300))
    assert judged.ruling is Ruling.OTHER_SIZE
    assert judged.forged


def test_a_first_checkpoint_brings_no_proof() -> None:
    sent = Submission(0, (bytes(32),), LOG.note(300))
    assert judge_submission(sent, sent.checkpoint, Seen()).ruling is Ruling.OTHER_HISTORY


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"old 300", b"old 0300"),
        lambda body: body.replace(b"old 300", b"old -1"),
        lambda body: body.replace(b"old 300", b"old 99999999999999999999"),
        lambda body: body.replace(b"old 300", "old ３00".encode()),
        lambda body: body.replace(b"old 300", b"Old 300"),
        lambda body: body.replace(b"old 300\n", b"old 300\r\n"),
        lambda body: body.replace(b"old 300\n", b"old 300\n" + b"AA==\n"),
        lambda body: body.replace(b"old 300\n", b"old 300\n" + (b"A" * 43 + b"=\n") * 64),
        lambda body: body[:-1],
        lambda body: body + b"more",
        lambda body: body + b"\n" * MAX_SUBMISSION_BYTES,
        lambda body: body.partition(b"\n\n")[0],
        lambda body: b"",
        lambda body: b"\n\n",
        lambda body: b"\xff" + body,
    ],
)
def test_what_is_not_in_the_format_is_refused(change: object) -> None:
    body = submission(300, 700).encode()
    assert callable(change)
    changed = change(body)
    assert changed != body
    with pytest.raises(MalformedSubmission):
        parse_submission(changed)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(MalformedSubmission):
        parse_submission(body)


def test_sizes_are_written_and_read() -> None:
    assert parse_size(encode_size(300)) == 300
    for body in (b"", b"\n", b"3 00\n", b"-1\n", b"01\n", b"300\n\n", b"<html>"):
        with pytest.raises(MalformedAnswer):
            parse_size(body)


def test_an_answer_without_its_end_is_none() -> None:
    with pytest.raises(MalformedAnswer):
        parse_cosignatures("— w AAAAAAAA".encode())


def test_the_little_log_is_one() -> None:
    """The support's tree against hashes made here, so that the tests above stand on something."""
    two = CompactRange()
    leaves = [leaf_hash(b"record 0"), leaf_hash(b"record 1")]
    for one in leaves:
        two.append(one)
    assert LOG.root(2) == two.root() == hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest()
    assert LOG.note(2) == sign_checkpoint(Checkpoint(KEY.name, 2, LOG.root(2)), KEY).encode()
    assert consistency_proof(LOG.read_node, 1, 2) == [leaves[1]]
