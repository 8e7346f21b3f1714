"""One round of the backups: tidy up, make the one that is due, complete copies, pack, forget. Safe to be killed anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from ...pure.mirror import RetentionPolicy
from ..mirror import MirrorSetup, signers_of
from .catalogue import Catalogue, read_catalogue
from .errors import SourceFailed
from .forget import Forgotten, forget_old
from .model import BackupKind, due, parent_for
from .pack import PACK_AFTER, PackingDone, pack_chunks
from .take import BackupWork, Progress, Taken, is_for_full, silent_progress, take_backup
from .tidy import complete_copies, tidy_unfinished

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BackupRound:
    """What a round did."""

    taken: Taken | None = None
    removed: int = 0
    uncopied: Mapping[str, str] = field(default_factory=dict)
    packed: Mapping[str, PackingDone] = field(default_factory=dict)
    forgotten: Mapping[str, Forgotten] = field(default_factory=dict)


async def back_up_now(work: BackupWork, kind: BackupKind, *, progress: Progress = silent_progress) -> Taken:
    """A backup of this kind at once; a full one where an incremental one is not possible. Raises BackupFailed."""
    catalogue = await _read(work)
    await tidy_unfinished(work.stores, catalogue, work.kept, work.setup.epoch)
    return await _take(work, kind, catalogue, progress)


async def run_round(
    work: BackupWork,
    *,
    policy: RetentionPolicy,
    pack_after: timedelta = PACK_AFTER,
    log_is_missing: bool = False,
) -> BackupRound:
    """Everything that is due. log_is_missing: the shipper needs a full backup, whatever the schedule says.

    Raises BackupFailed when the backup that was due could not be made.
    """
    setup, stores = work.setup, work.stores
    catalogue = await _read(work)
    removed = await tidy_unfinished(stores, catalogue, work.kept, setup.epoch)
    kind = due(catalogue.bases(setup.quorum), setup.epoch, work.limits, work.clock.now())
    if log_is_missing:
        kind = BackupKind.FULL
    taken = None
    if kind is not None:
        taken = await _take(work, kind, catalogue, silent_progress)
        catalogue = await _read(work)
    uncopied = await complete_copies(stores, catalogue, setup.epoch)
    packed = {
        name: await pack_chunks(
            store, setup.epoch, setup.site_id, setup.signer, now=work.clock.now(), after=pack_after
        )
        for name, store in stores.items()
        if name not in catalogue.away and not _keeps(setup, name)
    }
    forgotten = {}
    if taken is not None:
        forgotten = await forget_old(stores, catalogue, signers_of(setup), policy, now=work.clock.now())
        work.kept.forget_manifests(frozenset(one.backup for one in catalogue.bases() if one.parent is None))
    return BackupRound(taken, removed, uncopied, packed, forgotten)


async def _read(work: BackupWork) -> Catalogue:
    return await read_catalogue(work.stores, signers_of(work.setup))


async def _take(work: BackupWork, kind: BackupKind, catalogue: Catalogue, progress: Progress) -> Taken:
    setup = work.setup
    parent = None
    if kind is BackupKind.INCREMENTAL and work.source.increments:
        parent = parent_for(catalogue.bases(setup.quorum), setup.epoch, work.kept.manifests())
    here = {name: store for name, store in work.stores.items() if name not in catalogue.away}
    if parent is not None:
        holders = set(catalogue.stores_of(parent))
        on_it = {name: store for name, store in here.items() if name in holders}
        try:
            return await take_backup(replace(work, stores=on_it), parent=parent, progress=progress)
        except SourceFailed as error:
            if not is_for_full(error):
                raise
            log.info("backup.full_instead", reason=error.public)
            await tidy_unfinished(work.stores, await _read(work), work.kept, setup.epoch)
    return await take_backup(replace(work, stores=here), progress=progress)


def _keeps(setup: MirrorSetup, name: str) -> bool:
    return any(one.name == name and one.lock_promised for one in setup.stores)
