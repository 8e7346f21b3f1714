"""`holdfast moderation rules`: check rule files, take rules from stage to stage, and see what they do."""

from __future__ import annotations

import getpass
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json
from holdfast.main.cli.label import run_on_database, span_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid, NotFound
from holdfast.screening import Rule, load_rules
from holdfast.screening.lifecycle import STAGES, effective
from holdfast.screening.state import figures, standings, steps, take_step

if TYPE_CHECKING:
    from holdfast.platform.db import Database

app = typer.Typer(help="Rule files, the stages of rules, and what they do.", no_args_is_help=True)

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


@app.command("stage")
def stage(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the rule.")],
    to: Annotated[str, typer.Option("--to", help="simulate, shadow, canary, live, retired or draft.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the step.")],
    share: Annotated[
        float | None, typer.Option("--share", help="Share of the authors for a canary, such as 0.05.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who, if not you.", show_default=False)] = None,
    data: DataOption = None,
) -> None:
    """Take a rule of this server's rule file to another stage; running servers follow at their next post."""
    if to not in STAGES:
        raise Invalid(f"there is no stage {to!r}; there are {', '.join(STAGES)}")
    if (share is None) == (to == "canary"):
        raise Invalid("a canary needs --share, such as --share 0.05; other stages have none")
    rule = next((one for one in _own_rules(data) if one.source.id == rule_id), None)
    if rule is None:
        raise NotFound(f"there is no usable rule {rule_id!r}; see holdfast moderation rules list")

    async def work(database: Database) -> None:
        async with database.transaction() as tx:
            await take_step(
                tx,
                rule,
                to,
                share=1.0 if share is None else share,
                taken_by=by or getpass.getuser(),
                reason=reason,
                now=SystemClock().now(),
            )

    run_on_database(data, work)
    print(f"{rule_id} is {to}" + (f" for {share:.4g} of the authors" if share is not None else ""))


@app.command("history")
def history(
    rule_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only of this rule.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Most steps to print.")] = 50,
) -> None:
    """Print the steps that rules took, the newest first: when, who, which version, why."""

    async def work(database: Database) -> Any:
        return await steps(database, rule_id, limit=limit)

    rows = run_on_database(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        to = f"{row.stage} {row.share:.4g}" if row.stage == "canary" else row.stage
        print(
            f"{row.at:%Y-%m-%d %H:%M}  {row.rule_id:<24}{to:<14}{row.fingerprint}  {row.taken_by}: {row.reason}"
        )
    if not rows:
        print("no rule took a step; the stages of the rule file count")


@app.command("stats")
def stats(
    since: Annotated[str, typer.Option("--since", help="How far back: 30m, 12h, 7d.")] = "7d",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what rules did: stage, posts screened, hits, different authors, errors, mean time of a look."""
    span: timedelta = span_of(since)

    async def work(database: Database) -> Any:
        return await figures(database, SystemClock().now() - span), await standings(database)

    rows, recorded = run_on_database(data, work)
    did = {row.rule_id: row for row in rows}
    facts = []
    for rule in _own_rules(data):
        source = rule.source
        standing = effective(source.stage, rule.fingerprint, recorded.get(source.id))
        row = did.get(source.id)
        facts.append(
            {
                "id": source.id,
                "stage": standing.stage,
                "share": standing.share if standing.stage == "canary" else None,
                "posts": row.posts if row else 0,
                "hits": row.hits if row else 0,
                "authors": row.authors if row else 0,
                "errors": row.errors if row else 0,
                "mean_us": row.mean_us if row else None,
                "last_hit_at": row.last_hit_at if row else None,
            }
        )
    if as_json:
        print_json(facts)
        return
    print(f"{'rule':<24}{'stage':<9}{'posts':>10}{'hits':>8}{'authors':>9}{'errors':>8}{'mean us':>9}")
    for fact in facts:
        mean = "-" if fact["mean_us"] is None else f"{fact['mean_us']:.1f}"
        print(
            f"{fact['id']:<24}{fact['stage']:<9}{fact['posts']:>10}{fact['hits']:>8}{fact['authors']:>9}"
            f"{fact['errors']:>8}{mean:>9}"
        )


def _own_rules(data: Path | None) -> tuple[Rule, ...]:
    return load_rules(command_settings(data).screening_rules_file).rules
