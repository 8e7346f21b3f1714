"""Commands and reactions that touch the same rows at the same moment all do what they say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.social.search import index_posts
from tests.support.site import Site, open_site
from tests.support.unlimited import UNLIMITED


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, **UNLIMITED)) as opened:
        yield opened


async def test_a_thread_is_deleted_all_at_once(site: Site) -> None:
    ann = await site.member("ann")
    for _ in range(4):
        parent = await ann.say("the first")
        thread = [parent["id"]]
        for number in range(8):
            reply = await ann.say(f"reply {number}", in_reply_to_id=thread[number // 2])
            thread.append(reply["id"])
        answers = await asyncio.gather(
            *(ann.request("DELETE", f"/api/v1/statuses/{ident}") for ident in thread)
        )
        assert [answer.status_code for answer in answers] == [200] * 9
    assert (await ann.get("/api/v1/accounts/verify_credentials"))["statuses_count"] == 0


async def test_a_post_is_deleted_while_others_are_told_of_it(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for number in range(12):
        post = await ann.say(f"@bob number {number}")
        path = f"/api/v1/statuses/{post['id']}"
        await bob.post(f"{path}/reblog")
        await bob.post(f"{path}/favourite")
        await site.settle()
        await ann.request("PUT", path, data={"status": f"@bob edited {number}"})
        _, gone, *_ = await asyncio.gather(
            site.settle(),
            ann.request("DELETE", path),
            bob.request("POST", f"{path}/bookmark"),
            bob.request("POST", f"{path}/unfavourite"),
        )
        assert gone.status_code == 200, gone.text
    await site.settle()
    assert await bob.get("/api/v1/notifications") == []
    left = await site.services.database.fetchval(
        "select count(*) from notifications where post_id is not null"
    )
    assert left == 0


async def test_everybody_acts_on_one_post_at_once(site: Site) -> None:
    ann, *others = await site.members("ann", "bob", "carla", "dora", "eve")
    post = await ann.say("popular")
    path = f"/api/v1/statuses/{post['id']}"
    answers = await asyncio.gather(
        *(who.request("POST", f"{path}/{verb}") for who in others for verb in ("favourite", "reblog", "bookmark")),
        *(who.request("POST", "/api/v1/statuses", data={"status": "x", "in_reply_to_id": post["id"]}) for who in others),
        *(who.request("POST", f"/api/v1/accounts/{ann.id}/follow") for who in others),
    )  # fmt: skip
    assert {answer.status_code for answer in answers} == {200}
    seen = await ann.get(path)
    assert (seen["favourites_count"], seen["reblogs_count"], seen["replies_count"]) == (4, 4, 4)
    assert (await ann.get("/api/v1/accounts/verify_credentials"))["followers_count"] == 4


async def test_two_who_block_and_follow_each_other_at_once_both_get_an_answer(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for _ in range(6):
        verbs = ("follow", "block", "unblock", "mute", "follow", "unfollow", "remove_from_followers")
        answers = await asyncio.gather(
            *(ann.request("POST", f"/api/v1/accounts/{bob.id}/{verb}") for verb in verbs),
            *(bob.request("POST", f"/api/v1/accounts/{ann.id}/{verb}") for verb in verbs),
        )
        # Whoever is blocked in that moment may not follow.
        assert {answer.status_code for answer in answers} <= {200, 403}
        for verb in ("unblock", "unfollow"):
            await ann.post(f"/api/v1/accounts/{bob.id}/{verb}")
            await bob.post(f"/api/v1/accounts/{ann.id}/{verb}")
    for who in (ann, bob):
        me = await who.get("/api/v1/accounts/verify_credentials")
        assert (me["followers_count"], me["following_count"]) == (0, 0)


async def test_a_post_that_is_deleted_right_now_is_not_indexed(site: Site) -> None:
    ann = await site.member("ann")
    post_id = site.services.ids.decode((await ann.say("soon gone"))["id"])
    assert post_id is not None
    database = site.services.database
    async with asyncio.TaskGroup() as tasks, database.transaction() as deleting:
        await deleting.execute("delete from posts where id = $1", post_id)
        tasks.create_task(_index(site, post_id))
        while not await database.fetchval("select count(*) from pg_locks where not granted"):  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert await database.fetchval("select count(*) from post_search where post_id = $1", post_id) == 0


async def _index(site: Site, post_id: int) -> None:
    async with site.services.database.transaction() as tx:
        assert await index_posts(tx, [post_id]) == 0
