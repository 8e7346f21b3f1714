"""Runs one benchmark: server, data, warm-up, then baseline and target in turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from holdfast.main.bench.data import Community, Progress, make_community
from holdfast.main.bench.importing import bench_import
from holdfast.main.bench.load import LoadPlan
from holdfast.main.bench.media import PictureTarget, media_facts
from holdfast.main.bench.mirror import PUT_SECONDS, MirrorSwitch, mirror_facts, turned
from holdfast.main.bench.model import BenchOptions, Figures, MemoryUse, Report, Round, figures_of, ratios_to
from holdfast.main.bench.scenarios import (
    get,
    home_requests,
    once_each,
    plan_of,
    publish_request,
    token_requests,
    verify_requests,
)
from holdfast.main.bench.screening.texts import read_texts
from holdfast.main.bench.screening.within_publish import (
    added,
    missing_model,
    text_plan,
    text_requests,
    timed_webs,
)
from holdfast.main.bench.searching import make_searchable, search_requests
from holdfast.main.bench.site import Baseline, BenchSite, running_baseline, running_site, scratch_folder
from holdfast.main.bench.slow_bucket import slow_buckets
from holdfast.main.bench.usage import machine
from holdfast.main.running_database import running_database
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.db import Database, PoolLimits

_STATEMENT_SECONDS = 3600.0
_WARM_UP_SECONDS = 1.5
_COLD_CONNECTIONS = 4


class Target(Protocol):
    """What load is run against."""

    def measure(self, plan: LoadPlan) -> Round:
        """Run one load."""
        ...


class Side(NamedTuple):
    """One kind of load: its name, what it is run against, a plan for each round."""

    what: str
    target: Target
    make_plan: Callable[[], Awaitable[LoadPlan]]
    note: str = ""


class Bench:
    """One run. Each scenario measures with `turns`, which puts a round of the baseline before each of its own."""

    def __init__(
        self, site: BenchSite, baseline: Baseline, database: Database, community: Community,
        options: BenchOptions, progress: Progress, *, database_url: str,
    ) -> None:  # fmt: skip
        self.site, self.database, self.community, self.options = site, database, community, options
        self.database_url = database_url
        self.facts: dict[str, float | str] = {}
        self._baseline, self.progress = baseline, progress
        self._baseline_rounds: list[Round] = []
        self._sent = 0

    def warm(self, plan: LoadPlan, target: Target | None = None) -> None:
        """Load that is not counted."""
        (target or self.site).measure(
            msgspec.structs.replace(
                plan,
                seconds=min(_WARM_UP_SECONDS, self.options.round_seconds),
                first_number=self._numbers(),
            )
        )

    async def turns(
        self, what: str, make_plan: Callable[[], Awaitable[LoadPlan]], *, note: str = ""
    ) -> Figures:
        """Rounds of baseline and site in turns; the site's figures."""
        return (await self.side_by_side([Side(what, self.site, make_plan, note)]))[0]

    async def side_by_side(self, sides: Sequence[Side]) -> list[Figures]:
        """Rounds of the baseline and of each side in turns; the figures of each."""
        what = sides[-1].what
        rounds: list[list[Round]] = [[] for _ in sides]
        plan = plan_of(self._baseline.port, [get("/")], self.options)
        for number in range(self.options.rounds):
            self.progress(what, number, self.options.rounds)
            self._baseline_rounds.append(self._baseline.measure(plan))
            for side, its_rounds in zip(sides, rounds, strict=True):
                wanted = await side.make_plan()
                wanted.first_number = self._numbers()
                its_rounds.append(side.target.measure(wanted))
        self.progress(what, self.options.rounds, self.options.rounds)
        return [
            figures_of(side.what, its_rounds, side.note)
            for side, its_rounds in zip(sides, rounds, strict=True)
        ]

    def baseline_figures(self) -> Figures | None:
        """Over all rounds of the run."""
        if not self._baseline_rounds:
            return None
        return figures_of(
            "baseline", self._baseline_rounds, "bare ASGI application, one query by primary key"
        )

    def _numbers(self) -> int:
        self._sent += 1
        return self._sent * 1_000_000


async def _home(bench: Bench) -> list[Figures]:
    requests = home_requests(bench.community)
    bench.site.measure(once_each(bench.site.port, [get("/api/v1/timelines/public")], connections=1))
    first = bench.site.measure(once_each(bench.site.port, requests, connections=_COLD_CONNECTIONS))
    cold = figures_of(
        "home cold", [first], "first request of each viewer after the start; nothing of theirs is cached"
    )
    plan = plan_of(bench.site.port, requests, bench.options)
    bench.warm(plan)
    warm = await bench.turns("home warm", _same(plan), note="nobody writes")
    rate = bench.options.publishes_per_second
    figures = [cold, warm]
    for what, tokens, who in (
        ("home mixed", bench.community.publisher_tokens, "by accounts chosen by their number of followers"),
        ("home storm", [bench.community.author_token], "by one account that every viewer follows"),
    ):
        mixed = msgspec.structs.replace(
            plan, background=[publish_request(token) for token in tokens], background_per_second=rate
        )
        note = f"{rate:g} posts/s {who}; their CPU is included"
        figures.append(await bench.turns(what, _same(mixed), note=note))
    return figures


async def _public(bench: Bench) -> list[Figures]:
    plan = plan_of(bench.site.port, [get("/api/v1/timelines/public")], bench.options)
    bench.warm(plan)
    return [await bench.turns("public", _same(plan), note="anonymous, 20 newest")]


async def _verify(bench: Bench) -> list[Figures]:
    requests = verify_requests(bench.community)
    bench.site.measure(once_each(bench.site.port, requests, connections=_COLD_CONNECTIONS))
    plan = plan_of(bench.site.port, requests, bench.options)
    return [await bench.turns("verify_credentials", _same(plan))]


async def _publish(bench: Bench) -> list[Figures]:
    requests = [publish_request(token) for token in [bench.community.author_token, *bench.community.tokens]]
    one = plan_of(bench.site.port, requests, bench.options, connections=1)
    many = plan_of(bench.site.port, requests, bench.options)
    bench.warm(many)
    note = "each is on disk when it is answered; screening and the worker's reactions are included"
    return [
        await bench.turns("publish sequential", _same(one), note=note),
        await bench.turns(f"publish {bench.options.connections} connections", _same(many), note=note),
        *await _publish_texts(bench),
    ]


async def _publish_texts(bench: Bench) -> list[Figures]:
    """Posts of the lengths that people write, once with rules alone and once with the whole screen."""
    if problem := missing_model():
        bench.facts["screening within publish"] = f"not measured: {problem}"
        return []
    requests = text_requests(bench.options, bench.community.tokens)
    with timed_webs(bench.site, bench.database_url) as webs:
        sides = []
        for web, screen in zip(webs, ("rules alone", "whole screen"), strict=True):
            plan = text_plan(web.port, requests, bench.options)
            bench.warm(plan, web)
            web.forget()
            note = f"sequential, texts of real lengths, a web process whose screen is timed: {screen}"
            sides.append(Side(f"publish texts, {screen}", web, _same(plan), note))
        rules, whole = await bench.side_by_side(sides)
        bench.facts = added(rules, whole, [web.finish() for web in webs])
    return [rules, whole]


async def _media(bench: Bench) -> list[Figures]:
    """Posts with pictures, as a client makes them: each picture is uploaded, then the post names them."""
    count = bench.options.pictures
    plan = plan_of(
        bench.site.port, [publish_request(token) for token in bench.community.tokens], bench.options
    )
    target = PictureTarget(bench.site, bench.community.tokens, bench.options)
    bench.warm(plan)
    bench.warm(plan, target)
    target.results.clear()
    name = f"publish with {count} pictures"
    note = "a request is a post with its uploads, one after the other; reading and making smaller ones are included"
    without, pictures = await bench.side_by_side(
        [Side("publish", bench.site, _same(plan)), Side(name, target, _same(plan), note)]
    )
    bench.facts = media_facts(target, without, pictures, count)
    return [without, pictures]


async def _mirror(bench: Bench) -> list[Figures]:
    """Posts over many connections without a mirror, shipped without waiting, and waiting for one of two stores."""
    requests = [publish_request(token) for token in [bench.community.author_token, *bench.community.tokens]]
    plan = plan_of(bench.site.port, requests, bench.options)
    with slow_buckets(2, PUT_SECONDS) as buckets:
        switch = MirrorSwitch(bench.site.data, buckets)
        await switch.waiting()
        bench.warm(plan)
        figures = await bench.side_by_side(
            [
                Side("publish, no mirror", bench.site, turned(switch.none, plan)),
                Side(
                    "publish, asynchronous",
                    bench.site,
                    turned(switch.asynchronous, plan),
                    "two stores, no commit waits",
                ),
                Side(
                    "publish, class A",
                    bench.site,
                    turned(switch.waiting, plan),
                    "commits wait for one of two stores",
                ),
            ]
        )
        bench.facts = mirror_facts(figures, bench.site.data, bench.options)
    return figures


async def _oauth(bench: Bench) -> list[Figures]:
    count = int(400 * bench.options.round_seconds)

    async def fresh_codes() -> LoadPlan:
        requests = await token_requests(bench.database, bench.community, count)
        return once_each(bench.site.port, requests, connections=bench.options.connections)

    bench.warm(await fresh_codes())
    note = f"authorization code with PKCE; rounds of {count} exchanges"
    return [await bench.turns("token exchange", fresh_codes, note=note)]


async def _search(bench: Bench) -> list[Figures]:
    """One search after the other, since it is the time of one that somebody waits for."""
    bench.facts = await make_searchable(bench.database, bench.options, bench.progress)
    figures = []
    for what, requests in search_requests(bench.community).items():
        plan = plan_of(bench.site.port, requests, bench.options, connections=1)
        bench.warm(plan)
        figures.append(await bench.turns(what, _same(plan)))
    return figures


Scenario = Callable[[Bench], Awaitable[list[Figures]]]
SCENARIOS: dict[str, Scenario] = {
    "home": _home,
    "public": _public,
    "verify": _verify,
    "publish": _publish,
    "media": _media,
    "mirror": _mirror,
    "oauth": _oauth,
    "search": _search,
}


# Measured by rows instead of requests, see importing.py.
IMPORT = "import"


def _same(plan: LoadPlan) -> Callable[[], Awaitable[LoadPlan]]:
    async def again() -> LoadPlan:
        return msgspec.structs.replace(plan)

    return again


def run_bench(name: str, options: BenchOptions, kept: Path | None, progress: Progress) -> Report:
    """Run the benchmark `name` of SCENARIOS; `kept` names a folder that stays, so that its data serves again."""
    if options.texts is not None:
        # A file that cannot be used is better known before minutes of making data.
        read_texts(Path(options.texts), 1)
    with scratch_folder(kept) as data:
        progress("server", 0, 1)
        # What a web process has where there is a mirror; all sides of the bench have it.
        settings = {"database_pool_size": str(Settings().mirror_pool_size)} if name == "mirror" else {}
        with running_site(data, options, **settings) as site:
            progress("server", 1, 1)
            return asyncio.run(_run(name, options, site, progress))


async def _run(name: str, options: BenchOptions, site: BenchSite, progress: Progress) -> Report:
    idle = _named(site.processes.memory(), "idle")
    async with (
        running_database(load_settings({"data": site.data}, environment={})) as settings,
        await Database.connect(
            str(settings.database_url), PoolLimits(size=2, statement_timeout_seconds=_STATEMENT_SECONDS)
        ) as database,
    ):
        community = await make_community(database, options, progress)
        with running_baseline(site, str(settings.database_url)) as baseline:
            bench = Bench(
                site,
                baseline,
                database,
                community,
                options,
                progress,
                database_url=str(settings.database_url),
            )
            if name == IMPORT:
                bench.facts, figures = await bench_import(site, options, progress), []
            else:
                figures = await SCENARIOS[name](bench)
            alone = bench.baseline_figures()
        return Report(
            bench=name,
            machine=machine(),
            options=options,
            baseline=alone,
            figures=figures,
            ratios=ratios_to(alone, figures) if alone else {},
            memory=[*idle, *_named(site.processes.memory(), "after load")],
            facts=bench.facts,
        )


def _named(rows: list[MemoryUse], when: str) -> list[MemoryUse]:
    return [msgspec.structs.replace(row, process=f"{row.process}, {when}") for row in rows]
