"""What a database needs before it can serve: schema, master key, a first account to sign in with.

`holdfast up` runs it as a child process, `python -m holdfast.main.prepare`, so that what it imports
does not stay in the supervisor's memory. The child reports on standard output, one JSON object a
line: {"progress": text} while it works, {"first_sign_in": text} at most once.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable

from holdfast.continuity.shipping import is_superseded
from holdfast.main.first_run import open_first_account
from holdfast.migrations.runner import upgrade
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database, PoolLimits
from holdfast.platform.master_key import MasterKeyError, create_master_key, load_master_key, master_key_file
from holdfast.platform.outbox import Event, NewJob
from holdfast.platform.postgres import check_reachable
from holdfast.pure.errors import HoldfastError
from holdfast.trust.policies import publish_shipped

_FINGERPRINT = "master_key"
_KNOWN_KEY = "select value from facts where name = $1"


async def prepare(settings: Settings, progress: Callable[[str], None]) -> str | None:
    """Bring the database of `settings.database_url` up to date; the first sign-in when there is one."""
    dsn = settings.database_url
    if dsn is None:
        raise ValueError("prepare needs a database address")
    await check_reachable(dsn, settings.database_connect_timeout_seconds)
    if is_superseded(settings.data):
        # Another server is this site: the database is only read here, and is as it was left.
        return None
    await upgrade(dsn, progress)
    # No process has cached anything yet, so nobody has to be told of what changes here.
    async with await Database.connect(dsn, PoolLimits(size=1), _later) as database:
        await _check_master_key(database, settings)
        async with database.transaction() as tx:
            await publish_shipped(tx, SystemClock().now())
        return await open_first_account(database, settings)


async def prepare_alone(settings: Settings) -> None:
    """The same inside a process that runs one role; it speaks on standard error."""
    sign_in = await prepare(settings, lambda text: None)
    if sign_in is not None:
        sys.stderr.write(f"first sign-in (shown once; change the password after it): {sign_in}\n")


def _later(event: Event) -> Iterable[NewJob]:
    """Reactions to the first account; imported only when there is one, which is once."""
    from holdfast.main.subscriptions import reactions_to

    return reactions_to(event)


async def _check_master_key(database: Database, settings: Settings) -> None:
    """Make a key for a database that has none yet; else raise unless this is the key it was made with."""
    known = await database.fetchval(_KNOWN_KEY, _FINGERPRINT)
    key = (
        create_master_key(settings)
        if known is None and settings.master_key is None
        else load_master_key(settings)
    )
    fingerprint = Keyring(key).fingerprint()
    if known is None:
        async with database.transaction() as tx:
            await tx.execute(
                "insert into facts (name, value) values ($1, $2) on conflict do nothing",
                _FINGERPRINT,
                fingerprint,
            )
        # Two machines may have made a key each at the same moment: the database kept the first one's.
        known = await database.fetchval(_KNOWN_KEY, _FINGERPRINT)
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
    if sign_in is not None:
        _say(first_sign_in=sign_in)
    return 0


if __name__ == "__main__":
    sys.exit(main())
