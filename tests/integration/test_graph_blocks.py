"""Mutes, notes, blocked domains, and the listings of relations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from holdfast.pure.window import Window
from holdfast.social.accounts import AccountId, AccountNotVisible, suspend_account
from holdfast.social.blocks import (
    MUTE_MAX_SECONDS,
    add_domain_block,
    block_account,
    mute_account,
    remove_domain_block,
    set_account_note,
    unmute_account,
)
from holdfast.social.follows import follow_account
from holdfast.social.graph import (
    BLOCKED,
    FOLLOWERS,
    MUTED,
    FollowOptions,
    RelationInvalid,
    RelationsReader,
    YourselfNotAllowed,
    blocked_domains,
    familiar_followers,
    page_of,
    relationships,
)
from tests.support.people import NOW, Town, ident, town_at

pytestmark = pytest.mark.integration


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(database_url, tmp_path) as town:
        yield town


async def test_a_mute_lasts_as_long_as_it_says_and_can_be_changed(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    now = await town.database.fetchval("select now()")
    async with town.database.transaction() as tx:
        await mute_account(tx, ann, ident(bob), duration_seconds=60, now=now)
    viewer = await RelationsReader(town.database).viewer(ann.account_id)
    assert viewer.mutes_now(bob.account_id, now)
    assert not viewer.mutes_now(bob.account_id, now + timedelta(seconds=61))
    async with town.database.transaction() as tx:
        await mute_account(tx, ann, ident(bob), notifications=False, now=now)
    (found,) = await relationships(town.database, ann.account_id, [bob.account_id])
    assert (found.muting, found.muting_notifications, found.muting_expires_at) == (True, False, None)
    for expected in (True, False):
        async with town.database.transaction() as tx:
            assert await unmute_account(tx, ann, ident(bob)) is expected


async def test_a_mute_that_is_over_shows_nowhere(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    async with town.database.transaction() as tx:
        await mute_account(tx, ann, ident(bob), duration_seconds=60, now=NOW.replace(year=2020))
    (found,) = await relationships(town.database, ann.account_id, [bob.account_id])
    assert not found.muting
    assert await page_of(town.database, MUTED, ann.account_id, Window(10)) == []


@pytest.mark.parametrize("seconds", [-1, MUTE_MAX_SECONDS + 1])
async def test_a_mute_without_sense_is_refused(town: Town, seconds: int) -> None:
    ann, bob = await town.people("ann", "bob")
    with pytest.raises(RelationInvalid, match="duration"):
        async with town.database.transaction() as tx:
            await mute_account(tx, ann, ident(bob), duration_seconds=seconds, now=NOW)


async def test_nobody_blocks_or_mutes_themselves_or_nobody(town: Town) -> None:
    ann = await town.person("ann")
    for target, error in ((ident(ann), YourselfNotAllowed), (AccountId(7), AccountNotVisible)):
        with pytest.raises(error):
            async with town.database.transaction() as tx:
                await block_account(tx, ann, target, now=NOW)
        with pytest.raises(error):
            async with town.database.transaction() as tx:
                await mute_account(tx, ann, target, now=NOW)
        with pytest.raises(error):
            async with town.database.transaction() as tx:
                await set_account_note(tx, ann, target, "hm", max_characters=10)


async def test_a_note_is_the_writers_alone(town: Town) -> None:
    ann, bob = await town.people("ann", "bob")
    for text in ("met in Oslo", " ", "met in Oslo"):
        async with town.database.transaction() as tx:
            await set_account_note(tx, ann, ident(bob), text, max_characters=11)
        (mine,) = await relationships(town.database, ann.account_id, [bob.account_id])
        assert mine.note == text.strip()
    (theirs,) = await relationships(town.database, bob.account_id, [ann.account_id])
    assert theirs.note == ""
    with pytest.raises(RelationInvalid, match="11 characters"):
        async with town.database.transaction() as tx:
            await set_account_note(tx, ann, ident(bob), "met in Oslo!", max_characters=11)


async def test_domains_are_kept_in_one_spelling(town: Town) -> None:
    ann = await town.person("ann")
    async with town.database.transaction() as tx:
        assert await add_domain_block(tx, ann, " BÜCHER.example ", now=NOW)
    async with town.database.transaction() as tx:
        assert not await add_domain_block(tx, ann, "xn--bcher-kva.example", now=NOW)
    assert [name for _, name in await blocked_domains(town.database, ann.account_id, Window(5))] == [
        "xn--bcher-kva.example"
    ]
    for wrong in ("", "localhost", "no spaces.example", "a..b"):
        with pytest.raises(RelationInvalid, match="domain"):
            async with town.database.transaction() as tx:
                await add_domain_block(tx, ann, wrong, now=NOW)
    async with town.database.transaction() as tx:
        assert await remove_domain_block(tx, ann, "Bücher.example")
    assert await blocked_domains(town.database, ann.account_id, Window(5)) == []


async def test_listings_page_both_ways_without_the_hidden(town: Town) -> None:
    star, *fans = await town.people("star", "f0", "f1", "f2", "f3", "f4", "f5")
    for number, fan in enumerate(fans):
        async with town.database.transaction() as tx:
            await follow_account(tx, fan, ident(star), FollowOptions(), now=NOW + timedelta(seconds=number))
    async with town.database.transaction() as tx:
        await suspend_account(tx, fans[4].account_id, now=NOW)

    async def listed(page: Window, hidden: frozenset[int] = frozenset()) -> list[tuple[int, int]]:
        rows = await page_of(town.database, FOLLOWERS, star.account_id, page, hidden)
        return [(row[0], [fan.account_id for fan in fans].index(row[1])) for row in rows]

    everybody = await listed(Window(10))
    assert [number for _, number in everybody] == [5, 3, 2, 1, 0]
    cursor = everybody[2][0]
    assert [number for _, number in await listed(Window(1, below=cursor))] == [1]
    assert [number for _, number in await listed(Window(1, above=cursor))] == [5]
    assert [number for _, number in await listed(Window(1, above=cursor, forward=True))] == [3]
    assert [number for _, number in await listed(Window(2, above=cursor, forward=True))] == [5, 3]
    assert [number for _, number in await listed(Window(2), frozenset({fans[5].account_id}))] == [3, 2]


async def test_a_listing_of_blocks_is_of_the_owner_alone(town: Town) -> None:
    ann, bob, eve = await town.people("ann", "bob", "eve")
    async with town.database.transaction() as tx:
        await block_account(tx, ann, ident(eve), now=NOW)
    assert [row[1] for row in await page_of(town.database, BLOCKED, ann.account_id, Window(5))] == [
        eve.account_id
    ]
    for other in (bob, eve):
        assert await page_of(town.database, BLOCKED, other.account_id, Window(5)) == []


async def test_familiar_followers_are_followed_by_the_viewer_and_hide_nothing(town: Town) -> None:
    ann, friend, shy, star = await town.people("ann", "friend", "shy", "star")
    for who, whom in ((ann, friend), (ann, shy), (friend, star), (shy, star)):
        async with town.database.transaction() as tx:
            await follow_account(tx, who, ident(whom), FollowOptions(), now=NOW)
    async with town.database.transaction() as tx:
        await tx.execute("update accounts set hide_collections = true where id = $1", shy.account_id)
    found = await familiar_followers(
        town.database, ann.account_id, [star.account_id, friend.account_id], limit=9
    )
    assert found == {star.account_id: [friend.account_id], friend.account_id: []}
    async with town.database.transaction() as tx:
        await block_account(tx, star, ident(ann), now=NOW)
    found = await familiar_followers(town.database, ann.account_id, [star.account_id], limit=9)
    assert found == {star.account_id: []}
