"""`holdfast moderation evaluate`, `targets` and `points`: what the screen is worth, with intervals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from holdfast.main.cli.context import JsonOption, print_json
from holdfast.main.cli.loaded_rules import usable_screen
from holdfast.main.cli.rules import RulesOption
from holdfast.main.judging_pool import judging_chunks
from holdfast.pure.errors import Invalid
from holdfast.screening import Content, ModelChoice, PointName, Verdict, load_screen

if TYPE_CHECKING:
    from holdfast.screening.evaluation import Area, Judged, Labelled, Report, Share

CHUNK_ROWS: Final = 64

ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model", help="Model file to use instead of the one that the package carries.", dir_okay=False
    ),
]
PointOption = Annotated[PointName, typer.Option("--point", help="Operating point of the model.")]
AsPostedOption = Annotated[
    bool,
    typer.Option(
        "--as-posted", help="Ask the second tier only where posting would, which is quicker and misses more."
    ),
]
MarkdownOption = Annotated[bool, typer.Option("--markdown", help="Print tables for the documentation.")]
FoldersOption = Annotated[
    list[Path],
    typer.Option("--data", help="Folder with the files; may be given more than once.", file_okay=False),
]


def evaluate(
    dataset: Annotated[
        Path,
        typer.Argument(help='Labelled rows: JSON lines {"text", "violence", "harm", ...}, plain or .gz.'),
    ],
    rules: RulesOption = None,
    model: ModelOption = None,
    point: PointOption = "balanced",
    as_posted: AsPostedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the screen, rules and model, against labels; every figure with its interval."""
    from holdfast.screening.evaluation import measure, read_labelled

    rows = read_labelled(dataset)
    if not rows:
        raise Invalid(f"{dataset} holds no rows")
    report = measure(
        judge_rows(rows, rules, ModelChoice(file=model, point=point, audit_share=0.0, thorough=not as_posted))
    )
    if as_json:
        print_json(msgspec.to_builtins(report))
    else:
        _print_report(report)


def targets(
    data: FoldersOption,
    *,
    rules: RulesOption = None,
    model: ModelOption = None,
    point: PointOption = "balanced",
    as_posted: AsPostedOption = False,
    markdown: MarkdownOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure what this project holds its screen to, over the sets of docs/reference/model-card.md."""
    from holdfast.screening.evaluation import TARGET_ROWS, measure_target, read_labelled

    choice = ModelChoice(file=model, point=point, audit_share=0.0, thorough=not as_posted)
    judged: dict[str, list[Judged]] = {}
    for pattern in dict.fromkeys(pattern for target in TARGET_ROWS for pattern in target.files):
        files = [path for folder in data for path in sorted(folder.glob(pattern))]
        rows = [row for path in files for row in read_labelled(path)]
        if rows:
            judged[pattern] = judge_rows(rows, rules, choice, what=files[0].name)
    results = [
        measure_target(target, judged)
        for target in TARGET_ROWS
        if all(file in judged for file in target.files)
    ]
    if not results:
        raise Invalid("none of the --data folders holds a file that a target is measured on")
    if as_json:
        print_json([msgspec.to_builtins(result) for result in results])
        return
    table = [
        [one.target, _told(one.result), f"{one.must:.2f}", f"{one.aim:.2f}", "yes" if one.met else "no"]
        for one in results
    ]
    print_table(["measure", "now", "must", "aim", "met"], table, markdown=markdown)


def points(model: ModelOption = None, markdown: MarkdownOption = False, as_json: JsonOption = False) -> None:
    """Print what each operating point catches and costs, as measured on posts kept from training."""
    from holdfast.screening.classifier import ModelFile

    about = ModelFile(model).about
    if as_json:
        print_json({name: msgspec.to_builtins(point) for name, point in about.points.items()})
        return
    table = []
    for name, point in about.points.items():
        flag = ", ".join(f"{output} {least:.2f}" for output, least in point.flag.items())
        hold = ", ".join(f"{output} {least:.2f}" for output, least in point.hold.items())
        shares = [
            f"{one.hits} of {one.total} ({one.low:.1%} to {one.high:.1%})"
            for one in (point.recall, point.false_positives, point.held_lawful)
        ]
        table.append([name, flag, hold, *shares])
    heads = ["point", "flags from", "holds from", "violent caught", "lawful flagged or held", "lawful held"]
    print_table(heads, table, markdown=markdown)


def judge_rows(
    rows: Sequence[Labelled], rules: Path | None, model: ModelChoice, *, what: str = "judging"
) -> list[Judged]:
    """Rows with their verdicts, judged on every core, with a bar on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    from holdfast.screening.evaluation import Judged

    usable_screen(rules, model)
    texts = [row.text for row in rows]
    chunks = [texts[at : at + CHUNK_ROWS] for at in range(0, len(texts), CHUNK_ROWS)]
    verdicts: list[Verdict] = []
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=len(rows))
        for answer in judging_chunks(partial(_make_judge, rules, model), chunks):
            verdicts.extend(answer)
            bar.update(task, completed=len(verdicts))
    return [Judged(row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]


def _make_judge(rules: Path | None, model: ModelChoice) -> Callable[[list[str]], list[Verdict]]:
    screen = load_screen(rules, model=model, log_problems=False)
    return lambda texts: screen.assess_many(Content(text=text) for text in texts)


def _told(figure: Share | Area | None) -> str:
    from holdfast.screening.evaluation import Share

    if figure is None:
        return "unknown"
    interval = f"{figure.low:.3f} to {figure.high:.3f}"
    if isinstance(figure, Share):
        return f"{figure.value:.3f} ({figure.hits} of {figure.total}; {interval})"
    return f"{figure.value:.3f} ({interval})"


def _print_report(report: Report) -> None:
    print(f"{report.rows:,} rows, judged by {report.version}")
    print_table(
        ["share", "k of n (95 % interval)"],
        [
            ["violent posts flagged or held", _told(report.violent_caught)],
            ["lawful posts flagged or held", _told(report.lawful_flagged)],
            ["lawful posts held", _told(report.lawful_held)],
        ],
        markdown=False,
    )
    rows = [
        [
            output,
            _told(area),
            _told(report.auprc[output]),
            f"{report.calibration.get(output, float('nan')):.3f}",
        ]
        for output, area in report.auroc.items()
    ]
    if rows:
        print_table(["output", "AUROC", "AUPRC", "calibration error"], rows, markdown=False)
    groups = [
        [one.column, one.value, "violent" if one.violent else "not violent", _told(one.flagged_or_held)]
        for one in report.groups
    ]
    if groups:
        print_table(["column", "value", "rows", "flagged or held"], groups, markdown=False)


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, markdown: bool) -> None:
    """A table for a terminal, or for the documentation."""
    if markdown:
        print("| " + " | ".join(heads) + " |")
        print("|" + "---|" * len(heads))
        for row in rows:
            print("| " + " | ".join(row) + " |")
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*heads, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 200).print(table)
