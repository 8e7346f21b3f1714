"""`holdfast announcement`: tell everybody something, on the home page and in their apps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.platform.clock import Instant, SystemClock
from holdfast.pure.errors import NotFound

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database
    from holdfast.platform.ids import PublicIds

app = typer.Typer(help="What those who run the place tell everybody.", no_args_is_help=True)

_TIME = "A time such as 2026-01-31T12:00, UTC unless it says otherwise"


@app.command("add")
def add(
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    publish_at: Annotated[
        str | None, typer.Option("--publish-at", metavar="TIME", help=f"{_TIME}; now unless given.")
    ] = None,
    starts: Annotated[
        str | None, typer.Option("--starts", metavar="TIME", help=f"{_TIME}: when what is announced begins.")
    ] = None,
    ends: Annotated[
        str | None,
        typer.Option("--ends", metavar="TIME", help=f"{_TIME}: when it ends; it is not shown after that."),
    ] = None,
    all_day: Annotated[
        bool, typer.Option("--all-day", help="The times are days.", show_default=False)
    ] = False,
    data: DataOption = None,
) -> None:
    """Announce something and print its id. Links, #hashtags and @names in it become links."""

    async def work(database: Database, ids: PublicIds, settings: Settings) -> str:
        from holdfast.social.announcements import NewAnnouncement, add_announcement

        now = SystemClock().now()

        def time_of(given: str | None, option: str) -> Instant | None:
            return None if given is None else instant_of(given, option, now)

        new = NewAnnouncement(
            text,
            publish_at=time_of(publish_at, "--publish-at") or now,
            starts_at=time_of(starts, "--starts"),
            ends_at=time_of(ends, "--ends"),
            all_day=all_day,
        )
        async with database.transaction() as tx:
            made = await add_announcement(
                tx, new, most_characters=settings.announcement_max_characters, now=now
            )
        return ids.encode(made)

    print(f"announcement {_run(data, work)}")


@app.command("list")
def list_announcements(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print every announcement, also those that wait or are over."""

    async def work(database: Database, ids: PublicIds, _settings: Settings) -> list[dict[str, Any]]:
        from holdfast.social.announcements import all_announcements

        now = SystemClock().now()
        return [
            {
                "id": ids.encode(one.id), "state": one.state(now).value, "publish_at": one.publish_at,
                "starts_at": one.starts_at, "ends_at": one.ends_at, "all_day": one.all_day, "text": one.text,
                "reactions": {reaction.name: reaction.count for reaction in one.reactions},
            }
            for one in await all_announcements(database)
        ]  # fmt: skip

    rows = _run(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        until = f"  until {row['ends_at']:%Y-%m-%d %H:%M}" if row["ends_at"] else ""
        print(f"{row['id']}  {row['state']:<10}{row['publish_at']:%Y-%m-%d %H:%M}{until}  {row['text']!r}")
    if not rows:
        print("nothing is announced")


@app.command("remove")
def remove(
    ident: Annotated[str, typer.Argument(metavar="ID", help="As `holdfast announcement list` has it.")],
    data: DataOption = None,
) -> None:
    """Take an announcement away, with what people answered."""

    async def work(database: Database, ids: PublicIds, _settings: Settings) -> None:
        from holdfast.social.announcements import remove_announcement

        internal = ids.decode(ident)
        if internal is None:
            raise NotFound(f"{ident} is not the id of an announcement")
        async with database.transaction() as tx:
            await remove_announcement(tx, internal)

    _run(data, work)
    print(f"announcement {ident} is removed")


def _run(data: Any, work: Callable[[Database, PublicIds, Settings], Awaitable[Any]]) -> Any:
    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database
        from holdfast.platform.crypto import Keyring
        from holdfast.platform.ids import PublicIds
        from holdfast.platform.master_key import load_master_key

        ids = PublicIds(Keyring(load_master_key(settings)).derive("public ids"))
        async with open_database(settings) as database:
            return await work(database, ids, settings)

    return with_database(command_settings(data), inside)
