"""Which operating-system account runs PostgreSQL, and what that account can reach.

PostgreSQL refuses to run as root, so root hands it to an unprivileged account.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from holdfast.platform.postgres.errors import ClusterUnusable


@dataclass(frozen=True, slots=True)
class Account:
    """An operating-system account. `drop` says whether this process must change to it."""

    name: str
    uid: int
    gid: int
    drop: bool

    def can_traverse(self, folder: Path) -> bool:
        """Whether the account may pass through every folder down to and including this one."""
        resolved = folder.resolve()
        return all(self._may_enter(step) for step in (resolved, *resolved.parents))

    def _may_enter(self, folder: Path) -> bool:
        info = folder.stat()
        if info.st_uid == self.uid:
            return bool(info.st_mode & stat.S_IXUSR)
        if info.st_gid == self.gid:
            return bool(info.st_mode & stat.S_IXGRP)
        return bool(info.st_mode & stat.S_IXOTH)


def choose_account(wanted: str = "") -> Account:
    """The account to run PostgreSQL: this user, or for root `wanted`, else postgres, else nobody."""
    if os.geteuid() != 0:
        try:
            name = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            raise ClusterUnusable(
                f"user id {os.geteuid()} has no entry in the password file, which PostgreSQL needs; "
                "run as a named user or set HOLDFAST_DATABASE_URL"
            ) from None
        return Account(name, os.geteuid(), os.getegid(), drop=False)
    for name in (wanted,) if wanted else ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid == 0:
            break
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, drop=True)
    raise ClusterUnusable(
        f"PostgreSQL must not run as root and '{wanted or 'postgres'}' is no unprivileged account here; "
        "set HOLDFAST_POSTGRES_USER to one"
    )
