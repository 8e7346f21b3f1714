"""Bounds of a restore, and where its database goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...platform.postgres import EmbeddedPostgres

FETCH_SILENCE_SECONDS: Final = 120.0
"""So long without a single object arriving, and fetching is given up."""

COMBINE_SECONDS: Final = 1800.0
RECOVER_SILENCE_SECONDS: Final = 300.0
"""So long without the replay moving, and it is given up: a restore once hung for ten minutes after its server had failed."""

AT_ONCE: Final = 16
"""Objects fetched at once."""


@dataclass(frozen=True, slots=True)
class Target:
    """The embedded PostgreSQL of a data folder. user, programs, shared_buffers_mb: as its settings say."""

    data: Path
    user: str = ""
    programs: Path | None = None
    shared_buffers_mb: int = 64

    def server(
        self, options: dict[str, str] | None = None, *, shared_buffers_mb: int = 0
    ) -> EmbeddedPostgres:
        """The server; nothing is started."""
        return EmbeddedPostgres(
            self.data,
            user=self.user,
            programs=self.programs,
            shared_buffers_mb=max(self.shared_buffers_mb, shared_buffers_mb),
            options=options,
        )

    def owner(self) -> tuple[int, int] | None:
        """Whom its files must belong to; None where that is whoever runs this."""
        account = self.server().cluster.account
        return (account.uid, account.gid) if account.drop else None
