"""The witness: what it answers over HTTP, what it keeps, and what it does after a crash or a restored copy."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from holdfast.main.cli import app
from holdfast.main.witness import Witness, WitnessFolder, WitnessStore, create_witness, open_folder
from holdfast.main.witness.application import Application
from holdfast.main.witness.folder import StateRestored
from holdfast.platform.clock import FixedClock
from holdfast.pure.errors import Conflict, NotFound
from holdfast.pure.evidence import Algorithm, SigningKey, open_checkpoint
from holdfast.pure.witnessing import MAX_SUBMISSION_BYTES, SIZE_TYPE, Submission, parse_cosignatures
from tests.support.little_log import LittleLog

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = SigningKey("log.example/evidence/1", Algorithm.ED25519, bytes(32))
LOG = LittleLog(KEY, 800)
FORGED = LittleLog(KEY, 800, forked_at=200)


class Bench:
    """A witness in a folder of its own, opened anew as often as a test likes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FixedClock(NOW)
        folder = create_witness(path, "witness.example/w1")
        self.store = WitnessStore(folder.database)
        self.store.add_log(KEY.verifier.vkey, "", now=NOW)
        self.folder: WitnessFolder = folder
        self.witness = Witness(folder, self.store, self.clock)

    def again(self) -> Witness:
        self.store.close()
        self.folder = open_folder(self.path)
        self.store = WitnessStore(self.folder.database)
        self.witness = Witness(self.folder, self.store, self.clock)
        return self.witness

    def send(self, old: int, new: int, log: LittleLog = LOG) -> tuple[int, bytes]:
        answer = self.witness.add_checkpoint(request(old, new, log))
        return answer.status, answer.body

    @property
    def size(self) -> int:
        return self.witness.logs()[0].seen.size


def request(old: int, new: int, log: LittleLog = LOG) -> bytes:
    return Submission(old, tuple(log.proof(old, new)), log.note(new)).encode()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "witness")
    yield made
    made.store.close()


def test_a_history_that_grows_is_cosigned(bench: Bench) -> None:
    for old, new in ((0, 300), (300, 700), (700, 700)):
        status, body = bench.send(old, new)
        assert status == 200
        note = LOG.note(new) + body
        signed = open_checkpoint(note, [KEY.verifier], [bench.folder.key.verifier])
        assert [one.time_unix for one in signed.cosignatures] == [int(NOW.timestamp())]
    assert bench.again().logs()[0].seen.size == 700


def test_a_forged_history_is_refused_and_kept(bench: Bench) -> None:
    bench.send(0, 300)
    sent = request(300, 800, FORGED)
    assert bench.witness.add_checkpoint(sent).status == 422
    assert bench.size == 300
    kept = bench.store.forgeries()
    assert [(one.request, one.seen_size) for one in kept] == [(sent, 300)]
    # What was seen before stands beside it: two checkpoints that the log has signed, in one row.
    open_checkpoint(kept[0].seen_note, [KEY.verifier], [bench.folder.key.verifier])
    bench.witness.add_checkpoint(sent)
    assert len(bench.store.forgeries()) == 1
    assert bench.send(300, 700)[0] == 200


def test_strangers_and_other_keys_are_told_apart(bench: Bench) -> None:
    other = SigningKey(KEY.name, Algorithm.ED25519, b"\x01" * 32)
    stranger = SigningKey("other.example/log", Algorithm.ED25519, bytes(32))
    for key, status in ((other, 403), (stranger, 404)):
        assert bench.witness.add_checkpoint(Submission(0, (), LOG.note(300, key)).encode()).status == status
    assert bench.witness.add_checkpoint(b"old 0\n\nnot a note\n").status == 400
    assert bench.send(0, 300)[0] == 200
    assert bench.witness.add_checkpoint(Submission(500, (), LOG.note(300)).encode()).status == 400
    assert bench.store.forgeries() == []


def test_of_two_histories_sent_at_once_only_one_is_cosigned(bench: Bench) -> None:
    """Several processes on one file: checking and keeping are one step (tlog-witness, the race of requests A and B)."""
    bench.send(0, 200)

    stores = [WitnessStore(bench.folder.database) for _ in range(8)]
    witnesses = [Witness(bench.folder, store, bench.clock) for store in stores]

    def contend(number: int) -> int:
        sent = request(200, 700, FORGED if number % 2 else LOG)
        return witnesses[number].add_checkpoint(sent).status

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(contend, range(8)))
    for store in stores:
        store.close()
    assert sorted(set(answers)) == [200, 409]
    assert answers.count(200) == 1


def test_sizes_sent_at_once_never_go_back(bench: Bench) -> None:
    sizes = (100, 250, 400, 550, 600, 800)
    stores = {new: WitnessStore(bench.folder.database) for new in sizes}
    witnesses = {new: Witness(bench.folder, stores[new], bench.clock) for new in sizes}

    def grow(new: int) -> list[tuple[int, int]]:
        witness = witnesses[new]
        done: list[tuple[int, int]] = []
        old = 0
        while True:
            answer = witness.add_checkpoint(request(old, new))
            if answer.status == 200:
                done.append((old, new))
            if answer.status != 409 or int(answer.body) > new:
                stores[new].close()
                return done
            old = int(answer.body)

    with ThreadPoolExecutor(6) as pool:
        steps = [step for done in pool.map(grow, sizes) for step in done]
    steps.sort()
    assert steps[0][0] == 0
    assert steps[-1][1] == bench.size == 800
    assert all(before[1] == after[0] for before, after in itertools.pairwise(steps))


def test_a_crash_between_keeping_and_answering_changes_nothing_for_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.send(0, 300)
    with monkeypatch.context() as patched:

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(WitnessFolder, "keep_guard", die)
        with pytest.raises(KeyboardInterrupt):
            bench.send(300, 700)
    bench.again()
    assert bench.send(300, 800, FORGED) == (409, b"700\n")
    assert bench.send(300, 700) == (409, b"700\n")
    assert bench.send(700, 700)[0] == 200


def test_a_restored_older_state_is_refused(bench: Bench) -> None:
    bench.send(0, 300)
    copy = bench.path / "copy"
    shutil.copy(bench.folder.database, copy)
    bench.send(300, 700)
    bench.store.close()
    shutil.copy(copy, bench.folder.database)
    with pytest.raises(StateRestored, match="restored"):
        bench.again()


def test_a_state_without_its_guard_is_refused(bench: Bench) -> None:
    bench.send(0, 300)
    bench.folder.guard.unlink()
    with pytest.raises(StateRestored, match="--guard"):
        bench.again()


def test_a_lost_state_is_refused(bench: Bench) -> None:
    bench.store.close()
    bench.folder.database.unlink()
    with pytest.raises(NotFound, match="must not serve"):
        bench.again()


def test_a_witness_that_is_shown_what_it_forgot_stops(bench: Bench) -> None:
    """The whole folder was restored, guard and all: only the log can tell, and it does by sending our own line."""
    bench.send(0, 300)
    bench.store.close()
    shutil.copytree(bench.path, bench.path.with_name("copy"))
    bench.again()
    _, line = bench.send(300, 700)
    bench.store.close()
    shutil.rmtree(bench.path)
    shutil.copytree(bench.path.with_name("copy"), bench.path)
    bench.again()
    assert bench.size == 300
    shown = Submission(700, (), LOG.note(700) + line).encode()
    assert bench.witness.add_checkpoint(shown).status == 503
    # For good: also what it would have cosigned before.
    assert bench.send(300, 700)[0] == 503
    assert bench.again().logs()[0].stopped


def test_a_line_in_our_name_that_we_did_not_write_stops_nothing(bench: Bench) -> None:
    bench.send(0, 300)
    key = bench.folder.key.verifier
    made_up = base64.b64encode(key.key_id + bytes(72)).decode()
    note = LOG.note(700) + f"— {key.name} {made_up}\n".encode()
    sent = Submission(300, tuple(LOG.proof(300, 700)), note).encode()
    assert bench.witness.add_checkpoint(sent).status == 200
    assert bench.witness.logs()[0].stopped is None


def test_times_never_go_back(bench: Bench) -> None:
    bench.send(0, 300)
    bench.clock.advance(timedelta(seconds=-3))
    _, body = bench.send(300, 400)
    (line,) = parse_cosignatures(body)
    assert int.from_bytes(line.signature[:8], "big") == int(NOW.timestamp())
    bench.clock.advance(timedelta(seconds=-60))
    assert bench.send(400, 500)[0] == 503
    assert bench.size == 400


async def test_over_http(bench: Bench) -> None:
    application = Application(bench.witness)
    transport = httpx2.ASGITransport(app=application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://w") as client:
        reply = await client.post("/add-checkpoint", content=request(0, 300))
        assert reply.status_code == 200
        assert reply.text.startswith("— witness.example/w1 ")
        reply = await client.post("/add-checkpoint", content=request(0, 700))
        assert (reply.status_code, reply.content) == (409, b"300\n")
        assert reply.headers["content-type"] == SIZE_TYPE
        reply = await client.post("/add-checkpoint", content=b"x" * (MAX_SUBMISSION_BYTES + 1))
        assert reply.status_code == 413
        assert (await client.get("/add-checkpoint")).status_code == 405
        assert (await client.get("/nowhere")).status_code == 404
        assert (await client.get("/vkey")).text.strip() == bench.witness.vkey
        (known,) = (await client.get("/logs")).json()
        assert (known["origin"], known["size"]) == (KEY.name, 300)
        note = (await client.get(known["checkpoint"])).content
        assert open_checkpoint(note, [KEY.verifier], [bench.folder.key.verifier]).cosignatures
        page = (await client.get("/")).text
        assert KEY.name in page
        assert "300 records" in page
    application.close()


def test_commands(tmp_path: Path) -> None:
    runner, here = CliRunner(), ["--data", str(tmp_path / "w")]

    def run(*arguments: str) -> str:
        result = runner.invoke(app, ["witness", *arguments, *here], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    vkey = run("init", "--name", "w.example/1").strip()
    assert run("vkey").strip() == vkey
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o077 == 0
    with pytest.raises(Conflict):
        run("init", "--name", "w.example/1")
    assert (
        run("add-log", KEY.verifier.vkey, "--url", "https://log.example/e/1/") == f"witnessing {KEY.name}\n"
    )
    (row,) = json.loads(run("list", "--json"))
    assert (row["origin"], row["size"], row["forgeries"]) == (KEY.name, 0, 0)
    assert KEY.name in run("list")
    assert json.loads(run("evidence")) == []
    with pytest.raises(Exception, match="witness's key"):
        run("add-log", vkey)
