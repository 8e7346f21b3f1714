"""The files of a bundle become one ZIP in a folder of the server's, and, where asked, an age file; and where it lies until it
is handed out."""

from __future__ import annotations

import asyncio
import hashlib
import os
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import pyrage  # type: ignore[import-untyped]

from ...continuity.media import MirrorCopies
from ...platform.blobs import CHUNK_BYTES, Blobs, open_blobs
from ...platform.clock import Instant, SystemClock
from ...platform.crypto import Keyring
from ...platform.ids import PublicIds
from ...platform.settings import Settings
from ...pure.bundles import (
    BAG_DECLARATION,
    ArchiveEntry,
    encode_bag_info,
    encode_manifest,
    end_of_archive,
    entry_header,
)
from .errors import ExportNotAllowed
from .ledgers import Trusting
from .model import Document

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
        # Only read here; a relaunched site may have to fetch a file first.
        open_blobs(settings, copies=MirrorCopies(settings.data.resolve(), lambda: keyring, SystemClock())),
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


Content = bytes | Document
"""Bytes, or a document whose content lies in the blob store."""


async def write_bag(
    out: BinaryIO, folder: str, files: Mapping[str, Content], facts: list[tuple[str, str]], blobs: Blobs
) -> str:
    """Write a bag of these files, by path below its folder, as a ZIP; the SHA-256 of its payload manifest."""
    digests = {path: _digest(content) for path, content in files.items()}
    payload = {path: digest for path, digest in digests.items() if path.startswith("data/")}
    size = sum(_length(files[path]) for path in payload)
    tags: dict[str, Content] = {
        **{path: content for path, content in files.items() if path not in payload},
        "bagit.txt": BAG_DECLARATION,
        "bag-info.txt": encode_bag_info([*facts, ("Payload-Oxum", f"{size}.{len(payload)}")]),
        "manifest-sha256.txt": encode_manifest(payload),
    }
    tag_digests = {path: _digest(content) for path, content in tags.items()}
    whole: dict[str, Content] = {
        **{path: files[path] for path in payload},
        **tags,
        "tagmanifest-sha256.txt": encode_manifest(tag_digests),
    }
    entries: list[ArchiveEntry] = []
    for path in sorted(whole):
        entry = await _write_one(out, f"{folder}/{path}", whole[path], blobs)
        entries.append(entry)
    out.write(end_of_archive(entries))
    return tag_digests["manifest-sha256.txt"]


async def _write_one(out: BinaryIO, name: str, content: Content, blobs: Blobs) -> ArchiveEntry:
    offset = out.tell()
    if isinstance(content, bytes):
        checksum = zlib.crc32(content)
        out.write(entry_header(name, checksum, len(content)))
        out.write(content)
        return ArchiveEntry(name, checksum, len(content), offset)
    checksum = 0
    # Its checksum stands before its bytes, so a file of the store is read twice rather than held.
    async for chunk in blobs.stream(content.blob or b""):
        checksum = zlib.crc32(chunk, checksum)
    out.write(entry_header(name, checksum, content.size_bytes))
    async for chunk in blobs.stream(content.blob or b""):
        out.write(chunk)
    return ArchiveEntry(name, checksum, content.size_bytes, offset)


def _digest(content: Content) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    return (content.blob or b"").hex()


def _length(content: Content) -> int:
    return len(content) if isinstance(content, bytes) else content.size_bytes


def check_recipient(encrypt_to: str) -> None:
    """Raises ExportNotAllowed for what is no age recipient."""
    if encrypt_to:
        _recipient(encrypt_to)


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise ExportNotAllowed(
            "encrypt_to", "must be an age recipient: age1 and 58 more characters"
        ) from None


async def encrypt(plain: Path, sealed: Path, encrypt_to: str) -> None:
    """Encrypt a file to a recipient, so that whoever carries the bundle cannot read it (age-encryption.org/v1)."""
    recipient = _recipient(encrypt_to)
    await asyncio.to_thread(pyrage.encrypt_file, str(plain), str(sealed), [recipient])


async def file_digest(path: Path) -> bytes:
    """The SHA-256 of a file."""

    def read() -> bytes:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    return await asyncio.to_thread(read)
