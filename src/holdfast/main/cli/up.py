"""`holdfast up`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, warn_of_unknown_variables
from holdfast.platform.config import Settings, load, load_settings

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
    dev: Annotated[
        bool,
        typer.Option("--dev", help="For writing clients: open sign-up, no rate limits.", show_default=False),
    ] = False,
) -> None:
    """Start everything: database, web, worker. Ctrl-C stops it."""
    from holdfast.main.up import up as run_everything

    options = {"data": data, "host": host, "port": port, "domain": domain, "workers": workers}
    settings = _dev_settings(options) if dev else load_settings(options)
    warn_of_unknown_variables(data)
    raise typer.Exit(run_everything(settings))


def _dev_settings(options: Mapping[str, Any]) -> Settings:
    from holdfast.main.dev_mode import check_dev_host, dev_environment

    loaded = load(options)
    check_dev_host(loaded.settings.host)
    sys.stderr.write("development mode: sign-up is open and nothing is limited; not for a public site\n")
    os.environ.update(dev_environment(loaded.sources))
    return load_settings(options)
