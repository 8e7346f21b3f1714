"""`holdfast ledger witness`: who is asked to cosign this server's ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.platform.clock import SystemClock

if TYPE_CHECKING:
    from holdfast.platform.config import Settings

app = typer.Typer(help="Witnesses that cosign this server's ledger.", no_args_is_help=True)


@app.command("add")
def add(
    vkey: Annotated[str, typer.Argument(metavar="VKEY", help="The witness's public key.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Its address.")],
    data: DataOption = None,
) -> None:
    """Ask a witness for cosignatures from now on. Its operator must add the key of this ledger."""

    async def work(settings: Settings) -> str:
        from holdfast.main.wiring import open_database
        from holdfast.records.witnesses import add_witness

        async with open_database(settings) as database, database.transaction() as tx:
            return await add_witness(tx, vkey, url, now=SystemClock().now())

    print(f"asking {with_database(command_settings(data), work)}")


@app.command("list")
def list_witnesses(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the witnesses, what each cosigned last, and what is the matter."""

    async def work(settings: Settings) -> list[dict[str, Any]]:
        import msgspec

        from holdfast.main.wiring import open_database
        from holdfast.records.witnesses import witnesses

        async with open_database(settings) as database:
            return [msgspec.structs.asdict(one) for one in await witnesses(database)]

    rows = with_database(command_settings(data), work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        seen = (
            f"{row['seen_size']} records, {row['seen_at']:%Y-%m-%d %H:%M:%S}"
            if row["seen_at"]
            else "nothing yet"
        )
        print(f"{row['name']}  {row['url']}  cosigned {seen}")
        if row["trouble"]:
            print(
                f"    {row['trouble'].value} since {row['trouble_since']:%Y-%m-%d %H:%M}: {row['trouble_text']}"
            )
    if not rows:
        print("no witnesses; add one with: holdfast ledger witness add VKEY URL")


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `holdfast ledger witness list` has it.")],
    data: DataOption = None,
) -> None:
    """Ask a witness no more; what it signed stays."""

    async def work(settings: Settings) -> None:
        from holdfast.main.wiring import open_database
        from holdfast.records.witnesses import remove_witness

        async with open_database(settings) as database, database.transaction() as tx:
            await remove_witness(tx, name)

    with_database(command_settings(data), work)
    print(f"{name} is asked no more")
