"""`holdfast bench`: the project's own benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.main.cli.context import JsonOption, print_json
from holdfast.main.cli.step_bars import step_bars

if TYPE_CHECKING:
    from holdfast.main.bench.model import BenchOptions

app = typer.Typer(
    help="Measure this machine: a server, data and load of its own, beside a baseline.", no_args_is_help=True
)

Accounts = Annotated[int, typer.Option(min=50, max=5_000_000, help="Accounts in the data.")]
Posts = Annotated[int, typer.Option(min=1000, max=100_000_000, help="Posts in the data.")]
Follows = Annotated[int, typer.Option(min=100, max=100_000_000, help="Follows in the data.")]
Viewers = Annotated[int, typer.Option(min=1, max=100_000, help="Members who look.")]
Connections = Annotated[int, typer.Option(min=1, max=1000, help="Connections of the load.")]
Rounds = Annotated[int, typer.Option(min=1, max=100, help="Rounds of baseline and target, in turns.")]
Seconds = Annotated[float, typer.Option(min=0.1, max=600, help="Length of a round.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Web processes.")]
Rate = Annotated[float, typer.Option(min=0.1, max=1000, help="Posts per second meanwhile.")]
Rows = Annotated[int, typer.Option(min=100, max=10_000_000, help="Rows of the import in each round.")]
TextsFile = Annotated[
    Path | None,
    typer.Option("--texts", metavar="FILE", dir_okay=False, help='Posts to judge: JSON lines {"text": "..."}, plain or gzip.', show_default="drawn ones"),
]  # fmt: skip
KeptFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Keep the data there for another run of the same sizes.", show_default="a temporary folder"),
]  # fmt: skip


@app.callback()
def _bench() -> None:
    """Measure this machine: a server, data and load of its own, beside a baseline."""


@app.command()
def home(
    *, accounts: Accounts = 20_000, posts: Posts = 200_000, follows: Follows = 400_000, viewers: Viewers = 500,
    connections: Connections = 8, rounds: Rounds = 3, seconds: Seconds = 3.0, workers: Workers = 1, rate: Rate = 5.0,
    data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Home timelines of many viewers: first touch, warm, and while others post."""
    from holdfast.main.bench import BenchOptions

    _run("home", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, viewers=viewers, connections=connections, rounds=rounds,
        round_seconds=seconds, workers=workers, publishes_per_second=rate,
    ), data, as_json)  # fmt: skip


@app.command()
def public(
    *, accounts: Accounts = 20_000, posts: Posts = 200_000, follows: Follows = 400_000, connections: Connections = 8,
    rounds: Rounds = 3, seconds: Seconds = 4.0, workers: Workers = 1,
    data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """The public timeline, without an account."""
    from holdfast.main.bench import BenchOptions

    _run("public", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, connections=connections, rounds=rounds, round_seconds=seconds,
        workers=workers,
    ), data, as_json)  # fmt: skip


@app.command()
def verify(
    *, accounts: Accounts = 20_000, posts: Posts = 20_000, follows: Follows = 40_000, viewers: Viewers = 500,
    connections: Connections = 8, rounds: Rounds = 3, seconds: Seconds = 4.0, workers: Workers = 1,
    data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Who a token stands for: what every client asks first."""
    from holdfast.main.bench import BenchOptions

    _run("verify", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, viewers=viewers, connections=connections, rounds=rounds,
        round_seconds=seconds, workers=workers,
    ), data, as_json)  # fmt: skip


@app.command()
def publish(
    *, accounts: Accounts = 20_000, posts: Posts = 200_000, follows: Follows = 400_000, viewers: Viewers = 500,
    connections: Connections = 8, rounds: Rounds = 3, seconds: Seconds = 4.0, workers: Workers = 1,
    texts: TextsFile = None, data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Posts one after the other, over several connections at once, and what screening adds to them."""
    from holdfast.main.bench import BenchOptions

    _run("publish", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, viewers=viewers, connections=connections, rounds=rounds,
        round_seconds=seconds, workers=workers,
    ), data, as_json)  # fmt: skip


@app.command()
def media(
    *, accounts: Accounts = 20_000, posts: Posts = 20_000, follows: Follows = 40_000, viewers: Viewers = 500,
    connections: Connections = 8, rounds: Rounds = 3, seconds: Seconds = 5.0, workers: Workers = 1,
    pictures: Annotated[int, typer.Option(min=1, max=4, help="Pictures of each post.")] = 4,
    data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Posts with pictures, uploads included, beside posts without."""
    from holdfast.main.bench import BenchOptions

    _run("media", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, viewers=viewers, connections=connections, rounds=rounds,
        round_seconds=seconds, workers=workers, pictures=pictures,
    ), data, as_json)  # fmt: skip


@app.command()
def mirror(
    *, accounts: Accounts = 5_000, posts: Posts = 20_000, follows: Follows = 40_000, viewers: Viewers = 500,
    connections: Connections = 64, rounds: Rounds = 3, seconds: Seconds = 8.0, workers: Workers = 1,
    data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Posts without a mirror, with one that nobody waits for, and with one that commits wait for, at 30 ms a write."""
    from holdfast.main.bench import BenchOptions

    _run("mirror", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, viewers=viewers, connections=connections, rounds=rounds,
        round_seconds=seconds, workers=workers,
    ), data, as_json)  # fmt: skip


@app.command()
def oauth(
    *, accounts: Accounts = 20_000, posts: Posts = 20_000, follows: Follows = 40_000, viewers: Viewers = 500,
    connections: Connections = 8, rounds: Rounds = 3, seconds: Seconds = 4.0, workers: Workers = 1,
    data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Exchanges of an authorization code for a token."""
    from holdfast.main.bench import BenchOptions

    _run("oauth", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, viewers=viewers, connections=connections, rounds=rounds,
        round_seconds=seconds, workers=workers,
    ), data, as_json)  # fmt: skip


@app.command()
def search(
    *, accounts: Accounts = 20_000, posts: Posts = 200_000, follows: Follows = 400_000, viewers: Viewers = 500,
    rounds: Rounds = 3, seconds: Seconds = 2.0, workers: Workers = 1, data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Searches of many kinds, one after the other: words frequent and rare, phrases, operators, names."""
    from holdfast.main.bench import BenchOptions

    _run("search", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, viewers=viewers, connections=1, rounds=rounds,
        round_seconds=seconds, workers=workers,
    ), data, as_json)  # fmt: skip


@app.command("import")
def import_rows(
    *, accounts: Accounts = 20_000, posts: Posts = 20_000, follows: Follows = 40_000, rounds: Rounds = 3,
    rows: Rows = 40_000, data: KeptFolder = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """`holdfast import posts` with rows made for it."""
    from holdfast.main.bench import BenchOptions

    _run("import", BenchOptions(
        accounts=accounts, posts=posts, follows=follows, rounds=rounds, import_rows=rows
    ), data, as_json)  # fmt: skip


@app.command()
def screening(
    *,
    posts: Annotated[int, typer.Option(min=1, max=1_000_000, help="Posts in each round.")] = 1500,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds over all ways of judging, in turns.")] = 3,
    texts: TextsFile = None,
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Rule file.", show_default="default rules")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Model file.", show_default="the model of the package")
    ] = None,
    audit_percent: Annotated[
        int, typer.Option(min=0, max=100, help="Posts that the second tier reads though the first sees nothing in them.")
    ] = 1,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """The judges of posts, apart and together: posts per second, latency and memory on one core, without a server."""
    from holdfast.main.bench.screening import ScreeningOptions, run_screening_bench
    from holdfast.main.bench.screening.report import print_screening_report
    from holdfast.main.cli.loaded_rules import usable_rules

    usable_rules(rules)
    options = ScreeningOptions(
        posts=posts,
        rounds=rounds,
        texts=_named(texts),
        rules=_named(rules),
        model=_named(model),
        audit_percent=audit_percent,
    )
    with step_bars() as progress:
        report = run_screening_bench(options, progress)
    if as_json:
        print_json(report)
    else:
        print_screening_report(report)


@app.command()
def streams(
    *,
    streams: Annotated[int, typer.Option(min=1, max=100_000, help="Home streams that are open, one member each.")] = 2000,
    posts_per_second: Annotated[float, typer.Option(min=0.1, max=10_000, help="Posts meanwhile.")] = 50.0,
    seconds: Seconds = 10.0,
    accounts: Accounts = 20_000,
    workers: Workers = 1,
    sse: Annotated[bool, typer.Option("--sse", help="Server-Sent Events instead of WebSockets.")] = False,
    everybody: Annotated[
        bool, typer.Option("--everybody", help="One account posts that everybody follows: every stream gets every post.")
    ] = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """How long posts take to reach open streams, and the memory that a stream holds."""
    from holdfast.main.bench.streams import StreamOptions, print_streams_report, run_streams_bench

    options = StreamOptions(
        streams=streams,
        posts_per_second=posts_per_second,
        seconds=seconds,
        workers=workers,
        transport="sse" if sse else "websocket",
        everybody=everybody,
        accounts=accounts,
    )
    with step_bars() as progress:
        report = run_streams_bench(options, progress)
    if as_json:
        print_json(report)
    else:
        print_streams_report(report)


@app.command()
def ledger(
    *,
    leaves: Annotated[int, typer.Option(min=1000, max=100_000_000, help="Leaves of the log.")] = 1_000_000,
    rounds: Annotated[
        int, typer.Option(min=1, max=100, help="Rounds of appending beside plain hashing.")
    ] = 3,
    proofs: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Proofs that are built and verified.")
    ] = 2000,
    as_json: JsonOption = False,
) -> None:
    """The evidence ledger: appends, proofs of any leaf, and what a million leaves weigh, without a server."""
    from holdfast.main.bench.ledger import LedgerOptions, print_ledger_report, run_ledger_bench

    with step_bars() as progress:
        report = run_ledger_bench(LedgerOptions(leaves=leaves, rounds=rounds, proofs=proofs), progress)
    if as_json:
        print_json(report)
    else:
        print_ledger_report(report)


@app.command()
def moderation(
    *,
    reports: Annotated[int, typer.Option(min=100, max=1_000_000, help="Reports that land at once.")] = 26_000,
    threats: Annotated[int, typer.Option(min=1, max=10_000, help="True threats hidden among them.")] = 120,
    reviewers: Annotated[int, typer.Option(min=1, max=100, help="Size of the simulated team.")] = 4,
    accuracy: Annotated[float, typer.Option(min=0.5, max=1, help="Share of its decisions that are right.")] = 0.95,
    seed: Annotated[int, typer.Option(help="Draws another flood.")] = 1,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Folder of labelled sets with real posts.", show_default="texts of --corpus"),
    ] = None,
    corpus: Annotated[Path, typer.Option(metavar="DIR", file_okay=False, help="Folder of written posts.")] = Path("corpus"),
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """A flood of reports on an empty desk: a simulated team by our order, and by order of arrival."""
    from holdfast.main.bench.moderation import (
        ModerationOptions,
        print_moderation_report,
        run_moderation_bench,
    )

    options = ModerationOptions(
        reports=reports, threats=threats, reviewers=reviewers, accuracy=accuracy, seed=seed
    )
    with step_bars() as progress:
        report = run_moderation_bench(options, data, corpus, progress)
    if as_json:
        print_json(report)
    else:
        print_moderation_report(report)


def _named(path: Path | None) -> str | None:
    return str(path) if path is not None else None


def _run(name: str, options: BenchOptions, data: Path | None, as_json: bool) -> None:
    from holdfast.main.bench import run_bench
    from holdfast.main.bench.report import print_report

    with step_bars() as progress:
        report = run_bench(name, options, data, progress)
    if as_json:
        print_json(report)
    else:
        print_report(report)
