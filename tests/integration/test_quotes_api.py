"""Quotes over HTTP: who may quote, what each viewer is told, and consent taken back."""

from __future__ import annotations

from typing import Any

from holdfast.social.accounts import reinstate_account, suspend_account
from holdfast.social.posts import PostState, decide_post
from tests.support.site import Member, Site

THREAT = "I will kill the senator tomorrow at noon"


async def refused(member: Member, text: str, **form: str) -> int:
    """The status of a publish that must fail, with a sentence that is no default."""
    answer = await member.request("POST", "/api/v1/statuses", data={"status": text, **form})
    assert answer.status_code in (404, 422), answer.text
    assert "quot" in answer.json()["error"]
    return answer.status_code


async def seen(member: Member, post: dict[str, Any]) -> dict[str, Any]:
    status: dict[str, Any] = await member.get(f"/api/v1/statuses/{post['id']}")
    return status


async def quote_of(member: Member, post: dict[str, Any]) -> tuple[str, bool]:
    """State, and whether the quoted status is there."""
    status = await seen(member, post)
    shown = status["quote"]["quoted_status"] is not None
    assert ('class="quote-inline"' in status["content"]) == shown
    return status["quote"]["state"], shown


async def decide(site: Site, post: dict[str, Any], state: PostState) -> None:
    internal = site.services.ids.decode(post["id"])
    assert internal is not None
    async with site.services.database.transaction() as tx:
        await decide_post(tx, internal, state)


async def test_a_quote_shows_the_quoted_post_and_is_counted_and_told(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    original = await ann.say("the original")
    assert original["quote"] is None
    assert original["quote_approval"] == {"automatic": ["public"], "manual": [], "current_user": "automatic"}
    quoting = await bob.say("well said", quoted_status_id=original["id"])
    assert quoting["quote"]["state"] == "accepted"
    assert quoting["quote"]["quoted_status"]["id"] == original["id"]
    assert quoting["content"].startswith('<p class="quote-inline">RE: <a href="')
    assert original["url"] in quoting["content"]
    assert (await seen(eve, original))["quotes_count"] == 1
    assert await eve.ids(f"/api/v1/statuses/{original['id']}/quotes") == [quoting["id"]]
    await site.settle()
    told = (await ann.get("/api/v1/notifications"))[0]
    assert (told["type"], told["status"]["id"], told["account"]["acct"]) == ("quote", quoting["id"], "bob")
    answer = await ann.request(
        "PUT", f"/api/v1/statuses/{original['id']}", data={"status": "the original, mended"}
    )
    assert answer.status_code == 200
    await site.settle()
    told = (await bob.get("/api/v1/notifications"))[0]
    assert (told["type"], told["status"]["id"], told["account"]["acct"]) == (
        "quoted_update",
        quoting["id"],
        "ann",
    )
    await bob.request("DELETE", f"/api/v1/statuses/{quoting['id']}")
    assert (await seen(eve, original))["quotes_count"] == 0
    assert await ann.ids("/api/v1/notifications") == []


async def test_a_text_with_the_link_gets_no_second_one(site: Site) -> None:
    (ann,) = await site.members("ann")
    original = await ann.say("look here")
    quoting = await ann.say(f"as I said: {original['url']}", quoted_status_id=original["id"])
    assert "quote-inline" not in quoting["content"]


async def test_a_quote_in_a_quoted_post_is_named_by_its_id_alone(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await ann.say("one")
    second = await bob.say("two", quoted_status_id=first["id"])
    third = await ann.say("three", quoted_status_id=second["id"])
    within = third["quote"]["quoted_status"]["quote"]
    assert within == {"state": "accepted", "quoted_status_id": first["id"]}
    boost = await bob.post(f"/api/v1/statuses/{third['id']}/reblog")
    assert boost["quote"] is None
    assert boost["reblog"]["quote"]["quoted_status"]["quote"] == within
    # A quote of the boost is a quote of what was boosted.
    fourth = await ann.say("four", quoted_status_id=boost["id"])
    assert fourth["quote"]["quoted_status"]["id"] == third["id"]


async def test_only_those_whom_its_author_lets_may_quote_a_post(site: Site) -> None:
    ann, friend, stranger = await site.members("ann", "friend", "stranger")
    await friend.post(f"/api/v1/accounts/{ann.id}/follow")
    posts = {
        policy: await ann.say(policy, quote_approval_policy=policy)
        for policy in ("public", "followers", "nobody")
    }
    assert [posts[policy]["quote_approval"]["automatic"] for policy in posts] == [
        ["public"],
        ["followers"],
        [],
    ]
    for who, allowed in ((ann, set(posts)), (friend, {"public", "followers"}), (stranger, {"public"})):
        for policy, post in posts.items():
            may = (await seen(who, post))["quote_approval"]["current_user"]
            assert may == ("automatic" if policy in allowed else "denied"), (who.name, policy)
            if policy in allowed:
                quoting = await who.say("quoted", quoted_status_id=post["id"])
                assert quoting["quote"]["state"] == "accepted"
            else:
                assert await refused(who, "no", quoted_status_id=post["id"]) == 422
    assert (await site.client.get(f"/api/v1/statuses/{posts['public']['id']}")).json()["quote_approval"][
        "current_user"
    ] == "denied"


async def test_the_policy_changes_what_comes_and_not_what_was(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("original")
    quoting = await bob.say("before", quoted_status_id=post["id"])
    path = f"/api/v1/statuses/{post['id']}/interaction_policy"
    answer = await ann.request("PUT", path, data={"quote_approval_policy": "nobody"})
    assert answer.json()["quote_approval"]["automatic"] == []
    assert await refused(bob, "after", quoted_status_id=post["id"]) == 422
    assert await quote_of(bob, quoting) == ("accepted", True)
    assert (await bob.request("PUT", path, data={"quote_approval_policy": "public"})).status_code == 403
    assert (await ann.request("PUT", path, data={"quote_approval_policy": "friends"})).status_code == 422
    edit = {"status": "original", "quote_approval_policy": "followers"}
    answer = await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data=edit)
    assert answer.json()["quote_approval"]["automatic"] == ["followers"]
    answer = await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "original again"})
    assert answer.json()["quote_approval"]["automatic"] == ["followers"]


async def test_the_default_policy_is_a_preference(site: Site) -> None:
    (ann,) = await site.members("ann")
    me = await ann.get("/api/v1/accounts/verify_credentials")
    assert me["source"]["quote_policy"] == "public"
    form = {"source[quote_policy]": "followers"}
    answer = await ann.request("PATCH", "/api/v1/accounts/update_credentials", data=form)
    assert answer.json()["source"]["quote_policy"] == "followers"
    assert (await ann.get("/api/v1/preferences"))["posting:default:quote_policy"] == "followers"
    assert (await ann.say("hello"))["quote_approval"]["automatic"] == ["followers"]
    for visibility in ("private", "direct"):
        post = await ann.say("for few", visibility=visibility, quote_approval_policy="public")
        assert post["quote_approval"]["automatic"] == []
        own = "automatic" if visibility == "private" else "denied"
        assert post["quote_approval"]["current_user"] == own
    form = {"source[quote_policy]": "friends"}
    answer = await ann.request("PATCH", "/api/v1/accounts/update_credentials", data=form)
    assert answer.status_code == 422


async def test_cve_2024_37903_a_quote_never_widens_the_audience(site: Site) -> None:
    ann, friend, stranger = await site.members("ann", "friend", "stranger")
    await friend.post(f"/api/v1/accounts/{ann.id}/follow")
    private = await ann.say("for followers", visibility="private")
    # Of others, only its author may quote it, and the quote is for no more than the followers.
    assert await refused(friend, "look", quoted_status_id=private["id"]) == 422
    assert await refused(stranger, "look", quoted_status_id=private["id"]) == 404
    quoting = await ann.say("again", quoted_status_id=private["id"], visibility="public")
    assert quoting["visibility"] == "private"
    assert await quote_of(friend, quoting) == ("accepted", True)
    assert (await stranger.request("GET", f"/api/v1/statuses/{quoting['id']}")).status_code == 404
    # Somebody the quoting post names, and the quoted one does not, sees the one without the other.
    named = await ann.say("see this @stranger", quoted_status_id=private["id"], visibility="direct")
    assert await quote_of(stranger, named) == ("unauthorized", False)
    assert private["id"] not in (await stranger.request("GET", f"/api/v1/statuses/{named['id']}")).text
    direct = await ann.say("psst @friend", visibility="direct")
    for who in (ann, friend):
        assert await refused(who, "look", quoted_status_id=direct["id"]) == 422


async def test_a_private_mention_quotes_only_whom_it_names(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("original")
    form = {"visibility": "direct", "quoted_status_id": post["id"]}
    assert await refused(bob, "look what they say", **form) == 422
    quoting = await bob.say("do you mean this, @Ann?", **form)
    assert await quote_of(ann, quoting) == ("accepted", True)


async def test_cve_2026_23961_posts_of_the_suspended_do_not_come_back_by_a_quote(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("a secret word")
    quoting = await bob.say("quoted", quoted_status_id=post["id"])
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await suspend_account(tx, ann.account_id, now=now)
    for who in (bob, eve):
        assert await quote_of(who, quoting) == ("unauthorized", False)
    for path in (f"/api/v1/statuses/{quoting['id']}", "/api/v1/timelines/public", f"/@bob/{quoting['id']}"):
        answer = await site.client.get(path)
        assert answer.status_code == 200
        assert "secret word" not in answer.text, path
    assert await refused(eve, "me too", quoted_status_id=post["id"]) == 404
    async with site.services.database.transaction() as tx:
        await reinstate_account(tx, ann.account_id, now=now)
    assert await quote_of(eve, quoting) == ("accepted", True)


async def test_cve_2026_33869_nobody_but_the_quoted_author_decides(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("original")
    held = await bob.say(THREAT, quoted_status_id=post["id"])
    assert held["quote"] == {"state": "pending", "quoted_status": None}
    path = f"/api/v1/statuses/{post['id']}/quotes/{held['id']}/revoke"
    for who in (bob, eve):
        assert (await who.request("POST", path)).status_code == 403
    for who, ident in ((bob, held["id"]), (eve, post["id"])):
        mine = await who.say("mine")
        # One's own post with somebody else's quote.
        other = f"/api/v1/statuses/{mine['id']}/quotes/{ident}/revoke"
        assert (await who.request("POST", other)).status_code == 404
    # What its author says between the writing and the release counts, and what was said before does not.
    await ann.request(
        "PUT", f"/api/v1/statuses/{post['id']}/interaction_policy", data={"quote_approval_policy": "nobody"}
    )
    await decide(site, held, PostState.VISIBLE)
    assert await quote_of(eve, held) == ("rejected", False)
    assert (await seen(ann, post))["quotes_count"] == 0


async def test_a_held_quote_is_accepted_and_told_when_it_is_released(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("original")
    held = await bob.say(THREAT, quoted_status_id=post["id"])
    await site.settle()
    assert (await seen(ann, post))["quotes_count"] == 0
    assert await ann.ids("/api/v1/notifications") == []
    await decide(site, held, PostState.VISIBLE)
    await site.settle()
    assert await quote_of(ann, held) == ("accepted", True)
    assert (await seen(ann, post))["quotes_count"] == 1
    assert [row["type"] for row in await ann.get("/api/v1/notifications")] == ["quote"]
    await decide(site, held, PostState.WITHDRAWN)
    assert (await seen(ann, post))["quotes_count"] == 0
    assert await ann.ids(f"/api/v1/statuses/{post['id']}/quotes") == []
    await decide(site, held, PostState.VISIBLE)
    assert (await seen(ann, post))["quotes_count"] == 1


async def test_a_revoked_quote_stays_revoked(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("original")
    quoting = await bob.say("quoted", quoted_status_id=post["id"])
    path = f"/api/v1/statuses/{post['id']}/quotes/{quoting['id']}/revoke"
    answer = await ann.request("POST", path)
    assert answer.status_code == 200
    assert answer.json()["quote"] == {"state": "revoked", "quoted_status": None}
    assert await quote_of(eve, quoting) == ("revoked", False)
    assert (await seen(ann, post))["quotes_count"] == 0
    assert (await ann.request("POST", path)).status_code == 200
    edit = {"status": "quoted again", "quoted_status_id": post["id"]}
    answer = await bob.request("PUT", f"/api/v1/statuses/{quoting['id']}", data=edit)
    assert answer.json()["quote"]["state"] == "revoked"
    # What it quotes is not changed by an edit.
    other = await ann.say("another")
    edit = {"status": "quoted again", "quoted_status_id": other["id"]}
    assert (await bob.request("PUT", f"/api/v1/statuses/{quoting['id']}", data=edit)).status_code == 422
    # For a redraft its author still gets what it quoted.
    gone = (await bob.request("DELETE", f"/api/v1/statuses/{quoting['id']}")).json()
    assert gone["text"] == "quoted again"
    assert gone["quote"]["state"] == "revoked"
    assert gone["quote"]["quoted_status"]["id"] == post["id"]


async def test_what_stands_between_viewer_and_author_is_said(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("original")
    quoting = await bob.say("quoted", quoted_status_id=post["id"])
    await eve.post(f"/api/v1/accounts/{ann.id}/mute")
    assert await quote_of(eve, quoting) == ("muted_account", True)
    await eve.post(f"/api/v1/accounts/{ann.id}/block")
    assert await quote_of(eve, quoting) == ("blocked_account", True)
    assert (await seen(eve, post))["quote_approval"]["current_user"] == "denied"
    await eve.post(f"/api/v1/accounts/{ann.id}/unblock")
    await eve.post(f"/api/v1/accounts/{ann.id}/unmute")
    await ann.post(f"/api/v1/accounts/{eve.id}/block")
    assert await quote_of(eve, quoting) == ("unauthorized", False)
    assert await eve.ids(f"/api/v1/accounts/{bob.id}/statuses") == [quoting["id"]]
    history = await eve.get(f"/api/v1/statuses/{quoting['id']}/history")
    assert history[0]["quote"] == {"state": "unauthorized", "quoted_status": None}
    await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")
    for who in (bob, eve):
        assert await quote_of(who, quoting) == ("deleted", False)


async def test_quotes_are_listed_for_those_who_see_them(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("original")
    quotes = [await bob.say(f"quote {number}", quoted_status_id=post["id"]) for number in range(4)]
    await bob.say("for few", quoted_status_id=post["id"], visibility="private")
    path = f"/api/v1/statuses/{post['id']}/quotes"
    newest = [quote["id"] for quote in reversed(quotes)]
    assert await eve.ids(path) == newest
    answer = await eve.request("GET", path, params={"limit": "2"})
    assert 'rel="next"' in answer.headers["link"]
    assert await eve.ids(path, max_id=newest[1]) == newest[2:]
    assert await eve.ids(path, min_id=newest[3], limit="1") == [newest[2]]
    await eve.post(f"/api/v1/accounts/{bob.id}/block")
    assert await eve.ids(path) == []
    assert (await site.client.get(path)).status_code == 401
    await ann.post(f"/api/v1/accounts/{eve.id}/block")
    assert (await eve.request("GET", path)).status_code == 404


async def test_the_page_of_a_post_shows_what_it_quotes(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("words of ann")
    quoting = await bob.say("look", quoted_status_id=post["id"])
    page = (await site.client.get(f"/@bob/{quoting['id']}")).text
    assert 'class="quote"' in page
    assert "words of ann" in page
    assert "quote-inline" not in page
    assert post["url"] in (await site.client.get("/@bob/feed.atom")).text
    await ann.request("POST", f"/api/v1/statuses/{post['id']}/quotes/{quoting['id']}/revoke")
    page = (await site.client.get(f"/@bob/{quoting['id']}")).text
    assert "words of ann" not in page
    assert "has taken it out" in page
