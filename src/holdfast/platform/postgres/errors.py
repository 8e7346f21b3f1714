"""What can be wrong with the embedded PostgreSQL.

    PostgresError (Unavailable)
    ├── ProgramsMissing          no PostgreSQL programs for this machine
    ├── ClusterUnusable          the data cannot be used as it is (owner, version, damage)
    └── StartFailed              the server ended instead of becoming ready

The public text is one line that says what to do.
"""

from __future__ import annotations

from holdfast.pure.errors import Unavailable


class PostgresError(Unavailable):
    """Root of the family."""


class ProgramsMissing(PostgresError):
    """No PostgreSQL programs were found."""


class ClusterUnusable(PostgresError):
    """The cluster's files cannot be used by this user or this version."""


class StartFailed(PostgresError):
    """The server did not come up."""
