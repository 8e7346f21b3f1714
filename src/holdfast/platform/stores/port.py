"""The port to object stores, its errors, and what a store is reached with.

StoreError
├── ObjectMissing (NotFound)       there is no such object
├── ObjectExists (Conflict)        create-only, and there is one already
├── StoreRefused (NotAllowed)      the credentials do not allow it, or the object is locked
├── StoreAway (Unavailable)        no answer in time, no room, a broken answer
└── StoreMisnamed (Invalid)        an address that cannot be used
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from ...pure.errors import Conflict, HoldfastError, Invalid, NotAllowed, NotFound, Unavailable

NAME_MAX_CHARACTERS: Final = 512
TIMEOUT_SECONDS: Final = 20.0
_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_PREFIX: Final = re.compile(rf"({_NAME.pattern}/?)?")


class StoreError(HoldfastError):
    """A store did not do it."""


class ObjectMissing(StoreError, NotFound):
    """There is no such object."""


class ObjectExists(StoreError, Conflict):
    """There is one under this name already; nothing was written."""

    public = "The store holds an object of this name already."


class StoreRefused(StoreError, NotAllowed):
    """Not with these credentials, or not while it is locked."""

    public = "The store refuses this; check the rights of its credentials."


class StoreAway(StoreError, Unavailable):
    """It does not answer, or not sensibly."""

    public = "The store does not answer as it should; try again shortly."


class StoreMisnamed(StoreError, Invalid):
    """The address or the name cannot be used."""


@dataclass(frozen=True, slots=True)
class StoreCredentials:
    """What a store is reached with. No value ever stands in its repr.

    user: access key or user name. secret: secret key or password. private_key: OpenSSH text. host_key: the line of the
    server's public key, `ssh-ed25519 AAAA…`; sftp is not spoken without it. endpoint, region: of an S3-compatible service.
    """

    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    host_key: str = field(default="", repr=False)
    endpoint: str = field(default="", repr=False)
    region: str = field(default="us-east-1", repr=False)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An entry of a listing. modified_at: by the store's clock."""

    name: str
    size_bytes: int
    modified_at: datetime


class Store(Protocol):
    """Objects under names. Every method raises StoreAway after the store's time-out, and StoreRefused."""

    @property
    def address(self) -> str:
        """Where it is, without credentials."""

    @property
    def owner_marks(self) -> frozenset[str]:
        """What tells that two stores depend on one owner: host, hash of the user name, device."""

    async def put_new(self, name: str, data: bytes) -> str | None:
        """Keep an object where there is none; readers see all of it or nothing. The version, where the store has such.

        Raises ObjectExists.
        """

    async def put(self, name: str, data: bytes) -> str | None:
        """Keep an object, in place of one that may be there."""

    async def get(self, name: str, *, version: str | None = None) -> bytes:
        """The whole object. Raises ObjectMissing."""

    async def get_range(self, name: str, start: int, end: int) -> bytes:
        """The bytes from `start` to before `end`, fewer where the object ends. Raises ObjectMissing."""

    async def list(self, prefix: str = "") -> list[StoredObject]:
        """What lies in the folder `prefix`, at any depth, by name. A prefix is whole parts of names."""

    async def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no error."""

    async def close(self) -> None:
        """Give connections back."""


def check_name(name: str) -> str:
    """The name, if every store takes it. Raises StoreMisnamed."""
    if len(name) > NAME_MAX_CHARACTERS or _NAME.fullmatch(name) is None:
        raise StoreMisnamed("Names of objects have letters, digits, dots, dashes and slashes.")
    return name


def check_prefix(prefix: str) -> str:
    """The prefix without a slash at its end. Raises StoreMisnamed."""
    if len(prefix) > NAME_MAX_CHARACTERS or _PREFIX.fullmatch(prefix) is None:
        raise StoreMisnamed("Prefixes have letters, digits, dots, dashes and slashes.")
    return prefix.rstrip("/")


def check_range(start: int, end: int) -> None:
    """Raises StoreMisnamed for a range that is none."""
    if not 0 <= start < end:
        raise StoreMisnamed("A range begins before it ends.")
