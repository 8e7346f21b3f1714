"""The commands of /transparency/ledger, run as they are shown, on a whole server with a witness and a time authority."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx2
import pytest

from holdfast.main.witness import WitnessStore, create_witness
from tests.conformance.test_foreign_witnesses import running
from tests.support.foreign_python import foreign_environment
from tests.support.time_authority import Authority, make_authority
from tests.support.up_process import COMMAND, PATIENCE_SECONDS, free_port
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.conformance

_BLOCK = re.compile(r'<pre[^>]*class="commands"><code>(.*?)</code></pre>', re.DOTALL)
PAGE = "/transparency/ledger"


@contextlib.contextmanager
def listening(authority: Authority) -> Iterator[None]:
    """The authority answers in a thread of its own."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(authority.serve, "127.0.0.1", 0))
    authority.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def until(holds: Callable[[], bool]) -> None:
    """Ask the server until it says so."""
    deadline = time.monotonic() + 3 * PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline


def shell(commands: str, folder: Path, *tools: Path) -> subprocess.CompletedProcess[str]:
    paths = [str(Path(COMMAND[0]).parent), *map(str, tools), os.environ["PATH"]]
    return subprocess.run(
        ["bash", "-ec", commands], cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PATH": os.pathsep.join(paths)},
    )  # fmt: skip


def test_every_command_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "authority")
    folder = create_witness(tmp_path / "witness", "witness.example/w1")
    port, here = free_port(), tmp_path / "here"
    here.mkdir()
    with contextlib.ExitStack() as stack:
        stack.enter_context(listening(authority))
        server = WholeServer(
            tmp_path / "data",
            ledger_private_allowed="127.0.0.1",
            ledger_witness_interval_seconds="5",
            timestamp_authority_url=authority.url,
            timestamp_certificates_file=str(authority.root),
        )
        stack.callback(server.close)
        server.wait_ready()
        get = httpx2.Client(base_url=server.url, timeout=30).get
        until(lambda: get("/api/holdfast/v1/ledger/status").json()["checkpoint"] is not None)
        (vkey,) = get("/api/holdfast/v1/ledger/status").json()["vkeys"]
        with contextlib.closing(WitnessStore(folder.database)) as store:
            store.add_log(vkey, "", now=datetime.now(UTC))
        serve = [*COMMAND, "witness", "serve", "--data", folder.path, "--port", port]
        stack.enter_context(running(serve, f"http://127.0.0.1:{port}/"))
        server.command("ledger", "witness", "add", folder.key.verifier.vkey, f"http://127.0.0.1:{port}")
        server.sql(
            "insert into jobs (kind, payload) values ('stamp_checkpoint', '{\"reason\":\"urgent\"}'::bytea) returning 1"
        )
        until(lambda: "ledger-good" in get(PAGE).text and "what was stamped" in get(PAGE).text)
        blocks = [unescape(block) for block in _BLOCK.findall(get(PAGE).text)]
        watch, foreign, signature, records, others, stamp, receipt, _witness = blocks
        done = shell(watch.replace("--vkey", "--once --vkey"), here)
        assert (done.returncode, "all is well" in done.stdout) == (0, True), done.stdout + done.stderr
        assert "Signature Verified Successfully" in shell(signature, here).stdout
        assert "records; the root fits" in shell(records, here).stdout
        assert folder.key.verifier.vkey in shell(others, here).stdout
        (here / "authority.pem").write_bytes(authority.root.read_bytes())
        done = shell(stamp, here)
        assert "Verification: OK" in done.stdout + done.stderr
        (served,) = get("/api/holdfast/v1/ledger/time-stamps").json()[:1]
        assert authority.verifies(get(served["reply_url"]).content, get(served["checkpoint_url"]).content)
        record_id = server.sql("select record_id from ledger_records where leaf_index = 0")
        proof = get(f"/api/holdfast/v1/ledger/receipts/{record_id}.tlog-proof").content
        (here / f"{record_id}.tlog-proof").write_bytes(proof)
        done = shell(receipt.replace("YOUR-RECEIPT", record_id), here)
        assert done.returncode == 0, done.stdout + done.stderr
        # The receipt holds when the server is gone.
        server.stop()
        assert shell(f"holdfast verify {record_id}.tlog-proof --policy ledger.policy", here).returncode == 0
    assert foreign.startswith("pip install aics-tlog\n")


def test_the_foreign_command_of_the_page(tmp_path: Path) -> None:
    packages = ("aics-tlog==0.2.1", "aics-witness==0.1.0")
    tools = foreign_environment("witness", packages, tmp_path / "python", minimum=(3, 12))
    server = WholeServer(tmp_path / "data")
    try:
        server.wait_ready()
        get = httpx2.Client(base_url=server.url, timeout=30).get
        until(lambda: get("/api/holdfast/v1/ledger/status").json()["checkpoint"] is not None)
        foreign = unescape(_BLOCK.findall(get(PAGE).text)[1]).removeprefix("pip install aics-tlog\n")
        done = shell(foreign, tmp_path, tools)
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        server.close()
