"""`holdfast mirror kit | note`: the evacuation kit, and what only people know of it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.mirror_setup import keyring_of, setup_of, stores_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from holdfast.platform.config import Settings

_NOTE_CHARACTERS = 2000


def kit(
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", show_default=False,
            help="Where the sheet goes: a page to print (.html), else plain text. [dim]Default: text on standard output[/dim]",
        ),
    ] = None,
    sealed: Annotated[
        Path | None,
        typer.Option("--sealed", metavar="FILE", show_default=False, help="Write the sealed part too, as every store has it."),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not bring the new kit to the stores.", show_default=False)
    ] = False,
    data: DataOption = None,
) -> None:  # fmt: skip
    """Print the sheet that a relaunch begins with, and renew the sealed part in every store.

    The sheet holds no secret. The sealed part holds them all, and only the identity opens it.
    """
    settings = command_settings(data)
    setup = setup_of(settings)
    if sealed is not None and sealed.exists():
        raise Conflict(f"{sealed} is there already; name another file")

    async def work(ready: Settings) -> tuple[str, bytes, dict[str, str]]:
        from holdfast.continuity.kits import kit_page, kit_text, seal_kit
        from holdfast.main.mirroring import collect_facts, keep_kit
        from holdfast.main.wiring import open_database

        now = SystemClock().now()
        as_page = out is not None and out.suffix.lower() in (".html", ".htm")
        async with open_database(ready, 2) as database:
            facts = await collect_facts(ready, database, setup)
            sheet = (kit_page if as_page else kit_text)(setup, facts.all, facts.secrets, now=now)
            if offline or not setup.stores:
                return sheet, seal_kit(setup, facts.all, 0, now=now)[1], {}
            async with stores_of(ready, setup) as opened:
                kept = await keep_kit(ready, database, setup, opened, now=now, anew=True)
            return sheet, kept.data, kept.state.failed

    sheet, whole, failed = with_database(settings, work)
    if out is None:
        print(sheet, end="")
    else:
        out.write_text(sheet, encoding="utf-8")
        print(f"{out}: print it, and keep it away from this server")
    if sealed is not None:
        handle = os.open(sealed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(whole)
        print(f"{sealed}: the sealed part")
    for name, why in failed.items():
        typer.echo(f"{name} does not have the new kit: {why} The worker brings it.", err=True)


def note(
    topic: Annotated[
        str | None, typer.Argument(metavar="TOPIC", show_default=False, help="What it is about; without one all are listed.")
    ] = None,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", show_default=False, help="What to note; an empty text takes the note away.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Note what the kit must say and no machine knows: registrar, DNS, contacts, deadlines. No secrets: the sheet is read by people."""
    from holdfast.continuity.kits import TOPICS, missing_topics
    from holdfast.continuity.mirror import write_setup

    settings = command_settings(data)
    setup = setup_of(settings)
    if topic is not None:
        if topic not in TOPICS:
            raise NotFound(f"{topic} is none of {', '.join(TOPICS)}")
        if text is None or len(text) > _NOTE_CHARACTERS:
            raise Invalid(f"say what to note about {topic}, in {_NOTE_CHARACTERS} characters at most")
        notes = {**setup.contacts, topic: text.strip()}
        setup = replace(setup, contacts={name: value for name, value in notes.items() if value})
        write_setup(settings.data, keyring_of(settings), setup)
    rows: list[dict[str, Any]] = [
        {"topic": name, "means": means, "text": setup.contacts.get(name)} for name, means in TOPICS.items()
    ]
    if as_json:
        print_json({"notes": rows, "missing": missing_topics(setup)})
        return
    for row in rows:
        print(f"{row['topic']:<18}{row['text'] or '-- ' + row['means']}")
