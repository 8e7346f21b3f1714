"""The home statement finds what plain loops find, round by round, however few ids a round may hold."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.platform.db import Database, PoolLimits, Tx
from holdfast.platform.ids import new_id
from holdfast.pure.window import Window
from holdfast.social.timelines.queries import Sources, home_ids

pytestmark = pytest.mark.integration

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
VIEWER = 1
AUTHORS = list(range(2, 42))


async def _fill(tx: Tx, chance: random.Random) -> None:
    """Forty authors with a heavy tail and a viewer: posts, answers, boosts, direct and held posts."""
    await tx.execute(
        "insert into accounts (id, username, created_at) select n, 'p' || n, $1 from unnest($2::bigint[]) as n",
        BEGAN, [VIEWER, *AUTHORS],
    )  # fmt: skip
    made: list[tuple[int, int]] = []
    for number in range(500):
        post_id = new_id(BEGAN + timedelta(minutes=number))
        author = chance.choice([VIEWER, *AUTHORS, *AUTHORS[:5] * 8])
        kind, visibility, state = (
            chance.random(),
            chance.choice((0, 0, 0, 1, 2, 3)),
            int(chance.random() < 0.1),
        )
        parent = chance.choice(made) if made and kind < 0.3 else None
        boosted = chance.choice(made)[0] if made and 0.3 < kind < 0.5 else None
        await tx.execute(
            "insert into posts (id, account_id, thread_id, in_reply_to_id, in_reply_to_account_id, boost_of_id,"
            " visibility, state, created_at) values ($1, $2, $1, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            post_id, author, parent[0] if parent else None, parent[1] if parent else None, boosted,
            visibility, state, BEGAN,
        )  # fmt: skip
        if boosted is None:
            made.append((post_id, author))
        if visibility == 3 and chance.random() < 0.5:
            await tx.execute(
                "insert into mentions (post_id, account_id) select $1, $2 where exists"
                " (select 1 from posts where id = $1)",
                post_id, VIEWER,
            )  # fmt: skip


async def _expected(database: Database, authors: set[int], boosters: set[int]) -> list[int]:
    mentioned = {
        row[0] for row in await database.fetch("select post_id from mentions where account_id = $1", VIEWER)
    }
    return [
        row["id"]
        for row in await database.fetch("select * from posts order by id desc")
        if row["account_id"] in authors
        and row["state"] == 0
        and (row["visibility"] < 3 or row["account_id"] == VIEWER or row["id"] in mentioned)
        and (row["boost_of_id"] is None or row["account_id"] in boosters)
        and row["in_reply_to_account_id"] in {None, row["account_id"], *authors}
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_rounds_of_the_home_statement_leave_nothing_out(database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    async with await Database.connect(database_url, PoolLimits(size=2)) as database:
        async with database.transaction() as tx:
            await _fill(tx, chance)
        for followed in (1, 8, 25, 40):
            authors = [VIEWER, *chance.sample(AUTHORS, followed)]
            boosters = [author for author in authors if chance.random() < 0.7]
            expected = await _expected(database, set(authors), set(boosters))
            sources = Sources(authors, boosters, authors)
            for limit in (1, 3, 10, 30):
                found: list[int] = []
                window = Window(limit=limit)
                while True:
                    part = await home_ids(database, VIEWER, sources, window)
                    found += part.ids
                    if part.scanned_to is None:
                        break
                    assert part.scanned_to < window.below
                    window = Window(limit=limit, below=part.scanned_to)
                assert found == expected, (seed, followed, limit)
                middle = expected[len(expected) // 2]
                newer = await home_ids(
                    database, VIEWER, sources, Window(limit=limit, above=middle, forward=True)
                )
                assert newer.ids == [ident for ident in expected[::-1] if ident > middle][:limit]
