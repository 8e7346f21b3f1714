"""Reads an upload and stores what came of it, before there is any row: no connection is held meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ...platform.blobs import Blobs, hash_of
from ...platform.clock import Clock
from ...platform.db import Database
from ...platform.decoding import Decoded, Decoders, ImageOrder, Rendition
from ...pure.media_types import GIF, HEAD_BYTES, PNG, MediaType, sniff
from ...screening import Screen
from ..bans import check_material
from . import store
from .errors import MediaNotTaken
from .model import (
    ATTACHMENT_PIXELS,
    EMOJI_PIXELS,
    PICTURE_SIZES,
    PREVIEW_PIXELS,
    FileOfMedia,
    Measures,
    MediaKind,
    MediaLimits,
    Meta,
    Purpose,
    Role,
    TakenMedia,
    hash_facts,
)

_PDQ_MIN_QUALITY = 50  # below, a hash says too little of a picture to be compared


@dataclass(frozen=True)
class Intake:
    """What taking an upload needs. `moving`: whether videos, sounds and GIFs can be worked on (ffmpeg is there)."""

    database: Database
    clock: Clock
    blobs: Blobs
    decoders: Decoders
    screen: Screen
    limits: MediaLimits
    moving: bool

    async def warm(self) -> None:
        """Have a decoder ready, so that the first picture does not wait for one."""
        await self.decoders.warm()


async def take_upload(intake: Intake, file: BinaryIO, size_bytes: int, purpose: Purpose) -> TakenMedia:
    """What an uploaded file is, read and stored. Its name and what the client says of it play no part.

    Raises MediaNotTaken, MediaNotDecoded, and Unavailable when decoders or the store are.
    """
    if size_bytes == 0:
        raise MediaNotTaken("Validation failed: File is empty")
    file.seek(0)
    kind = sniff(file.read(HEAD_BYTES))
    if kind is None or (purpose is not Purpose.ATTACHMENT and kind.family != "image"):
        raise MediaNotTaken
    _check_size(kind, size_bytes, purpose, intake.limits)
    digest = await asyncio.to_thread(hash_of, file)
    _refuse_known(intake.screen, hash_facts(digest, None))
    if kind.family != "image":
        if not intake.moving:
            raise MediaNotTaken(
                "Validation failed: This server takes pictures only: it has no ffmpeg for videos and sounds"
            )
        return await _for_later(
            intake, file, MediaKind.AUDIO if kind.family == "audio" else MediaKind.VIDEO, digest
        )
    decoded = await intake.decoders.decode(_order(kind, purpose, intake), file.fileno())
    pdq = decoded.pdq if decoded.pdq_quality >= _PDQ_MIN_QUALITY else None
    _refuse_known(intake.screen, hash_facts(digest, pdq))
    await check_material(intake.database, (), hash_facts(digest, pdq))
    if decoded.frames > 1 and purpose is Purpose.ATTACHMENT and kind in (GIF, PNG) and intake.moving:
        return await _for_later(intake, file, MediaKind.GIFV, digest, decoded, pdq)
    files = await _stored(intake, decoded, purpose)
    return TakenMedia(MediaKind.IMAGE, files, _meta(decoded), decoded.blurhash, digest, pdq)


def _check_size(kind: MediaType, size_bytes: int, purpose: Purpose, limits: MediaLimits) -> None:
    most = (
        limits.picture_bytes
        if purpose in PICTURE_SIZES
        else limits.emoji_bytes
        if purpose is Purpose.EMOJI
        else limits.image_bytes
        if kind.family == "image"
        else limits.video_bytes
    )
    if size_bytes > most:
        raise MediaNotTaken(f"Validation failed: File size must be less than {most / 2**20:.4g} MB")


def _refuse_known(screen: Screen, hashes: Sequence[str]) -> None:
    """Banks of known media are asked before anything is kept; what only holds a post is asked again with the post."""
    verdict = screen.assess_media(tuple(hashes))
    if verdict is not None and verdict.action == "refuse":
        raise MediaNotTaken(verdict.reason or "This server's rules do not allow this file")


def _order(kind: MediaType, purpose: Purpose, intake: Intake) -> ImageOrder:
    crop = PICTURE_SIZES.get(purpose)
    still = purpose is Purpose.PREVIEW or (
        purpose is Purpose.ATTACHMENT and kind in (GIF, PNG) and intake.moving
    )
    return ImageOrder(
        kind.decoder,
        intake.limits.image_pixels,
        original_pixels=EMOJI_PIXELS if purpose is Purpose.EMOJI else ATTACHMENT_PIXELS,
        small_pixels=PREVIEW_PIXELS,
        crop=crop,
        animate=not still,
    )


async def _for_later(
    intake: Intake,
    file: BinaryIO,
    kind: MediaKind,
    digest: bytes,
    decoded: Decoded | None = None,
    pdq: bytes | None = None,
) -> TakenMedia:
    """What a worker has to go on with: the upload itself is kept until then."""
    size = file.seek(0, 2)
    files: tuple[FileOfMedia, ...] = ()
    sizes = {digest: size}
    if decoded is not None:
        sizes[hash_of(decoded.small.content)] = len(decoded.small.content)
    async with intake.database.transaction() as tx:
        await store.touch_blobs(tx, sizes, intake.clock.now())
    await intake.blobs.put(file)
    if decoded is not None:
        files = (await _put(intake.blobs, Role.SMALL, decoded.small),)
    meta = Meta(small=_measures(decoded.small)) if decoded else Meta()
    return TakenMedia(
        kind, files, meta, decoded.blurhash if decoded else None, digest, pdq, source_hash=digest
    )


async def _stored(intake: Intake, decoded: Decoded, purpose: Purpose) -> tuple[FileOfMedia, ...]:
    made = [(Role.ORIGINAL, decoded.original)]
    if purpose in (Purpose.ATTACHMENT, Purpose.PREVIEW):
        made.append((Role.SMALL, decoded.small))
    elif decoded.still is not None:
        made.append((Role.STILL, decoded.still))
    sizes = {hash_of(one.content): len(one.content) for _, one in made}
    async with intake.database.transaction() as tx:
        await store.touch_blobs(tx, sizes, intake.clock.now())
    return tuple(await asyncio.gather(*(_put(intake.blobs, role, one) for role, one in made)))


async def _put(blobs: Blobs, role: Role, made: Rendition) -> FileOfMedia:
    digest = await blobs.put(made.content)
    return FileOfMedia(role, digest, made.mime, len(made.content))


def _meta(decoded: Decoded) -> Meta:
    return Meta(_measures(decoded.original), _measures(decoded.small))


def _measures(made: Rendition) -> Measures:
    return Measures(made.width, made.height)
