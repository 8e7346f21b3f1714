"""`holdfast moderation rules`: read rule files, from the terminal and without a server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from holdfast.main.cli.context import JsonOption, print_json
from holdfast.screening import load_rules

app = typer.Typer(help="Rule files.", no_args_is_help=True)

RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", help="Rule file to use instead of the default rules.", dir_okay=False),
]


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="Rule file (TOML).")], as_json: JsonOption = False
) -> None:
    """Read a rule file and print every part that would be skipped, and why. Exit status 1 if there is one."""
    loaded = load_rules(file)
    if as_json:
        print_json(
            {
                "version": loaded.version,
                "banks": len(loaded.banks),
                "rules": len(loaded.rules),
                "problems": [problem._asdict() for problem in loaded.problems],
            }
        )
    else:
        for problem in loaded.problems:
            print(problem)
        print(f"{loaded.version}: {len(loaded.rules)} rules and {len(loaded.banks)} banks are usable")
    if loaded.problems:
        raise typer.Exit(1)


@app.command("list")
def list_rules(rules: RulesOption = None, as_json: JsonOption = False) -> None:
    """Print the rules that would run: id, stage, lane, action, title."""
    loaded = load_rules(rules)
    rows = [
        {
            "id": rule.source.id,
            "stage": rule.source.stage,
            "lane": rule.source.lane,
            "action": rule.action,
            "languages": rule.source.languages,
            "title": rule.source.title,
        }
        for rule in loaded.rules
    ]
    if as_json:
        print_json({"version": loaded.version, "rules": rows})
        return
    print(loaded.version)
    for row in rows:
        print(f"{row['id']:24} {row['stage']:8} {row['lane']} {row['action']:7} {row['title']}")
    for problem in loaded.problems:
        sys.stderr.write(f"holdfast: {problem}\n")
