"""Reads of the re-screening's state."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader
from .model import Rescreening

FACT = "rescreening"
"""Its row of the table `facts`."""

_decoder = msgspec.json.Decoder(Rescreening)


async def last_rescreening(reader: Reader) -> Rescreening | None:
    """The run that is under way, or the last one; None when there was none."""
    value = await reader.fetchval("select value from facts where name = $1", FACT)
    return None if value is None else _decoder.decode(value)
