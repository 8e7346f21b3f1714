"""Reads of witnesses: everybody may see who they are and how they are."""

from __future__ import annotations

from ...platform.db import Reader, Row
from .errors import WitnessNotThere
from .model import Trouble, Witness

_COLUMNS = (
    "select name, vkey, url, by_setting, added_at, seen_origin, seen_size, seen_at, asked_at, trouble, trouble_text,"
    " trouble_since from ledger_witnesses"
)
_ALL_SQL, _ONE_SQL = _COLUMNS + " order by added_at, name", _COLUMNS + " where name = $1"


def _witness(row: Row) -> Witness:
    return Witness(**{**dict(row), "trouble": Trouble(row["trouble"]) if row["trouble"] else None})


async def witnesses(reader: Reader) -> list[Witness]:
    """All, the oldest first."""
    return [_witness(row) for row in await reader.fetch(_ALL_SQL)]


async def find_witness(reader: Reader, name: str) -> Witness:
    """One; raises WitnessNotThere."""
    row = await reader.fetchrow(_ONE_SQL, name)
    if row is None:
        raise WitnessNotThere
    return _witness(row)
