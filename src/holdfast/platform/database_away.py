"""When the database is not there, told apart from what is wrong with a statement."""

from __future__ import annotations

import asyncpg

from ..pure.errors import Unavailable


class DatabaseAway(Unavailable):
    """The server is away, starting, out of connections, too slow, or may not write any more: not the caller's fault."""

    public = "The database does not answer; try again shortly."


_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, crashed, starting
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,  # another server holds this site by now
    OSError,
    TimeoutError,
)


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database is not there, and nothing about the statement."""
    return isinstance(error, _AWAY) or (isinstance(error, asyncpg.InterfaceError) and "closed" in str(error))
