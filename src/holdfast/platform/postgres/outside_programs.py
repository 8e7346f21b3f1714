"""Which pg_basebackup suits a server that is not ours: new enough for it, and with encryption where the server's line has that.

The one that comes with Holdfast talks to its own server over a socket and knows no TLS.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from holdfast.platform.postgres.account import choose_account
from holdfast.platform.postgres.errors import ProgramsMissing
from holdfast.platform.postgres.programs import MAJOR_VERSION, backup_programs, find_programs

_PROGRAM: Final = "pg_basebackup"
# Debian and Ubuntu; Red Hat and SUSE; FreeBSD and what people build themselves.
_PLACES: Final = (
    ("/usr/lib/postgresql", "*/bin"), ("/usr", "pgsql-*/bin"), ("/usr/local/pgsql", "bin"), ("/usr/local", "bin"),
)  # fmt: skip


def system_folders() -> tuple[Path, ...]:
    """Folders of PostgreSQL programs that the operating system's packages brought."""
    found = [folder for root, mark in _PLACES for folder in sorted(Path(root).glob(mark))]
    named = shutil.which(_PROGRAM)
    if named is not None:
        found.append(Path(named).resolve().parent)
    return tuple(dict.fromkeys(one for one in found if (one / _PROGRAM).is_file()))


def client_programs(server_major: int, *, encrypted: bool, configured: Path | None = None) -> Path:
    """The folder of the pg_basebackup for a server of this major version: `configured`, else one of the system's, else Holdfast's own
    where the line is not encrypted. Of several the one nearest above the server. Raises ProgramsMissing with what to install.
    """
    if configured is not None:
        if not (configured / _PROGRAM).is_file():
            raise ProgramsMissing(
                f"{configured} holds no {_PROGRAM}; set HOLDFAST_POSTGRES_BIN to the folder of it"
            )
        return configured.resolve()
    fitting = nearest(server_major, ((major_of(one), one) for one in system_folders()))
    if fitting is not None:
        return fitting
    if not encrypted and server_major <= MAJOR_VERSION:
        return backup_programs()
    raise ProgramsMissing(
        f"backups of PostgreSQL {server_major} {'over TLS ' if encrypted else ''}need {_PROGRAM} {server_major} or newer of the operating "
        f"system (Debian: apt install postgresql-client-{server_major}); if it lies in an unusual place, set HOLDFAST_POSTGRES_BIN"
    )


def server_programs(server_major: int, user: str = "") -> Path | None:
    """The system's folder of a whole server of exactly this version that the account of PostgreSQL can run; None where there is none."""
    account = choose_account(user)
    for folder in system_folders():
        if major_of(folder) != server_major:
            continue
        try:
            return find_programs(account, folder)
        except ProgramsMissing:
            continue
    return None


def nearest(server_major: int, found: Iterable[tuple[int, Path]]) -> Path | None:
    """Of (major version, folder) pairs, the lowest version that can read the server: an older program refuses a newer server."""
    return min((one for one in found if one[0] >= server_major), default=(0, None))[1]


def major_of(folder: Path) -> int:
    """The major version of the pg_basebackup in a folder; 0 where it does not say."""
    try:
        said = subprocess.run(
            [folder / _PROGRAM, "--version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0
