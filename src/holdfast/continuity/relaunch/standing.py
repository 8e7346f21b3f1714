"""Whether this server may be written to: what lies beside the setup while it may not.

DATA/mirror/unheld.json    it was relaunched, and too few stores said yes so far: it serves read-only (the shipper's `superseded.json` is
                           for a server that was replaced)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

_FOLDER: Final = "mirror"
_UNHELD: Final = "unheld.json"


def mark_unheld(data: Path, epoch: int) -> None:
    """Say that the site is not held yet."""
    folder = data / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _UNHELD).write_text(json.dumps({"epoch": epoch}))


def unmark_unheld(data: Path) -> None:
    """It is held."""
    (data / _FOLDER / _UNHELD).unlink(missing_ok=True)


def is_unheld(data: Path) -> bool:
    """Whether the site may only be read because a relaunch did not reach enough stores."""
    return (data / _FOLDER / _UNHELD).exists()
