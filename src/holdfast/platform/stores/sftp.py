"""Folders on other machines, through SFTP (asyncssh). The server's key must be known; nothing is trusted at first sight.

An object is written under a name that no listing shows, brought to the disk where the server can (fsync@openssh.com), then
linked to its own name: a link never replaces, so create-only holds, and readers see all of an object or nothing. Servers
without hard links are refused.
"""

from __future__ import annotations

import asyncio
import hashlib
import posixpath
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import asyncssh

from ..crypto import random_bytes
from .port import (
    ObjectExists,
    ObjectMissing,
    StoreAway,
    StoreCredentials,
    StoredObject,
    StoreMisnamed,
    StoreRefused,
    check_name,
    check_prefix,
    check_range,
)

_PORT: Final = 22
_UNFINISHED: Final = ".part-"


class SftpObjects:
    """A folder on another machine. One connection, opened at the first need and again after it broke."""

    def __init__(self, address: str, credentials: StoreCredentials, *, timeout_seconds: float) -> None:
        parts = urlsplit(address)
        wrong = not parts.hostname or not parts.path.strip("/") or parts.password is not None or parts.query
        if wrong or not (credentials.user or parts.username):
            raise StoreMisnamed(
                "An SFTP store is written sftp://user@host/folder; its password is asked for apart."
            )
        try:
            self._port = parts.port or _PORT
            host = f"[{parts.hostname}]:{self._port}" if self._port != _PORT else parts.hostname
            self._known = asyncssh.import_known_hosts(f"{host} {credentials.host_key}\n")
            asyncssh.import_public_key(credentials.host_key)
            self._keys = (
                [asyncssh.import_private_key(credentials.private_key)] if credentials.private_key else []
            )
        except (ValueError, asyncssh.KeyImportError):
            raise StoreMisnamed(
                "An SFTP store needs the server's public key (ssh-keyscan shows it; compare it with your provider's) "
                "and a private key without a passphrase, or a password."
            ) from None
        self._host = parts.hostname or ""
        self._user = credentials.user or parts.username or ""
        self._secret = credentials.secret
        self._folder = parts.path
        self._address = f"sftp://{parts.hostname}:{self._port}{parts.path}"
        self._timeout_seconds = timeout_seconds
        self._lock = asyncio.Lock()
        self._open: tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient] | None = None

    def __repr__(self) -> str:
        return f"SftpObjects({self._address!r})"

    @property
    def address(self) -> str:
        """Where it is, without the user."""
        return self._address

    @property
    def owner_marks(self) -> frozenset[str]:
        """The host and the user name's hash."""
        user = hashlib.sha256(self._user.encode()).hexdigest()[:16]
        return frozenset({f"host:{self._host}", f"user:{user}"})

    async def put_new(self, name: str, data: bytes) -> str | None:
        """See the port."""
        async with self._asked(name) as sftp:
            if await sftp.lexists(self._path(name)):
                raise ObjectExists
            part = await self._write(sftp, name, data)
            try:
                await sftp.link(part, self._path(name))
            except asyncssh.SFTPFailure:
                if await sftp.lexists(self._path(name)):
                    raise ObjectExists from None
                raise
            finally:
                await sftp.remove(part)
        return None

    async def put(self, name: str, data: bytes) -> str | None:
        """See the port."""
        async with self._asked(name) as sftp:
            await sftp.posix_rename(await self._write(sftp, name, data), self._path(name))
        return None

    async def get(self, name: str, *, version: str | None = None) -> bytes:
        """See the port; there are no versions."""
        if version is not None:
            raise ObjectMissing
        async with self._asked(name) as sftp, sftp.open(self._path(name), "rb") as file:
            data = await file.read()
        return _binary(data)

    async def get_range(self, name: str, start: int, end: int) -> bytes:
        """See the port."""
        check_range(start, end)
        async with self._asked(name) as sftp, sftp.open(self._path(name), "rb") as file:
            data = await file.read(end - start, start)
        return _binary(data)

    async def list(self, prefix: str = "") -> list[StoredObject]:
        """See the port."""
        found: list[StoredObject] = []
        first = check_prefix(prefix)
        async with self._asked("x") as sftp:
            pending = [first]
            while pending:
                folder = pending.pop()
                try:
                    entries = [one async for one in sftp.scandir(posixpath.join(self._folder, folder))]
                except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNotADirectory):
                    continue
                for entry in entries:
                    text, attrs = str(entry.filename), entry.attrs
                    if text in (".", "..") or text.startswith(_UNFINISHED):
                        continue
                    name = f"{folder}/{text}" if folder else text
                    if attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
                        pending.append(name)
                    else:
                        at = datetime.fromtimestamp(attrs.mtime or 0, UTC)
                        found.append(StoredObject(name, attrs.size or 0, at))
        return sorted(found, key=lambda one: one.name)

    async def delete(self, name: str) -> None:
        """See the port."""
        with suppress(ObjectMissing):
            async with self._asked(name) as sftp:
                await sftp.remove(self._path(name))

    async def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            connection, self._open = self._open[0], None
            connection.abort()
            await connection.wait_closed()

    def _path(self, name: str) -> str:
        return posixpath.join(self._folder, check_name(name))

    async def _write(self, sftp: asyncssh.SFTPClient, name: str, data: bytes) -> str:
        path = self._path(name)
        await sftp.makedirs(posixpath.dirname(path), exist_ok=True)
        part = posixpath.join(posixpath.dirname(path), _UNFINISHED + random_bytes(8).hex())
        async with sftp.open(part, "xb") as file:
            await file.write(data)
            with suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()
        return part

    @asynccontextmanager
    async def _asked(self, name: str) -> AsyncIterator[asyncssh.SFTPClient]:
        check_name(name)
        what = f"{self._address}: {name}"
        try:
            async with asyncio.timeout(self._timeout_seconds):
                yield await self._client()
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise ObjectMissing(private=what) from None
        except (asyncssh.SFTPPermissionDenied, asyncssh.PermissionDenied):
            raise StoreRefused(private=what) from None
        except asyncssh.HostKeyNotVerifiable:
            raise StoreRefused(
                "The SFTP server has another key than the one that is known.", private=what
            ) from None
        except (asyncssh.Error, OSError, TimeoutError) as error:
            if not isinstance(error, asyncssh.SFTPError) or isinstance(error, asyncssh.SFTPConnectionLost):
                await self.close()
            raise StoreAway(private=f"{what}: {type(error).__name__}") from None

    async def _client(self) -> asyncssh.SFTPClient:
        async with self._lock:
            if self._open is not None and not self._open[0].is_closed():
                return self._open[1]
            connection = await asyncssh.connect(
                self._host,
                self._port,
                username=self._user,
                password=self._secret or None,
                client_keys=self._keys or None,
                known_hosts=self._known,
                agent_path=None,
                config=None,
                connect_timeout=self._timeout_seconds,
            )
            self._open = connection, await connection.start_sftp_client()
            return self._open[1]


def _binary(data: bytes | str) -> bytes:
    """What was read from a file that was opened as binary."""
    return data if isinstance(data, bytes) else data.encode()
