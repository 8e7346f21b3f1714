"""`holdfast moderation overlap`: are posts that a model learns from among those that it is measured on?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import JsonOption, print_json

if TYPE_CHECKING:
    from holdfast.screening.evaluation import Overlap

SHOWN_CHARACTERS = 100
SEED = 20210110

FoldersOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--data", metavar="DIR", help="Folder with training data; several are allowed.", file_okay=False
    ),
]
AgainstOption = Annotated[
    list[Path],
    typer.Option(
        "--against",
        metavar="FILE",
        help="What is measured on: JSON lines, corpus files, fingerprints; several are allowed.",
        dir_okay=False,
    ),
]


def overlap(
    against: AgainstOption,
    data: FoldersOption = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write-fingerprints",
            metavar="FILE",
            help="Keep fingerprints of what is measured on, without texts.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="Seed of the training whose draws are looked at.")
    ] = SEED,
    as_json: JsonOption = False,
) -> None:
    """List training posts that are the same as a measured post or near to one. Exit status 1 if there is one.

    Sources of the manifest whose files are not in the folders are left out, and named.
    """
    from holdfast.screening.corpus import read_sources
    from holdfast.screening.evaluation import overlaps, read_measured, write_fingerprints

    measured = read_measured(against)
    if write is not None:
        write_fingerprints(write, measured)
        if not data:
            print(f"{write}: {len(measured):,} posts of {len(measured.names)} sets")
            return
    if not data:
        raise typer.BadParameter("give --data DIR with the training data, or --write-fingerprints FILE")
    reading = read_sources(data, use="train", seed=seed, skip_absent=True)
    rows = [row for of_source in reading.rows.values() for row in of_source]
    found = overlaps([row.text for row in rows], measured)
    if as_json:
        print_json(
            {
                "posts": {name: len(of_source) for name, of_source in reading.rows.items()},
                "measured": dict(zip(measured.names, measured.counts, strict=True)),
                "overlaps": [
                    {
                        "source": rows[one.at].source,
                        "group": rows[one.at].group,
                        "text": rows[one.at].text,
                        "with": one.with_place,
                        "kind": one.kind,
                        "similarity": one.similarity,
                    }
                    for one in found
                ],
            }
        )
    else:
        _show(rows, found, measured_posts=len(measured), sets=len(measured.names), sources=list(reading.rows))
    if found:
        raise typer.Exit(1)


def _show(
    rows: list[Any], found: list[Overlap], *, measured_posts: int, sets: int, sources: list[str]
) -> None:
    for one in found:
        row = rows[one.at]
        shown = row.text[:SHOWN_CHARACTERS].replace("\n", " ")
        print(f"{one.kind:4} {one.similarity:.2f}  {row.source}  {row.group}  ~  {one.with_place}  {shown}")
    print(
        f"looked at {len(rows):,} posts of {', '.join(sources)} against {measured_posts:,} posts of {sets} sets"
    )
    same = sum(one.kind == "same" for one in found)
    print(f"{len(found)} overlap: {same} the same, {len(found) - same} near")
    pairs = Counter((rows[one.at].source, one.with_place.rpartition(":")[0]) for one in found)
    for (source, of_set), count in pairs.most_common():
        print(f"{count:6}  {source} in {of_set}")
