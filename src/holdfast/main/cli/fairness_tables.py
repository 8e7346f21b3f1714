"""How a comparison of groups looks: on a terminal, and as Markdown for docs/reference/fairness.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from holdfast.screening.classifier import Measured
    from holdfast.screening.evaluation import Comparison, Gap, Treatment

_LANGUAGES = {"en": "English", "fr": "French"}
_AXES = {"side": "political side", "identity": "identity", "dialect": "dialect"}
_MEASURES = {
    "lawful_flagged": "lawful flagged",
    "lawful_held": "lawful held",
    "violent_caught": "violent caught",
}
COLUMNS = ("who", "lawful flagged or held", "of these held", "violent caught", "mean score lawful", "violent")
_NOTABLE_GAP = 0.05


def print_tables(
    found: Sequence[Comparison], version: str, texts: int, console: Console | None = None
) -> None:
    """One table per language and axis, its gaps below it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = console or Console(highlight=False)
    console.print(Text.assemble((version, "bold"), f": {texts:,} texts"))
    for one in found:
        table = Table(
            title=_title(one), title_justify="left", title_style="bold", header_style="dim", box=None
        )
        for at, name in enumerate(COLUMNS):
            table.add_column(name, justify="right" if at else "left")
        for treatment in one.treatments:
            table.add_row(*_cells(treatment))
        console.print()
        console.print(table)
        for name, gap in one.gaps.items():
            style = "yellow" if gap.low >= _NOTABLE_GAP else ""
            console.print(Text(f"  gap, {_MEASURES[name]}: {_gap(gap)}", style=style))


def markdown(found: Sequence[Comparison], version: str, texts: int) -> str:
    """The same as Markdown, from the third level of headings."""
    lines = [f"Model `{version}`, {texts:,} texts.", ""]
    for one in found:
        lines += [f"### {_title(one)}", "", _row(COLUMNS), "|---|" + "---:|" * (len(COLUMNS) - 1)]
        lines += [_row(_cells(treatment)) for treatment in one.treatments]
        lines += [
            "",
            _row(("gap (largest minus smallest)", "95 % interval", "smallest", "largest")),
            "|---|---:|---|---|",
        ]
        for name, gap in one.gaps.items():
            ends = (gap.smallest, gap.largest) if gap.gap else ("-", "-")
            lines.append(
                _row((f"{_MEASURES[name]}: {gap.gap:.1%}", f"{gap.low:.1%} to {gap.high:.1%}", *ends))
            )
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def _title(one: Comparison) -> str:
    language = _LANGUAGES.get(one.language, one.language)
    counts = f"{one.lawful_templates} lawful and {one.violent_templates} violent templates"
    return f"{language}, by {_AXES[one.axis]}: {counts}"


def _cells(treatment: Treatment) -> tuple[str, ...]:
    return (
        treatment.value,
        _share(treatment.lawful_flagged),
        _share(treatment.lawful_held),
        _share(treatment.violent_caught),
        f"{treatment.lawful_score:.3f}",
        f"{treatment.violent_score:.3f}",
    )


def _share(measured: Measured) -> str:
    return f"{measured.hits} of {measured.total} ({measured.low:.0%} to {measured.high:.0%})"


def _gap(gap: Gap) -> str:
    ends = f", from {gap.smallest} to {gap.largest}" if gap.gap else ""
    return f"{gap.gap:.1%} ({gap.low:.1%} to {gap.high:.1%}){ends}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
