"""`holdfast web`."""

from __future__ import annotations

from typing import Annotated

import typer

from holdfast.main.cli.context import DataOption, command_settings, warn_of_unknown_variables

app = typer.Typer()


@app.command()
def web(
    data: DataOption = None,
    host: Annotated[
        str | None, typer.Option(metavar="H", help="Address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        str | None, typer.Option(metavar="N", help="Port to listen on.", show_default="8420")
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Name in addresses: @you@NAME.", show_default="localhost:PORT"),
    ] = None,
) -> None:
    """Run one web process, against HOLDFAST_DATABASE_URL or a running `holdfast up`."""
    from holdfast.main.web import run

    settings = command_settings(data, host=host, port=port, domain=domain)
    warn_of_unknown_variables(data)
    raise typer.Exit(run(settings))
