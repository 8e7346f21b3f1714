"""A witness is killed again and again while it cosigns: it never forgets what it answered, and never signs two histories."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from holdfast.main.witness import WitnessStore, create_witness
from holdfast.pure.evidence import Algorithm, SigningKey, open_checkpoint
from holdfast.pure.witnessing import Submission, parse_size
from tests.support.little_log import LittleLog
from tests.support.up_process import free_port

pytestmark = pytest.mark.fault

KEY = SigningKey("log.example/evidence/1", Algorithm.ED25519, b"\x05" * 32)
SIZE = 3000
LOG = LittleLog(KEY, SIZE)
FORGED = LittleLog(KEY, SIZE, forked_at=5)
LIVES = 6
_PATIENCE_SECONDS = 60.0


@contextlib.contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        str(Path(sys.executable).with_name("holdfast")), "witness", "serve", "--data", str(folder), "--port", str(port),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        while b"ready" not in (line := process.stdout.readline()):
            assert line, "the witness did not start"
        yield process
    finally:
        process.kill()
        process.wait(_PATIENCE_SECONDS)


def test_a_killed_witness_remembers_everything_that_it_answered(tmp_path: Path) -> None:
    folder = create_witness(tmp_path / "witness", "witness.example/w1")
    with contextlib.closing(WitnessStore(folder.database)) as store:
        store.add_log(KEY.verifier.vkey, "", now=datetime.now(UTC))
    chance = random.Random("witness")
    port, answered = free_port(), 0
    url = f"http://127.0.0.1:{port}/add-checkpoint"
    for _ in range(LIVES):
        with serving(folder.path, port) as process:
            until = chance.randint(5, 40)
            size = answered
            with contextlib.suppress(httpx2.HTTPError), httpx2.Client(timeout=10) as client:
                for step in range(until * 10):
                    reply = client.post(url, content=submission(LOG, size, size + 1))
                    if reply.status_code == 409:
                        # Kept, and killed before it could answer: more than we know, never less.
                        size = parse_size(reply.content)
                        assert answered <= size <= answered + 1
                        continue
                    assert reply.status_code == 200
                    note = LOG.note(size + 1) + reply.content
                    assert open_checkpoint(note, [KEY.verifier], [folder.key.verifier]).cosignatures
                    size += 1
                    answered = size
                    if step == until:
                        # While the next one is on its way.
                        process.send_signal(signal.SIGKILL)
    with contextlib.closing(WitnessStore(folder.database)) as store:
        (known,) = store.logs()
        assert answered <= known.seen.size <= answered + 1
        assert known.seen.root == LOG.root(known.seen.size)
        folder.check_guard(store.state_id, store.changes)
    assert answered > LIVES
    with serving(folder.path, port):
        reply = httpx2.post(url, content=submission(FORGED, known.seen.size, SIZE), timeout=10)
        assert reply.status_code == 422


def submission(log: LittleLog, old: int, new: int) -> bytes:
    return Submission(old, tuple(log.proof(old, new)), log.note(new)).encode()
