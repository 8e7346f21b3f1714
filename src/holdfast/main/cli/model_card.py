"""`holdfast moderation model`: what a model file says of itself, for a person or for the model card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from holdfast.main.cli.context import JsonOption, print_json
from holdfast.main.cli.evaluate import MarkdownOption, ModelOption, print_table


def model(file: ModelOption = None, markdown: MarkdownOption = False, as_json: JsonOption = False) -> None:
    """Print what the model was trained on, how well its probabilities are calibrated, and its operating points."""
    from holdfast.screening.classifier import ModelFile

    opened = ModelFile(file)
    about = opened.about
    if as_json:
        print_json({"version": opened.version, **msgspec.to_builtins(about)})
        return
    record = about.training
    print(f"{opened.version}, made {about.made_at}, {opened.path.stat().st_size / 1e6:.1f} MB\n")
    print_table(
        ["source", "licence", "files", "rows", "in training"],
        _sources(record),
        markdown=markdown,
    )
    print(f"\n{record['rows']:,} rows, {record['rows_kept_back']:,} of them kept back for what follows.\n")
    print_table(
        ["output", "calibration error", "probability told -> share that held (rows)"],
        [
            [name, f"{curve['error']:.3f}", _curve(curve["bins"])]
            for name, curve in record["reliability"].items()
        ],
        markdown=markdown,
    )


def _sources(record: dict[str, Any]) -> list[list[str]]:
    rows: dict[str, list[Any]] = {}
    for file in record["files"]:
        row = rows.setdefault(file["source"], [f"{file['origin']}", file["licence"], 0, 0])
        row[2] += 1
        row[3] += file["rows"]
    return [
        [f"{name}: {origin}", licence, str(files), f"{count:,}", f"{record['rows_used'][name]:,}"]
        for name, (origin, licence, files, count) in rows.items()
    ]


def _curve(bins: Sequence[Sequence[float]]) -> str:
    return "; ".join(f"{told:.2f} -> {held:.2f} ({int(count)})" for told, held, count in bins)
