"""`holdfast ledger status | checkpoint | prove | rotate-key | check | resume`: this server's own ledger."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database

Result = TypeVar("Result")

OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Write to a file, not to standard output.", show_default=False
    ),
]


def status(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the newest checkpoint, the keys that sign, what waits, and whether the last census matched."""

    async def work(database: Database, settings: Settings) -> dict[str, Any]:
        from holdfast.main.ledger_sources import SOURCES
        from holdfast.records import ledger
        from holdfast.records.sequencing import count, current_keys, last_census_matches

        now = SystemClock().now()
        logs = await ledger.logs(database)
        signed = await ledger.latest_checkpoint(database)
        census = await count(database, SOURCES, now=now)
        keys = []
        if logs:
            keys = await current_keys(
                database, database.keyring, logs[-1].origin, overlap_days=settings.ledger_key_overlap_days, now=now
            )  # fmt: skip
        return {
            "origin": logs[-1].origin if logs else None,
            "size": logs[-1].size if logs else 0,
            "signed_size": signed.size if signed else None,
            "signed_at": signed.signed_at if signed else None,
            "cosigned": bool(signed and signed.cosignatures),
            "vkeys": [key.verifier.vkey for key in keys],
            "logs": [{"origin": one.origin, "size": one.size, "frozen_at": one.frozen_at} for one in logs],
            "recorded": dict(census.recorded),
            "waiting": census.waiting,
            "oldest_waiting_seconds": census.oldest_seconds,
            "census_matches": await last_census_matches(database),
        }

    facts = _on_ledger(data, work)
    if as_json:
        print_json(facts)
        return
    if facts["origin"] is None:
        print("nothing is recorded yet: the ledger begins when the server runs")
        return
    signed = (
        f"signed at {facts['signed_at']:%Y-%m-%d %H:%M:%S}" if facts["signed_at"] else "nothing signed yet"
    )
    print(f"{facts['origin']}: {facts['size']} records, {facts['signed_size'] or 0} of them signed; {signed}")
    for line in facts["vkeys"]:
        print(f"key {line}")
    print(
        f"{facts['waiting']} wait for their place, the oldest for {facts['oldest_waiting_seconds']} seconds"
    )
    census = {True: "matches", False: "DOES NOT MATCH: see holdfast ledger check", None: "not taken yet"}
    print(f"last census: {census[facts['census_matches']]}")
    for log in facts["logs"][:-1]:
        print(f"frozen: {log['origin']}, {log['size']} records, since {log['frozen_at']:%Y-%m-%d %H:%M}")


def checkpoint(out: OutOption = None, data: DataOption = None) -> None:
    """Print the newest checkpoint, a signed note, with the cosignatures that there are."""

    async def work(database: Database, settings: Settings) -> bytes:
        from holdfast.records import ledger

        found = await ledger.latest_checkpoint(database)
        if found is None:
            raise NotFound("nothing is signed yet: the ledger begins when the server runs")
        return found.whole_note

    _write(_on_ledger(data, work), out)


def prove(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the record, as receipts have it.")],
    out: OutOption = None,
    data: DataOption = None,
) -> None:
    """Print the `.tlog-proof` of a record, which `holdfast verify` and other tools verify offline."""

    async def work(database: Database, settings: Settings) -> bytes:
        from holdfast.records import ledger

        found = await ledger.proof(database, record_id)
        if found is None:
            raise Unavailable(
                "no signed checkpoint covers this record yet; a running server signs within ten seconds"
            )
        return found.encode()

    _write(_on_ledger(data, work), out)


def rotate_key(
    leaked: Annotated[
        bool,
        typer.Option("--leaked", help="The old key signs nothing any more, at once.", show_default=False),
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the next key sign from now on, and record that with the signatures of both keys."""

    async def work(database: Database, settings: Settings) -> dict[str, Any]:
        from holdfast.records.sequencing import rotate_key as rotate

        async with database.transaction() as tx:
            made = await rotate(tx, leaked=leaked, now=SystemClock().now())
        return made._asdict()

    facts = _on_ledger(data, work)
    if as_json:
        print_json(facts)
        return
    print(f"record {facts['record_id']}\nold {facts['old']}\nnew {facts['new']}")
    print("tell those who verify, and witnesses, the new key")


def check(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Count every record, hash the whole log again, and compare it with what was signed and with the files.

    Exit status 1 when something is wrong.
    """

    async def work(database: Database, settings: Settings) -> list[str]:
        from holdfast.main.ledger_checking import check_ledger
        from holdfast.records.sequencing import LedgerFiles

        now = SystemClock().now()
        return [one async for one in check_ledger(database, LedgerFiles(settings.data), now=now)]

    problems = _on_ledger(data, work)
    if as_json:
        print_json({"problems": problems})
    else:
        print("\n".join(problems) or "the ledger is as it was signed, and nothing is missing")
    if problems:
        raise typer.Exit(1)


def resume(data: DataOption = None) -> None:
    """Let the ledger go on, once, without the witnesses and mirrors that do not answer.

    After a move or a restore it waits for them, because one of them may know records that this database has lost. Say
    this only when they will not come back: what they would have known then opens a new origin later.
    """

    async def work(database: Database, settings: Settings) -> None:
        from holdfast.records.sequencing import allow_resuming

        async with database.transaction() as tx:
            await allow_resuming(tx, now=SystemClock().now())

    _on_ledger(data, work)
    print("the ledger goes on at its next look, within seconds where a server runs")


def _on_ledger(data: Path | None, work: Callable[[Database, Settings], Awaitable[Result]]) -> Result:
    async def inside(settings: Settings) -> Result:
        from holdfast.main.wiring import open_database

        async with open_database(settings, 2) as database:
            return await work(database, settings)

    return with_database(command_settings(data), inside)


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        out.write_bytes(content)
