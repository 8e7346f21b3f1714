"""`holdfast up`."""

from __future__ import annotations

from typing import Annotated

import typer

from holdfast.main.cli.context import DataOption, command_settings, warn_of_unknown_variables

app = typer.Typer()


@app.command()
def up(
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
    workers: Annotated[str | None, typer.Option(metavar="N", help="Web processes.", show_default="1")] = None,
) -> None:
    """Start everything: database, web, worker. Ctrl-C stops it."""
    from holdfast.main.up import up as run_everything

    settings = command_settings(data, host=host, port=port, domain=domain, workers=workers)
    warn_of_unknown_variables(data)
    raise typer.Exit(run_everything(settings))
