"""`holdfast mirror ship`."""

from __future__ import annotations

import typer

from holdfast.main.cli.context import DataOption, command_settings, warn_of_unknown_variables


def ship(data: DataOption = None) -> None:
    """Ship the database's log to the stores until it is stopped; `holdfast up` does so by itself."""
    from holdfast.main.mirror_shipping import run

    settings = command_settings(data)
    warn_of_unknown_variables(data)
    raise typer.Exit(run(settings))
