"""S3 servers of other makers, as processes: SeaweedFS, which keeps its word, and rclone's, which lies about locks."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from holdfast.platform.stores import StoreCredentials

USER, SECRET = "MIRRORUSER", "a-secret-of-the-mirror"
BUCKET = "mirror"
READY_SECONDS = 60.0
_STOP_SECONDS = 30.0


@dataclass
class ForeignS3:
    """A running server with one user and one empty bucket. `within`: what commands begin with to reach it."""

    endpoint: str
    process: subprocess.Popen[bytes]
    within: Sequence[str] = ()

    @property
    def address(self) -> str:
        """A place in the bucket."""
        return f"s3://{BUCKET}/site"

    @property
    def credentials(self) -> StoreCredentials:
        """Those of its one user."""
        return StoreCredentials(user=USER, secret=SECRET, endpoint=self.endpoint)

    @property
    def settings(self) -> dict[str, str]:
        """The same for `HOLDFAST_STORE_…` in the environment of a command."""
        return {"store_user": USER, "store_secret": SECRET, "store_endpoint": self.endpoint}

    def make_bucket(self, log: Path) -> None:
        """As soon as it answers. Raises AssertionError."""
        deadline = time.monotonic() + READY_SECONDS
        pause = threading.Event()
        while time.monotonic() < deadline:
            with log.open("ab") as out:
                done = subprocess.run(
                    [
                        *self.within, program("rclone"), "mkdir", f":s3:{BUCKET}", "--config=", "--retries=1", "--low-level-retries=1",
                        "--contimeout=2s", "--timeout=5s",
                    ],
                    env=os.environ | {
                        "RCLONE_S3_PROVIDER": "Other", "RCLONE_S3_ACCESS_KEY_ID": USER, "RCLONE_S3_SECRET_ACCESS_KEY": SECRET,
                        "RCLONE_S3_ENDPOINT": self.endpoint, "RCLONE_S3_REGION": "us-east-1",
                    },
                    stdout=out, stderr=out, timeout=READY_SECONDS, check=False,
                )  # fmt: skip
            if done.returncode == 0:
                return
            assert self.process.poll() is None, log.read_text()[-4000:]
            pause.wait(0.3)
        raise AssertionError(f"{self.endpoint} is not ready: {log.read_text()[-4000:]}")


def program(name: str) -> str:
    """Where a server of other makers is; skips the test loudly where it is not installed."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"SKIPPED LOUDLY: {name} is not installed, no foreign S3 server was asked")
    return found


@contextmanager
def seaweedfs(folder: Path, *, host: str = "127.0.0.1", within: Sequence[str] = ()) -> Iterator[ForeignS3]:
    """SeaweedFS with its data in `folder`, a new one. It asks for signatures and refuses a second create-only write."""
    folder.mkdir(parents=True)
    config = folder / "s3.json"
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    identity = {
        "name": "mirror",
        "credentials": [{"accessKey": USER, "secretKey": SECRET}],
        "actions": actions,
    }
    config.write_text(json.dumps({"identities": [identity]}))
    ports = {name: _two_free_ports() for name in ("s3", "master", "volume", "filer")}
    command = [
        *within, program("weed"), "server", f"-dir={folder}", f"-ip={host}", "-ip.bind=" + host, "-s3", f"-s3.port={ports['s3']}",
        f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-master.port={ports['master']}",
        f"-volume.port={ports['volume']}", f"-filer.port={ports['filer']}", "-master.volumeSizeLimitMB=64", "-volume.max=40",
    ]  # fmt: skip
    with _running(command, folder, f"http://{host}:{ports['s3']}", within) as server:
        yield server


@contextmanager
def rclone_s3(folder: Path, *, host: str = "127.0.0.1") -> Iterator[ForeignS3]:
    """rclone's S3 server over files in `folder`, a new one: a provider that takes every header and heeds few."""
    served = folder / "served"
    served.mkdir(parents=True)
    port = _two_free_ports()
    command = [
        program("rclone"), "serve", "s3", str(served), f"--addr={host}:{port}", f"--auth-key={USER},{SECRET}", "--config=",
        "--vfs-cache-mode=off",
    ]  # fmt: skip
    with _running(command, folder, f"http://{host}:{port}", ()) as server:
        yield server


@contextmanager
def _running(
    command: Sequence[str], folder: Path, endpoint: str, within: Sequence[str]
) -> Iterator[ForeignS3]:
    log = folder / "server.log"
    options: dict[str, Any] = {"cwd": folder, "process_group": 0}
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, **options)
    try:
        server = ForeignS3(endpoint, process, within)
        server.make_bucket(log)
        yield server
    finally:
        # At once: SeaweedFS takes half a minute to say goodbye, and nobody needs what it has.
        process.kill()
        process.wait(_STOP_SECONDS)


def _two_free_ports() -> int:
    """A port that is free, and so is the one 10,000 above it, which SeaweedFS takes for itself."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            if port >= 50_000:
                continue
            try:
                two.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            return port
