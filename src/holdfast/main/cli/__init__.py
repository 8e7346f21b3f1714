"""The command line. `app` is the typer application, `run` the entry point of `holdfast`.

Every group of commands is a module of its own, named in `COMMANDS` and imported only when it is
used: `holdfast up` must not wait for what `holdfast import` needs.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from holdfast.main.cli.commands import COMMANDS, lazy_group

app = typer.Typer(
    name="holdfast",
    cls=lazy_group(COMMANDS),
    help="A self-hosted social network server that cannot be switched off.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from holdfast import __version__

        print(f"holdfast {__version__}")
        raise typer.Exit


@app.callback()
def _holdfast(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Options before the command."""


def run() -> None:
    """Entry point. Exit status: 0 done, 1 failed (one line on standard error), 2 wrong usage."""
    from holdfast.pure.errors import HoldfastError

    try:
        app(prog_name="holdfast")
    except HoldfastError as error:
        sys.stderr.write(f"holdfast: {error.public}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe (head, less) left: that is no failure of ours to talk about.
        sys.stderr.close()
        sys.exit(1)
