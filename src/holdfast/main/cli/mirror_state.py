"""`holdfast mirror status | verify | media`: how the mirror stands, and whether it is what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.mirror_setup import setup_of, size_text, step_progress, stores_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import NotFound

if TYPE_CHECKING:
    from holdfast.continuity.mirror import MirrorSetup, Verified
    from holdfast.main.mirroring import MediaRound
    from holdfast.platform.config import Settings


def status(
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when something needs a person.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print how far each store is, whether commits wait for the mirror, and what needs a person."""
    from holdfast.main.mirror_facts import mirror_facts

    settings = command_settings(data)
    facts = mirror_facts(settings.data, setup_of(settings), now=SystemClock().now())
    if as_json:
        print_json(facts)
    else:
        from holdfast.main.cli.mirror_picture import show_status

        show_status(facts)
    if check and facts["problems"]:
        raise typer.Exit(1)


def verify(
    reads: Annotated[int, typer.Option("--reads", min=1, max=1_000_000, help="Objects to read at each store.")] = 100,
    store: Annotated[str, typer.Option("--store", metavar="NAME", help="One store alone.")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Read objects drawn at random: signature, hash, name. Exit status 1 when one is not as it was written."""
    settings = command_settings(data)
    setup = setup_of(settings)
    if store and all(one.name != store for one in setup.stores):
        raise NotFound(f"there is no store {store}; see `holdfast mirror list`")

    import asyncio

    found, away = asyncio.run(_verified(settings, setup, store, reads))
    rows = {name: _verified_row(one) for name, one in found.items()}
    if as_json:
        print_json({"stores": rows, "away": away})
    else:
        for name, row in rows.items():
            print(f"{name}: {row['objects']} objects, {size_text(row['size_bytes'])}")
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(row["read"].items()))
            print(f"  read and right: {kinds or 'nothing'}")
            for wrong in row["wrong"]:
                print(f"  WRONG {wrong['name']}: {wrong['reason']}")
        for name, why in away.items():
            print(f"{name}: {why}")
    if away or any(one.wrong for one in found.values()):
        raise typer.Exit(1)


def media(
    keep: Annotated[
        bool, typer.Option("--keep", help="Take nothing away, however old.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring every file that a store lacks, and take away what no restore can need. The worker does so every six hours."""
    settings = command_settings(data)
    setup = setup_of(settings)

    async def work(ready: Settings) -> MediaRound:
        from holdfast.main.mirroring import bring_media
        from holdfast.main.wiring import open_database

        async with open_database(ready, 2) as database, stores_of(ready, setup) as opened:
            with step_progress("media") as step:
                return await bring_media(
                    ready, database, setup, opened, now=SystemClock().now(), forgetting=not keep, progress=step
                )  # fmt: skip

    done = with_database(settings, work)
    rows = {
        name: {
            "present": one.present,
            "brought": one.brought,
            "removed": one.removed,
            "kept": one.kept,
            "failed": one.failed,
            "error": one.error.public if one.error is not None else None,
        }
        for name, one in done.reconciled.stores.items()
    }
    absent = sorted(one.hex() for one in done.reconciled.absent_here)
    if as_json:
        print_json(
            {"files": done.files, "size_bytes": done.size_bytes, "stores": rows, "absent_here": absent}
        )
    else:
        print(f"{done.files} files, {size_text(done.size_bytes)}")
        for name, row in rows.items():
            print(
                f"{name}: {row['present']} were there, {row['brought']} brought, {row['removed']} taken away"
                + (f", {row['kept']} could not be" if row["kept"] else "")
                + (f"; {row['failed']} failed" if row["failed"] else "")
                + (f"; {row['error']}" if row["error"] else "")
            )
        if absent:
            print(f"{len(absent)} files are named by the database and not on this machine")
    if any(row["failed"] or row["error"] for row in rows.values()):
        raise typer.Exit(1)


async def _verified(
    settings: Settings, setup: MirrorSetup, only: str, reads: int
) -> tuple[dict[str, Verified], dict[str, str]]:
    import random

    from holdfast.continuity.mirror import verify_store
    from holdfast.platform.stores import StoreError

    found: dict[str, Verified] = {}
    away: dict[str, str] = {}
    async with stores_of(settings, setup) as opened:
        for name, store in opened.items():
            if only and name != only:
                continue
            with step_progress(f"reading at {name}") as step:
                try:
                    found[name] = await verify_store(
                        store, setup, reads=reads, draw=random.SystemRandom().sample, progress=step
                    )
                except StoreError as error:
                    away[name] = error.public
    return found, away


def _verified_row(found: Verified) -> dict[str, Any]:
    return {
        "objects": found.objects.total(),
        "by_kind": dict(found.objects),
        "size_bytes": found.size_bytes,
        "read": dict(found.read),
        "wrong": [{"name": one.name, "reason": one.reason} for one in found.wrong],
    }
