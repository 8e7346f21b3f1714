"""Settings of the evidence ledger: who confirms it from outside, how its log grows, what goes into a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from ..about import S
from .portability import PortabilitySettings


class WitnessSettings(PortabilitySettings, frozen=True, kw_only=True):
    """Cosignatures and time stamps."""

    # Witnesses and time stamps
    ledger_witnesses: Annotated[
        tuple[str, ...],
        S(
            "Witnesses of the ledger, each as its vkey, a space, and its address. More are added with"
            " `holdfast ledger witness add`."
        ),
    ] = ()
    ledger_quorum: Annotated[
        str,
        S(
            "How many of the witnesses must have cosigned a checkpoint before others should rely on it: any, all,"
            " none, or a number. Published in the ledger's policy file."
        ),
    ] = "any"
    ledger_witness_interval_seconds: Annotated[
        int,
        S(
            "How often witnesses are asked for their cosignatures while there are new records.",
            unit="seconds",
            minimum=5,
            maximum=60,
        ),
    ] = 20
    ledger_private_allowed: Annotated[
        tuple[str, ...],
        S(
            "Hosts, hosts with a port, and networks of witnesses and time stamp authorities that may be reached although"
            " they are private: 10.1.2.3:8430, witness.internal, 127.0.0.0/8."
        ),
    ] = ()
    timestamp_authority_url: Annotated[
        str, S("RFC 3161 time stamp authority that stamps checkpoints of the ledger; empty: none.")
    ] = ""
    timestamp_certificates_file: Annotated[
        Path | None,
        S(
            "PEM file with the root certificate of that authority, and those between, against which its stamps are"
            " checked before they are kept. Published for who verifies them. Relative to the data folder."
        ),
    ] = None
    timestamp_interval_minutes: Annotated[
        int,
        S(
            "How often a checkpoint is stamped; urgent notices have one stamped at once.",
            unit="minutes",
            minimum=1,
            maximum=1440,
        ),
    ] = 60


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
            "How often a census of all records is recorded: as many in the database as in the log.",
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
