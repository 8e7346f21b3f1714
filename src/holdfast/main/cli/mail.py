"""`holdfast mail`: mail for the notice desk."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any

import msgspec
import typer

from holdfast.main.cli.context import DataOption, command_settings, warn_of_unknown_variables
from holdfast.platform.config import Settings

app = typer.Typer(no_args_is_help=True, help="Mail for the notice desk.")


@app.command()
def listen(data: DataOption = None) -> None:
    """Take mail for the notice desk, alone: the LMTP listener and the mailbox of the settings."""
    from holdfast.main.notice_mail.process import run

    settings = command_settings(data)
    warn_of_unknown_variables(data)
    raise typer.Exit(run(settings))


@app.command("list")
def list_mails(
    data: DataOption = None,
    kept: Annotated[
        bool, typer.Option("--kept", help="Also mails of machines that belong to no notice, and our own that came back.")
    ] = False,
    limit: Annotated[int, typer.Option(metavar="N", help="At most so many.", min=1, max=1000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:  # fmt: skip
    """Mails that were taken and are not read yet, the newest first."""
    settings = command_settings(data)
    for row in asyncio.run(_rows(settings, kept=kept, limit=limit)):
        if as_json:
            sys.stdout.write(msgspec.json.encode(row).decode() + "\n")
        else:
            sys.stdout.write(
                f"{row['received_at']}  {row['state']:8} {row['size_bytes']:>10}  {row['proof']:9} {row['from']}\n"
            )


async def _rows(settings: Settings, *, kept: bool, limit: int) -> list[dict[str, Any]]:
    from holdfast.main.running_database import running_database
    from holdfast.main.wiring import open_database
    from holdfast.trust.notice_intake import unsettled_mails

    async with running_database(settings) as ready, open_database(ready, 1) as database:
        found = await unsettled_mails(database, kept=kept, limit=limit)
    return [
        {
            "received_at": one.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "state": one.state.value, "via": one.via,
            "size_bytes": one.size_bytes, "from": one.from_address, "proof": one.sender_check.proof.value,
            "automatic": one.automatic, "message_id": one.message_id, "sha256": one.raw_sha256.hex(),
        }
        for one in found
    ]  # fmt: skip
