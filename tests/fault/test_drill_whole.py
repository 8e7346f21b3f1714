"""A drill against the stores of a server that runs: it comes back, it is used, and nothing at the stores changes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.fault.publishers import until
from tests.fault.test_relaunch_whole import PATIENCE_SECONDS, mirrored_server
from tests.support.mirrored import memory_folder
from tests.support.up_process import COMMAND, environment

pytestmark = pytest.mark.fault


@pytest.fixture
def folder() -> Iterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place, ignore_errors=True)


def drill(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "drill", *words], env=environment(None), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )  # fmt: skip


def run(folder: Path, store: Path, key: Path, *more: str) -> dict[str, Any]:
    """A drill from one store; its report."""
    given = (
        "run",
        "--from",
        f"file://{store}",
        "--store",
        store.name,
        "--key",
        str(key),
        "--work",
        str(folder / "work"),
        "--json",
    )
    done = drill(*given, *more)
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == 0) == report["passed"]
    return report


def contents(store: Path) -> dict[str, str]:
    """What lies at a store, without what the running server adds."""
    return {
        str(path.relative_to(store)): sha256(path.read_bytes()).hexdigest() for path in store.rglob("*") if path.is_file()
    }  # fmt: skip


def test_a_drill_brings_the_site_back_and_touches_nothing(folder: Path) -> None:
    stores = (folder / "one", folder / "two")
    server, key = mirrored_server(folder, stores)
    try:
        bearer = {"Authorization": f"Bearer {server.token('ann')}"}
        httpx2.post(
            f"{server.url}/api/v1/statuses", headers=bearer, json={"status": "before the drill"}
        ).raise_for_status()
        until(lambda: any((stores[0] / "base").rglob("descriptor")), "a backup")
        report = run(folder, stores[0], key, "--report", str(folder / "drill.json"))
        assert report["passed"], report["checks"]
        assert report["rows"]["posts"] == 1
        assert report["rto_seconds"] > 0
        assert {one["name"] for one in report["checks"]} == {
            "relaunch", "media", "serves", "posts", "tables", "ledger", "canary",
        }  # fmt: skip
        assert not any((folder / "work").iterdir())
        server.command("drill", "record", str(folder / "drill.json"))
        server.command("drill", "list")
    finally:
        server.stop()
    # The server is off: whatever changes now, the drill changed.
    before = contents(stores[0])
    assert run(folder, stores[0], key)["passed"]
    assert contents(stores[0]) == before

    # One byte of the backup is another one: the drill says so, and the copy is gone all the same.
    part = sorted((stores[0] / "base").rglob("part-00000"))[0]
    damaged = bytearray(part.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    part.chmod(0o600)
    part.write_bytes(damaged)
    report = run(folder, stores[0], key)
    assert not report["passed"]
    assert [one["name"] for one in report["checks"] if not one["ok"]] == ["relaunch"]
    assert not any((folder / "work").iterdir())
