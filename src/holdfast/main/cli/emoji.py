"""`holdfast emoji`: small pictures that members name by a shortcode, `:blob:`, in what they write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.platform.clock import SystemClock

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database

app = typer.Typer(help="Custom emoji of this server.", no_args_is_help=True)


@app.command("add")
def add(
    shortcode: Annotated[
        str, typer.Argument(metavar="SHORTCODE", help="2 to 50 letters, digits, underscores.")
    ],
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A picture, also one that moves."),
    ],
    category: Annotated[
        str | None,
        typer.Option("--category", metavar="NAME", help="Under which apps show it.", show_default="none"),
    ] = None,
    data: DataOption = None,
) -> None:
    """Put in an emoji, or another picture for one that is there. What was written with it shows it at once."""

    async def work(database: Database, settings: Settings) -> str:
        from holdfast.main.screening_choice import model_choice
        from holdfast.main.wiring import intake_of
        from holdfast.screening import load_screen
        from holdfast.social.emojis import add_emoji
        from holdfast.social.media import Purpose, take_upload

        clock = SystemClock()
        # What members may not upload is no emoji either.
        screen = load_screen(settings.screening_rules_file, model=model_choice(settings))
        intake = intake_of(settings, database, screen, clock)
        try:
            with file.open("rb") as picture:
                taken = await take_upload(intake, picture, file.stat().st_size, Purpose.EMOJI)
        finally:
            await intake.decoders.close()
        async with database.transaction() as tx:
            return await add_emoji(tx, shortcode, taken, category=category, now=clock.now())

    print(f"emoji :{_run(data, work)}: is there")


@app.command("list")
def list_emojis(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print every emoji."""

    async def work(database: Database, _settings: Settings) -> list[dict[str, Any]]:
        from holdfast.social.emojis import all_emojis

        return [
            {
                "shortcode": one.shortcode,
                "category": one.category,
                "file": one.file,
                "moves": one.file != one.still,
            }
            for one in await all_emojis(database)
        ]

    rows = _run(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(f":{row['shortcode']}:  {row['category'] or '-'}{'  moves' if row['moves'] else ''}")


@app.command("remove")
def remove(
    shortcode: Annotated[str, typer.Argument(metavar="SHORTCODE")],
    data: DataOption = None,
) -> None:
    """Take an emoji out: where it was written its shortcode stands from now on."""

    async def work(database: Database, _settings: Settings) -> None:
        from holdfast.social.emojis import remove_emoji

        async with database.transaction() as tx:
            await remove_emoji(tx, shortcode)

    _run(data, work)
    print(f"emoji {shortcode} is removed")


def _run(data: Any, work: Callable[[Database, Settings], Awaitable[Any]]) -> Any:
    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database

        async with open_database(settings) as database:
            return await work(database, settings)

    return with_database(command_settings(data), inside)
