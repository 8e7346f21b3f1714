"""Groups of notifications: what becomes one, how pages follow each other, and what is never counted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.api import Reply
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration

PATH = "/api/v2/notifications"


async def groups(member: Member, **params: Any) -> list[dict[str, Any]]:
    await member.site.settle()
    found: list[dict[str, Any]] = (await member.get(PATH, **params))["notification_groups"]
    return found


async def favourite(post: dict[str, Any], *members: Member) -> None:
    for member in members:
        await member.post(f"/api/v1/statuses/{post['id']}/favourite")
        await member.site.settle()


async def test_favourites_of_a_post_are_one_group(site: Site) -> None:
    ann, bob, eve, joe = await site.members("ann", "bob", "eve", "joe")
    one, two = await ann.say("one"), await ann.say("two")
    await favourite(one, bob, eve)
    await favourite(two, bob)
    await favourite(one, joe)
    await bob.say("@ann hi")
    first, second, third = await groups(ann)
    assert [group["type"] for group in (first, second, third)] == ["mention", "favourite", "favourite"]
    assert (first["notifications_count"], second["notifications_count"], third["notifications_count"]) == (
        1,
        3,
        1,
    )
    assert second["sample_account_ids"] == [joe.id, eve.id, bob.id]
    assert (second["status_id"], third["status_id"]) == (one["id"], two["id"])
    singles = await ann.get("/api/v1/notifications")
    keys = {row["group_key"] for row in singles if row["type"] == "favourite"}
    assert keys == {second["group_key"], third["group_key"]}
    assert first["group_key"] == f"ungrouped-{singles[0]['id']}"
    assert 0 < second["most_recent_notification_id"] < 2**53
    assert second["page_max_id"] == singles[1]["id"]
    assert second["latest_page_notification_at"] == singles[1]["created_at"]


async def test_what_a_page_holds_is_there_once_each(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("one")
    await favourite(post, bob, eve)
    page = await ann.get(PATH)
    assert {account["id"] for account in page["accounts"]} == {bob.id, eve.id}
    assert [status["id"] for status in page["statuses"]] == [post["id"]]
    assert "partial_accounts" not in page
    partial = await ann.get(PATH, expand_accounts="partial_avatars")
    assert [account["id"] for account in partial["accounts"]] == [eve.id]
    [small] = partial["partial_accounts"]
    assert (small["id"], small["acct"]) == (bob.id, "bob")
    assert set(small) == {
        "id", "acct", "url", "avatar", "avatar_static", "avatar_description", "locked", "bot",
    }  # fmt: skip
    assert (await ann.request("GET", PATH, params={"expand_accounts": "none"})).status_code == 422


async def test_an_app_says_what_it_can_group(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("one")
    await favourite(post, bob, eve)
    for member in (bob, eve):
        await member.post(f"/api/v1/accounts/{ann.id}/follow")
    counts = [(group["type"], group["notifications_count"]) for group in await groups(ann)]
    assert counts == [("follow", 2), ("favourite", 2)]
    apart = await groups(ann, **{"grouped_types[]": "follow"})
    assert [(group["type"], group["notifications_count"]) for group in apart] == [
        ("follow", 2), ("favourite", 1), ("favourite", 1),
    ]  # fmt: skip
    assert all(group["group_key"].startswith("ungrouped-") for group in apart[1:])
    assert len(await groups(ann, **{"types[]": "favourite"})) == 1
    assert len(await groups(ann, **{"exclude_types[]": "favourite"})) == 1
    assert [group["sample_account_ids"] for group in await groups(ann, account_id=bob.id)] == [[bob.id]] * 2


async def test_a_group_takes_what_comes_within_its_hours(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("one")
    await favourite(post, bob)
    async with site.services.database.transaction() as tx:
        await tx.execute("update notifications set group_hour = group_hour - 12")
    await favourite(post, eve)
    assert [group["notifications_count"] for group in await groups(ann)] == [1, 1]
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "update notifications set group_hour = group_hour - 11 where from_id = $1", eve.account_id
        )
    joe = await site.member("joe")
    await favourite(post, joe)
    assert [group["notifications_count"] for group in await groups(ann)] == [2, 1]


async def walk(member: Member, rel: str, start: str, most: int = 30) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    path: str | None = start
    while path and most:
        response = await member.request("GET", path)
        reply = Reply(response.status_code, dict(response.headers), response.content)
        rows = reply.json["notification_groups"]
        found += rows if rel == "next" else rows[::-1]
        path, most = (reply.link(rel) if rows else None), most - 1
    return found


async def test_pages_lose_nothing_and_show_no_notification_twice(site: Site) -> None:
    ann, *others = await site.members("ann", "bob", "eve", "joe")
    one, two = await ann.say("one"), await ann.say("two")
    for member in others:
        await favourite(one, member)
        await member.say("@ann hi")
        await favourite(two, member)
    await site.settle()
    singles = await ann.get("/api/v1/notifications")
    ids = [row["id"] for row in singles]
    assert len(ids) == 9
    # Of a page, what lies between its bounds; a group that reaches further comes again with the rest.
    for limit in (1, 2, 3, 4, 5, 9):
        down = await walk(ann, "next", f"{PATH}?limit={limit}")
        spans = [(int(group["page_min_id"]), int(group["page_max_id"]), group["group_key"]) for group in down]
        covered = [
            row["id"] for low, high, key in spans for row in singles
            if low <= int(row["id"]) <= high and row["group_key"] == key
        ]  # fmt: skip
        assert sorted(covered) == sorted(ids), limit
        up = await walk(ann, "prev", f"{PATH}?limit={limit}&min_id=0")
        spans = [(int(group["page_min_id"]), int(group["page_max_id"]), group["group_key"]) for group in up]
        covered = [
            row["id"] for low, high, key in spans for row in singles
            if low <= int(row["id"]) <= high and row["group_key"] == key
        ]  # fmt: skip
        assert sorted(covered) == sorted(ids), limit


async def test_short_ids_are_cursors_and_markers(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for number in range(3):
        await bob.say(f"@ann {number}")
        await site.settle()
    newest, middle, oldest = await groups(ann)
    short = middle["most_recent_notification_id"]
    assert await groups(ann, since_id=short) == [newest]
    assert await groups(ann, min_id=short) == [newest]
    assert [group["group_key"] for group in await groups(ann, max_id=short)] == [oldest["group_key"]]
    saved = await ann.post("/api/v1/markers", **{"notifications[last_read_id]": str(short)})
    assert len(saved["notifications"]["last_read_id"]) > 20
    for version in ("v1", "v2"):
        assert await ann.get(f"/api/{version}/notifications/unread_count") == {"count": 1}


async def test_unread_groups_are_counted(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("one")
    await favourite(post, bob)
    await bob.say("@ann hi")
    await site.settle()
    [mention, _] = await ann.get("/api/v1/notifications")
    assert await ann.get(f"{PATH}/unread_count") == {"count": 2}
    await ann.post("/api/v1/markers", **{"notifications[last_read_id]": mention["id"]})
    assert await ann.get(f"{PATH}/unread_count") == {"count": 0}
    # Something new in an old group makes the group unread.
    await favourite(post, eve)
    assert await ann.get(f"{PATH}/unread_count") == {"count": 1}
    assert await ann.get(f"{PATH}/unread_count", limit="1", **{"exclude_types[]": "favourite"}) == {
        "count": 0
    }


async def test_one_group_and_those_behind_it(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("one")
    await favourite(post, bob, eve)
    await bob.say("@ann hi")
    mention, likes = await groups(ann)
    whole = await ann.get(f"{PATH}/{likes['group_key']}")
    assert whole["notification_groups"][0]["notifications_count"] == 2
    assert "page_min_id" not in whole["notification_groups"][0]
    assert await ann.ids(f"{PATH}/{likes['group_key']}/accounts") == [eve.id, bob.id]
    assert await ann.ids(f"{PATH}/{mention['group_key']}/accounts") == [bob.id]
    [single] = (await ann.get(f"{PATH}/{mention['group_key']}"))["notification_groups"]
    assert single["type"] == "mention"
    for key in (likes["group_key"], mention["group_key"], "favourite-1-2", "nothing", "ungrouped-1"):
        assert (await bob.request("GET", f"{PATH}/{key}")).status_code == 404
        assert (await bob.request("GET", f"{PATH}/{key}/accounts")).status_code == 404
    assert await ann.post(f"{PATH}/{likes['group_key']}/dismiss") == {}
    assert [group["type"] for group in await groups(ann)] == ["mention"]
    assert (await ann.request("GET", f"{PATH}/{likes['group_key']}")).status_code == 404
    assert await ann.post(f"{PATH}/{mention['group_key']}/dismiss") == {}
    assert await groups(ann) == []
    # What comes later is shown.
    joe = await site.member("joe")
    await favourite(post, joe)
    assert [group["notifications_count"] for group in await groups(ann)] == [1]


async def test_whom_the_member_turned_away_is_not_counted(site: Site) -> None:
    ann, bob, eve, joe = await site.members("ann", "bob", "eve", "joe")
    post = await ann.say("one")
    await favourite(post, bob, eve, joe)
    await ann.post(f"/api/v1/accounts/{joe.id}/mute")
    await ann.post(f"/api/v1/accounts/{eve.id}/block")
    [group] = await groups(ann)
    assert (group["notifications_count"], group["sample_account_ids"]) == (1, [bob.id])
    assert await ann.ids(f"{PATH}/{group['group_key']}/accounts") == [bob.id]
    assert await ann.get(f"{PATH}/unread_count") == {"count": 1}


async def test_a_group_about_a_post_that_is_hidden_is_not_shown(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    held = await bob.say("@ann hi")
    await eve.say("@ann ho")
    await site.settle()
    async with site.services.database.transaction() as tx:
        await tx.execute("update posts set state = 2 where id = $1", site.services.ids.decode(held["id"]))
        tx.touch_everything()
    assert [group["sample_account_ids"] for group in await groups(ann, limit="1")] == [[eve.id]]
    assert await ann.get(f"{PATH}/unread_count") == {"count": 1}


async def test_boosts_of_a_post_and_sign_ups_are_groups(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("one")
    for member in (bob, eve):
        await member.post(f"/api/v1/statuses/{post['id']}/reblog")
    [group] = await groups(ann)
    assert (group["type"], group["notifications_count"], group["status_id"]) == ("reblog", 2, post["id"])
    await bob.post(f"/api/v1/statuses/{post['id']}/unreblog")
    assert [group["notifications_count"] for group in await groups(ann)] == [1]


async def test_an_app_that_does_not_know_a_type_is_given_words_for_it(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("quote me", quote_approval_policy="public")
    await bob.post("/api/v1/statuses", status="look", quoted_status_id=post["id"])
    [group] = await groups(ann, **{"supported_types[]": "mention"})
    assert group["type"] == "quote"
    assert group["fallback"]["title"] == "bob quoted your post"
    assert "fallback" not in (await groups(ann))[0]
    assert "fallback" not in (await groups(ann, **{"supported_types[]": "quote"}))[0]
    [single] = await ann.get("/api/v1/notifications", **{"supported_types[]": "mention"})
    assert single["fallback"] == group["fallback"]
    await bob.say("@ann hi")
    [mention, _] = await groups(ann, **{"supported_types[]": "poll"})
    # Types that every app knows have none.
    assert "fallback" not in mention
