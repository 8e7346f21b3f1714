"""A worker's part in uploads: videos, sounds and animations are made into what browsers play, and what nothing has any
more is removed from the store."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec
import structlog

from ..continuity.media import note_gone
from ..platform.blobs import BlobMissing, Blobs, hash_of
from ..platform.clock import Clock, Instant
from ..platform.db import Database, Tx
from ..platform.decoding import (
    Decoded,
    DecoderLimits,
    Decoders,
    ImageOrder,
    MediaNotDecoded,
    Moving,
    Transcoder,
    TranscoderLimits,
    find_programs,
)
from ..platform.errands import ErrandRunner, dead_errands
from ..platform.jobs import RunnerLimits, run_due
from ..platform.settings import Settings
from ..pure.errors import Unavailable
from ..pure.media_types import GIF, HEAD_BYTES, PNG, sniff
from ..social.media import (
    PREVIEW_PIXELS,
    FileOfMedia,
    Measures,
    MediaKind,
    MediaTaken,
    Meta,
    Role,
    TakenMedia,
    finish_media,
    forget_orphans,
    still_waiting,
    take_unused_blobs,
    touch_blobs,
    waiting_media,
)
from .mirrored_blobs import blobs_of
from .subscriptions import PROCESS_MEDIA

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 1
"""Files of one worker that are worked on at once: ffmpeg uses more than one core by itself."""
_LEASE_MARGIN_SECONDS: Final = 300.0
_LOOK_EVERY_SECONDS: Final = 1.0
_SWEEP_EVERY: Final = timedelta(minutes=1)
_GIVEN_UP: Final = "The file could not be processed. Try another one."
_PLAYED_FACTOR: Final = 4
"""What is made of a file may be so much larger than the largest file that is taken."""


class MediaWorker:
    """Works on uploads that wait. Open with `open_media_worker`."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, decoders: Decoders) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._decoders = decoders
        self.blobs: Blobs = blobs_of(settings, clock)

    async def errand(self, payload: bytes) -> Instant | None:
        """The job: one upload is made ready, or said to be unusable."""
        media_id = msgspec.json.decode(payload, type=MediaTaken).media_id
        waiting = await waiting_media(self._database, media_id)
        if waiting is None:
            return None
        taken: TakenMedia | None = None
        problem = ""
        try:
            with self._workplace() as workplace:
                taken = await self._work(Path(workplace), waiting.source_hash)
        except (MediaNotDecoded, BlobMissing) as error:
            problem = error.public
        async with self._database.transaction() as tx:
            await finish_media(tx, media_id, taken, problem=problem)
        return None

    async def sweep(self, tx: Tx, now: Instant) -> None:
        """Remove uploads that no post has for long, and files that nothing has; due every minute. An upload whose errand was
        given up has failed: its owner waits for nothing."""
        given_up = [
            msgspec.json.decode(one, type=MediaTaken).media_id
            for one in await dead_errands(tx, PROCESS_MEDIA)
        ]
        for media_id in await still_waiting(tx, given_up):
            await finish_media(tx, media_id, None, problem=_GIVEN_UP)
        await forget_orphans(tx, now, hours=self._settings.media_orphan_hours)
        unused = await take_unused_blobs(tx, now)
        await note_gone(tx, unused, now)
        for digest in unused:
            await self.blobs.delete(digest)

    def _workplace(self) -> tempfile.TemporaryDirectory[str]:
        folder = self._settings.data.resolve() / "run" / "transcoding"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True)

    async def _work(self, workplace: Path, source_hash: bytes) -> TakenMedia:
        source = workplace / "source"
        with source.open("wb") as file:
            async for chunk in self.blobs.stream(source_hash):
                file.write(chunk)
        with source.open("rb") as file:
            kind = sniff(file.read(HEAD_BYTES))
        programs = find_programs(self._settings.ffmpeg_program)
        if kind is None or programs is None:
            raise MediaNotDecoded("This server has no ffmpeg for videos and sounds.")
        animation = kind in (GIF, PNG)
        demuxer = {GIF: "gif", PNG: "apng"}.get(kind, kind.decoder)
        moving = await Transcoder(programs, self._limits()).transcode(workplace, demuxer, silent=animation)
        poster = await self._poster(moving)
        return await self._stored(moving, poster, source_hash, animation=animation)

    async def _poster(self, moving: Moving) -> Decoded | None:
        if moving.poster is None:
            return None
        order = ImageOrder("PNG", self._settings.media_video_max_pixels, original_pixels=PREVIEW_PIXELS)
        with moving.poster.open("rb") as file:
            return await self._decoders.decode(order, file.fileno())

    async def _stored(
        self, moving: Moving, poster: Decoded | None, source_hash: bytes, *, animation: bool
    ) -> TakenMedia:
        files: list[FileOfMedia] = []
        with moving.file.open("rb") as file:
            digest, size = await asyncio.to_thread(hash_of, file), moving.file.stat().st_size
            sizes = {digest: size}
            if poster is not None:
                sizes[hash_of(poster.small.content)] = len(poster.small.content)
            async with self._database.transaction() as tx:
                await touch_blobs(tx, sizes, self._clock.now())
            await self.blobs.put(file)
        files.append(FileOfMedia(Role.ORIGINAL, digest, moving.mime, size))
        if poster is not None:
            small = await self.blobs.put(poster.small.content)
            files.append(FileOfMedia(Role.SMALL, small, poster.small.mime, len(poster.small.content)))
        kind = MediaKind.GIFV if animation else MediaKind.VIDEO if moving.has_picture else MediaKind.AUDIO
        meta = Meta(_measures(moving), Measures(poster.small.width, poster.small.height) if poster else None)
        return TakenMedia(
            kind, tuple(files), meta, poster.blurhash if poster else None, source_hash,
            poster.pdq if poster else None,
        )  # fmt: skip

    def _limits(self) -> TranscoderLimits:
        settings = self._settings
        return TranscoderLimits(
            memory_bytes=settings.media_transcoder_memory_mb << 20,
            seconds=settings.media_transcoder_seconds,
            output_bytes=settings.media_video_max_bytes * _PLAYED_FACTOR,
            pixels=settings.media_video_max_pixels,
            frame_rate=settings.media_video_max_frame_rate,
            duration_seconds=settings.media_video_max_seconds,
        )


def _measures(moving: Moving) -> Measures:
    return Measures(
        moving.width, moving.height, moving.duration, moving.frame_rate, moving.bitrate, moving.audio_codec,
        moving.audio_channels,
    )  # fmt: skip


@asynccontextmanager
async def open_media_worker(
    settings: Settings, database: Database, clock: Clock
) -> AsyncIterator[MediaWorker]:
    """What works on uploads; its decoders end with it."""
    decoders = Decoders(
        DecoderLimits(
            memory_bytes=settings.media_decoder_memory_mb << 20,
            seconds=settings.media_decoder_seconds,
            concurrent=1,
        )
    )
    try:
        yield MediaWorker(settings, database, clock, decoders)
    finally:
        await decoders.close()


async def keep_media(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """A worker's part: work on uploads until `stop` is set. What a worker that was killed left behind goes first."""
    await asyncio.to_thread(_clear, settings, clock.now())
    async with open_media_worker(settings, database, clock) as worker:
        sweeping = asyncio.create_task(_keep_sweeping(worker, database, clock, stop))
        try:
            await media_runner(worker, settings, database, clock).run(stop)
        finally:
            sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeping


async def _keep_sweeping(worker: MediaWorker, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await run_due(database, clock, "sweep_media", _SWEEP_EVERY, worker.sweep)
        except Unavailable as error:
            log.warning("media.not_swept", error=error.public)
        except Exception:
            # What is left over this time is removed the next.
            log.exception("media.sweep_failed")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _SWEEP_EVERY.total_seconds())


def media_runner(worker: MediaWorker, settings: Settings, database: Database, clock: Clock) -> ErrandRunner:
    """What takes the errands, one at a time."""
    limits = RunnerLimits(
        batch=_AT_ONCE,
        concurrency=_AT_ONCE,
        lease_seconds=settings.media_transcoder_seconds + _LEASE_MARGIN_SECONDS,
        poll_seconds=_LOOK_EVERY_SECONDS,
    )
    return ErrandRunner(database, clock, {PROCESS_MEDIA: worker.errand}, limits)


def _clear(settings: Settings, now: Instant) -> None:
    """Remove workplaces that are older than any file is worked on."""
    oldest = now.timestamp() - settings.media_transcoder_seconds - _LEASE_MARGIN_SECONDS
    for place in (settings.data / "run" / "transcoding").glob("*"):
        if place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)
