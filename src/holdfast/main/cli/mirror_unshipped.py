"""`holdfast mirror unshipped`: on a server that was replaced, what it wrote and no store ever got."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.mirror_setup import setup_of, stores_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Conflict, NotFound

if TYPE_CHECKING:
    from holdfast.platform.config import Settings


def unshipped(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the rows go: JSON lines, for your eyes only.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write to a file what this server committed after another one took over: rows that the site does not have, for review.

    Nothing is changed, here or there. Keys of members and sessions are left out.
    """
    settings = command_settings(data)
    setup = setup_of(settings)
    if out.exists():
        raise Conflict(f"{out} is there already; name another file")

    async def work(ready: Settings) -> dict[str, object]:
        from holdfast.continuity.relaunch import point_of_parting, read_transactions, write_unshipped
        from holdfast.continuity.restoring import look
        from holdfast.main.mirror_shipping import superuser_dsn
        from holdfast.platform.postgres import backup_programs
        from holdfast.pure.mirror import format_lsn

        async with stores_of(ready, setup) as stores:
            seen = await look(stores, setup.authority, site=setup.site_id)
        since = point_of_parting(seen, setup.epoch)
        if since is None:
            raise NotFound("no other server has taken over this site; everything here counts")
        own = next(one for one in seen.epochs if one.claim.number == setup.epoch)
        timeline = own.start.timeline if own.start else 1
        programs = backup_programs(ready.postgres_user, ready.postgres_bin)
        told, ids = await read_transactions(programs, ready.data.resolve() / "postgres", timeline, since)
        dsn = superuser_dsn(ready).replace("/postgres?", "/holdfast?")
        rows = await write_unshipped(dsn, ids, out, epoch=setup.epoch, told=told, now=SystemClock().now())
        return {
            "since": format_lsn(since),
            "transactions": told.transactions,
            "rows": rows,
            "deletions": told.deletions,
            "newest_at": told.newest_at,
        }

    facts = with_database(settings, work)
    if as_json:
        print_json(facts)
        return
    print(f"{facts['rows']} rows of {facts['transactions']} transactions since {facts['since']} are in {out}")
    if facts["deletions"]:
        print(f"{facts['deletions']} rows were deleted then, which cannot be shown")
