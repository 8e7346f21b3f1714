"""Object stores for the mirror: folders, S3-compatible buckets, SFTP; create-only writes, ranges, time-outs (ADR 0035).

    file:///mnt/mirror        a folder that exists
    s3://bucket/prefix        with an endpoint for services other than Amazon's
    sftp://user@host/folder   with the server's public key

Credentials are given apart from the address, and stand in no repr, error or log line.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from .away import AwayObjects
from .buckets import BucketObjects, open_bucket, open_folder
from .late import LateStore
from .memory import MemoryObjects, StoreFaults
from .port import (
    NAME_MAX_CHARACTERS,
    TIMEOUT_SECONDS,
    ObjectExists,
    ObjectMissing,
    Store,
    StoreAway,
    StoreCredentials,
    StoredObject,
    StoreError,
    StoreMisnamed,
    StoreRefused,
)

__all__ = [
    "NAME_MAX_CHARACTERS", "TIMEOUT_SECONDS", "AwayObjects", "BucketObjects", "LateStore", "MemoryObjects", "ObjectExists", "ObjectMissing",
    "Store", "StoreAway", "StoreCredentials", "StoreError", "StoreFaults", "StoreMisnamed", "StoreRefused",
    "StoredObject", "open_store",
]  # fmt: skip


def open_store(
    address: str, credentials: StoreCredentials | None = None, *, timeout_seconds: float = TIMEOUT_SECONDS
) -> Store:
    """The store at an address; nothing is asked of it yet. Raises StoreMisnamed, without the address."""
    known = credentials or StoreCredentials()
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        scheme = ""
    if scheme == "file":
        return open_folder(address, timeout_seconds=timeout_seconds)
    if scheme == "s3":
        return open_bucket(address, known, timeout_seconds=timeout_seconds)
    if scheme == "sftp":
        # Here, because its library takes as much memory as all the rest of the shipper.
        from .sftp import SftpObjects

        return SftpObjects(address, known, timeout_seconds=timeout_seconds)
    raise StoreMisnamed("A store is file:///folder, s3://bucket/prefix or sftp://user@host/folder.")
