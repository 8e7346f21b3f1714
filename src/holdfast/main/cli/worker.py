"""`holdfast worker`."""

from __future__ import annotations

import typer

from holdfast.main.cli.context import DataOption, command_settings, warn_of_unknown_variables

app = typer.Typer()


@app.command()
def worker(data: DataOption = None) -> None:
    """Run one worker, against HOLDFAST_DATABASE_URL or a running `holdfast up`."""
    from holdfast.main.worker import run

    settings = command_settings(data)
    warn_of_unknown_variables(data)
    raise typer.Exit(run(settings))
