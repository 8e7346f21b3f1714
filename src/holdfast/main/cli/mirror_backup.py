"""`holdfast mirror backup`: one backup now, beside those that the schedule makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.mirror_setup import size_text, step_progress
from holdfast.platform.clock import SystemClock

if TYPE_CHECKING:
    from holdfast.continuity.backups import Taken
    from holdfast.platform.config import Settings


def backup(
    *,
    incremental: Annotated[
        bool,
        typer.Option(
            "--incremental", show_default=False,
            help="Only what changed since the last full one; a full one where PostgreSQL does not know that any more.",
        ),
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Make a backup of the database at every store now, compressed and encrypted."""

    async def work(ready: Settings) -> Taken:
        from holdfast.continuity.backups import BackupKind, back_up_now
        from holdfast.main.backing_up import backup_work, database_size
        from holdfast.main.wiring import open_database

        kind = BackupKind.INCREMENTAL if incremental else BackupKind.FULL
        async with open_database(ready, 1) as database:
            size = await database_size(database)
        with step_progress("backup") as step:
            async with backup_work(ready, size, SystemClock()) as things:
                with things.kept.alone():
                    return await back_up_now(
                        things, kind, progress=lambda done: step(done, max(done, size // 6))
                    )

    taken = with_database(command_settings(data), work)
    base = taken.base
    facts = {
        "backup": base.backup,
        "incremental": base.parent is not None,
        "size_bytes": base.size_bytes,
        "parts": len(base.parts),
        "stores": list(taken.stores),
        "failed": dict(taken.failed),
    }
    if as_json:
        print_json(facts)
        return
    kind = "what changed since the last full one" if base.parent else "full"
    print(f"{base.backup}: {kind}, {size_text(base.size_bytes)} at {', '.join(taken.stores)}")
    for name, said in taken.failed.items():
        print(f"{name} does not have it: {said}")
