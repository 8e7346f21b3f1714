"""`holdfast moderation`: the desk and screening from the terminal. Judging texts needs no server and no database."""

from __future__ import annotations

import gzip
import io
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import typer

from holdfast.main.classify_batch import classify_stream, verdict_line
from holdfast.main.cli.classify_progress import size_of, watched_lines
from holdfast.main.cli.decisions import bulk, decide, revert_rule, run_plan, undo
from holdfast.main.cli.desk import case, log, queue, rebuild
from holdfast.main.cli.evaluate import AsPostedOption, ModelOption, PointOption, evaluate, points, targets
from holdfast.main.cli.fairness import fairness
from holdfast.main.cli.held import app as held_app
from holdfast.main.cli.label import app as label_app
from holdfast.main.cli.loaded_rules import usable_screen
from holdfast.main.cli.model_card import model
from holdfast.main.cli.opinions import app as opinions_app
from holdfast.main.cli.overlap import overlap
from holdfast.main.cli.quality import breaker, overturns, quality, sample
from holdfast.main.cli.rescreen import app as rescreen_app
from holdfast.main.cli.rules import RulesOption
from holdfast.main.cli.rules import app as rules_app
from holdfast.main.cli.simulate import simulate
from holdfast.main.cli.train import train
from holdfast.main.judging_pool import MAX_WORKERS, usable_cores
from holdfast.pure.errors import Invalid
from holdfast.screening import Content, ModelChoice

app = typer.Typer(help="The desk, its log, and screening.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
app.add_typer(held_app, name="held")
app.add_typer(label_app, name="label")
app.add_typer(rescreen_app, name="rescreen")
app.add_typer(opinions_app, name="opinions")
app.command()(decide)
app.command()(undo)
app.command()(bulk)
app.command("run-plan")(run_plan)
app.command("revert-rule")(revert_rule)
for _command in (queue, case, log, rebuild, quality, overturns, breaker, sample):
    app.command()(_command)
app.command()(simulate)
app.command()(evaluate)
app.command()(targets)
app.command()(points)
app.command()(model)
app.command()(train)
app.command()(overlap)
app.command()(fairness)


WorkersOption = Annotated[
    int | None,
    typer.Option(min=1, max=MAX_WORKERS, help="Processes that judge.", show_default="one a core"),
]


@app.callback()
def _moderation() -> None:
    """The desk, its log, and screening."""


@app.command()
def classify(
    file: Annotated[
        str | None, typer.Argument(help='JSON lines {"id", "text"}, plain or .gz; "-" is standard input.')
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="Judge this one text.")] = None,
    *,
    rules: RulesOption = None,
    model: ModelOption = None,
    point: PointOption = "balanced",
    as_posted: AsPostedOption = False,
    rules_only: Annotated[bool, typer.Option("--rules-only", help="Leave the model out.")] = False,
    workers: WorkersOption = None,
) -> None:
    """Judge texts: JSON lines in, JSON lines out. Broken lines are reported on standard error and skipped.

    Long inputs are judged on every core; the order stays.
    """
    if (file is None) == (text is None):
        raise typer.BadParameter('give either --text "..." or a FILE ("-" for standard input)')
    choice = None if rules_only else ModelChoice(file=model, point=point, thorough=not as_posted)
    screen = usable_screen(rules, choice)
    if text is not None:
        sys.stdout.buffer.write(verdict_line(None, screen.assess(Content(text=text))))
        return
    with ExitStack() as stack:
        source = _open(file or "-", stack)
        watcher = stack.enter_context(watched_lines(size_of(file or "-")))
        broken = classify_stream(
            source,
            sys.stdout.buffer,
            screen,
            watcher,
            rules=rules,
            model=choice,
            workers=workers or usable_cores(),
        )
    if broken:
        sys.stderr.write(f"holdfast: {broken} broken lines skipped\n")


def _open(file: str, stack: ExitStack) -> BinaryIO:
    """The bytes of a file or of standard input, unpacked when they are gzip."""
    if file == "-":
        buffered: Any = io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False))
    else:
        try:
            buffered = Path(file).open("rb")  # noqa: SIM115 - closed by the stack
            stack.callback(buffered.close)
        except OSError as error:
            raise Invalid(f"{file} cannot be read: {error.strerror}") from None
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        return cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=buffered)))
    return cast(BinaryIO, buffered)
