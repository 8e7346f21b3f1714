"""The presets in force: those that the operator published last, else those that come with the program."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...platform.ids import new_id
from ...pure.deadlines import Presets, read_presets, shipped_presets, shipped_text
from ...pure.permissions import Permission
from ...records import ledger
from ..staff_actions import Staff
from . import store


class PresetsVersion(msgspec.Struct, frozen=True):
    """One file that was published, without its text."""

    id: int
    sha256: bytes
    note: str
    published_by: int | None
    published_at: Instant
    record_id: str


async def presets_in_force(reader: Reader) -> Presets:
    """What new clocks are made by."""
    content = await presets_text(reader)
    return shipped_presets() if content is None else _read(content)


async def presets_text(reader: Reader) -> str | None:
    """The file that the operator published last; None: those of the program are in force."""
    found: str | None = await reader.fetchval(
        "select content from notice_preset_versions order by id desc limit 1"
    )
    return found


async def presets_versions(reader: Reader, *, limit: int = 100) -> list[PresetsVersion]:
    """What was published, the newest first."""
    rows = await reader.fetch(
        "select id, sha256, note, published_by, published_at, record_id from notice_preset_versions order by id desc limit $1",
        limit,
    )
    return [PresetsVersion(**dict(row)) for row in rows]


async def publish_presets(tx: Tx, staff: Staff, content: str, *, note: str = "", now: Instant) -> Presets:
    """Put a file of presets in force, for notices from now on: clocks that run stay as they are.

    Raises RoleLacks, PresetsNotUsable, which names the entry.
    """
    staff.require(Permission.MANAGE_SETTINGS)
    presets = read_presets(content)
    digest = hashlib.sha256(content.encode()).digest()
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.NOTICE_PRESETS,
            public={
                "digest": base64.b64encode(digest).decode(), "presets": len(presets.presets), "role": staff.role,
            },
            private={"content": content, "note": note[:2000]},
        ),
        now=now,
    )  # fmt: skip
    await store.insert_presets(
        tx, new_id(now), content, digest, note=note[:2000], by=staff.account_id, record_id=record_id, now=now
    )
    return presets


def text_to_begin_with() -> str:
    """The file that comes with the program."""
    return shipped_text()


@lru_cache(maxsize=4)
def _read(content: str) -> Presets:
    return read_presets(content)
