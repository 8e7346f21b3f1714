"""Notifications over HTTP: who is told of what, what is taken back, and what is never told."""

from __future__ import annotations

from typing import Any

from holdfast.platform.stamps import Kind
from holdfast.social.accounts import AccountId, NewAccount, create_account, suspend_account
from tests.support.entities import problems
from tests.support.site import Member, Site

PATH = "/api/v1/notifications"


async def told(member: Member, **params: Any) -> list[tuple[str, str]]:
    """(type, who did it), newest first, after everything that happened has led to what it leads to."""
    await member.site.settle()
    return [(row["type"], row["account"]["acct"]) for row in await member.get(PATH, **params)]


async def test_everything_that_concerns_a_member_is_told_once(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("Hello")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    assert await told(ann) == [("follow", "bob")]
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    assert await told(ann) == [("favourite", "bob"), ("follow", "bob")]
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    assert (await told(ann))[0] == ("reblog", "bob")
    reply = await bob.say("@ann hi", in_reply_to_id=post["id"])
    assert (await told(ann))[0] == ("mention", "bob")
    rows = await ann.get(PATH)
    assert [row.get("status", {}).get("id") for row in rows] == [reply["id"], post["id"], post["id"], None]
    assert await told(bob) == []


async def test_a_notification_has_the_fields_that_strict_clients_decode(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await bob.say("@ann hi")
    await site.settle()
    [row] = await ann.get(PATH)
    allowed_absent = {"report", "event", "moderation_warning", "fallback", "collection"}
    assert [p for p in problems("Notification", row) if p.split()[0] not in allowed_absent] == []
    assert row["group_key"] == f"ungrouped-{row['id']}"
    assert await ann.get(f"{PATH}/{row['id']}") == row
    assert (await bob.request("GET", f"{PATH}/{row['id']}")).status_code == 404
    assert (await ann.request("GET", f"{PATH}/123")).status_code == 404


async def test_what_is_undone_is_no_longer_told(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("Hello")
    for path in (
        f"accounts/{ann.id}/follow",
        f"statuses/{post['id']}/favourite",
        f"statuses/{post['id']}/reblog",
    ):
        await bob.post(f"/api/v1/{path}")
    assert len(await told(ann)) == 3
    for path in (
        f"accounts/{ann.id}/unfollow",
        f"statuses/{post['id']}/unfavourite",
        f"statuses/{post['id']}/unreblog",
    ):
        await bob.post(f"/api/v1/{path}")
    assert await told(ann) == []
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    assert await told(ann) == [("favourite", "bob")]


async def test_a_favourite_taken_back_before_its_job_runs_is_never_told(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("Hello")
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{post['id']}/unfavourite")
    assert await told(ann) == []
    for verb in ("favourite", "unfavourite", "favourite"):
        await bob.post(f"/api/v1/statuses/{post['id']}/{verb}")
    assert await told(ann) == [("favourite", "bob")]


async def test_a_request_is_told_and_becomes_a_follow(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await ann.request("PATCH", "/api/v1/accounts/update_credentials", data={"locked": "true"})
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    await eve.post(f"/api/v1/accounts/{ann.id}/follow")
    assert sorted(await told(ann)) == [("follow_request", "bob"), ("follow_request", "eve")]
    await ann.post(f"/api/v1/follow_requests/{bob.id}/authorize")
    await ann.post(f"/api/v1/follow_requests/{eve.id}/reject")
    assert await told(ann) == [("follow", "bob")]


async def test_nothing_is_told_of_accounts_that_are_blocked_or_muted(site: Site) -> None:
    ann, bob, eve, joe = await site.members("ann", "bob", "eve", "joe")
    await ann.post(f"/api/v1/accounts/{bob.id}/block")
    await ann.post(f"/api/v1/accounts/{eve.id}/mute")
    await ann.post(f"/api/v1/accounts/{joe.id}/mute", notifications="false")
    for member in (bob, eve, joe):
        await member.say("@ann hi")
    assert await told(ann) == [("mention", "joe")]


async def test_a_block_or_mute_hides_what_was_told_before(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await bob.say("@ann hi")
    await eve.say("@ann hi")
    assert len(await told(ann)) == 2
    await ann.post(f"/api/v1/accounts/{bob.id}/block")
    assert await told(ann) == [("mention", "eve")]
    await ann.post(f"/api/v1/accounts/{eve.id}/mute")
    assert await told(ann) == []
    assert await ann.get(f"{PATH}/unread_count") == {"count": 0}
    await ann.post(f"/api/v1/accounts/{eve.id}/unmute")
    assert await told(ann) == [("mention", "eve")]


async def test_a_muted_thread_stays_quiet(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("Hello")
    await ann.post(f"/api/v1/statuses/{post['id']}/mute")
    await bob.say("@ann hi", in_reply_to_id=post["id"])
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    assert await told(ann) == []
    await bob.say("@ann another thread")
    assert await told(ann) == [("mention", "bob")]


async def test_followers_who_asked_are_told_of_posts_but_not_of_replies_boosts_or_letters(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow", notify="true")
    await eve.post(f"/api/v1/accounts/{ann.id}/follow")
    theirs = await eve.say("from eve")
    await ann.say("a reply", in_reply_to_id=theirs["id"])
    await ann.say("@eve psst", visibility="direct")
    await ann.post(f"/api/v1/statuses/{theirs['id']}/reblog")
    assert await told(bob) == []
    for visibility in ("public", "unlisted", "private"):
        await ann.say(f"for {visibility}", visibility=visibility)
    own = await ann.say("a thread")
    await ann.say("goes on", in_reply_to_id=own["id"])
    assert await told(bob) == [("status", "ann")] * 5
    assert ("status", "ann") not in await told(eve)


async def test_a_letter_is_told_to_those_it_names_alone(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    await ann.say("@bob psst", visibility="direct")
    assert await told(bob) == [("mention", "ann")]
    assert await told(eve) == []


async def test_an_edit_is_told_to_those_who_boosted_and_the_last_one_only(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("First")
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    await site.settle()
    for text in ("Second", "Third, with @eve"):
        await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": text})
        await site.settle()
    assert await told(bob) == [("update", "ann")]
    assert "Third" in (await bob.get(PATH))[0]["status"]["content"]
    assert await told(eve) == [("mention", "ann")]


async def test_an_edit_does_not_bring_a_dismissed_mention_back(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("@bob hi")
    await site.settle()
    await bob.post(f"{PATH}/clear")
    await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "@bob hi again"})
    assert await told(bob) == []


async def test_the_end_of_a_poll_is_told_once_to_author_and_voters(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    poll = {"poll[options][]": ["yes", "no"], "poll[expires_in]": "300"}
    post = await ann.say("Well?", **poll)
    await bob.post(f"/api/v1/polls/{post['poll']['id']}/votes", **{"choices[]": "0"})
    assert await told(ann) == []
    async with site.services.database.transaction() as tx:
        await tx.execute("update polls set expires_at = now() - interval '1 second'")
        await tx.execute("delete from periodic")
    assert await told(ann) == [("poll", "ann")]
    assert await told(bob) == [("poll", "ann")]
    assert await told(eve) == []
    async with site.services.database.transaction() as tx:
        await tx.execute("delete from periodic")
    assert await told(bob) == [("poll", "ann")]


async def test_staff_alone_are_told_of_sign_ups_that_wait(site: Site) -> None:
    mod = await site.member("mod", role="moderator")
    bob = await site.member("bob")
    async with site.services.database.transaction() as tx:
        await create_account(
            tx,
            NewAccount("newbie", "newbie@example.org", None),
            registrations="approval",
            now=site.services.clock.now(),
        )
    assert await told(mod) == [("admin.sign_up", "newbie")]
    assert await told(bob) == []
    async with site.services.database.transaction() as tx:
        await tx.execute("update users set role = 'member' where account_id = $1", mod.account_id)
        tx.touch(Kind.ACCOUNT, mod.account_id)
    assert await told(mod) == []


async def test_posts_hidden_now_take_their_notifications_with_them(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await bob.say("@ann hi")
    assert len(await told(ann)) == 1
    await bob.request("DELETE", f"/api/v1/statuses/{post['id']}")
    assert await told(ann) == []


async def test_types_and_accounts_filter(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("Hello")
    await bob.say("@ann hi")
    await eve.post(f"/api/v1/statuses/{post['id']}/favourite")
    assert await told(ann, **{"types[]": ["mention"]}) == [("mention", "bob")]
    assert await told(ann, **{"exclude_types[]": ["mention", "quote"]}) == [("favourite", "eve")]
    assert await told(ann, **{"types[]": ["no_such_type"]}) == []
    assert await told(ann, account_id=eve.id) == [("favourite", "eve")]
    assert await told(ann, account_id="7") == []


async def test_pages_join_without_gaps_in_both_directions(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    for number in range(7):
        await (eve if number % 3 == 0 else bob).say(f"@ann {number}")
        await site.settle()
    await ann.post(f"/api/v1/accounts/{eve.id}/mute")
    shown = [row["id"] for row in await ann.get(PATH)]
    assert len(shown) == 4
    down: list[str] = []
    address: str | None = f"{PATH}?limit=2"
    while address:
        response = await ann.request("GET", address)
        down += [row["id"] for row in response.json()]
        address = response.links.get("next", {}).get("url") if response.json() else None
    assert down == shown
    up: list[str] = []
    address = f"{PATH}?limit=2&min_id=0"
    while address:
        response = await ann.request("GET", address)
        up = [row["id"] for row in response.json()] + up
        address = response.links.get("prev", {}).get("url") if response.json() else None
    assert up == shown
    assert [row["id"] for row in await ann.get(PATH, since_id=shown[2])] == shown[:2]


async def test_dismissed_ones_stay_away(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for number in range(3):
        await bob.say(f"@ann {number}")
    await site.settle()
    first, second, third = await ann.get(PATH)
    await ann.post(f"{PATH}/{first['id']}/dismiss")
    assert (await ann.request("POST", f"{PATH}/{first['id']}/dismiss")).status_code == 404
    assert (await bob.request("POST", f"{PATH}/{second['id']}/dismiss")).status_code == 404
    await ann.post(f"{PATH}/dismiss", id=second["id"])
    assert [row["id"] for row in await ann.get(PATH)] == [third["id"]]
    await ann.post(f"{PATH}/clear")
    assert await ann.get(PATH) == []


async def test_unread_are_counted_from_the_marker(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for number in range(4):
        await bob.say(f"@ann {number}")
        await site.settle()
    rows = await ann.get(PATH)
    assert await ann.get(f"{PATH}/unread_count") == {"count": 4}
    assert await ann.get(f"{PATH}/unread_count", limit=3) == {"count": 3}
    assert await ann.get(f"{PATH}/unread_count", **{"types[]": "follow"}) == {"count": 0}
    saved = await ann.post("/api/v1/markers", **{"notifications[last_read_id]": rows[1]["id"]})
    assert problems("Marker", saved["notifications"]) == []
    assert (saved["notifications"]["last_read_id"], saved["notifications"]["version"]) == (rows[1]["id"], 1)
    assert await ann.get(f"{PATH}/unread_count") == {"count": 1}


async def test_markers_are_kept_per_timeline_and_member(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    assert await ann.get("/api/v1/markers", **{"timeline[]": ["home", "notifications"]}) == {}
    await ann.post("/api/v1/markers", **{"home[last_read_id]": "100"})
    saved = await ann.request("POST", "/api/v1/markers", json={"home": {"last_read_id": "200"}})
    assert saved.json()["home"]["version"] == 2
    markers = await ann.get("/api/v1/markers", **{"timeline[]": ["home", "notifications", "lists"]})
    assert markers == saved.json()
    assert await bob.get("/api/v1/markers", **{"timeline[]": ["home"]}) == {}
    refused = await ann.request("POST", "/api/v1/markers", json={"home": {"last_read_id": "x"}})
    assert refused.status_code == 422


async def test_nothing_is_told_of_held_posts(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await eve.post(f"/api/v1/accounts/{ann.id}/follow", notify="true")
    await site.settle()
    post = await ann.say("@bob hi")
    await _set_state(site, post["id"], 1)
    assert await told(bob) == []
    assert await told(eve) == []


async def test_holding_a_post_or_suspending_its_author_hides_what_was_told(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    first = await ann.say("@bob hi")
    await eve.post(f"/api/v1/accounts/{bob.id}/follow")
    assert len(await told(bob)) == 2
    await _set_state(site, first["id"], 1)
    assert await told(bob) == [("follow", "eve")]
    async with site.services.database.transaction() as tx:
        await suspend_account(tx, AccountId(eve.account_id), now=site.services.clock.now())
    assert await told(bob) == []
    assert await bob.get(f"{PATH}/unread_count") == {"count": 0}


async def _set_state(site: Site, public_id: str, state: int) -> None:
    post_id = site.services.ids.decode(public_id)
    async with site.services.database.transaction() as tx:
        await tx.execute("update posts set state = $2 where id = $1", post_id, state)
        tx.touch(Kind.POST, post_id or 0)
