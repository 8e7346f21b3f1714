"""A time stamp authority on this machine: `openssl ts` behind a port, with one certificate under a root of its own."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

# The replies hold the authority's certificate alone: with the root beside it, OpenSSL writes the set unsorted.
_CONFIGURATION = """
[ tsa ]
default_tsa = t
[ t ]
dir = .
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
_EXTENSIONS = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"


@dataclass
class Authority:
    """`answer`: what to answer instead of a stamp. `asked`: how often."""

    folder: Path
    port: int = 0
    answer: tuple[int, bytes] | None = None
    asked: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/tsr"

    @property
    def root(self) -> Path:
        return self.folder / "ca.pem"

    def openssl(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["openssl", *arguments], cwd=self.folder, capture_output=True, check=False, timeout=60
        )

    def stamp(self, query: bytes) -> bytes:
        """The reply to a request."""
        (self.folder / "query").write_bytes(query)
        done = self.openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "query", "-out", "reply")
        assert done.returncode == 0, done.stderr
        return (self.folder / "reply").read_bytes()

    def verifies(self, reply: bytes, data: bytes) -> bool:
        """What `openssl ts -verify` says."""
        (self.folder / "data").write_bytes(data)
        (self.folder / "kept.tsr").write_bytes(reply)
        done = self.openssl("ts", "-verify", "-data", "data", "-in", "kept.tsr", "-CAfile", "ca.pem")
        return done.returncode == 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        query = await reader.readexactly(int(head.partition("content-length:")[2].split("\r\n")[0]))
        self.asked += 1
        status, body = self.answer or (200, b"")
        if self.answer is None:
            body = await asyncio.to_thread(self.stamp, query)
        writer.write(f"HTTP/1.1 {status} So\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


def make_authority(folder: Path) -> Authority:
    """Keys and certificates; skips loudly where there is no OpenSSL."""
    if shutil.which("openssl") is None:
        pytest.skip("NO OPENSSL: no time stamp authority can be run here")
    folder.mkdir()
    made = Authority(folder)
    (folder / "ts.cnf").write_text(_CONFIGURATION)
    (folder / "serial").write_text("01\n")
    (folder / "extensions").write_text(_EXTENSIONS)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for command in (
        ("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root", "-days", "30"),
        ("req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Authority"),
        (
            "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-extfile", "extensions", "-out", "tsa.pem", "-days", "30",
        ),
    ):  # fmt: skip
        done = made.openssl(*command)
        assert done.returncode == 0, done.stderr
    return made


@asynccontextmanager
async def time_authority(folder: Path) -> AsyncIterator[Authority]:
    """One that listens."""
    made = await asyncio.to_thread(make_authority, folder)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
