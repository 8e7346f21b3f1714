"""Media: what waits, what is missing at a store, what may go, and the list of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from holdfast.continuity.media import Reconciled, forget_gone, gone_since, reconcile_media, write_list
from holdfast.continuity.mirror import MirrorSetup, TooFewHold, standing_at
from holdfast.platform import stores
from holdfast.platform.blobs import open_blobs
from holdfast.platform.clock import Instant
from holdfast.platform.config import Settings
from holdfast.platform.db import Database
from holdfast.pure.mirror import KEEP, Standing
from holdfast.pure.mirror_objects import ListedFile, MediaList
from holdfast.social.media import stored_files


@dataclass(frozen=True, slots=True)
class MediaRound:
    """What came of it. listing: None when too few stores took the list."""

    files: int
    size_bytes: int
    reconciled: Reconciled
    listing: MediaList | None


async def due_files(database: Database) -> list[ListedFile]:
    """Every file that should be at the stores."""
    return [ListedFile(digest, size) for digest, size in await stored_files(database)]


async def bring_media(
    settings: Settings,
    database: Database,
    setup: MirrorSetup,
    opened: Mapping[str, stores.Store],
    *,
    now: Instant,
    forgetting: bool = True,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> MediaRound:
    """Bring whatever a store lacks, forget what no restore can need, and sign a list. forgetting: take away at all; never done
    unless it is sure that no other server holds the site. Raises BlobsAway, Unavailable."""
    if forgetting:
        # What this database does not know may have been given to the server that holds the site now.
        forgetting = await standing_at(opened, setup) is Standing.HELD
    horizon = now - KEEP
    gone = await gone_since(database, horizon)
    files = await due_files(database)
    reconciled = await reconcile_media(
        setup,
        opened,
        files,
        set(gone),
        open_blobs(settings),
        now=now,
        forgetting=forgetting,
        progress=progress,
    )
    # What was uploaded meanwhile may have found its old copy, which was then taken away as nobody's.
    later = sorted(set(await due_files(database)) - set(files))
    if later:
        blobs = open_blobs(settings)
        await reconcile_media(setup, opened, later, (), blobs, now=now, forgetting=False)
        files = [*files, *later]
    async with database.transaction() as tx:
        await forget_gone(tx, horizon)
    try:
        listing = await write_list(setup, opened, files, now=now)
    except TooFewHold:
        listing = None
    return MediaRound(len(files), sum(one.size_bytes for one in files), reconciled, listing)
