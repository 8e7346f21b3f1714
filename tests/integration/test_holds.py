"""Legal holds: what a query finds stays, whichever path deletes, and goes when the hold is released."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.platform.db import Deadlock
from holdfast.records.holds import (
    HoldNotPlaced,
    HoldNotThere,
    HoldQuery,
    Scope,
    Subject,
    Terms,
    held,
    hold_of,
    name_in_notice,
    parked_by,
    place_hold,
    release_hold,
)
from holdfast.social.archives import forget_archives
from holdfast.social.media import discard_media, forget_orphans
from holdfast.social.removals import RequestedBy, begin_removal, removal_of
from tests.support.pictures import encoded, picture
from tests.support.site import Member, Site


async def place(site: Site, scope: Scope, ident: int, **bounds: object) -> int:
    query = HoldQuery(scope, ident, **bounds)  # type: ignore[arg-type]
    async with site.services.database.transaction() as tx:
        return await place_hold(tx, query, Terms("order 1"), by=None, now=site.services.clock.now())


async def release(site: Site, hold_id: int) -> None:
    async with site.services.database.transaction() as tx:
        await release_hold(tx, hold_id, by=None, reason="over", now=site.services.clock.now())
    await site.settle()


async def say(site: Site, member: Member, text: str, **form: str) -> int:
    return site.services.ids.decode((await member.say(text, **form))["id"]) or 0


async def texts(site: Site) -> list[str]:
    return [row[0] for row in await site.services.database.fetch("select text from posts order by id")]


async def delete_post(site: Site, member: Member, post_id: int) -> None:
    path = f"/api/v1/statuses/{site.services.ids.encode(post_id)}"
    assert (await member.request("DELETE", path)).status_code == 200


async def upload(site: Site, member: Member) -> int:
    response = await member.request(
        "POST", "/api/v2/media", files={"file": ("a.png", encoded(picture(), "PNG"), "image/png")}
    )
    assert response.status_code == 200, response.text
    return site.services.ids.decode(response.json()["id"]) or 0


async def test_a_hold_keeps_what_is_made_after_it_and_lets_go_when_released(site: Site) -> None:
    [ann] = await site.members("ann")
    hold_id = await place(site, Scope.ACCOUNT, ann.account_id)
    post_id = await say(site, ann, "written after the order")
    await delete_post(site, ann, post_id)
    assert (
        await ann.request("GET", f"/api/v1/statuses/{site.services.ids.encode(post_id)}")
    ).status_code == 404
    assert await texts(site) == ["written after the order"]
    [parked] = await parked_by(site.services.database, hold_id, limit=10)
    assert (parked.subject, parked.id, parked.asked_by) == (Subject.POST, post_id, "post_deletion")
    assert (await hold_of(site.services.database, hold_id)).waiting == 1
    await release(site, hold_id)
    assert await texts(site) == []
    assert (await hold_of(site.services.database, hold_id)).waiting == 0
    with pytest.raises(HoldNotThere):
        await release(site, hold_id)


async def test_an_erasure_waits_for_the_last_of_several_holds(site: Site) -> None:
    [ann] = await site.members("ann")
    post_id = await say(site, ann, "wanted twice")
    first = await place(site, Scope.POST, post_id)
    second = await place(site, Scope.THREAD, post_id)
    await delete_post(site, ann, post_id)
    await release(site, first)
    assert await texts(site) == ["wanted twice"]
    await release(site, second)
    assert await texts(site) == []


async def test_a_thread_is_held_by_whomever_it_was_written(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    start = await say(site, ann, "start")
    await place(site, Scope.THREAD, start)
    reply = await say(site, bob, "later reply", in_reply_to_id=site.services.ids.encode(start))
    other = await say(site, bob, "elsewhere")
    for post_id in (reply, other):
        await delete_post(site, bob, post_id)
    assert await texts(site) == ["start", "later reply"]


async def test_a_stretch_of_time_of_an_account(site: Site) -> None:
    [ann] = await site.members("ann")
    before = await say(site, ann, "before")
    inside = await say(site, ann, "inside")
    at = await site.services.database.fetchval("select created_at from posts where id = $1", inside)
    hold_id = await place(site, Scope.ACCOUNT, ann.account_id, since=at, before=at + timedelta(days=1))
    database = site.services.database
    assert await held(database, Subject.POST, [before, inside]) == {inside}
    assert await held(database, Subject.ACCOUNT, [ann.account_id]) == frozenset()
    async with database.transaction() as tx:
        await begin_removal(tx, ann.account_id, by=RequestedBy.MEMBER, now=site.services.clock.now())
    await site.settle()
    assert await texts(site) == ["inside"]
    await release(site, hold_id)
    assert await texts(site) == []
    view = await removal_of(database, ann.account_id)
    assert view is not None
    assert (view.kept, view.waits) == (0, False)
    assert view.finished_at is not None


async def test_a_held_account_is_hidden_when_deleted_and_goes_when_released(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.say("all of it")
    await ann.post(f"/api/v1/accounts/{bob.id}/follow")
    await site.settle()
    hold_id = await place(site, Scope.ACCOUNT, ann.account_id)
    database = site.services.database
    async with database.transaction() as tx:
        assert await begin_removal(tx, ann.account_id, by=RequestedBy.MEMBER, now=site.services.clock.now())
    await site.settle()
    assert (await bob.request("GET", f"/api/v1/accounts/{ann.id}")).status_code == 404
    assert (await ann.request("GET", "/api/v1/timelines/home")).status_code == 401
    assert await texts(site) == ["all of it"]
    assert await database.fetchval("select count(*) from follows") == 1
    view = await removal_of(database, ann.account_id)
    assert view is not None
    assert view.waits
    assert view.finished_at is None
    await release(site, hold_id)
    assert await texts(site) == []
    view = await removal_of(database, ann.account_id)
    assert view is not None
    assert view.finished_at is not None


async def test_what_a_held_boost_shows_stays_also_when_the_boost_is_taken_back(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post_id = await say(site, bob, "boosted by ann")
    path = f"/api/v1/statuses/{site.services.ids.encode(post_id)}"
    hold_id = await place(site, Scope.ACCOUNT, ann.account_id)
    await ann.post(f"{path}/reblog")
    await ann.post(f"{path}/unreblog")
    await delete_post(site, bob, post_id)
    assert await texts(site) == ["boosted by ann"]
    await release(site, hold_id)
    assert await texts(site) == []
    assert await site.services.database.fetchval("select count(*) from held_copies") == 0


async def test_a_report_and_a_notice_hold_what_they_name(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    reported, other, named = [await say(site, ann, text) for text in ("reported", "other", "named")]
    report = await bob.post(
        "/api/v1/reports", account_id=ann.id, **{"status_ids[]": site.services.ids.encode(reported)}
    )
    report_id = site.services.ids.decode(report["id"]) or 0
    await place(site, Scope.REPORT, report_id)
    async with site.services.database.transaction() as tx:
        await name_in_notice(tx, 7, Subject.POST, [named])
    await place(site, Scope.NOTICE, 7)
    assert await held(site.services.database, Subject.POST, [reported, other, named]) == {reported, named}
    assert await held(site.services.database, Subject.ACCOUNT, [ann.account_id]) == frozenset()


async def test_held_uploads_are_served_to_nobody_and_go_with_the_release(site: Site) -> None:
    [ann] = await site.members("ann")
    media_id = await upload(site, ann)
    loose = await upload(site, ann)
    post_id = await say(site, ann, "look", **{"media_ids[]": site.services.ids.encode(media_id)})
    database = site.services.database
    shown = await ann.get(f"/api/v1/statuses/{site.services.ids.encode(post_id)}")
    address = shown["media_attachments"][0]["url"]
    hold_id = await place(site, Scope.MEDIA, media_id)
    second = await place(site, Scope.MEDIA, loose)
    await delete_post(site, ann, post_id)
    async with database.transaction() as tx:
        await discard_media(tx, ann.actor, loose)
    assert (await site.client.get(address)).status_code == 404
    assert (await ann.request("GET", f"/api/v1/media/{site.services.ids.encode(loose)}")).status_code == 404
    now = site.services.clock.now() + timedelta(days=400)
    async with database.transaction() as tx:
        await forget_orphans(tx, now, hours=1)
    assert await database.fetchval("select count(*) from media where kept_since is not null") == 2
    assert (await hold_of(database, hold_id)).waiting == 1
    await release(site, hold_id)
    await release(site, second)
    assert await database.fetchval("select count(*) from media") == 0


async def test_uploads_that_nothing_has_and_archives_stay_while_held(site: Site) -> None:
    [ann] = await site.members("ann")
    await upload(site, ann)
    database, now = site.services.database, site.services.clock.now()
    hold_id = await place(site, Scope.ACCOUNT, ann.account_id)
    later = now + timedelta(days=400)
    await database.fetch(
        "insert into archives (id, account_id, requested_at) values (1, $1, $2)", ann.account_id, now
    )
    for left in (1, 0):
        async with database.transaction() as tx:
            await forget_orphans(tx, later, hours=1)
            await forget_archives(tx, later)
        assert await database.fetchval("select count(*) from media") == left
        assert await database.fetchval("select count(*) from archives") == left
        if left:
            await release(site, hold_id)


async def test_a_profile_that_is_overwritten_is_copied_while_held(site: Site) -> None:
    [ann] = await site.members("ann")
    hold_id = await place(site, Scope.ACCOUNT, ann.account_id)
    for note in ("the old words", "new words"):
        response = await ann.request("PATCH", "/api/v1/accounts/update_credentials", data={"note": note})
        assert response.status_code == 200
    database = site.services.database
    notes = await database.fetch(
        "select content->>'note' from held_copies where source = 'accounts' order by id"
    )
    assert [row[0] for row in notes] == ["", "the old words"]
    await release(site, hold_id)
    assert await database.fetchval("select count(*) from held_copies") == 0


async def test_what_a_path_forgot_to_ask_the_database_refuses(site: Site) -> None:
    [ann] = await site.members("ann")
    media_id = await upload(site, ann)
    post_id = await say(site, ann, "evidence")
    hold_id = await place(site, Scope.ACCOUNT, ann.account_id)
    database = site.services.database
    for statement, ident in (
        ("delete from posts where id = $1", post_id),
        ("delete from media where id = $1", media_id),
        ("delete from accounts where id = $1", ann.account_id),
    ):
        with pytest.raises(Deadlock, match="legal hold"):
            await database.fetch(statement, ident)
    await release(site, hold_id)
    await database.fetch("delete from posts where id = $1", post_id)
    assert await texts(site) == []


@pytest.mark.parametrize(
    ("query", "terms", "names"),
    [
        (HoldQuery(Scope.POST, 1), Terms("order"), "post"),
        (HoldQuery(Scope.THREAD, 1), Terms("order"), "thread"),
        (HoldQuery(Scope.NOTICE, 1), Terms("order"), "notice"),
        (HoldQuery(Scope.ACCOUNT, 0), Terms("  "), "reason"),
        (HoldQuery(Scope.ACCOUNT, 0), Terms("x" * 2001), "reason"),
        (HoldQuery(Scope.ACCOUNT, 0), Terms("order", "x" * 501), "authority"),
    ],
)
async def test_a_hold_that_would_hold_nothing_is_refused(
    site: Site, query: HoldQuery, terms: Terms, names: str
) -> None:
    now = site.services.clock.now()
    with pytest.raises(HoldNotPlaced) as refused:
        async with site.services.database.transaction() as tx:
            await place_hold(tx, query, terms, by=None, now=now)
    assert list(refused.value.details) == [names]
