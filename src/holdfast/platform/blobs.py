"""The blob store: files under the SHA-256 of their content, in a folder or in an S3-compatible bucket.

    DATA/media/ab/cdef…     a folder: two digits, then the rest
    s3://BUCKET/PREFIX      the same names in a bucket

A blob never changes, so writing one that is there already does no harm. A reader sees all of a blob or nothing; in a
folder it is on the disk when `put` returns.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from ..pure.errors import NotFound, Unavailable

CHUNK_BYTES: Final = 256 * 1024
_PART_BYTES: Final = 8 * 1024 * 1024
_RETRIES: Final = 3
_RETRY_WITHIN = timedelta(seconds=20)


class BlobMissing(NotFound):
    """There is no such blob."""


class BlobsAway(Unavailable):
    """The store does not answer, or cannot be written."""

    public = "Files cannot be stored or read at the moment; try again shortly."


class BlobAccess(Protocol):
    """How a bucket is reached; the settings `media_store_*`."""

    @property
    def media_store_url(self) -> str:
        """`s3://bucket/prefix`, or empty for the folder."""

    @property
    def media_store_endpoint(self) -> str:
        """Where the S3-compatible service is; empty for Amazon's."""

    @property
    def media_store_region(self) -> str:
        """Its region."""

    @property
    def media_store_access_key(self) -> str:
        """The name that is signed with; empty: what the machine offers."""

    @property
    def media_store_secret_key(self) -> str:
        """The key that is signed with."""

    @property
    def data(self) -> Path:
        """The data folder."""


class BlobCopies(Protocol):
    """What keeps copies of blobs elsewhere; `continuity.media` does."""

    async def keep(self, digest: bytes, here: Blobs) -> None:
        """A blob was stored `here`; returns once its copies are as safe as they have to be, or are known to be late."""

    async def bring(self, digest: bytes, here: Blobs) -> bool:
        """A blob is not `here`; True once it is."""


class Blobs:
    """A store of blobs. Hashes are SHA-256 digests, 32 bytes. copies: asked after each `put`, and for what is not here."""

    def __init__(
        self, store: ObjectStore, folder: Path | None = None, copies: BlobCopies | None = None
    ) -> None:
        self._store = store
        self._folder = folder
        self._copies = copies

    def alone(self) -> Blobs:
        """The same store without its copies: for what makes or brings them."""
        return Blobs(self._store, self._folder)

    async def put(self, content: bytes | BinaryIO) -> bytes:
        """Keep a blob and return its hash. A file is read from its start. Raises BlobsAway."""
        digest = await asyncio.to_thread(hash_of, content)
        path = _path(digest)
        if not isinstance(content, bytes):
            content.seek(0)
        try:
            await obstore.put_async(self._store, path, content, chunk_size=_PART_BYTES)
            if self._folder is not None:
                await asyncio.to_thread(_settle, self._folder / path)
        except (BaseError, OSError) as error:
            raise BlobsAway(private=repr(error)) from error
        if self._copies is not None:
            await self._copies.keep(digest, self.alone())
        return digest

    async def get(self, digest: bytes) -> bytes:
        """All of a blob; for small ones. Raises BlobMissing, BlobsAway."""
        return b"".join([chunk async for chunk in self.stream(digest)])

    async def stream(self, digest: bytes, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in pieces. Raises BlobMissing before the first one, BlobsAway."""
        try:
            if end is not None and end <= start:
                return
            if start or end is not None:
                bounds = {"range": {"offset": start} if end is None else (start, end)}
                found = await obstore.get_async(self._store, _path(digest), options=bounds)  # type: ignore[arg-type]
            else:
                found = await obstore.get_async(self._store, _path(digest))
            async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(chunk)
        except FileNotFoundError as error:
            # Said before the first piece. What is brought here now is read like any other blob.
            if self._copies is None or not await self._copies.bring(digest, self.alone()):
                raise BlobMissing(private=digest.hex()) from error
            async for piece in self.alone().stream(digest, start, end):
                yield piece
        except (BaseError, OSError) as error:
            raise BlobsAway(private=repr(error)) from error

    async def size(self, digest: bytes) -> int | None:
        """The size in bytes; None when there is no such blob. Raises BlobsAway."""
        size = await self._size_here(digest)
        if size is None and self._copies is not None and await self._copies.bring(digest, self.alone()):
            size = await self._size_here(digest)
        return size

    async def _size_here(self, digest: bytes) -> int | None:
        try:
            return (await obstore.head_async(self._store, _path(digest)))["size"]
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise BlobsAway(private=repr(error)) from error

    async def delete(self, digest: bytes) -> None:
        """Remove a blob; one that is not there is no error. Raises BlobsAway."""
        try:
            await obstore.delete_async(self._store, _path(digest))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise BlobsAway(private=repr(error)) from error


def hash_of(content: bytes | BinaryIO) -> bytes:
    """The SHA-256 of bytes, or of a file from its start."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).digest()
    content.seek(0)
    digest = hashlib.sha256()
    while piece := content.read(CHUNK_BYTES):
        digest.update(piece)
    return digest.digest()


def open_blobs(access: BlobAccess, *, retries: int = _RETRIES, copies: BlobCopies | None = None) -> Blobs:
    """The store that the settings name. `retries`: of a request to a bucket that does not answer."""
    if not access.media_store_url:
        folder = access.data.resolve() / "media"
        return Blobs(LocalStore(folder, mkdir=True, automatic_cleanup=True), folder, copies)
    parts = urlsplit(access.media_store_url)
    options: dict[str, str] = {}
    if access.media_store_access_key:
        options["access_key_id"] = access.media_store_access_key
        options["secret_access_key"] = access.media_store_secret_key
    if access.media_store_endpoint:
        options["endpoint"] = access.media_store_endpoint
    store = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        region=access.media_store_region or "us-east-1",
        client_options={"allow_http": access.media_store_endpoint.startswith("http://")},
        retry_config={"max_retries": retries, "retry_timeout": _RETRY_WITHIN},
        **options,  # type: ignore[arg-type]
    )
    return Blobs(store, copies=copies)


def memory_blobs(copies: BlobCopies | None = None) -> Blobs:
    """A store that lasts as long as the process: the fake for tests."""
    return Blobs(MemoryStore(), copies=copies)


def _path(digest: bytes) -> str:
    name = digest.hex()
    return f"{name[:2]}/{name[2:]}"


def _settle(file: Path) -> None:
    """The file and its name reach the disk."""
    for place in (file, file.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
