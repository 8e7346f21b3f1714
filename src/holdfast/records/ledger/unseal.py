"""Use case: what a sealed record holds is published."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.evidence import SEALED_KIND, Relation
from . import store
from .append import append
from .errors import NoSuchRecord
from .kinds import Kind
from .model import Entry
from .open import openings
from .queries import record_of


async def unseal(tx: Tx, record_id: str, *, basis: str, now: Instant) -> str:
    """Let anybody see the opening of a sealed record from now on, and record that; the record of the unsealing.

    Only the hidden leaf is opened: what it commits to stays as private as that of any other. Unsealing twice is
    recorded twice. Raises NoSuchRecord for a record that is not sealed, Erased when nothing is left to open.
    """
    record = await record_of(tx, record_id)
    if record.kind != SEALED_KIND:
        raise NoSuchRecord(private=f"{record_id} is not sealed")
    await openings(tx, record_id, [SEALED_KIND])
    await store.publish_opening(tx, record_id, now)
    return await append(
        tx,
        Entry(kind=Kind.UNSEALED, public={"basis": basis}, related=((Relation.ABOUT, record_id),)),
        now=now,
    )
