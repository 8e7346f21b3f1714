"""Whether a database answers, and if not, why: without ever repeating its password."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from holdfast.pure.errors import Unavailable


class DatabaseUnreachable(Unavailable):
    """The database does not answer; the text names the host and never the password."""


async def check_reachable(dsn: str, timeout_seconds: int) -> None:
    """Connect once, trying until the deadline. Raises DatabaseUnreachable with a reason, also when it is not UTF-8."""
    # The supervisor goes through this package's door, and does without the driver's memory.
    import asyncpg

    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_seconds
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=max(0.1, deadline - loop.time()))
        except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
            if loop.time() + 0.5 < deadline:
                await asyncio.sleep(0.5)
                continue
            raise DatabaseUnreachable(_unreachable(dsn, _reason(error))) from None
        except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            # Wrong password, no such database, malformed address: waiting would not help.
            raise DatabaseUnreachable(_unreachable(dsn, _reason(error))) from None
        encoding = connection.get_settings().server_encoding
        await connection.close()
        if encoding != "UTF8":
            raise DatabaseUnreachable(
                f"the database in HOLDFAST_DATABASE_URL keeps text as {encoding}; make one with encoding UTF8"
            )
        return


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _unreachable(dsn: str, reason: str) -> str:
    try:
        parts = urlsplit(dsn)
        where = f"{parts.hostname or 'a local socket'}{f':{parts.port}' if parts.port else ''}{parts.path}"
        if parts.password:
            reason = reason.replace(parts.password, "(hidden)")
    except ValueError:
        where, reason = "HOLDFAST_DATABASE_URL", "it is not a valid address"
    return (
        f"the database at {where} cannot be reached: {reason}; check HOLDFAST_DATABASE_URL and that it runs"
    )
