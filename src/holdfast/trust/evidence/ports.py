"""What making a bundle needs besides the database, and where bundles lie until they are handed out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...platform.blobs import CHUNK_BYTES, Blobs, open_blobs
from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.ids import PublicIds
from ...platform.settings import Settings
from .ledgers import Trusting

LOG_PREFIX: Final = "/.well-known/holdfast/evidence/"
_LEFT_OVER_SECONDS: Final = 3600.0
"""A bundle that nobody fetched, or whose process was killed, goes after this long."""


@dataclass(frozen=True, slots=True)
class ExportPorts:
    """`folder`: where a bundle may lie until it is handed out."""

    blobs: Blobs
    ids: PublicIds
    folder: Path
    trusting: Trusting
    records_max: int
    bytes_max: int


def export_ports(settings: Settings, keyring: Keyring) -> ExportPorts:
    """The ports by the settings; nothing is opened yet but the blob store."""

    def prefix_url(origin: str) -> str:
        return settings.public_url.rstrip("/") + LOG_PREFIX + origin.rsplit("/", 1)[-1]

    return ExportPorts(
        open_blobs(settings),
        PublicIds(keyring.derive("public ids")),
        settings.data.resolve() / "run" / "exports",
        Trusting(prefix_url, settings.ledger_quorum),
        settings.evidence_records_max,
        settings.evidence_bundle_max_mb << 20,
    )


def clear_left_over(folder: Path, now: Instant) -> None:
    """Remove bundles that were made long ago and not handed out."""
    if folder.is_dir():
        for path in folder.iterdir():
            if path.stat().st_mtime < now.timestamp() - _LEFT_OVER_SECONDS:
                path.unlink(missing_ok=True)


async def handed_out(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a bundle, whose file goes when they were read, or when nobody reads on."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        file.close()
        os.unlink(path)
