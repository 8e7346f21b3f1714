"""Accounts that are deleted: nothing of them is left on any surface, and nothing is forgotten."""

from __future__ import annotations

import msgspec
import pytest

from holdfast.pure.errors import Conflict
from holdfast.records.holds import HoldQuery, Scope, Terms, place_hold
from holdfast.social.accounts import (
    AccountState,
    NewAccount,
    UsernameTaken,
    create_account,
    reinstate_account,
)
from holdfast.social.removals import (
    AccountRemovalBegun,
    RequestedBy,
    begin_removal,
    removal_of,
    remove_some,
    store,
)
from tests.support.site import Member, Site


async def delete(site: Site, member: Member) -> None:
    async with site.services.database.transaction() as tx:
        assert await begin_removal(
            tx, member.account_id, by=RequestedBy.MEMBER, now=site.services.clock.now()
        )


async def test_every_table_that_names_accounts_is_thought_of(site: Site) -> None:
    rows = await site.services.database.fetch(
        "select distinct c.conrelid::regclass::text as name from pg_constraint c"
        " where c.contype = 'f' and c.confrelid in ('accounts'::regclass, 'users'::regclass)"
    )
    named = {row["name"] for row in rows}
    thought_of = set(store.REST) | set(store.KEPT) | store.ELSEWHERE
    assert named - thought_of == set(), (
        "say in social/removals/store.py what becomes of these with their account"
    )


async def test_p3_nothing_of_a_deleted_account_is_served(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("to be gone #gone @bob")
    reply = await bob.say("an answer to @ann", in_reply_to_id=post["id"])
    await ann.post(f"/api/v1/accounts/{bob.id}/follow")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    await ann.post(f"/api/v1/statuses/{reply['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{post['id']}/bookmark")
    boost = await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    await site.settle()
    await delete(site, ann)
    # At once, before any row is removed, and after all of them are.
    for _ in range(2):
        for path in (
            f"/api/v1/statuses/{post['id']}", f"/api/v1/statuses/{post['id']}/context",
            f"/api/v1/statuses/{post['id']}/history", f"/api/v1/statuses/{post['id']}/favourited_by",
            f"/api/v1/statuses/{boost['id']}", f"/api/v1/accounts/{ann.id}", f"/api/v1/accounts/{ann.id}/statuses",
            f"/api/v1/accounts/{ann.id}/followers", "/@ann", f"/@ann/{post['id']}", "/@ann.rss", "/users/ann",
            "/.well-known/webfinger?resource=acct:ann@" + site.services.settings.domain,
        ):  # fmt: skip
            response = await site.client.get(path, follow_redirects=True)
            assert response.status_code in (404, 410), (path, response.status_code)
        assert (await ann.request("GET", "/api/v1/timelines/home")).status_code == 401
        for path in (
            "/api/v1/timelines/home",
            "/api/v1/timelines/public",
            "/api/v1/bookmarks",
            "/api/v1/favourites",
        ):
            assert "to be gone" not in str(await bob.get(path)), path
        found = await bob.get("/api/v2/search", q="gone")
        assert found["statuses"] == []
        assert found["accounts"] == []
        assert (await bob.get("/api/v2/search", q=post["url"]))["statuses"] == []
        assert [row["id"] for row in await bob.get("/api/v1/timelines/tag/gone")] == []
        await site.settle()
    me = await bob.get("/api/v1/accounts/verify_credentials")
    assert (me["followers_count"], me["following_count"], me["statuses_count"]) == (0, 0, 1)
    still = await bob.get(f"/api/v1/statuses/{reply['id']}")
    assert (still["favourites_count"], still["in_reply_to_id"], still["mentions"]) == (0, None, [])
    assert all(row["account"]["id"] != ann.id for row in await bob.get("/api/v1/notifications"))
    database = site.services.database
    assert await database.fetchval("select count(*) from posts where account_id = $1", ann.account_id) == 0
    assert await database.fetchval("select count(*) from users where account_id = $1", ann.account_id) == 0
    assert (
        await database.fetchval("select state from accounts where id = $1", ann.account_id)
        == AccountState.DELETED
    )
    view = await removal_of(database, ann.account_id)
    assert view is not None
    assert view.finished_at is not None
    assert view.rows > 5


async def test_the_name_stays_taken_and_no_way_leads_back(site: Site) -> None:
    [ann] = await site.members("ann")
    await delete(site, ann)
    now = site.services.clock.now()
    for _ in range(2):
        async with site.services.database.transaction() as tx:
            assert not await reinstate_account(tx, ann.account_id, now=now)
            assert not await begin_removal(tx, ann.account_id, by=RequestedBy.STAFF, now=now)
        with pytest.raises(UsernameTaken):
            async with site.services.database.transaction() as tx:
                await create_account(
                    tx,
                    NewAccount("Ann", "other@example.org", None, by_operator=True),
                    registrations="open",
                    now=now,
                )
        await site.settle()


async def test_a_removal_that_stopped_goes_on(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for number in range(3):
        await ann.say(f"post {number}")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    await site.settle()
    await delete(site, ann)
    database, now = site.services.database, site.services.clock.now()
    await database.fetch("delete from jobs")
    async with database.transaction() as tx:
        assert await remove_some(tx, ann.account_id, now=now)

    async def killed() -> None:
        async with database.transaction() as tx:
            await remove_some(tx, ann.account_id, now=now)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        await killed()
    async with database.transaction() as tx:
        tx.emit(AccountRemovalBegun(ann.account_id))
        tx.emit(AccountRemovalBegun(ann.account_id))
    await site.settle()
    view = await removal_of(database, ann.account_id)
    assert view is not None
    assert view.finished_at is not None
    assert (await bob.get("/api/v1/accounts/verify_credentials"))["following_count"] == 0


async def test_what_the_law_holds_stays_and_is_hidden(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    kept = await ann.say("evidence")
    await ann.say("nothing special")
    post_id = site.services.ids.decode(kept["id"]) or 0
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await place_hold(tx, HoldQuery(Scope.POST, post_id), Terms("order 12"), by=None, now=now)
    await delete(site, ann)
    await site.settle()
    rows = await site.services.database.fetch(
        "select id, text from posts where account_id = $1", ann.account_id
    )
    assert [row["text"] for row in rows] == ["evidence"]
    assert (await bob.request("GET", f"/api/v1/statuses/{kept['id']}")).status_code == 404
    view = await removal_of(site.services.database, ann.account_id)
    assert view is not None
    assert view.kept == 1
    assert view.finished_at is not None
    assert view.waits


async def test_the_only_owner_cannot_leave(site: Site) -> None:
    owner = await site.member("olga", role="owner")
    with pytest.raises(Conflict):
        await delete(site, owner)
    await site.member("otto", role="owner")
    await delete(site, owner)
    event = msgspec.json.encode(AccountRemovalBegun(owner.account_id))
    assert (
        await site.services.database.fetchval("select payload from jobs where kind = 'remove_account'")
        == event
    )


async def test_favourites_and_votes_are_counted_off(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    poll = await bob.say("which?", **{"poll[options][]": ["a", "b"], "poll[expires_in]": "300"})
    await ann.post(f"/api/v1/polls/{poll['poll']['id']}/votes", **{"choices[]": "1"})
    await ann.post(f"/api/v1/statuses/{poll['id']}/favourite")
    await delete(site, ann)
    await site.settle()
    shown = await bob.get(f"/api/v1/statuses/{poll['id']}")
    assert shown["favourites_count"] == 0
    assert (shown["poll"]["voters_count"], [one["votes_count"] for one in shown["poll"]["options"]]) == (
        0,
        [0, 0],
    )


async def test_a_held_post_that_its_author_deletes_is_gone_for_everybody(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("evidence #held @bob")
    post_id = site.services.ids.decode(post["id"]) or 0
    await site.settle()
    async with site.services.database.transaction() as tx:
        await place_hold(
            tx, HoldQuery(Scope.POST, post_id), Terms("order 14"), by=None, now=site.services.clock.now()
        )
    assert (await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")).status_code == 200
    await site.settle()
    for member in (ann, bob):
        assert (await member.request("GET", f"/api/v1/statuses/{post['id']}")).status_code == 404
        assert (await member.get("/api/v2/search", q="evidence"))["statuses"] == []
        assert await member.get(f"/api/v1/accounts/{ann.id}/statuses") == []
    assert (await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")).status_code == 404
    assert await bob.get("/api/v1/notifications") == []
    assert (await ann.get("/api/v1/accounts/verify_credentials"))["statuses_count"] == 0
    assert (
        await site.services.database.fetchval("select text from posts where id = $1", post_id)
        == "evidence #held @bob"
    )
