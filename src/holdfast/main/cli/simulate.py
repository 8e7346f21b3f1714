"""`holdfast moderation simulate`: what a rule file would have done to the stored history."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.main.cli.loaded_rules import usable_rules
from holdfast.main.judging_pool import MAX_WORKERS, usable_cores
from holdfast.platform.config import Settings
from holdfast.platform.ids import PublicIds
from holdfast.pure.errors import Invalid
from holdfast.trust.simulation import Sample, Simulation

MAX_SAMPLES = 1_000
_CONNECTIONS = 3
_BULK_STATEMENT_SECONDS = 600

Advance = Callable[[int, int], None]
"""Given posts done and posts in all."""


class _Wanted(msgspec.Struct, frozen=True):
    """The options as they were given."""

    tried: Path
    against: Path | None
    since: str | None
    until: str | None
    limit: int | None
    samples: int
    as_written: bool
    workers: int


class Answer(msgspec.Struct, frozen=True):
    """What is printed: the figures, and what ids stand for."""

    simulation: Simulation
    ids: PublicIds
    handles: dict[int, str]


def simulate(
    rules: Annotated[Path, typer.Argument(metavar="RULES", help="Rule file (TOML) to try.", dir_okay=False)],
    *,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Rules to compare with.", show_default="the rules in force", dir_okay=False
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only posts since then: 2026-01-31, or 30d.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only posts before then.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the newest N of these posts.")] = None,
    samples: Annotated[
        int, typer.Option(min=0, max=MAX_SAMPLES, help="Posts to show of each kind of change.")
    ] = 5,
    as_written: Annotated[
        bool, typer.Option("--as-written", help="Keep the stages of the file: drafts do not run.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=MAX_WORKERS, help="Processes that judge.", show_default="one a core"),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay a rule file over the stored history and say what would be different. Changes nothing."""
    wanted = _Wanted(rules, against, since, until, limit, samples, as_written, workers or usable_cores())
    settings = msgspec.structs.replace(
        command_settings(data),
        statement_timeout_seconds=_BULK_STATEMENT_SECONDS,
        database_pool_size=_CONNECTIONS,
    )
    with _progress() as advance:
        answer = with_database(settings, lambda ready: _simulate(ready, wanted, advance))
    if as_json:
        print_json(facts(answer))
        return
    from holdfast.main.cli.simulate_report import print_report

    print_report(answer)


async def _simulate(settings: Settings, wanted: _Wanted, advance: Advance) -> Answer:
    from holdfast.main.judging_pool import CHUNKS_PER_WORKER, judging
    from holdfast.main.wiring import open_database
    from holdfast.platform.clock import SystemClock
    from holdfast.platform.crypto import Keyring
    from holdfast.platform.ids import id_at
    from holdfast.platform.master_key import load_master_key
    from holdfast.screening.state import standings
    from holdfast.trust.history import Range, count_posts, handles, last_posts_start
    from holdfast.trust.simulation import HeldDecisions, Options, make_replayer
    from holdfast.trust.simulation import simulate as run_simulation

    in_force = wanted.against or settings.screening_rules_file
    tried, other = usable_rules(wanted.tried), usable_rules(in_force)
    now = SystemClock().now()
    after_id = 0 if wanted.since is None else id_at(instant_of(wanted.since, "--since", now)) - 1
    until_id = id_at(now if wanted.until is None else instant_of(wanted.until, "--until", now)) - 1
    if until_id <= after_id:
        raise Invalid("--until must be later than --since")
    stretch = Range(after_id, until_id)
    async with open_database(settings) as database:
        if wanted.limit is not None:
            stretch = stretch._replace(after_id=await last_posts_start(database, stretch, limit=wanted.limit))
        total = await count_posts(database, stretch)
        options = Options(
            tried=tried,
            in_force_version=other.version,
            stretch=stretch,
            samples=wanted.samples,
            capacity_per_day=settings.moderation_capacity_per_day,
            pages_at_once=wanted.workers * CHUNKS_PER_WORKER,
            clock_seconds=time.monotonic,
        )
        recorded = await standings(database) if wanted.against is None else None
        make = partial(
            make_replayer, wanted.tried, in_force, as_written=wanted.as_written, standings=recorded
        )
        started = time.monotonic()
        with judging(make, wanted.workers, items=total) as replay:
            found = await run_simulation(
                database, replay, HeldDecisions(), options, lambda done: advance(done, total)
            )
        # What the operator waited, the start of the processes included.
        seconds = time.monotonic() - started
        found = msgspec.structs.replace(
            found, seconds=round(seconds, 3), posts_per_second=round(found.posts / seconds, 1)
        )
        shown = {sample.account_id for sample in (*found.newly_samples, *found.no_longer_samples)}
        shown |= {account_id for account_id, _ in found.top_accounts}
        names = await handles(database, list(shown))
    return Answer(found, PublicIds(Keyring(load_master_key(settings)).derive("public ids")), names)


@contextmanager
def _progress() -> Iterator[Advance]:
    """A bar over the posts; nothing when nobody watches."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("replaying", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def facts(answer: Answer) -> dict[str, Any]:
    """What `--json` prints: every figure, ids as clients see them."""
    found: dict[str, Any] = msgspec.to_builtins(answer.simulation)

    def account(ident: int) -> dict[str, Any]:
        return {"id": answer.ids.encode(ident), "account": answer.handles.get(ident)}

    def shown(samples: list[Sample]) -> list[dict[str, Any]]:
        rows = []
        for sample in samples:
            row = msgspec.to_builtins(sample)
            row["id"] = answer.ids.encode(row.pop("post_id"))
            row["account"] = answer.handles.get(row.pop("account_id"))
            rows.append(row)
        return rows

    found["newly_samples"] = shown(answer.simulation.newly_samples)
    found["no_longer_samples"] = shown(answer.simulation.no_longer_samples)
    found["top_accounts"] = [
        {**account(ident), "posts": posts} for ident, posts in answer.simulation.top_accounts
    ]
    for name in ("overlap", "overlap_in_force"):
        found[name] = [{"rule": one, "with": other, "posts": posts} for one, other, posts in found[name]]
    return found
