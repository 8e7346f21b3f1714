"""Live streams over a real server: what each viewer is told, and what nobody is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import msgspec
import pytest
import websockets

from holdfast.main.asgi import Holder, application
from holdfast.main.wiring import open_services
from holdfast.platform.config import Settings, load_settings
from holdfast.social.posts import PostState, decide_post
from tests.support.postgres import DatabaseServer
from tests.support.site import Member, Site, open_site
from tests.support.streams import event_stream, served, talk

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def stream_settings(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    address = database_server.clone_database()
    data = str(tmp_path_factory.mktemp("streams"))
    yield load_settings({"data": data, "database_url": address, "master_key": "5a" * 32}, environment={})
    database_server.drop_database(address)


@pytest.fixture(scope="module")
async def site(stream_settings: Settings) -> AsyncIterator[Site]:
    async with open_site(stream_settings) as opened:
        await opened.services.live.listening.wait()
        yield opened


@pytest.fixture(scope="module")
async def port(site: Site) -> AsyncIterator[int]:
    async with served(site.app) as listening:
        yield listening


Told = Callable[[], Awaitable[None]]


@pytest.fixture(scope="module")
async def told(site: Site, port: int) -> Told:
    """Waits until all that was committed before is told, so that a stream opened now begins with what comes next."""
    (clock,) = await site.members("clock")

    async def wait() -> None:
        async with talk(port, clock.token, "?stream=user") as stream:
            await stream.settled()
            tick = await clock.say("tick")
            while (await stream.status())["id"] != tick["id"]:
                pass

    return wait


async def follow(who: Member, whom: Member, **options: object) -> None:
    await who.post(f"/api/v1/accounts/{whom.id}/follow", **options)


async def decide(site: Site, post_id: str, state: PostState) -> None:
    internal = site.services.ids.decode(post_id)
    assert internal is not None
    async with site.services.database.transaction() as tx:
        await decide_post(tx, internal, state)


async def test_the_home_stream_tells_what_the_home_timeline_shows(site: Site, port: int) -> None:
    ann, bob, cat = await site.members("ann1", "bob1", "cat1")
    await follow(ann, bob)
    async with event_stream(port, "user", ann.token) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["access-control-allow-origin"] == "*"
        stranger = await cat.say("nobody here follows me")
        await bob.say("an answer to a stranger", in_reply_to_id=stranger["id"])
        await bob.say("not for ann", visibility="direct")
        first = await bob.say("for followers", visibility="private")
        told = await stream.status()
        assert told["id"] == first["id"]
        assert told == await ann.get(f"/api/v1/statuses/{first['id']}")
        own = await ann.say("mine too")
        assert (await stream.status())["id"] == own["id"]
        boost = await bob.post(f"/api/v1/statuses/{stranger['id']}/reblog")
        told = await stream.status()
        assert (told["id"], told["reblog"]["id"]) == (boost["id"], stranger["id"])
    home = await ann.ids("/api/v1/timelines/home")
    assert home == [boost["id"], own["id"], first["id"]]


async def test_a_follow_counts_from_the_next_post_its_end_too(site: Site, port: int, told: Told) -> None:
    ann, bob, cat = await site.members("ann2", "bob2", "cat2")
    await follow(ann, cat)
    async with talk(port, ann.token, "?stream=user") as stream:
        await stream.settled()
        await bob.say("too early")
        await told()
        await follow(ann, bob)
        said = await bob.say("in time")
        assert (await stream.status())["id"] == said["id"]
        await ann.post(f"/api/v1/accounts/{bob.id}/unfollow")
        await bob.say("too late")
        last = await cat.say("the mark")
        assert (await stream.status())["id"] == last["id"]


async def test_boosts_languages_mutes_and_blocks_are_heeded(site: Site, port: int) -> None:
    ann, bob, cat, dan = await site.members("ann3", "bob3", "cat3", "dan3")
    chosen = {"reblogs": False, "languages": ["de"]}
    answer = await ann.request("POST", f"/api/v1/accounts/{bob.id}/follow", json=chosen)
    assert answer.json()["languages"] == ["de"], answer.text
    for one in (cat, dan):
        await follow(ann, one)
    async with talk(port, ann.token, "?stream=user") as stream:
        await stream.settled()
        somebody = await cat.say("to be boosted", language="de")
        assert (await stream.status())["id"] == somebody["id"]
        await bob.post(f"/api/v1/statuses/{somebody['id']}/reblog")
        await bob.say("in English", language="en")
        german = await bob.say("auf Deutsch", language="de")
        told = await stream.status()
        assert told["id"] == german["id"], told
        await ann.post(f"/api/v1/accounts/{cat.id}/mute")
        await cat.say("muted")
        await dan.say(f"about @{cat.name}, who is muted")
        await dan.post(f"/api/v1/accounts/{ann.id}/block")
        await dan.say("blocks who would listen")
        mark = await ann.say("the mark")
        assert (await stream.status())["id"] == mark["id"]


async def test_public_and_hashtag_streams(site: Site, port: int) -> None:
    ann, bob, cat = await site.members("ann4", "bob4", "cat4")
    async with talk(port, ann.token) as stream:
        await stream.subscribe("public")
        await stream.subscribe("public:local")
        await stream.subscribe("public:remote")
        await stream.subscribe("hashtag", tag="Tea")
        await bob.say("unlisted #tea", visibility="unlisted")
        await bob.say("private #tea", visibility="private")
        await cat.post(f"/api/v1/accounts/{ann.id}/block")
        await cat.say("blocks ann #tea")
        said = await bob.say("in the open, with #tea")
        told = [await stream.raw() for _ in range(3)]
        assert sorted(one["stream"] for one in told) == [["hashtag", "Tea"], ["public"], ["public:local"]]
        assert {msgspec.json.decode(one["payload"])["id"] for one in told} == {said["id"]}
        await stream.say(type="unsubscribe", stream="public")
        await stream.say(type="unsubscribe", stream="hashtag", tag="Tea")
        await stream.settled()
        await bob.say("an answer, local only #tea", in_reply_to_id=said["id"])
        assert (await stream.raw())["stream"] == ["public:local"]
        await ann.say("to another", in_reply_to_id=said["id"])
        mark = await bob.say("the mark")
        assert (await stream.status())["id"] == mark["id"]


async def test_media_streams_hold_posts_with_media_alone(site: Site, port: int) -> None:
    (ann,) = await site.members("ann5")
    async with event_stream(port, "public", ann.token, only_media="true") as stream:
        async with talk(port, ann.token, "?stream=public:local:media") as other:
            await other.subscribe("public")
            await ann.say("only words")
            assert (await other.raw())["stream"] == ["public"]
        assert stream.response.status_code == 200


async def test_a_quote_that_is_taken_back_leaves_open_screens(site: Site, port: int, told: Told) -> None:
    ann, bob = await site.members("ann60", "bob60")
    await follow(ann, bob)
    mine = (await ann.say("original"))["id"]
    quoting = await bob.say("quoted", quoted_status_id=mine)
    await told()
    async with talk(port, ann.token, "?stream=user") as stream:
        await stream.settled()
        await ann.post(f"/api/v1/statuses/{mine}/quotes/{quoting['id']}/revoke")
        assert msgspec.json.decode((await stream.raw())["payload"])["quote"]["state"] == "revoked"


async def test_edits_and_deletions_are_told_where_the_post_was(site: Site, port: int, told: Told) -> None:
    ann, bob, cat = await site.members("ann6", "bob6", "cat6")
    await follow(ann, bob)
    said = await bob.say("first words #six")
    boost = await cat.post(f"/api/v1/statuses/{said['id']}/reblog")
    await follow(ann, cat)
    await told()
    async with talk(port, ann.token, "?stream=user") as stream, talk(port, cat.token) as other:
        await stream.settled()
        await other.subscribe("hashtag", tag="six")
        await bob.request("PUT", f"/api/v1/statuses/{said['id']}", data={"status": "second words #six"})
        edit = await stream.raw()
        assert (edit["event"], edit["stream"]) == ("status.update", ["user"])
        assert "second words" in msgspec.json.decode(edit["payload"])["content"]
        assert (await other.raw())["event"] == "status.update"
        await bob.request("DELETE", f"/api/v1/statuses/{said['id']}")
        gone = [await stream.raw(), await stream.raw()]
        assert {one["event"] for one in gone} == {"delete"}
        assert {one["payload"] for one in gone} == {said["id"], boost["id"]}
        assert await other.raw() == {"stream": ["hashtag", "six"], "event": "delete", "payload": said["id"]}


async def test_the_deletion_of_a_private_post_is_told_to_followers_alone(
    site: Site, port: int, told: Told
) -> None:
    ann, bob, cat = await site.members("ann7", "bob7", "cat7")
    await follow(ann, bob)
    private = await bob.say("for followers", visibility="private")
    direct = await bob.say(f"for @{cat.name}", visibility="direct")
    await told()
    async with talk(port, ann.token) as follower, talk(port, cat.token) as named:
        for stream in (follower, named):
            await stream.subscribe("user")
            await stream.subscribe("public")
        await bob.request("DELETE", f"/api/v1/statuses/{direct['id']}")
        await bob.request("DELETE", f"/api/v1/statuses/{private['id']}")
        mark = await bob.say("the mark")
        assert (await follower.raw())["payload"] == private["id"]
        assert (await follower.status())["id"] == mark["id"]
        assert (await named.raw())["payload"] == direct["id"]
        assert (await named.status())["id"] == mark["id"]


async def test_a_withdrawn_post_is_gone_for_all_but_its_author(site: Site, port: int, told: Told) -> None:
    ann, bob = await site.members("ann8", "bob8")
    await follow(ann, bob)
    said = await bob.say("to be withdrawn")
    await told()
    async with (
        talk(port, ann.token, "?stream=user") as reader,
        talk(port, bob.token, "?stream=user") as author,
    ):
        await reader.settled()
        await author.settled()
        await decide(site, said["id"], PostState.WITHDRAWN)
        assert await reader.raw() == {"stream": ["user"], "event": "delete", "payload": said["id"]}
        changed = await author.raw()
        assert changed["event"] == "status.update"
        assert "Withdrawn" in msgspec.json.decode(changed["payload"])["content"]
        await decide(site, said["id"], PostState.VISIBLE)
        assert (await reader.status())["id"] == said["id"]


async def test_notifications_come_from_the_worker_and_heed_the_gate(site: Site, port: int) -> None:
    ann, bob, cat = await site.members("ann9", "bob9", "cat9")
    async with talk(port, ann.token) as stream:
        await stream.subscribe("user:notification")
        await ann.post(f"/api/v1/accounts/{cat.id}/mute")
        await cat.say(f"@{ann.name} nobody listens")
        said = await bob.say(f"@{ann.name} good morning")
        await site.settle()
        told = await stream.raw()
        assert (told["stream"], told["event"]) == (["user:notification"], "notification")
        payload = msgspec.json.decode(told["payload"])
        assert (payload["type"], payload["status"]["id"]) == ("mention", said["id"])
        assert payload["id"] in await ann.ids("/api/v1/notifications")


async def test_cve_2025_62176_a_stream_without_the_scope_gets_nothing(site: Site, port: int) -> None:
    ann, bob = await site.members("ann10", "bob10")
    await follow(ann, bob)
    no_scope = await site.login(ann.name, ann.account_id, scopes="profile write")
    notices = await site.login(ann.name, ann.account_id, scopes="read:notifications")
    posts = await site.login(ann.name, ann.account_id, scopes="read:statuses")
    for path in ("user", "public", "user/notification", "direct"):
        async with event_stream(port, path, no_scope.token) as stream:
            assert stream.response.status_code == 403, path
    with pytest.raises(websockets.InvalidStatus):
        async with talk(port, no_scope.token, "?stream=user"):
            pass
    async with (
        talk(port, notices.token, "?stream=user") as only_notices,
        talk(port, posts.token) as only_posts,
    ):
        await only_notices.settled()
        await only_posts.subscribe("user")
        for name in ("public", "direct", "hashtag"):
            await only_notices.say(type="subscribe", stream=name, tag="x")
            assert (await only_notices.raw())["status"] == 401
        await only_posts.say(type="subscribe", stream="user:notification")
        assert (await only_posts.raw())["status"] == 401
        said = await bob.say(f"@{ann.name} good morning")
        await site.settle()
        assert (await only_notices.raw())["event"] == "notification"
        assert (await only_posts.status())["id"] == said["id"]
        mark = await bob.say("the mark")
        assert (await only_posts.status())["id"] == mark["id"]


async def test_errors_are_those_that_clients_know(site: Site, port: int) -> None:
    (ann,) = await site.members("ann11")
    async with event_stream(port, "nonsense", ann.token) as stream:
        assert stream.response.status_code == 404
    async with event_stream(port, "user") as stream:
        assert stream.response.status_code == 401
    async with event_stream(port, "hashtag", ann.token) as stream:
        assert stream.response.status_code in (400, 422)
    async with talk(port, ann.token) as stream:
        for command, error in (
            ({"type": "subscribe", "stream": "unknown"}, ("Unknown stream type", 400)),
            ({"type": "subscribe", "stream": "hashtag"}, ("Missing tag name parameter", 400)),
            ({"type": "subscribe", "stream": "list"}, ("Missing list name parameter", 400)),
            (
                {"type": "subscribe", "stream": "list", "list": "7"},
                ("Not authorized to stream this list", 401),
            ),
            ({"type": "unsubscribe", "stream": "hashtag"}, ("Error unsubscribing from channel", None)),
        ):
            await stream.say(**command)
            said = await stream.raw()
            assert (said["error"], said.get("status")) == error
        await stream.socket.send("no JSON")
        await stream.socket.send(b"\xff")
        await stream.socket.send('{"type": {"a": 1}}')
        await stream.settled()
        await stream.socket.send("x" * 10_000)
        assert (await stream.end())[0] == 1009


async def test_the_token_is_taken_from_where_browsers_can_put_it(site: Site, port: int) -> None:
    (ann,) = await site.members("ann12")
    async with talk(port, None, "?stream=user", subprotocol=ann.token) as stream:
        assert stream.socket.subprotocol == ann.token
        await stream.settled()
    async with talk(port, None, f"?stream=user&access_token={ann.token}") as stream:
        await stream.settled()
    async with event_stream(port, "user", access_token=ann.token) as events:
        assert events.response.status_code == 200
    assert (await site.client.get(f"/api/v1/bookmarks?access_token={ann.token}")).status_code == 401
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with talk(port, None, "?stream=user"):
            pass
    assert refused.value.response.status_code == 401


async def test_a_post_of_another_process_is_told_here(site: Site, port: int) -> None:
    ann, bob = await site.members("ann13", "bob13")
    await follow(ann, bob)
    holder = Holder()
    settings: Settings = site.services.settings
    async with open_services(settings, site.services.screen) as other:
        holder.services = other
        await other.live.listening.wait()
        async with (
            served(application(holder)) as elsewhere,
            talk(port, ann.token, "?stream=user") as here,
            talk(elsewhere, ann.token, "?stream=user") as there,
        ):
            await here.settled()
            await there.settled()
            said = await bob.say("written in the first process")
            assert (await here.status())["id"] == said["id"]
            assert (await there.status())["id"] == said["id"]


async def test_posts_with_a_followed_hashtag_come_to_the_home_stream(
    site: Site, port: int, told: Told
) -> None:
    ann, bob = await site.members("ann15", "bob15")
    async with event_stream(port, "user", ann.token) as stream:
        await bob.say("not yet #cheese")
        await ann.post("/api/v1/tags/cheese/follow")
        await told()
        await bob.say("for some #cheese", visibility="unlisted")
        post = await bob.say("for everybody #Cheese")
        assert (await stream.status())["id"] == post["id"]
        await bob.request("DELETE", f"/api/v1/statuses/{post['id']}")
        assert await stream.next() == ("delete", post["id"])


async def test_lists_filters_and_conversations_are_told(site: Site, port: int, told: Told) -> None:
    ann, bob, cat = await site.members("ann14", "bob14", "cat14")
    for one in (bob, cat):
        await follow(ann, one)
    mine = await ann.post("/api/v1/lists", title="Friends", replies_policy="none")
    theirs = await bob.post("/api/v1/lists", title="Not ann's")
    await ann.post(f"/api/v1/lists/{mine['id']}/accounts", **{"account_ids[]": bob.id})
    await told()
    async with talk(port, ann.token) as stream:
        await stream.subscribe("list", list=mine["id"])
        await stream.say(type="subscribe", stream="list", list=theirs["id"])
        assert (await stream.raw())["status"] == 401
        other = await cat.say("not in the list")
        await bob.say("an answer", in_reply_to_id=other["id"])
        said = await bob.say("in the list")
        message = await stream.raw()
        assert message["stream"] == ["list", mine["id"]]
        assert msgspec.json.decode(message["payload"])["id"] == said["id"]
        await stream.subscribe("direct")
        await stream.subscribe("user")
        await bob.say(f"@{ann.name} between us", visibility="direct")
        await site.settle()
        messages = [await stream.raw() for _ in range(4)]
        by_event = {(one["event"], *one["stream"]) for one in messages}
        assert {("conversation", "direct"), ("update", "user"), ("notification", "user")} < by_event
        await ann.post("/api/v2/filters", title="Tea", **{"context[]": "home"})
        assert await stream.raw() == {"stream": ["user"], "event": "filters_changed"}
