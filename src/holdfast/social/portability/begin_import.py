"""Use case: a member gives a file of relations."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.relation_files import RelationKind, RelationRow
from ..accounts import Actor
from ..lists import ListLimits
from . import store
from .errors import ImportUnderWay
from .events import RelationImportBegun


async def begin_import(
    tx: Tx, actor: Actor, kind: RelationKind, rows: Sequence[RelationRow], *,
    overwrite: bool, rows_per_minute: int, lists: ListLimits, now: Instant,
) -> int:  # fmt: skip
    """Keep the rows, to be done part after part; the id of the import. `overwrite`: what the file lacks is taken away
    first. Raises ImportUnderWay."""
    if await store.has_unfinished_import(tx, actor.account_id):
        raise ImportUnderWay
    import_id = new_id(now)
    await store.insert_import(tx, import_id, actor.account_id, kind.value, rows, overwrite=overwrite, now=now)
    tx.emit(RelationImportBegun(import_id, rows_per_minute, lists))
    return import_id
