"""The record of those who report: how often what they said was found right, and as how many they count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...platform.db import Reader
from ..reporters import filings_of_cases, records_of
from .model import NEUTRAL_RECORD

_FILINGS_READ: Final = 100


async def reporter_records(reader: Reader, account_ids: Sequence[int]) -> dict[int, float]:
    """0 to 1 for each account: the mean of what is known of it, which is even while nothing is."""
    known = await records_of(reader, account_ids)
    return {ident: known[ident].record.mean if ident in known else NEUTRAL_RECORD for ident in account_ids}


async def independent_reporters(reader: Reader, case_ids: Sequence[int]) -> dict[int, float]:
    """The share of independent ones among the reporters of each case, 0 to 1; cases with one reporter have no need."""
    found = await filings_of_cases(reader, case_ids, most=_FILINGS_READ)
    return {case_id: one.share for case_id, one in found.items()}
