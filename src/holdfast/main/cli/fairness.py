"""`holdfast moderation fairness`: does the model treat the same words alike, whomever they are about?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.main.cli.context import JsonOption, print_json
from holdfast.main.cli.fairness_tables import markdown, print_tables
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.screening.evaluation import Comparison

POINT = "balanced"


def fairness(
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help="Folder of the corpus.", file_okay=False)
    ] = Path("corpus"),
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", metavar="FILE", help="Model file, if not the one of the package.", dir_okay=False
        ),
    ] = None,
    point: Annotated[
        str, typer.Option("--point", help="Operating point: cautious, balanced or strict.")
    ] = POINT,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables as Markdown.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare how posts fare by political side, identity and dialect: lawful ones flagged and held, violent ones caught.

    The rules of the server take no part: this is the model alone.
    """
    from holdfast.screening.classifier import POINTS, LocalModel, ModelFile
    from holdfast.screening.evaluation import compare, read_cases
    from holdfast.screening.model import Content

    chosen = next((name for name in POINTS if name == point), None)
    if chosen is None:
        raise Invalid(f"there is no operating point {point!r}; there are {', '.join(POINTS)}")
    cases = read_cases(data)
    # No audit: what a random share of posts costs is not the model's opinion of them.
    judge = LocalModel(ModelFile(model), point=chosen, audit_share=0.0)
    with _progress(len(cases)) as moved:
        found = compare(
            cases,
            lambda text: judge.read(Content(text=text)).probabilities,
            judge.about.points[chosen],
            progress=moved,
        )
    _print(found, judge.version, len(cases), as_markdown=as_markdown, as_json=as_json)


def _print(found: list[Comparison], version: str, texts: int, *, as_markdown: bool, as_json: bool) -> None:
    if as_json:
        print_json({"version": version, "texts": texts, "comparisons": found})
    elif as_markdown:
        print(markdown(found, version, texts))
    else:
        print_tables(found, version, texts)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Moves a bar on standard error while somebody watches."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging", total=total)
        yield lambda done: bar.update(task, completed=done)
