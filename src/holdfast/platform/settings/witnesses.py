"""Settings of who confirms the evidence ledger from outside: witnesses and time stamp authorities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from .about import S
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
