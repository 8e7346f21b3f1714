"""What can go wrong with a backup.

BackupFailed (Unavailable)
├── NotEnoughStores        too few stores took all of it
├── SourceFailed           PostgreSQL did not give a whole backup
└── BackupRunning          another process of this machine makes one now
"""

from __future__ import annotations

from ...pure.errors import Unavailable


class BackupFailed(Unavailable):
    """No backup was made; what was written of it is removed by the next round."""

    public = "The backup could not be made; it is tried again."


class NotEnoughStores(BackupFailed):
    """Fewer stores than the policy needs hold every part."""

    public = "Too few stores took the whole backup; see `holdfast mirror status` for what each one answers."


class SourceFailed(BackupFailed):
    """pg_basebackup ended without a whole backup; `public` is its own last line."""


class BackupRunning(BackupFailed):
    """One at a time."""

    public = "A backup is being made already; wait for it to end."
