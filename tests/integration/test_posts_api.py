"""Posts over HTTP: publish, read, edit, delete, and who may see what."""

from __future__ import annotations

import asyncio

import pytest

from holdfast.social.posts import PostState, decide_post, held_posts
from tests.support.site import Site


async def test_a_post_is_published_and_read_by_everybody(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("Hello #Town and @bob, see https://example.org/a?b=1", language="en")
    assert post["account"]["acct"] == "ann"
    assert post["visibility"] == "public"
    assert [tag["name"] for tag in post["tags"]] == ["town"]
    assert [mention["acct"] for mention in post["mentions"]] == ["bob"]
    assert 'class="u-url mention"' in post["content"]
    assert 'class="mention hashtag"' in post["content"]
    for path in (
        "/api/v1/timelines/public",
        "/api/v1/timelines/tag/town",
        f"/api/v1/accounts/{ann.id}/statuses",
    ):
        response = await site.client.get(path)
        assert response.status_code == 200
        assert [row["id"] for row in response.json()] == [post["id"]], path
    assert (await bob.get(f"/api/v1/statuses/{post['id']}"))["favourited"] is False


async def test_home_holds_what_one_follows_and_oneself(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    theirs = await ann.say("from ann")
    await eve.say("from eve")
    own = await bob.say("from bob")
    assert await bob.ids("/api/v1/timelines/home") == [own["id"], theirs["id"]]
    reply_to_stranger = await ann.say("to eve", in_reply_to_id=(await eve.say("hm"))["id"])
    assert reply_to_stranger["id"] not in await bob.ids("/api/v1/timelines/home")
    boost = await ann.post(f"/api/v1/statuses/{own['id']}/reblog")
    home = await bob.get("/api/v1/timelines/home")
    assert home[0]["id"] == boost["id"]
    assert home[0]["reblog"]["id"] == own["id"]


async def test_visibility_is_the_same_on_every_surface(site: Site) -> None:
    ann, friend, named, stranger = await site.members("ann", "friend", "named", "stranger")
    await friend.post(f"/api/v1/accounts/{ann.id}/follow")
    posts = {
        kind: await ann.say(f"{kind} for @named", visibility=kind)
        for kind in ("public", "unlisted", "private", "direct")
    }
    expected = {
        "public": {"ann", "friend", "named", "stranger"},
        "unlisted": {"ann", "friend", "named", "stranger"},
        "private": {"ann", "friend", "named"},
        "direct": {"ann", "named"},
    }
    for kind, post in posts.items():
        for who in (ann, friend, named, stranger):
            sees = who.name in expected[kind]
            for path in (
                f"/api/v1/statuses/{post['id']}",
                f"/api/v1/statuses/{post['id']}/context",
                f"/api/v1/statuses/{post['id']}/history",
                f"/api/v1/statuses/{post['id']}/favourited_by",
            ):
                response = await who.request("GET", path)
                assert response.status_code == (200 if sees else 404), (kind, who.name, path)
            assert (post["id"] in await who.ids(f"/api/v1/accounts/{ann.id}/statuses")) == sees, (
                kind,
                who.name,
            )
            assert (await who.request("POST", f"/api/v1/statuses/{post['id']}/favourite")).status_code == (
                200 if sees else 404
            )
        assert (await site.client.get(f"/api/v1/statuses/{post['id']}")).status_code == (
            200 if kind in ("public", "unlisted") else 404
        )
    assert await stranger.ids("/api/v1/timelines/public") == [posts["public"]["id"]]


async def test_hidden_and_missing_are_one_answer(site: Site) -> None:
    ann, eve = await site.members("ann", "eve")
    hidden = await ann.say("for me", visibility="direct")
    gone = await ann.say("soon gone")
    await ann.request("DELETE", f"/api/v1/statuses/{gone['id']}")
    answers = set()
    for ident in (hidden["id"], gone["id"], str(int(hidden["id"]) + 1), "1", "nonsense"):
        response = await eve.request("GET", f"/api/v1/statuses/{ident}")
        answers.add((response.status_code, response.text))
    assert answers == {(404, '{"error":"Record not found"}')}


async def test_a_deleted_post_is_gone_from_every_surface(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    post = await ann.say("oops #slip @bob")
    reply = await bob.say("what?", in_reply_to_id=post["id"])
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{post['id']}/bookmark")
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    await site.settle()
    # Home shows a post once: here as the newer boost.
    newest = (await bob.get("/api/v1/timelines/home"))[0]
    assert newest["reblog"]["id"] == post["id"]
    deleted = (await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")).json()
    assert deleted["text"] == "oops #slip @bob"
    for path in (
        "/api/v1/timelines/home",
        "/api/v1/timelines/public",
        "/api/v1/timelines/tag/slip",
        "/api/v1/favourites",
        "/api/v1/bookmarks",
        f"/api/v1/accounts/{ann.id}/statuses",
        f"/api/v1/accounts/{bob.id}/statuses",
    ):
        rows = await bob.get(path)
        assert all(row["id"] == reply["id"] for row in rows), path
    assert await bob.get("/api/v1/notifications") == []
    assert (await bob.get("/api/v2/search", q="oops", type="statuses"))["statuses"] == []
    left = await bob.get(f"/api/v1/statuses/{reply['id']}")
    assert left["in_reply_to_id"] is None
    assert (await bob.get(f"/api/v1/accounts/{ann.id}"))["statuses_count"] == 0
    assert (await bob.get(f"/api/v1/accounts/{bob.id}"))["statuses_count"] == 1


async def test_the_same_key_gives_the_same_post_even_at_once(site: Site) -> None:
    ann = await site.member("ann")
    headers = {"idempotency-key": "abc"}
    responses = await asyncio.gather(
        *(ann.request("POST", "/api/v1/statuses", data={"status": "once"}, headers=headers) for _ in range(8))
    )
    assert {response.status_code for response in responses} == {200}
    assert len({response.json()["id"] for response in responses}) == 1
    assert len(await ann.ids(f"/api/v1/accounts/{ann.id}/statuses")) == 1


async def test_an_edit_keeps_every_version(site: Site) -> None:
    ann, eve = await site.members("ann", "eve")
    post = await ann.say("first", spoiler_text="cw")
    response = await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "second #new"})
    assert response.status_code == 200
    edited = response.json()
    assert edited["edited_at"] is not None
    assert edited["spoiler_text"] == ""
    history = await eve.get(f"/api/v1/statuses/{post['id']}/history")
    assert history[0]["content"] == "<p>first</p>"
    assert len(history) == 2
    assert (await ann.get(f"/api/v1/statuses/{post['id']}/source"))["text"] == "second #new"
    assert (await eve.get(f"/api/v1/statuses/{post['id']}/source"))["text"] == "second #new"
    refused = await eve.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "mine"})
    assert refused.status_code == 403
    assert await eve.ids("/api/v1/timelines/tag/new") == [post["id"]]


async def test_a_held_post_is_seen_by_its_author_alone_and_says_so(site: Site) -> None:
    ann, eve = await site.members("ann", "eve")
    held = await ann.say("I will kill the senator tomorrow at noon")
    assert held["holdfast"]["state"] == "held"
    assert "Held for review" in held["content"]
    assert await ann.ids(f"/api/v1/accounts/{ann.id}/statuses") == [held["id"]]
    assert (await eve.request("GET", f"/api/v1/statuses/{held['id']}")).status_code == 404
    assert await eve.ids("/api/v1/timelines/public") == []
    assert await eve.ids(f"/api/v1/accounts/{ann.id}/statuses") == []
    harmless = await ann.say("have a nice day")
    edited = await ann.request(
        "PUT",
        f"/api/v1/statuses/{harmless['id']}",
        data={"status": "I will kill the senator tomorrow at noon"},
    )
    assert edited.json()["holdfast"]["state"] == "held"
    assert await eve.ids("/api/v1/timelines/public") == []
    assert (await eve.get(f"/api/v1/accounts/{ann.id}"))["statuses_count"] == 0


async def test_marks_follow_at_once_and_counters_are_exact(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("like me")
    for verb, mark, counter in (
        ("favourite", "favourited", "favourites_count"),
        ("bookmark", "bookmarked", None),
        ("mute", "muted", None),
    ):
        for _ in range(2):
            on = await bob.post(f"/api/v1/statuses/{post['id']}/{verb}")
            assert on[mark] is True
            if counter:
                assert on[counter] == 1
        off = await bob.post(f"/api/v1/statuses/{post['id']}/un{verb}")
        assert off[mark] is False
        if counter:
            assert off[counter] == 0
    boosts = {(await bob.post(f"/api/v1/statuses/{post['id']}/reblog"))["id"] for _ in range(2)}
    assert len(boosts) == 1
    assert (await bob.get(f"/api/v1/statuses/{post['id']}"))["reblogs_count"] == 1
    assert [row["acct"] for row in await ann.get(f"/api/v1/statuses/{post['id']}/reblogged_by")] == ["bob"]
    assert (await bob.post(f"/api/v1/statuses/{post['id']}/unreblog"))["reblogs_count"] == 0
    pinned = await ann.post(f"/api/v1/statuses/{post['id']}/pin")
    assert pinned["pinned"] is True
    assert await bob.ids(f"/api/v1/accounts/{ann.id}/statuses", pinned="true") == [post["id"]]
    assert (await bob.request("POST", f"/api/v1/statuses/{post['id']}/pin")).status_code == 422


async def test_a_poll_is_voted_in_once(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    response = await ann.request(
        "POST",
        "/api/v1/statuses",
        json={"status": "tea?", "poll": {"options": ["yes", "no"], "expires_in": 600}},
    )
    poll = response.json()["poll"]
    assert [option["title"] for option in poll["options"]] == ["yes", "no"]
    voted = await bob.post(f"/api/v1/polls/{poll['id']}/votes", **{"choices[]": "1"})
    assert voted["voted"] is True
    assert voted["own_votes"] == [1]
    assert [option["votes_count"] for option in voted["options"]] == [0, 1]
    again = await bob.request("POST", f"/api/v1/polls/{poll['id']}/votes", data={"choices[]": "0"})
    assert again.status_code == 422
    own = await ann.request("POST", f"/api/v1/polls/{poll['id']}/votes", data={"choices[]": "0"})
    assert own.status_code == 422


async def test_a_poll_of_several_choices_takes_them_one_after_the_other_each_once(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    poll = {"options": ["tea", "cake", "soup"], "expires_in": 600, "multiple": True}
    post = (await ann.request("POST", "/api/v1/statuses", json={"status": "which?", "poll": poll})).json()
    votes = f"/api/v1/polls/{post['poll']['id']}/votes"
    await bob.post(votes, **{"choices[]": "1"})
    voted = await bob.post(votes, **{"choices[]": "0"})
    assert voted["own_votes"] == [1, 0]
    assert (voted["votes_count"], voted["voters_count"]) == (2, 1)
    again = await bob.request("POST", votes, data={"choices[]": ["1", "2"]})
    assert again.status_code == 422
    assert [option["votes_count"] for option in (await bob.post(votes, **{"choices[]": "2"}))["options"]] == [
        1,
        1,
        1,
    ]


async def test_a_boost_for_followers_is_told_to_nobody_else(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("mine", visibility="private")
    path = f"/api/v1/statuses/{post['id']}"
    await ann.post(f"{path}/reblog")
    assert await ann.get(f"{path}/reblogged_by") == []
    public = f"/api/v1/statuses/{(await ann.say('for all'))['id']}"
    await bob.post(f"{public}/reblog", visibility="private")
    assert await ann.get(f"{public}/reblogged_by") == []


async def test_an_account_is_read_without_its_private_mentions(site: Site) -> None:
    ann, _ = await site.members("ann", "bob")
    public, direct = await ann.say("for all"), await ann.say("@bob for you", visibility="direct")
    path = f"/api/v1/accounts/{ann.id}/statuses"
    assert await ann.ids(path) == [direct["id"], public["id"]]
    assert await ann.ids(path, exclude_direct="true") == [public["id"]]


async def test_pages_lead_through_everything_once(site: Site) -> None:
    ann = await site.member("ann")
    posts = [(await ann.say(f"number {number}"))["id"] for number in range(25)]
    seen: list[str] = []
    address = "/api/v1/timelines/home?limit=7"
    while address:
        response = await ann.request("GET", address)
        seen += [row["id"] for row in response.json()]
        address = response.links.get("next", {}).get("url", "") if response.json() else ""
    assert seen == posts[::-1]
    forward = await ann.ids("/api/v1/timelines/home", min_id=posts[0], limit="3")
    assert forward == posts[1:4][::-1]
    assert await ann.ids("/api/v1/timelines/home", since_id=posts[20]) == posts[21:][::-1]


async def test_blocks_and_mutes_empty_timelines(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await ann.post(f"/api/v1/accounts/{bob.id}/follow")
    await ann.post(f"/api/v1/accounts/{eve.id}/follow")
    post = await eve.say("eve speaks")
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    assert len(await ann.ids("/api/v1/timelines/home")) == 1
    await ann.post(f"/api/v1/accounts/{eve.id}/mute")
    assert await ann.ids("/api/v1/timelines/home") == []
    assert await ann.ids("/api/v1/timelines/public") == []
    await ann.post(f"/api/v1/accounts/{eve.id}/unmute")
    assert len(await ann.ids("/api/v1/timelines/public")) == 1
    await eve.post(f"/api/v1/accounts/{ann.id}/block")
    assert await ann.ids("/api/v1/timelines/home") == []
    assert (await ann.request("GET", f"/api/v1/statuses/{post['id']}")).status_code == 404


async def test_a_thread_is_shown_in_order(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await ann.say("first")
    second = await bob.say("second", in_reply_to_id=first["id"])
    third = await ann.say("third", in_reply_to_id=second["id"])
    other = await ann.say("other", in_reply_to_id=first["id"])
    context = await bob.get(f"/api/v1/statuses/{second['id']}/context")
    assert [row["id"] for row in context["ancestors"]] == [first["id"]]
    assert [row["id"] for row in context["descendants"]] == [third["id"]]
    whole = await bob.get(f"/api/v1/statuses/{first['id']}/context")
    assert [row["id"] for row in whole["descendants"]] == [second["id"], third["id"], other["id"]]
    assert (await bob.get(f"/api/v1/statuses/{first['id']}"))["replies_count"] == 2


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"status": ""}, "can't be blank"),
        ({"status": "x" * 501}, "character limit of 500 exceeded"),
        ({"status": "x", "visibility": "loud"}, "visibility"),
        ({"status": "x", "in_reply_to_id": "12"}, "does not exist"),
        ({"status": "x", "media_ids[]": "1"}, "An attachment was not found"),
    ],
)
async def test_bad_posts_are_refused_with_a_reason(site: Site, form: dict[str, str], words: str) -> None:
    ann = await site.member("ann")
    response = await ann.request("POST", "/api/v1/statuses", data=form)
    assert response.status_code in (404, 422)
    assert words in response.json()["error"]


async def test_a_person_releases_or_withdraws_a_held_post(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    threat = "@bob I will kill the senator tomorrow at noon #now"
    first, second = [await ann.say(threat) for _ in range(2)]
    decode = site.services.ids.decode
    waiting = await held_posts(site.services.database, limit=10)
    assert [post.id for post in waiting] == [decode(first["id"]), decode(second["id"])]
    for post, state in ((first, PostState.VISIBLE), (second, PostState.WITHDRAWN)):
        async with site.services.database.transaction() as tx:
            assert await decide_post(tx, decode(post["id"]) or 0, state)
    await site.settle()
    assert await bob.ids("/api/v1/timelines/public") == [first["id"]]
    assert await bob.ids("/api/v1/timelines/tag/now") == [first["id"]]
    assert [row["type"] for row in await bob.get("/api/v1/notifications")] == ["mention"]
    assert (await bob.get(f"/api/v1/accounts/{ann.id}"))["statuses_count"] == 1
    assert "Withdrawn" in (await ann.get(f"/api/v1/statuses/{second['id']}"))["content"]
    assert await held_posts(site.services.database, limit=10) == []
