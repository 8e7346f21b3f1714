"""`holdfast bench streams`: memory of open streams, and how long a post takes to reach them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Literal

import msgspec
from rich.table import Table

from holdfast.main.bench.data import Community, Progress, make_community
from holdfast.main.bench.model import BenchOptions, CpuUse
from holdfast.main.bench.report import report_console
from holdfast.main.bench.scenarios import publish_request
from holdfast.main.bench.site import BenchSite, running_site, scratch_folder
from holdfast.main.bench.stream_load import StreamPlan, StreamResult
from holdfast.main.bench.usage import machine
from holdfast.main.running_database import running_database
from holdfast.platform.config import load_settings
from holdfast.platform.db import Database, PoolLimits
from holdfast.pure.errors import Unavailable

Transport = Literal["websocket", "sse"]
_STATEMENT_SECONDS = 3600.0
_POSTS, _FOLLOWS_EACH = 5_000, 20
_PER_STREAM_SQL = """
select u.number, count(f.follower_id) + (t.account_id = any($2::bigint[]))::int as streams
from unnest($1::text[]) with ordinality as u (secret, number)
join access_tokens t on t.secret_hash = sha256(convert_to(u.secret, 'UTF8'))
left join follows f on f.followed_id = t.account_id and f.follower_id = any($2::bigint[])
group by 1, t.account_id order by 1
"""


class StreamOptions(msgspec.Struct, frozen=True):
    """What is measured. `everybody`: one account posts whom all who listen follow, so every stream gets every post."""

    streams: int
    posts_per_second: float
    seconds: float
    workers: int
    transport: Transport
    everybody: bool
    accounts: int


class StreamReport(msgspec.Struct, frozen=True):
    """What was found. CPU in seconds of the whole server while posts were made; memory in KiB of the web processes."""

    machine: str
    options: StreamOptions
    result: StreamResult
    cpu: CpuUse
    memory_per_stream_kib: float
    web_memory_mib: float


def run_streams_bench(options: StreamOptions, progress: Progress) -> StreamReport:
    """Start a server, open the streams, post, and count what arrives. Raises Unavailable."""
    sizes = BenchOptions(
        accounts=options.accounts, posts=_POSTS, follows=options.accounts * _FOLLOWS_EACH,
        viewers=options.streams, workers=options.workers,
    )  # fmt: skip
    with scratch_folder(None) as data:
        progress("server", 0, 1)
        with running_site(data, sizes) as site:
            progress("server", 1, 1)
            return asyncio.run(_run(options, sizes, site, progress))


async def _run(
    options: StreamOptions, sizes: BenchOptions, site: BenchSite, progress: Progress
) -> StreamReport:
    async with (
        running_database(load_settings({"data": site.data}, environment={})) as settings,
        await Database.connect(
            str(settings.database_url), PoolLimits(size=2, statement_timeout_seconds=_STATEMENT_SECONDS)
        ) as database,
    ):
        community = await make_community(database, sizes, progress)
        plan = await _plan(options, site, database, community)
    return await asyncio.to_thread(_measure, options, plan, site, progress)


async def _plan(
    options: StreamOptions, site: BenchSite, database: Database, community: Community
) -> StreamPlan:
    tokens = community.tokens[: options.streams]
    if len(tokens) < options.streams:
        raise Unavailable(f"only {len(tokens)} accounts follow somebody; give more --accounts")
    open_one = _websocket if options.transport == "websocket" else _sse
    if options.everybody:
        posters, belongs = [community.author_token], [len(tokens)]
    else:
        posters = community.publisher_tokens
        rows = await database.fetch(_PER_STREAM_SQL, posters, community.viewer_ids[: options.streams])
        belongs = [row["streams"] for row in rows]
    return StreamPlan(
        port=site.port,
        streams=[open_one(token) for token in tokens],
        posts=[publish_request(token) for token in posters],
        posts_per_second=options.posts_per_second,
        seconds=options.seconds,
        expected=belongs,
    )


def _websocket(token: str) -> bytes:
    return (
        "GET /api/v1/streaming?stream=user HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: aG9sZGZhc3QtYmVuY2gtMQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()


def _sse(token: str) -> bytes:
    return (
        f"GET /api/v1/streaming/user HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()


def _measure(options: StreamOptions, plan: StreamPlan, site: BenchSite, progress: Progress) -> StreamReport:
    before = _web_memory(site)
    progress("streams", 0, 2)
    command = (sys.executable, "-m", "holdfast.main.bench.stream_load")
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise Unavailable("the load generator has no pipes")
        child.stdin.write(msgspec.json.encode(plan) + b"\n")
        child.stdin.flush()
        if child.stdout.readline() != b"open\n":
            lines = child.stderr.read().decode("utf-8", "replace").strip().splitlines()
            raise Unavailable(f"the streams did not open: {(lines or ['no reason given'])[-1]}")
        opened = _web_memory(site)
        progress("streams", 1, 2)
        used = site.processes.cpu()
        child.stdin.write(b"go\n")
        child.stdin.flush()
        line = child.stdout.readline()
        used = site.processes.cpu().minus(used)
        if not line:
            lines = child.stderr.read().decode("utf-8", "replace").strip().splitlines()
            raise Unavailable(f"the load generator failed: {(lines or ['no reason given'])[-1]}")
    progress("streams", 2, 2)
    result = msgspec.json.decode(line, type=StreamResult)
    if result.errors:
        raise Unavailable(f"{result.errors} posts failed, the first with: {result.first_error}")
    return StreamReport(
        machine=machine(),
        options=options,
        result=result,
        cpu=used,
        memory_per_stream_kib=(opened - before) * 1024 / max(1, options.streams),
        web_memory_mib=opened,
    )


def _web_memory(site: BenchSite) -> float:
    """Resident MiB of all web processes."""
    return sum(row.rss_mb for row in site.processes.memory() if row.process == "web")


def print_streams_report(report: StreamReport) -> None:
    """A table on standard output."""
    console, result, options = report_console(), report.result, report.options
    who = "all by one account that everybody follows" if options.everybody else "by accounts as they come"
    console.print(f"[bold]streams[/bold]  {report.machine}")
    console.print(
        f"{options.streams:,} home streams by {options.transport}, {options.workers} web; {options.seconds:g} s of"
        f" {options.posts_per_second:g} posts/s, {who}"
    )
    seconds = result.posts / result.posts_per_second if result.posts_per_second else 0.0
    table = Table("what", "figure", box=None)
    for what, figure in (
        ("posts/s", f"{result.posts_per_second:.1f}"),
        ("deliveries", f"{result.deliveries:,} of {result.expected:,} expected"),
        ("deliveries/s", f"{result.deliveries / seconds:,.0f}" if seconds else "-"),
        ("delivery p50 ms", f"{result.p50_ms:.1f}"),
        ("delivery p99 ms", f"{result.p99_ms:.1f}"),
        ("delivery longest ms", f"{result.longest_ms:.1f}"),
        ("received MiB", f"{result.received_mb:,.1f}"),
        ("streams closed by the server", f"{result.closed}"),
        ("memory per stream KiB", f"{report.memory_per_stream_kib:.1f}"),
        ("memory of web with streams open MiB", f"{report.web_memory_mib:.0f}"),
        ("CPU s web, worker, database", f"{report.cpu.web:.1f}, {report.cpu.worker:.1f}, {report.cpu.database:.1f}"),
        ("CPU s of the load generator", f"{result.cpu_seconds:.1f}"),
    ):  # fmt: skip
        table.add_row(what, figure)
    console.print(table)
