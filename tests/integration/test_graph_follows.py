"""Follows and requests between two accounts: once each, counted exactly, and only by those concerned."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from holdfast.social.accounts import AccountId, AccountNotVisible, Actor, suspend_account
from holdfast.social.blocks import AccountBlocked, block_account, unblock_account
from holdfast.social.follows import (
    AccountFollowed,
    FollowAccepted,
    FollowEnded,
    FollowRejected,
    FollowRequested,
    FollowState,
    authorise_request,
    follow_account,
    reject_request,
    remove_follower,
    unfollow_account,
)
from holdfast.social.graph import (
    FollowNotAllowed,
    FollowOptions,
    RelationInvalid,
    Relationship,
    RelationsReader,
    RequestNotFound,
    YourselfNotAllowed,
    relationships,
)
from tests.support.people import NOW, Town, ident, town_at

pytestmark = pytest.mark.integration
PLAIN = FollowOptions()


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(database_url, tmp_path) as town:
        yield town


async def start(town: Town, who: Actor, whom: Actor, options: FollowOptions = PLAIN) -> FollowState:
    async with town.database.transaction() as tx:
        return await follow_account(tx, who, ident(whom), options, now=NOW)


async def between(town: Town, who: Actor, whom: Actor) -> Relationship:
    (found,) = await relationships(town.database, who.account_id, [whom.account_id])
    return found


async def test_a_follow_is_counted_and_told_once_however_often_it_is_made(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    town.events.clear()
    assert await start(town, ann, bob) is FollowState.FOLLOWING
    assert await start(town, ann, bob) is FollowState.FOLLOWING
    assert await town.counts(ann) == (0, 1)
    assert await town.counts(bob) == (1, 0)
    assert town.events == [AccountFollowed(ann.account_id, bob.account_id)]


async def test_simultaneous_follows_leave_one_row_and_one_count(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    await asyncio.gather(
        *(start(town, ann, bob) for _ in range(8)), *(start(town, bob, ann) for _ in range(8))
    )
    assert await town.counts(ann) == (1, 1)
    assert await town.counts(bob) == (1, 1)
    assert await town.database.fetchval("select count(*) from follows") == 2


async def test_what_a_follow_says_changes_only_where_it_is_told(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    await start(town, ann, bob, FollowOptions(show_boosts=False, languages=["en", "pt-BR", "en", ""]))
    await start(town, ann, bob, FollowOptions(notify=True))
    found = await between(town, ann, bob)
    assert (found.showing_boosts, found.notifying, found.languages) == (False, True, ("en", "pt-BR"))
    await start(town, ann, bob, FollowOptions(languages=[]))
    assert (await between(town, ann, bob)).languages is None


async def test_languages_that_are_none_are_refused(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    for languages in (["english please"], ["x" * 40], [f"a{number:03}" for number in range(300)]):
        with pytest.raises(RelationInvalid, match="languages"):
            await start(town, ann, bob, FollowOptions(languages=languages))


async def test_nobody_follows_themselves_the_hidden_or_the_missing(town: Town) -> None:
    ann, gone = await town.people("ann", "gone")
    with pytest.raises(YourselfNotAllowed):
        await start(town, ann, ann)
    async with town.database.transaction() as tx:
        await suspend_account(tx, gone.account_id, now=NOW)
    for whom in (gone, Actor(12345)):
        with pytest.raises(AccountNotVisible):
            await start(town, ann, whom)
    assert await town.database.fetchval("select count(*) from follows") == 0


@pytest.mark.parametrize("blocker", [0, 1])
async def test_a_block_either_way_forbids_following_without_saying_whose(town: Town, blocker: int) -> None:
    ann, bob = pair = await town.people("ann", "bob")
    async with town.database.transaction() as tx:
        await block_account(tx, pair[blocker], ident(pair[1 - blocker]), now=NOW)
    with pytest.raises(FollowNotAllowed) as caught:
        await start(town, ann, bob)
    assert caught.value.public == "This action is not allowed"
    async with town.database.transaction() as tx:
        await unblock_account(tx, pair[blocker], ident(pair[1 - blocker]))
    assert await start(town, ann, bob) is FollowState.FOLLOWING


async def test_a_locked_account_is_asked_and_its_answer_counts(town: Town) -> None:
    ann, lea = await town.person("ann"), await town.person("lea", locked=True)
    town.events.clear()
    assert await start(town, ann, lea, FollowOptions(notify=True)) is FollowState.REQUESTED
    assert await start(town, ann, lea, FollowOptions(show_boosts=False)) is FollowState.REQUESTED
    found = await between(town, ann, lea)
    assert (found.following, found.requested, found.notifying) == (False, True, True)
    assert (await between(town, lea, ann)).requested_by
    assert await town.counts(lea) == (0, 0)
    async with town.database.transaction() as tx:
        await authorise_request(tx, lea, ident(ann), now=NOW)
    found = await between(town, ann, lea)
    assert (found.following, found.requested, found.notifying) == (True, False, True)
    assert found.showing_boosts is False
    assert await town.counts(lea) == (1, 0)
    pair = (ann.account_id, lea.account_id)
    assert town.events == [FollowRequested(*pair), FollowAccepted(*pair)]


async def test_a_rejected_request_leaves_nothing_and_can_be_made_again(town: Town) -> None:
    ann, lea = await town.person("ann"), await town.person("lea", locked=True)
    await start(town, ann, lea)
    async with town.database.transaction() as tx:
        await reject_request(tx, lea, ident(ann))
    assert not (await between(town, ann, lea)).requested
    assert town.events[-1] == FollowRejected(ann.account_id, lea.account_id)
    assert await start(town, ann, lea) is FollowState.REQUESTED


async def test_only_the_one_who_was_asked_can_answer(town: Town) -> None:
    ann, eve = await town.people("ann", "eve")
    lea = await town.person("lea", locked=True)
    await start(town, ann, lea)
    for stranger in (eve, ann):
        target = lea if stranger is ann else ann
        with pytest.raises(RequestNotFound):
            async with town.database.transaction() as tx:
                await authorise_request(tx, stranger, ident(target), now=NOW)
        with pytest.raises(RequestNotFound):
            async with town.database.transaction() as tx:
                await reject_request(tx, stranger, ident(target))
    assert (await between(town, ann, lea)).requested


async def test_two_answers_at_once_make_one_follow(town: Town) -> None:
    ann, lea = await town.person("ann"), await town.person("lea", locked=True)
    await start(town, ann, lea)

    async def answer() -> None:
        async with town.database.transaction() as tx:
            await authorise_request(tx, lea, ident(ann), now=NOW)

    answers = await asyncio.gather(*(answer() for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["NoneType", *["RequestNotFound"] * 3]
    assert await town.counts(lea) == (1, 0)


async def test_unfollowing_takes_back_a_follow_or_a_request_and_is_idempotent(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    lea = await town.person("lea", locked=True)
    await start(town, ann, bob)
    await start(town, ann, lea)
    for whom in (bob, lea):
        for expected in (True, False):
            async with town.database.transaction() as tx:
                assert await unfollow_account(tx, ann, ident(whom)) is expected
    assert await town.counts(ann) == (0, 0)
    assert town.events[-2:] == [
        FollowEnded(ann.account_id, bob.account_id),
        FollowEnded(ann.account_id, lea.account_id, was_request=True),
    ]


async def test_a_removed_follower_follows_no_more_and_the_other_way_stays(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    await start(town, ann, bob)
    await start(town, bob, ann)
    async with town.database.transaction() as tx:
        assert await remove_follower(tx, bob, ident(ann))
    async with town.database.transaction() as tx:
        assert not await remove_follower(tx, bob, ident(ann))
    found = await between(town, bob, ann)
    assert (found.followed_by, found.following) == (False, True)
    assert (await town.counts(ann), await town.counts(bob)) == ((1, 0), (0, 1))


async def test_a_block_ends_everything_both_ways(town: Town) -> None:
    ann, lea = await town.person("ann"), await town.person("lea", locked=True)
    await start(town, lea, ann)
    await start(town, ann, lea)
    town.events.clear()
    async with town.database.transaction() as tx:
        assert await block_account(tx, lea, ident(ann), now=NOW)
    async with town.database.transaction() as tx:
        assert not await block_account(tx, lea, ident(ann), now=NOW)
    found = await between(town, ann, lea)
    assert (found.followed_by, found.requested, found.blocked_by, found.blocking) == (
        False,
        False,
        True,
        False,
    )
    assert (await town.counts(ann), await town.counts(lea)) == ((0, 0), (0, 0))
    assert town.events == [
        FollowEnded(lea.account_id, ann.account_id),
        FollowRejected(ann.account_id, lea.account_id),
        AccountBlocked(lea.account_id, ann.account_id),
    ]


async def test_caches_see_a_change_of_relations_at_once(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    reader = RelationsReader(town.database)
    assert (await reader.viewer(ann.account_id)).following == {}
    await start(town, ann, bob, FollowOptions(show_boosts=False))
    viewer = await reader.viewer(ann.account_id)
    assert viewer.following[bob.account_id].show_boosts is False
    async with town.database.transaction() as tx:
        await block_account(tx, bob, ident(ann), now=NOW)
    viewer = await reader.viewer(ann.account_id)
    assert (dict(viewer.following), viewer.blocked_by) == ({}, frozenset({bob.account_id}))
    assert (await reader.viewer(bob.account_id)).blocking == frozenset({ann.account_id})


async def test_a_command_that_fails_leaves_nothing(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")

    async def both() -> None:
        async with town.database.transaction() as tx:
            await follow_account(tx, ann, ident(bob), PLAIN, now=NOW)
            await follow_account(tx, ann, AccountId(99), PLAIN, now=NOW)

    with pytest.raises(AccountNotVisible):
        await both()
    assert await town.counts(bob) == (0, 0)
    assert not (await between(town, ann, bob)).following
