"""`holdfast moderation classify` on long inputs: every core, one order, nothing left behind."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from holdfast.main.classify_batch import READ_BYTES, classify_stream
from holdfast.main.judging_pool import INLINE_ITEMS, JudgingPool, WorkerLost, answer_of
from holdfast.screening import Screen, load_screen

_COMMAND = [sys.executable, "-c", "from holdfast.main.cli import run; run()", "moderation", "classify"]


class Findings:
    """A watcher that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.damage: list[str] = []
        self.judged = 0

    def broken(self, line: int, why: str) -> None:
        self.lines.append(line)

    def damaged(self, line: int, why: str) -> None:
        self.damage.append(why)

    def advance(self, lines: int, position_bytes: int) -> None:
        self.judged += lines


@pytest.fixture(scope="module")
def screen() -> Screen:
    return load_screen(model=None, log_problems=False)


def _rows(count: int) -> bytes:
    rows = []
    for number in range(1, count + 1):
        if number % 1000 == 0:
            rows.append(b"{broken")
        else:
            text = "I will kill you" if number % 100 == 1 else f"post {number}"
            rows.append(json.dumps({"id": number, "text": text}).encode())
    return b"\n".join(rows)


def test_two_processes_answer_what_one_answers_in_the_same_order(screen: Screen) -> None:
    rows = _rows(3 * INLINE_ITEMS)
    answers = []
    for workers in (1, 2):
        out, findings = io.BytesIO(), Findings()
        broken = classify_stream(
            io.BytesIO(rows), out, screen, findings, rules=None, model=None, workers=workers
        )
        assert broken == len(findings.lines)
        assert findings.lines == list(range(1000, 3 * INLINE_ITEMS + 1, 1000))
        assert findings.judged == 3 * INLINE_ITEMS
        answers.append(out.getvalue())
    assert answers[0] == answers[1]
    judged = [json.loads(line) for line in answers[1].splitlines()]
    assert [row["id"] for row in judged] == [n for n in range(1, 3 * INLINE_ITEMS + 1) if n % 1000]
    assert [row["id"] for row in judged if row["verdict"] == "hold"] == list(range(1, 3 * INLINE_ITEMS, 100))


def test_a_slow_stream_is_answered_line_by_line(screen: Screen) -> None:
    reading, writing = os.pipe()
    answers, answering = os.pipe()
    with (
        open(reading, "rb") as source,
        open(answering, "wb", buffering=0) as out,
        open(answers, "rb") as read,
    ):
        run = threading.Thread(
            target=lambda: classify_stream(source, out, screen, Findings(), rules=None, workers=2)
        )
        run.start()
        for number in range(3):
            os.write(writing, b'{"id": %d, "text": "hello"}\n' % number)
            assert json.loads(read.readline())["id"] == number  # before anything more was written
        os.close(writing)
        run.join()


def test_memory_is_bounded_by_what_waits(screen: Screen) -> None:
    """Nobody reads on while the answers are not taken."""
    entered, go_on = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def write(self, data: object) -> int:
            entered.set()
            go_on.wait()
            return 0

    class Counted(io.BytesIO):
        handed_out = 0

        def read1(self, size: int | None = -1) -> bytes:
            data = super().read1(size or -1)
            self.handed_out += len(data)
            return data

    source = Counted(b'{"text": "x"}\n' * 400_000)
    run = threading.Thread(
        target=lambda: classify_stream(source, Slow(), screen, Findings(), rules=None, workers=1)
    )
    run.start()
    entered.wait()
    assert source.handed_out <= 4 * READ_BYTES
    go_on.set()
    run.join()


def test_an_error_while_reading_comes_out(screen: Screen) -> None:
    class Broken(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            raise RuntimeError("unforeseen")

    with pytest.raises(RuntimeError, match="unforeseen"):
        classify_stream(Broken(), io.BytesIO(), screen, Findings(), rules=None, workers=1)

    class Unreadable(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            raise OSError("disk gone")

    findings = Findings()
    assert (
        classify_stream(Unreadable(), io.BytesIO(), screen, findings, rules=None, model=None, workers=1) == 0
    )
    assert findings.damage == ["disk gone"]


def _die(_: object) -> object:
    os.kill(os.getpid(), signal.SIGKILL)
    return None


def _make(work: object) -> object:
    return work


def test_a_lost_process_is_said_to_be_lost() -> None:
    with JudgingPool(partial(_make, _die), 1) as pool, pytest.raises(WorkerLost):  # type: ignore[var-annotated,arg-type]
        answer_of(pool.submit(1))


def _started(path: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [*_COMMAND, "--workers", "2", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_ctrl_c_and_a_closed_pipe_end_it_quietly(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"text": "a text"}\n' * 400_000)
    interrupted, left = _started(path), _started(path)
    assert left.stdout is not None
    interrupted.send_signal(signal.SIGINT)
    left.stdout.close()
    _, said = interrupted.communicate(timeout=60)
    assert (interrupted.returncode, b"Traceback" in said) == (130, False)
    assert left.stderr is not None
    assert (left.wait(timeout=60), b"Traceback" in left.stderr.read()) == (1, False)
    left.stderr.close()
