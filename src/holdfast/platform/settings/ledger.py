"""Settings of the evidence ledger's log."""

from __future__ import annotations

from typing import Annotated

from .about import S
from .witnesses import WitnessSettings


class LedgerSettings(WitnessSettings, frozen=True, kw_only=True):
    """How the log grows, how it is counted, and how much of it goes into one bundle."""

    # Evidence ledger
    evidence_records_max: Annotated[
        int, S("Most records of the ledger in one evidence bundle.", minimum=1, maximum=25_000)
    ] = 10_000
    evidence_bundle_max_mb: Annotated[
        int, S("Most that the files of one evidence bundle take.", unit="MiB", minimum=1, maximum=3500)
    ] = 2048
    ledger_batch_milliseconds: Annotated[
        int,
        S(
            "How often records that wait are given their place in the log.",
            unit="milliseconds",
            minimum=50,
            maximum=1000,
        ),
    ] = 500
    ledger_batch_max: Annotated[
        int, S("Most records that get their place in one transaction.", minimum=1, maximum=50_000)
    ] = 5000
    ledger_checkpoint_seconds: Annotated[
        int,
        S(
            "How long after a checkpoint the next one is signed, while there are new records.",
            unit="seconds",
            minimum=1,
            maximum=9,
        ),
    ] = 5
    ledger_census_minutes: Annotated[
        int,
        S(
            "How often a census of all records, and a sample of what waits to be decided, is recorded.",
            unit="minutes",
            minimum=1,
            maximum=60,
        ),
    ] = 5
    ledger_key_overlap_days: Annotated[
        int,
        S(
            "How long a signing key that was rotated signs checkpoints beside its successor.",
            unit="days",
            minimum=0,
            maximum=365,
        ),
    ] = 30
    ledger_ask_again_seconds: Annotated[
        int,
        S(
            "How long to wait before witnesses and mirrors that did not answer at the start are asked again.",
            unit="seconds",
            minimum=1,
            maximum=3600,
        ),
    ] = 15
