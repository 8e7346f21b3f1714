"""`holdfast demo`: what the product does, played through on this machine with nothing of yours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.main.cli.context import JsonOption, print_json
from holdfast.main.cli.step_bars import step_bars
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.main.seven_weeks import Replay

app = typer.Typer(help="Play through what the product is for, on this machine.", no_args_is_help=True)


@app.callback()
def _demo() -> None:
    """Each demonstration is a command of its own."""


@app.command("seven-weeks")
def seven_weeks(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the evidence bundle goes.")] = Path("seven-weeks.zip"),
    posts: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="Posts of your own: JSON lines with `text`, and `harm` 0 or 1; also .gz. Default: invented ones."),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="Days that are played.", min=2, max=120)] = 54,
    mails: Annotated[int, typer.Option("--mails", help="Mails of the host.", min=1, max=500)] = 23,
    items: Annotated[int, typer.Option("--items", help="Posts that they name.", min=1, max=5000)] = 98,
    reports: Annotated[int, typer.Option("--reports", help="Reports by members, each day.", min=0, max=1000)] = 40,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """A host names 98 posts in 23 mails over 54 days, a store gives 24 hours, the press asks, members report; a team acts,
    some answers are late. Writes the bundle that says who was right."""
    from holdfast.main.seven_weeks import Options, run_seven_weeks, texts_of_file, written_texts

    if out.exists():
        raise Invalid(f"{out} is there already; name a new file")
    if items < mails:
        raise Invalid("every mail names at least one post: --items must not be less than --mails")
    texts = written_texts() if posts is None else texts_of_file(posts)
    options = Options(days=days, mails=mails, items=items, reports_a_day=reports)
    with step_bars() as progress:
        made = run_seven_weeks(options, texts, out, progress)
    if as_json:
        print_json(made)
        return
    _print(made)


def _print(made: Replay) -> None:
    outcomes = ", ".join(f"{name} {count}" for name, count in made.outcomes.items())
    score = made.score
    print(
        f"{made.notices} notices with {made.items} items; {made.reports} reports of members; {made.decisions} decisions"
    )
    print(f"{made.sender}: {score['items']} items: {outcomes}")
    print(
        f"  upheld {score['upheld']}, first look {score['first_look_median']}, acted {score['act_median']}, answered {score['answer_median']} (medians)"
    )
    print(
        f"  deadlines: {score['clocks']} clocks, {score['missed']} missed; {made.answered} answers accepted, {made.bounced} bounced"
    )
    print(f"{made.bundle}: {made.records} records, {made.documents} documents, sha256 {made.sha256}")
    print(
        "Check it without this program: unzip it, and follow verify/INDEPENDENT.md; begin with data/summary.html."
    )
