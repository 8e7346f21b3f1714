"""Folders and S3-compatible buckets, through obstore. In a folder an object is on the disk when `put` returns."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    GenericError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import LocalStore, ObjectStore, S3Store

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

_RETRIES: Final = 2
# What obstore says of an answer that has no range; it has no error of its own for that.
_NO_RANGES: Final = "non-partial response"


class BucketObjects:
    """A store of obstore's. `folder`: where its objects are files; None in a bucket."""

    def __init__(
        self,
        store: ObjectStore,
        *,
        address: str,
        marks: frozenset[str],
        timeout_seconds: float,
        folder: Path | None = None,
    ) -> None:
        self._store = store
        self._address = address
        self._marks = marks
        self._timeout_seconds = timeout_seconds
        self._folder = folder

    def __repr__(self) -> str:
        # obstore's own text would show how the bucket is reached.
        return f"BucketObjects({self._address!r})"

    @property
    def address(self) -> str:
        """Where it is."""
        return self._address

    @property
    def owner_marks(self) -> frozenset[str]:
        """The host and the user name's hash, or the device."""
        return self._marks

    async def put_new(self, name: str, data: bytes) -> str | None:
        """See the port."""
        return await self._put(name, data, "create")

    async def put(self, name: str, data: bytes) -> str | None:
        """See the port."""
        return await self._put(name, data, "overwrite")

    async def get(self, name: str, *, version: str | None = None) -> bytes:
        """See the port."""
        async with self._asked(name):
            options = {"version": version} if version is not None else {}
            found = await obstore.get_async(self._store, check_name(name), options=options)  # type: ignore[arg-type]
            data = bytes(await found.bytes_async())
        return data

    async def get_range(self, name: str, start: int, end: int) -> bytes:
        """See the port."""
        check_range(start, end)
        async with self._asked(name):
            size = (await obstore.head_async(self._store, check_name(name)))["size"]
            if start >= size:
                return b""
            try:
                found = await obstore.get_range_async(self._store, name, start=start, end=min(end, size))
            except GenericError as error:
                # It sent the whole object, or something else: it is there, and cannot do this.
                if _NO_RANGES in str(error):
                    raise StoreRefused(private=f"{self._address}: {name}: no ranges") from None
                raise
        return bytes(found)

    async def list(self, prefix: str = "") -> list[StoredObject]:
        """See the port."""
        found: list[StoredObject] = []
        async with self._asked(prefix):
            async for page in obstore.list(self._store, check_prefix(prefix) or None, chunk_size=1000):
                found.extend(StoredObject(one["path"], one["size"], one["last_modified"]) for one in page)
        return sorted(found, key=lambda one: one.name)

    async def delete(self, name: str) -> None:
        """See the port."""
        try:
            async with self._asked(name):
                await obstore.delete_async(self._store, check_name(name))
        except ObjectMissing:
            return

    async def close(self) -> None:
        """obstore closes its connections when it is forgotten."""

    async def _put(self, name: str, data: bytes, mode: Literal["create", "overwrite"]) -> str | None:
        async with self._asked(name):
            kept = await obstore.put_async(
                self._store, check_name(name), data, mode=mode, use_multipart=False
            )
            if self._folder is not None:
                await asyncio.to_thread(_settle, self._folder, name)
        return kept["version"]

    @asynccontextmanager
    async def _asked(self, name: str) -> AsyncIterator[None]:
        """Errors of obstore as those of the port. What obstore says of a request stays out: it may quote headers."""
        what = f"{self._address}: {name}"
        try:
            async with asyncio.timeout(self._timeout_seconds):
                if (
                    self._folder is not None
                    and await asyncio.to_thread(_device_mark, self._folder) not in self._marks
                ):
                    # Not mounted any more. Nothing may be read from what is there instead, nor made anew on the disk that
                    # the store is to be independent of.
                    raise StoreAway(private=f"{what}: another disk, or none")
                yield
        except (AlreadyExistsError, PreconditionError):
            raise ObjectExists(private=what) from None
        except FileNotFoundError:
            raise ObjectMissing(private=what) from None
        except (PermissionDeniedError, UnauthenticatedError, PermissionError):
            raise StoreRefused(private=what) from None
        except (BaseError, OSError, TimeoutError) as error:
            raise StoreAway(private=f"{what}: {type(error).__name__}") from None


def open_folder(address: str, *, timeout_seconds: float) -> BucketObjects:
    """file:///absolute/path. Raises StoreMisnamed where it is no folder: a disk that is not mounted must not be replaced by an
    empty folder on the very disk that it is to be independent of."""
    parts = urlsplit(address)
    folder = Path(parts.path)
    if parts.netloc or not folder.is_absolute() or not folder.is_dir():
        raise StoreMisnamed("A file store is an existing folder: file:///mnt/mirror.")
    marks = frozenset({_device_mark(folder)})
    store = LocalStore(folder, automatic_cleanup=False)
    return BucketObjects(store, address=address, marks=marks, timeout_seconds=timeout_seconds, folder=folder)


def open_bucket(address: str, credentials: StoreCredentials, *, timeout_seconds: float) -> BucketObjects:
    """s3://bucket/prefix at the endpoint of the credentials, or Amazon's. Raises StoreMisnamed."""
    parts = urlsplit(address)
    if not parts.netloc or parts.query or parts.fragment:
        raise StoreMisnamed("A bucket is written s3://bucket/prefix.")
    options: dict[str, str] = {"endpoint": credentials.endpoint} if credentials.endpoint else {}
    host = urlsplit(credentials.endpoint).hostname or "amazonaws.com"
    user = hashlib.sha256(credentials.user.encode()).hexdigest()[:16]
    store = S3Store(
        parts.netloc,
        prefix=check_prefix(parts.path.strip("/")) or None,
        region=credentials.region,
        access_key_id=credentials.user,
        secret_access_key=credentials.secret,
        client_options={
            "allow_http": credentials.endpoint.startswith("http://"),
            "timeout": timedelta(seconds=timeout_seconds),
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=timeout_seconds)},
        **options,  # type: ignore[arg-type]
    )
    marks = frozenset({f"host:{host}", f"user:{user}"})
    return BucketObjects(store, address=address, marks=marks, timeout_seconds=timeout_seconds)


def _device_mark(folder: Path) -> str:
    """Which disk the folder is on; empty where it is gone."""
    try:
        return f"device:{folder.stat().st_dev}"
    except FileNotFoundError:
        return ""


def _settle(folder: Path, name: str) -> None:
    """The file and every name on the way to it reach the disk."""
    place = folder / name
    while True:
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if place == folder:
            return
        place = place.parent
