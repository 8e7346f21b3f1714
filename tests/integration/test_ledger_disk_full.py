"""A full disk under the published log: nothing is forked, nothing acknowledged is lost, and it goes on once there is room."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest

from holdfast.platform.static_files import StaticFolder
from tests.support.ledger_desk import LedgerDesk, ledger_desk


async def test_a_full_disk_stops_the_log_and_loses_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, write, room = random.Random(6), StaticFolder.write, [0]

    def bounded(folder: StaticFolder, name: str, data: bytes) -> None:
        """As a file system does that has `room` bytes left: a part is written beside the name, then nothing."""
        if len(data) > room[0]:
            unfinished = folder.root / f"{name}.new"
            unfinished.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(data[: room[0]])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room[0] -= len(data)
        write(folder, name, data)

    async with ledger_desk(database_url, tmp_path) as desk:
        acknowledged = await desk.append(3)
        await desk.work()
        for _ in range(12):
            acknowledged += await desk.append(chance.randrange(1, 300))
            room[0] = chance.randrange(0, 40_000)
            with monkeypatch.context() as full:
                full.setattr(StaticFolder, "write", bounded)
                with pytest.raises(OSError, match="No space left"):
                    await _append_on(desk, acknowledged)
        await desk.work()
        for record_id in (acknowledged[0], acknowledged[len(acknowledged) // 2], acknowledged[-1]):
            await desk.verify(record_id)
        assert await desk.numbers() == list(range(1, len(acknowledged) + 1))


async def _append_on(desk: LedgerDesk, acknowledged: list[str]) -> None:
    """Until it raises: what was acknowledged by then is in the list."""
    for _ in range(100):
        acknowledged += await desk.append(40)
        await desk.work()
