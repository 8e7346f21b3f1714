"""What a database needs before it can serve: schema, master key, a first account to sign in with.

`holdfast up` runs it as a child process, `python -m holdfast.main.prepare`, so that what it imports
does not stay in the supervisor's memory. The child reports on standard output, one JSON object a
line: {"progress": text} while it works, {"first_sign_in": text} at most once.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

import asyncpg

from holdfast.main.first_run import open_first_account
from holdfast.main.running_database import check_reachable
from holdfast.migrations.runner import upgrade
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.master_key import MasterKeyError, create_master_key, load_master_key, master_key_file
from holdfast.pure.errors import HoldfastError

_FINGERPRINT = "master_key"


async def prepare(settings: Settings, progress: Callable[[str], None]) -> str | None:
    """Bring the database of `settings.database_url` up to date; the first sign-in when there is one."""
    dsn = settings.database_url
    if dsn is None:
        raise ValueError("prepare needs a database address")
    await check_reachable(dsn, settings.database_connect_timeout_seconds)
    await upgrade(dsn, progress)
    connection = await asyncpg.connect(dsn)
    try:
        await _check_master_key(connection, settings)
        return await open_first_account(connection, settings)
    finally:
        await connection.close()


async def _check_master_key(connection: asyncpg.Connection[asyncpg.Record], settings: Settings) -> None:
    """Make a key for a database that has none yet; else raise unless this is the key it was made with."""
    known = await connection.fetchval("select value from facts where name = $1", _FINGERPRINT)
    key = (
        create_master_key(settings)
        if known is None and settings.master_key is None
        else load_master_key(settings)
    )
    fingerprint = Keyring(key).fingerprint()
    if known is None:
        await connection.execute(
            "insert into facts (name, value) values ($1, $2) on conflict do nothing",
            _FINGERPRINT,
            fingerprint,
        )
        # Two machines may have made a key each at the same moment: the database kept the first one's.
        known = await connection.fetchval("select value from facts where name = $1", _FINGERPRINT)
    if known != fingerprint:
        where = "HOLDFAST_MASTER_KEY" if settings.master_key is not None else str(master_key_file(settings))
        raise MasterKeyError(
            f"{where} is not the master key that this database was made with; give it the right one"
        )


def _say(**fact: str) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def main() -> int:
    """The supervisor's child."""
    try:
        sign_in = asyncio.run(prepare(load_settings(), lambda text: _say(progress=text)))
    except HoldfastError as error:
        sys.stderr.write(f"{error.public}\n")
        return 1
    except asyncpg.PostgresError as error:
        sys.stderr.write(f"the database refused to be prepared: {error}\n")
        return 1
    if sign_in is not None:
        _say(first_sign_in=sign_in)
    return 0


if __name__ == "__main__":
    sys.exit(main())
