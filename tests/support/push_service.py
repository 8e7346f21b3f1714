"""A push service on this machine, with devices behind it that read what is sent to them."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from holdfast.platform.web_push import DeviceKeys


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=salt, info=info).derive(secret)


class Device:
    """The far end: made from the standards, not from the code under test."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.keys = DeviceKeys(point, secrets.token_bytes(16))

    @property
    def form(self) -> dict[str, str]:
        """The keys as an app sends them."""
        return {
            "subscription[keys][p256dh]": b64(self.keys.public_key),
            "subscription[keys][auth]": b64(self.keys.auth),
        }

    def read(self, headers: dict[str, str], body: bytes) -> bytes:
        if headers["content-encoding"] == "aes128gcm":
            return self._read_standard(body)
        assert headers["content-encoding"] == "aesgcm"
        salt = unb64(headers["encryption"].removeprefix("salt="))
        parts = dict(part.split("=", 1) for part in headers["crypto-key"].split(";"))
        return self._read_draft(salt, unb64(parts["dh"]), body)

    def _shared(self, point: bytes) -> bytes:
        return self._key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        )

    def _read_standard(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        point, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        info = b"WebPush: info\0" + self.keys.public_key + point
        secret = _hkdf(self._shared(point), self.keys.auth, info, 32)
        key = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert plain.endswith(b"\x02")
        return plain[:-1]

    def _read_draft(self, salt: bytes, point: bytes, body: bytes) -> bytes:
        secret = _hkdf(self._shared(point), self.keys.auth, b"Content-Encoding: auth\0", 32)
        mine = self.keys.public_key
        context = b"P-256\0" + len(mine).to_bytes(2, "big") + mine + len(point).to_bytes(2, "big") + point
        key = _hkdf(secret, salt, b"Content-Encoding: aesgcm\0" + context, 16)
        nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\0" + context, 12)
        plain = AESGCM(key).decrypt(nonce, body, None)
        return plain[2 + int.from_bytes(plain[:2], "big") :]


def checked_claims(token: str, server_key: str) -> dict[str, Any]:
    """The claims of a VAPID token whose signature is the server's."""
    head, claims, signature = token.split(".")
    raw = unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(server_key))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    found: dict[str, Any] = json.loads(unb64(claims))
    return found


@dataclass
class Pushed:
    """One message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """What came, and what the next messages are answered with; 201 when nothing else is planned."""

    port: int = 0
    messages: list[Pushed] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    came: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().splitlines()
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.messages.append(Pushed(first.split()[1], headers, body))
            self.came.release()
            answer = self.answers.pop(0) if self.answers else "201 Created"
            writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def open_push_service() -> AsyncIterator[PushService]:
    service = PushService()
    listening = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.port = listening.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        listening.close()


@contextmanager
def push_service_thread() -> Iterator[PushService]:
    """The same beside a test that does not await."""
    service, started = PushService(), threading.Event()
    loop = asyncio.new_event_loop()

    def serve() -> None:
        listening = loop.run_until_complete(asyncio.start_server(service.serve, "127.0.0.1", 0))
        service.port = listening.sockets[0].getsockname()[1]
        started.set()
        loop.run_forever()
        listening.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
