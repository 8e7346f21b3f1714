"""Use case: a member gives an archive of another server."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.outbox import NewJob
from ..accounts import Actor
from . import store
from .errors import ArchiveImportUnderWay
from .model import IMPORT_ARCHIVE

_AFTER_EVERYTHING_ELSE = 9


async def request_archive_import(tx: Tx, actor: Actor, digest: bytes, *, private: bool, now: Instant) -> int:
    """Have its posts imported in the background; the id of the import. `digest`: the file in the blob store.

    Raises ArchiveImportUnderWay.
    """
    if await store.has_unfinished_archive_import(tx, actor.account_id):
        raise ArchiveImportUnderWay
    import_id = new_id(now)
    await store.insert_archive_import(tx, import_id, actor.account_id, digest, private=private, now=now)
    tx.enqueue(NewJob(IMPORT_ARCHIVE, msgspec.json.encode(import_id), priority=_AFTER_EVERYTHING_ELSE))
    return import_id
