"""`holdfast ledger`: the evidence ledger, from inside and from outside."""

from __future__ import annotations

import typer

from holdfast.main.cli import ledger_own
from holdfast.main.cli.ledger_watch import watch
from holdfast.main.cli.ledger_witness import app as witness

app = typer.Typer(help="The evidence ledger, and watching those of others.", no_args_is_help=True)
app.add_typer(witness, name="witness")
app.command("status")(ledger_own.status)
app.command("checkpoint")(ledger_own.checkpoint)
app.command("prove")(ledger_own.prove)
app.command("rotate-key")(ledger_own.rotate_key)
app.command("check")(ledger_own.check)
app.command("resume")(ledger_own.resume)
app.command("watch")(watch)
