"""Runs the rehearsal: the flood lands, both ways of working, the figures."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from holdfast.main.bench.data import Progress
from holdfast.main.bench.moderation.arrival import work_by_arrival
from holdfast.main.bench.moderation.desk import Desk
from holdfast.main.bench.moderation.mix import Texts, make_flood, texts_of_corpus, texts_of_data
from holdfast.main.bench.moderation.model import ModerationOptions, ModerationReport
from holdfast.main.bench.moderation.team import Team
from holdfast.main.bench.site import scratch_folder
from holdfast.main.bench.usage import machine
from holdfast.main.running_database import running_database
from holdfast.platform.config import load_settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database, PoolLimits
from holdfast.screening import Screen, load_screen
from holdfast.social.posts import PostState
from holdfast.trust.policies import publish_shipped

_START = datetime(2026, 1, 6, 18, 0, tzinfo=UTC)
_LANES_SQL = """
select m.subject_key::bigint as post, c.id, c.lane from cases c join case_members m on m.case_id = c.id
where c.track = 'main' and m.subject_kind = 'post'
"""


def run_moderation_bench(
    options: ModerationOptions, data: Path | None, corpus: Path, progress: Progress
) -> ModerationReport:
    """The rehearsal over an embedded database of its own, which is removed. Raises Invalid when texts are missing."""
    texts = texts_of_corpus(corpus) if data is None else texts_of_data(data)

    async def work(folder: Path) -> ModerationReport:
        settings = load_settings({"data": str(folder)}, environment={})
        async with running_database(settings, create=True) as ready:
            return await rehearse(str(ready.database_url), texts, load_screen(), options, progress)

    with scratch_folder(None) as folder:
        return asyncio.run(work(folder))


async def rehearse(
    database_url: str, texts: Texts, screen: Screen, options: ModerationOptions, progress: Progress
) -> ModerationReport:
    """The same over a database that is empty but for its schema."""
    flood = make_flood(texts, options)
    async with await Database.connect(database_url, PoolLimits(size=3)) as database:
        database.keys = lambda: Keyring(bytes(32))
        async with database.transaction() as tx:
            await publish_shipped(tx, _START)
        desk = Desk(database, screen, flood, _START)
        await desk.people(options.reviewers)
        await desk.publish(progress)
        intake_seconds = await desk.report(progress)
        await desk.look_closer(progress)
        await desk.order()
        # The planner knows nothing of tables that were filled a moment ago.
        await database.fetch("analyze")
        rows = await database.fetch(_LANES_SQL)
        number_of = {post: number for number, post in enumerate(desk.posts)}
        lane_of = {number_of[row["post"]]: str(row["lane"]) for row in rows}
        lanes = {row["id"]: str(row["lane"]) for row in rows}
        held = await database.fetch("select id from posts where state = $1", PostState.HELD.value)
        held_truths = [flood.truths[number_of[row["id"]]] for row in held]
        team = Team(desk, options)
        await team.all(progress)
        arrival = work_by_arrival(flood, options, lane_of)
        left = int(await database.fetchval("select count(*) from posts"))
    urgent = {post for post, lane in lane_of.items() if lane == "P0"}
    threats = [lane_of.get(post, "-") for post, truth in enumerate(flood.truths) if truth == "threat"]
    return ModerationReport(
        bench="moderation", machine=machine(), options=msgspec.structs.replace(options), posts=len(flood.texts),
        reports=len(flood.reports), cases=len(lanes), lanes=_counted(list(lanes.values())),
        threat_lanes=_counted(threats), screened_hidden_lawful=held_truths.count("lawful"),
        held_threats=held_truths.count("threat"), ours=team.work.outcome(urgent), arrival=arrival.outcome(urgent),
        intake_seconds=intake_seconds, decide_ms=team.deciding_seconds / max(team.decided, 1) * 1000, posts_deleted=len(flood.texts) - left,
    )  # fmt: skip


def _counted(values: list[str]) -> dict[str, int]:
    return {one: values.count(one) for one in sorted(set(values))}
