"""Conversations over HTTP: how direct posts are grouped, who has them, and how they go."""

from __future__ import annotations

from typing import Any

from holdfast.social.posts import PostState, decide_post
from tests.support.entities import problems
from tests.support.site import Member, Site

PATH = "/api/v1/conversations"


async def whisper(who: Member, text: str, **form: Any) -> str:
    return str((await who.say(text, visibility="direct", **form))["id"])


async def had(who: Member) -> list[tuple[list[str], str | None, bool]]:
    """(others, last status, unread), newest first, after everything that happened has led to what it leads to."""
    await who.site.settle()
    return [
        (
            sorted(account["acct"] for account in row["accounts"]),
            (row["last_status"] or {}).get("id"),
            row["unread"],
        )
        for row in await who.get(PATH)
    ]


async def test_a_direct_post_makes_a_conversation_for_everybody_in_it(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    said = await whisper(ann, "@bob hello")
    assert await had(ann) == [(["bob"], said, False)]
    assert await had(bob) == [(["ann"], said, True)]
    assert await had(cat) == []
    [row] = await bob.get(PATH)
    assert problems("Conversation", row) == []
    answered = await whisper(bob, "@ann hi", in_reply_to_id=said)
    assert await had(ann) == [(["bob"], answered, True)]
    assert await had(bob) == [(["ann"], answered, False)]
    # The same thread with other people is another conversation; so is a new thread with the same.
    wider = await whisper(ann, "@bob @cat look", in_reply_to_id=answered)
    assert await had(bob) == [(["ann", "cat"], wider, True), (["ann"], answered, False)]
    assert await had(cat) == [(["ann", "bob"], wider, True)]
    again = await whisper(ann, "@bob other matter")
    assert [row[1] for row in await had(bob)] == [again, wider, answered]
    to_self = await whisper(ann, "a note to myself")
    assert (await had(ann))[0] == (["ann"], to_self, False)


async def test_no_other_visibility_makes_a_conversation(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    for visibility in ("public", "unlisted", "private"):
        await ann.say("@bob hello", visibility=visibility)
    assert await had(bob) == await had(ann) == []
    kinds = "select count(*) from jobs where kind = 'file_message'"
    await ann.say("in the open")
    assert await site.services.database.fetchval(kinds) == 0


async def test_a_conversation_is_read_and_put_away_by_its_owner_alone(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    said = await whisper(ann, "@bob hello")
    await site.settle()
    [row] = await bob.get(PATH)
    path = f"{PATH}/{row['id']}"
    assert (await ann.request("POST", f"{path}/read")).status_code == 404
    assert (await ann.request("DELETE", path)).status_code == 404
    assert await bob.post(f"{path}/read") == {**row, "unread": False}
    assert (await bob.request("DELETE", path)).json() == {}
    assert (await bob.request("DELETE", path)).status_code == 404
    assert (await bob.request("POST", f"{path}/read")).status_code == 404
    # An edit does not bring it back; a new post does.
    changed = {"status": "@bob hello!", "visibility": "direct"}
    assert (await ann.request("PUT", f"/api/v1/statuses/{said}", data=changed)).status_code == 200
    assert await had(bob) == []
    more = await whisper(ann, "@bob are you there?", in_reply_to_id=said)
    assert await had(bob) == [(["ann"], more, True)]


async def test_a_deleted_post_gives_way_to_the_one_before(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await whisper(ann, "@bob one")
    second = await whisper(ann, "@bob two", in_reply_to_id=first)
    assert await had(bob) == [(["ann"], second, True)]
    await ann.request("DELETE", f"/api/v1/statuses/{second}")
    assert [row["last_status"] for row in await bob.get(PATH)] == [None]
    assert await had(bob) == [(["ann"], first, True)]
    await ann.request("DELETE", f"/api/v1/statuses/{first}")
    assert await had(bob) == await had(ann) == []


async def test_a_post_that_is_held_is_its_authors_alone(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    said = await whisper(ann, "@bob hello")
    assert await had(bob) == [(["ann"], said, True)]
    internal = site.services.ids.decode(said)
    assert internal is not None
    for state, expected in ((PostState.WITHDRAWN, []), (PostState.VISIBLE, [(["ann"], said, True)])):
        async with site.services.database.transaction() as tx:
            await decide_post(tx, internal, state)
        assert await had(bob) == expected
        assert [row[1] for row in await had(ann)] == [said]


async def test_blocks_and_mutes_keep_conversations_away(site: Site) -> None:
    ann, bob, cat, dan = await site.members("ann", "bob", "cat", "dan")
    for other in (bob, cat, dan):
        await whisper(other, "@ann hello")
    assert len(await had(ann)) == 3
    await ann.post(f"/api/v1/accounts/{bob.id}/block")
    await ann.post(f"/api/v1/accounts/{cat.id}/mute")
    assert [row["accounts"][0]["acct"] for row in await ann.get(PATH)] == ["dan"]
    await whisper(bob, "@ann please")
    await whisper(cat, "@ann and another")
    assert [row[0] for row in await had(ann)] == [["dan"]]
    assert (await had(bob))[0][0] == ["ann"]
    await ann.post(f"/api/v1/accounts/{bob.id}/unblock")
    await ann.post(f"/api/v1/accounts/{cat.id}/unmute")
    assert [row[0] for row in await had(ann)] == [["dan"], ["cat"]]


async def test_a_muted_thread_stays_quiet_and_is_not_lost(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await whisper(ann, "@bob one")
    await site.settle()
    [row] = await bob.get(PATH)
    await bob.post(f"{PATH}/{row['id']}/read")
    await bob.post(f"/api/v1/statuses/{first}/mute")
    second = await whisper(ann, "@bob two", in_reply_to_id=first)
    assert await had(bob) == [(["ann"], second, False)]


async def test_whom_an_edit_names_has_the_conversation_too(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    said = await whisper(ann, "@bob hello")
    assert await had(cat) == []
    changed = {"status": "@bob @cat hello", "visibility": "direct"}
    assert (await ann.request("PUT", f"/api/v1/statuses/{said}", data=changed)).status_code == 200
    assert await had(cat) == [(["ann", "bob"], said, True)]
    assert await had(bob) == [(["ann"], said, True)]


async def test_pages_follow_each_other_by_link(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    said = [await whisper(ann, f"@bob {number}") for number in range(3)]
    await site.settle()
    met: list[str] = []
    path: str | None = f"{PATH}?limit=2"
    while path:
        answer = await bob.request("GET", path)
        met += [row["last_status"]["id"] for row in answer.json()]
        link = answer.headers.get("link", "")
        path = link.partition("<")[2].partition(">")[0] if 'rel="next"' in link else None
    assert met == said[::-1]


async def test_a_direct_post_stays_out_of_every_public_place(site: Site) -> None:
    ann, _, cat = await site.members("ann", "bob", "cat")
    await cat.post(f"/api/v1/accounts/{ann.id}/follow")
    said = await whisper(ann, "@bob hello #town")
    await site.settle()
    for path in ("/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/town",
                 f"/api/v1/accounts/{ann.id}/statuses"):  # fmt: skip
        assert said not in await cat.ids(path), path
    assert (await cat.request("GET", f"/api/v1/statuses/{said}")).status_code == 404
    assert (await cat.get("/api/v2/search", q="hello", type="statuses"))["statuses"] == []
    refused = await ann.request("POST", f"/api/v1/statuses/{said}/reblog")
    assert refused.status_code == 422
