"""Taking the posts out of an archive that a member uploaded: an errand, for it takes as long as it takes (ADR 0018)."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import msgspec

from ..platform.blobs import BlobMissing, Blobs
from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.ids import PublicIds
from ..pure.errors import Invalid
from ..social.archives import WaitingImport, finish_archive_import, waiting_import
from ..social.imports import Former
from ..social.posts import Visibility
from .archive_reading import unpack_archive
from .import_reading import ImportPlan
from .import_run import ImportRun, Summary
from .lazy_screen import LazyScreen


class ArchiveImporter:
    """Imports archives, one at a time."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, *, ids: PublicIds, blobs: Blobs,
        screening: LazyScreen,
    ) -> None:  # fmt: skip
        self._settings, self._database, self._clock = settings, database, clock
        self._ids, self._blobs, self._screening = ids, blobs, screening

    async def errand(self, payload: bytes) -> Instant | None:
        """The job: the id of an import that was asked for, as JSON. One that was cut off goes on where it was."""
        import_id = msgspec.json.decode(payload, type=int)
        waiting = await waiting_import(self._database, import_id)
        if waiting is None:
            return None
        summary, problem = Summary(), None
        place = self._settings.data.resolve() / "run" / "archives"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as name:
            try:
                summary = await self._import(waiting, Path(name))
            except (Invalid, BlobMissing) as error:
                problem = error.public
        async with self._database.transaction() as tx:
            await finish_archive_import(
                tx, import_id, imported=summary.imported, already=summary.already,
                skipped=sum(summary.skipped.values()), problem=problem or _told(summary), now=self._clock.now(),
            )  # fmt: skip
        return None

    async def _import(self, waiting: WaitingImport, folder: Path) -> Summary:
        packed = folder / "archive"
        with packed.open("wb") as file:
            async for chunk in self._blobs.stream(waiting.hash):
                file.write(chunk)
        unpacked = await asyncio.to_thread(
            unpack_archive, packed, folder, most_bytes=self._settings.archive_unpacked_max_bytes
        )
        widest = Visibility.PRIVATE if waiting.private else Visibility.PUBLIC
        source = f"{unpacked.kind}:{waiting.username.lower()}"
        plan = ImportPlan((unpacked.rows,), unpacked.parse, source, waiting.username, must_exist=True)
        base = self._settings.public_url.rstrip("/")
        former = Former(
            source=source,
            address_of=lambda username, post_id: f"{base}/@{username}/{self._ids.encode(post_id)}",
            visibility=widest,
        )
        screen, _ = await self._screening.get()
        run = ImportRun(
            self._database, screen, self._clock, plan, former, batch_rows=self._settings.import_batch_rows,
            tell=lambda findings: None, advance=lambda what, position_bytes, rows: None,
        )  # fmt: skip
        return await run.run()


def _told(summary: Summary) -> str | None:
    if not summary.skipped:
        return None
    counts = ", ".join(
        f"{count} {reason.replace('_', ' ')}" for reason, count in summary.skipped.most_common()
    )
    return f"Left out: {counts}."
