"""Media of a relaunched site, fetched while it serves: what is asked for first, the rest after it.

DATA/mirror/origin           there while somebody fetches; the identity is in that process alone, never on the disk
DATA/mirror/wanted/HASH      what a process was asked for and does not have
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from ...platform import stores
from ...platform.blobs import Blobs
from ...pure.mirror_objects import ListedFile
from ..mirror import FOLDER, MirrorSetup
from .fetch import Fetching, RestoredMedia, restore_media

_ORIGIN: Final = "origin"
_WANTED: Final = "wanted"
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_LOOK_SECONDS: Final = 0.05
_BROUGHT_WITHIN_SECONDS: Final = 15.0


async def ask_origin(data_folder: Path, sha256: bytes, here: Blobs) -> bool:
    """Ask whoever fetches for a file, and wait for it; False at once where nobody does."""
    folder = data_folder / FOLDER
    if not (folder / _ORIGIN).exists():
        return False
    wanted = folder / _WANTED / sha256.hex()
    wanted.parent.mkdir(mode=0o700, exist_ok=True)
    wanted.touch(mode=0o600)
    deadline = asyncio.get_running_loop().time() + _BROUGHT_WITHIN_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        # The one who fetches takes the wish away when it is done with it, whatever came of it.
        if not wanted.exists():
            break
        await asyncio.sleep(_LOOK_SECONDS)
    return await here.size(sha256) is not None


async def fetch_while_serving(
    setup: MirrorSetup,
    identity: str,
    opened: Mapping[str, stores.Store],
    files: Iterable[ListedFile],
    blobs: Blobs,
    data_folder: Path,
    *,
    progress: Callable[[RestoredMedia], None] = lambda done: None,
) -> RestoredMedia:
    """Fetch all `files`, and before them whatever is asked for meanwhile; returns once all were tried.

    Runs beside the servers of `data_folder`, in the process that was given the identity.
    """
    folder = data_folder / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _ORIGIN).write_text(f"{os.getpid()}\n")
    asked = asyncio.create_task(_serve(Fetching(setup, identity, opened), blobs, folder / _WANTED))
    try:
        return await restore_media(setup, identity, opened, files, blobs, progress=progress)
    finally:
        (folder / _ORIGIN).unlink(missing_ok=True)
        asked.cancel()
        await asyncio.wait({asked})
        for wish in _wishes(folder / _WANTED):
            _forget(wish)


async def _serve(fetching: Fetching, blobs: Blobs, wanted: Path) -> None:
    while True:
        wishes = _wishes(wanted)
        await asyncio.gather(*(_one(fetching, blobs, wish) for wish in wishes))
        if not wishes:
            await asyncio.sleep(_LOOK_SECONDS)


async def _one(fetching: Fetching, blobs: Blobs, wish: Path) -> None:
    try:
        await fetching.bring(bytes.fromhex(wish.name), blobs)
    finally:
        _forget(wish)


def _forget(wish: Path) -> None:
    wish.unlink(missing_ok=True)


def _wishes(wanted: Path) -> list[Path]:
    try:
        return [wanted / name for name in os.listdir(wanted) if _HASH.fullmatch(name)]
    except FileNotFoundError:
        return []
