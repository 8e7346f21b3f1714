"""Our witness with somebody else's log, and somebody else's witness with ours (C2SP tlog-witness)."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import msgspec
import pytest

from holdfast.main.witness import WitnessStore, create_witness
from holdfast.main.witness_rounds import Cosigned, Refused, WitnessAsker, size_seen_by
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.platform.guarded_http import GuardedClient
from holdfast.pure.evidence import (
    EMPTY_ROOT,
    Algorithm,
    Checkpoint,
    SigningKey,
    open_checkpoint,
    sign_checkpoint,
)
from holdfast.pure.outbound_addresses import read_allowed
from holdfast.records import ledger
from holdfast.records.witnesses import Trouble, Witness, add_witness, find_witness
from tests.support.foreign_python import foreign_environment
from tests.support.ledger_rows import publish
from tests.support.little_log import LittleLog
from tests.support.site import open_site
from tests.support.up_process import free_port

pytestmark = pytest.mark.conformance

KEY = SigningKey("log.example/evidence/1", Algorithm.ED25519, b"\x05" * 32)
LOG = LittleLog(KEY, 800)
FORGED = LittleLog(KEY, 800, forked_at=200)
_PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    packages = ("aics-tlog==0.2.1", "aics-witness==0.1.0")
    return foreign_environment("witness", packages, tmp_path_factory.mktemp("python"), minimum=(3, 12))


@contextlib.contextmanager
def running(command: list[object], url: str) -> Iterator[None]:
    """A server, from when it answers until the test is over."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                httpx2.get(url, timeout=1)
                break
            assert process.poll() is None
            assert time.monotonic() < deadline
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def run(*command: object) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_our_witness_serves_a_foreign_log(tools: Path, tmp_path: Path) -> None:
    folder = create_witness(tmp_path / "witness", "witness.example/w1")
    with contextlib.closing(WitnessStore(folder.database)) as store:
        store.add_log(KEY.verifier.vkey, "", now=datetime.now(UTC))
    notes = {"300": LOG.note(300), "700": LOG.note(700), "forged": FORGED.note(800)}
    (tmp_path / "notes.json").write_text(json.dumps({name: note.decode() for name, note in notes.items()}))
    port, vkey = free_port(), folder.key.verifier.vkey
    serve = [
        Path(sys.executable).with_name("holdfast"),
        "witness",
        "serve",
        "--data",
        folder.path,
        "--port",
        port,
    ]
    with running(serve, f"http://127.0.0.1:{port}/"):
        feed = Path(__file__).parent / "ledger" / "feed.py"
        told = run(
            tools / "python", feed, f"http://127.0.0.1:{port}", vkey, tmp_path / "notes.json", 800, tmp_path
        )
    done = json.loads(told)
    assert (done["stale"], done["forged"]) == (700, 422)
    assert all(done[size].startswith("— witness.example/w1 ") for size in ("300", "700"))
    # And a third program, which knows neither side, counts the cosignature.
    run(
        tools / "aics-tlog", "verify-checkpoint", "--note", tmp_path / "checkpoint", "--log-key", KEY.verifier.vkey,
        "--witness-key", vkey, "--quorum", 1, "--max-age", 3600, "--origin", KEY.name,
    )  # fmt: skip
    with contextlib.closing(WitnessStore(folder.database)) as store:
        (kept,) = store.forgeries()
        assert FORGED.note(800) in kept.request


async def test_a_foreign_witness_serves_our_log(tools: Path, tmp_path: Path, settings: Settings) -> None:
    port, tool = free_port(), tools / "aics-witness"
    config = tmp_path / "witness.json"
    vkey = run(
        tool, "init", "--config", config, "--name", "foreign.example/w", "--listen", f"127.0.0.1:{port}"
    )
    vkey = next(word for word in vkey.split() if word.startswith("foreign.example/w+"))
    run(tool, "add-log", "--config", config, "--origin", KEY.name, "--vkey", KEY.verifier.vkey)
    url = f"http://127.0.0.1:{port}"
    with running([tool, "serve", "--config", config, "--log-level", "ERROR"], url):
        async with (
            open_site(settings) as site,
            GuardedClient(read_allowed(["1024-65535"], ["127.0.0.1"])) as outbound,
        ):
            database = site.services.database
            async with database.transaction() as tx:
                name = await add_witness(tx, vkey, url, now=datetime.now(UTC))
            asker = WitnessAsker(site.services.settings, database, SystemClock(), outbound)

            async def ask(log: LittleLog, size: int) -> Witness:
                await publish(database, log, size)
                await asker.errand(msgspec.json.encode(name))
                return await find_witness(database, name)

            first = await ask(LOG, 300)
            assert (first.seen_size, first.trouble) == (300, None)
            assert (await ask(LOG, 700)).seen_size == 700
            stored = await ledger.checkpoint_at(database, 1, 700)
            assert stored is not None
            cosigned = open_checkpoint(stored.whole_note, [KEY.verifier], [first.key]).cosignatures
            assert [one.key.name for one in cosigned] == ["foreign.example/w"]
            # A client that knows nothing is told the size, and goes on from there.
            unknowing = msgspec.structs.replace(first, seen_size=0, seen_origin=None)
            assert isinstance(await asker.ask(unknowing, stored, KEY.name), Cosigned)
            empty = sign_checkpoint(Checkpoint(KEY.name, 0, EMPTY_ROOT), KEY).encode()
            assert await size_seen_by(outbound, first, empty) == 700
            refused = await ask(FORGED, 800)
            assert (refused.trouble, refused.seen_size) == (Trouble.OTHER_HISTORY, 700)
            older = await ledger.checkpoint_at(database, 1, 300)
            assert older is not None
            async with database.transaction() as tx:
                await tx.execute("delete from ledger_checkpoints where size > 300")
            ahead = await asker.ask(unknowing, older, KEY.name)
            assert isinstance(ahead, Refused)
            assert ahead.trouble is Trouble.AHEAD
    kept = run(tool, "evidence", "--config", config)
    # The forged checkpoint is kept there, root and all.
    assert FORGED.note(800).decode().split("\n")[2] in kept
