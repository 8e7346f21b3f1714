"""`holdfast verify`: evidence, verified offline. Needs no server, no database and no settings."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from holdfast.main.verification import SENTENCES, Given, Outcome, Report, read_trust, verify_file

app = typer.Typer()

_MARKS = {
    Outcome.VERIFIED: "ok  ",
    Outcome.UNWITNESSED: "?   ",
    Outcome.OPENING_MISSING: "?   ",
    Outcome.BAD: "BAD ",
    Outcome.SPLIT_VIEW: "BAD ",
}
_LIMITS = (
    "This shows what was recorded and since when it is unchanged. It does not show that a record is true,\n"
    "nor that nothing was left out.\n"
)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .tlog-proof file, or the folder of a log.")],
    *,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Whom to believe: a tlog-policy file.")
    ] = None,
    vkey: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="A key to believe, the log's or a witness's.")
    ] = None,
    leaf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The leaf, where the proof does not hold it.")
    ] = None,
    opening: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="What opens a commitment of the leaf.")
    ] = None,
    seen: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A checkpoint of the log that you kept before.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print facts as JSON.", show_default=False)] = False,
) -> None:
    """Verify evidence offline.

    Exit status: 0 all verified, 10 verified but not enough witnesses, 20 an opening is missing (erased),
    30 a signature, proof or opening is bad, 40 the log has signed two histories.
    """
    trust = read_trust(policy, vkey or [], seen or [])
    report = verify_file(
        file, trust, Given(leaf, tuple(opening or ()), _tick if sys.stderr.isatty() else None)
    )
    if as_json:
        sys.stdout.write(json.dumps(report.to_json(), indent=2) + "\n")
    else:
        _print(report)
    raise typer.Exit(int(report.outcome))


def _tick(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done:,} of {total:,} entries\r")


def _print(report: Report) -> None:
    for one in report.findings:
        sys.stdout.write(f"{_MARKS[one.outcome]} {_printable(one.text)}\n")
    unopened = report.facts.get("unopened")
    if unopened and report.outcome < Outcome.OPENING_MISSING:
        sys.stdout.write(f"     not opened, because nothing to open it was given: {', '.join(unopened)}\n")
    sys.stdout.write(f"\n{SENTENCES[report.outcome]}\n")
    if report.outcome < Outcome.BAD:
        sys.stdout.write(_LIMITS)


def _printable(text: str) -> str:
    """Names come from files of strangers: what would move the cursor or turn the text around is escaped."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
