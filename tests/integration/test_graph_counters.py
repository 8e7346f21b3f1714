"""Whatever happens between accounts, in whatever order and at once, the counters are what counting gives."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from holdfast.platform.db import Tx
from holdfast.pure.errors import HoldfastError
from holdfast.social.accounts import Actor
from holdfast.social.blocks import block_account, unblock_account
from holdfast.social.follows import (
    authorise_request,
    follow_account,
    reject_request,
    remove_follower,
    unfollow_account,
)
from holdfast.social.graph import FollowOptions
from tests.support.people import NOW, Town, ident, town_at

pytestmark = pytest.mark.integration

COMMANDS = (
    "follow",
    "follow",
    "follow",
    "unfollow",
    "remove",
    "authorise",
    "authorise",
    "reject",
    "block",
    "unblock",
)


async def _command(tx: Tx, name: str, who: Actor, whom: Actor) -> None:
    target = ident(whom)
    match name:
        case "follow":
            await follow_account(tx, who, target, FollowOptions(), now=NOW)
        case "unfollow":
            await unfollow_account(tx, who, target)
        case "remove":
            await remove_follower(tx, who, target)
        case "authorise":
            await authorise_request(tx, who, target, now=NOW)
        case "reject":
            await reject_request(tx, who, target)
        case "block":
            await block_account(tx, who, target, now=NOW)
        case "unblock":
            await unblock_account(tx, who, target)


async def _attempt(town: Town, name: str, who: Actor, whom: Actor) -> bool:
    try:
        async with town.database.transaction() as tx:
            await _command(tx, name, who, whom)
    except HoldfastError:
        return False
    return True


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_counters_equal_a_recount_after_many_commands_at_once(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    async with town_at(database_url, tmp_path) as town:
        people = [await town.person(f"p{number}", locked=number % 2 == 1) for number in range(4)]
        done = 0
        for _ in range(25):
            batch = [
                (chance.choice(COMMANDS), chance.choice(people), chance.choice(people)) for _ in range(8)
            ]
            done += sum(await asyncio.gather(*(_attempt(town, *one) for one in batch)))
        assert done > 50
        wrong = await town.database.fetch(
            "select c.account_id from account_counts c"
            " where followers <> (select count(*) from follows where followed_id = c.account_id)"
            "    or following <> (select count(*) from follows where follower_id = c.account_id)"
        )
        assert wrong == []
        beside_a_block = await town.database.fetchval(
            "select count(*) from blocks b join (select follower_id, followed_id from follows"
            " union all select follower_id, followed_id from follow_requests) f"
            " on (f.follower_id, f.followed_id) in ((b.account_id, b.target_id), (b.target_id, b.account_id))"
        )
        assert beside_a_block == 0
        both = await town.database.fetchval(
            "select count(*) from follows join follow_requests using (follower_id, followed_id)"
        )
        assert both == 0
        to_oneself = await town.database.fetchval(
            "select count(*) from follows where follower_id = followed_id"
        )
        assert to_oneself == 0
