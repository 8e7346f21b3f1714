"""Streams end when access does, when a client is too slow, and when the server stops; they outlive the database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any, cast

import msgspec
import pytest
import websockets

from holdfast.main.asgi import Holder, application
from holdfast.main.wiring import open_services
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.passwords import hash_password
from holdfast.platform.stamps import Kind
from holdfast.social.accounts import suspend_account
from holdfast.social.credentials import change_password
from holdfast.social.tokens import end_tokens
from tests.support.postgres import DatabaseServer
from tests.support.site import Member, Site, open_site
from tests.support.streams import event_stream, served, talk
from tests.support.web_process import open_process

pytestmark = pytest.mark.integration

ACCESS_ENDS_WITHIN_SECONDS = 5


@pytest.fixture(scope="module")
def few_settings(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    address = database_server.clone_database()
    given = {
        "data": str(tmp_path_factory.mktemp("streams_end")), "database_url": address, "master_key": "5a" * 32,
        "streams_per_account_max": 2, "stream_subscriptions_max": 3, "stream_waiting_max": 10,
    }  # fmt: skip
    yield load_settings(given, environment={})
    database_server.drop_database(address)


@pytest.fixture(scope="module")
async def site(few_settings: Settings) -> AsyncIterator[Site]:
    async with open_site(few_settings) as opened:
        await opened.services.live.listening.wait()
        yield opened


@pytest.fixture(scope="module")
async def port(site: Site) -> AsyncIterator[int]:
    async with served(site.app) as listening:
        yield listening


async def _revoke(site: Site, member: Member) -> None:
    token = await site.services.tokens.find(member.token)
    assert token is not None
    async with site.services.database.transaction() as tx:
        await end_tokens(tx, token)


async def _end_all(site: Site, member: Member) -> None:
    async with site.services.database.transaction() as tx:
        await end_tokens(tx, member.account_id)


async def _new_password(site: Site, member: Member) -> None:
    hashed = await hash_password("correct horse battery staple")
    async with site.services.database.transaction() as tx:
        await change_password(tx, member.account_id, hashed)


async def _suspend(site: Site, member: Member) -> None:
    async with site.services.database.transaction() as tx:
        await suspend_account(tx, member.account_id, now=site.services.clock.now())


async def _delete_app(site: Site, member: Member) -> None:
    token = await site.services.tokens.find(member.token)
    assert token is not None
    async with site.services.database.transaction() as tx:
        await tx.execute("delete from access_tokens where app_id = $1", token.app_id)
        await tx.execute("delete from apps where id = $1", token.app_id)
        tx.touch(Kind.APP, token.app_id)


async def _fewer_scopes(site: Site, member: Member) -> None:
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "update access_tokens set scopes = '{profile}' where account_id = $1", member.account_id
        )
        tx.touch(Kind.ACCESS, member.account_id)


WAYS = (_revoke, _end_all, _new_password, _suspend, _delete_app, _fewer_scopes)


async def test_cve_2025_62175_streams_close_when_access_ends_and_cannot_open_again(
    site: Site, port: int
) -> None:
    people = await site.members(*(f"end{way.__name__}" for way in WAYS))
    (stays,) = await site.members("stays")
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(talk(port, one.token, "?stream=user")) for one in people]
        events = [await stack.enter_async_context(event_stream(port, "user", one.token)) for one in people]
        kept = await stack.enter_async_context(talk(port, stays.token, "?stream=user"))
        await kept.settled()
        for way, member in zip(WAYS, people, strict=True):
            await way(site, member)
        async with asyncio.timeout(ACCESS_ENDS_WITHIN_SECONDS):
            assert [(await one.end())[0] for one in sockets] == [1008] * len(WAYS)
            for stream in events:
                while await stream.line() is not None:
                    pass
        for way, member in zip(WAYS, people, strict=True):
            expected = 403 if way is _fewer_scopes else 401
            async with event_stream(port, "user", member.token) as stream:
                assert stream.response.status_code == expected, way
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with talk(port, member.token, "?stream=user"):
                    pass
            assert refused.value.response.status_code == expected, way
        said = await stays.say("still here")
        assert (await kept.status())["id"] == said["id"]


async def test_an_account_has_so_many_streams_and_a_socket_so_many_subscriptions(
    site: Site, port: int
) -> None:
    (ann,) = await site.members("few")
    async with talk(port, ann.token) as first, talk(port, ann.token) as second:
        await second.settled()
        async with event_stream(port, "user", ann.token) as third:
            assert third.response.status_code == 429
            assert "retry-after" in third.response.headers
        for tag in ("a1", "a2", "a3", "a3"):
            await first.subscribe("hashtag", tag=tag)
        await first.say(type="subscribe", stream="hashtag", tag="a4")
        assert (await first.raw())["status"] == 429
        await first.say(type="unsubscribe", stream="hashtag", tag="a1")
        await first.subscribe("hashtag", tag="a4")
    hub = site.services.live
    async with asyncio.timeout(ACCESS_ENDS_WITHIN_SECONDS):
        while len(hub):  # noqa: ASYNC110 - the server notices both ends by itself
            await asyncio.sleep(0)
    async with event_stream(port, "user", ann.token) as again:
        assert again.response.status_code == 200


@pytest.mark.parametrize("kind", ["websocket", "http"])
async def test_a_client_that_does_not_read_is_let_go(site: Site, kind: str) -> None:
    (ann,) = await site.members(f"slow{kind}")
    stuck, never = asyncio.Event(), asyncio.Event()
    heard: list[dict[str, Any]] = []
    beginning = [
        {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}
    ]

    async def receive() -> dict[str, Any]:
        if not beginning:
            await never.wait()
        return beginning.pop()

    async def send(message: dict[str, Any]) -> None:
        heard.append(message)
        if b"post 0" in message.get("body", b"") or "post 0" in message.get("text", ""):
            stuck.set()
            await never.wait()

    scope = {
        "type": kind, "path": "/api/v1/streaming" if kind == "websocket" else "/api/v1/streaming/user",
        "query_string": b"stream=user", "headers": [(b"authorization", f"Bearer {ann.token}".encode())],
        "client": ("192.0.2.9", 1), **({} if kind == "websocket" else {"method": "GET"}),
    }  # fmt: skip
    answering = asyncio.create_task(cast(Any, site.app)(scope, receive, send))
    await until_connected(site, ann)
    for number in range(13):
        await ann.say(f"post {number}")
    async with asyncio.timeout(ACCESS_ENDS_WITHIN_SECONDS):
        await stuck.wait()
        with contextlib.suppress(asyncio.CancelledError):
            await answering
    assert not any("post 5" in str(message) for message in heard)
    assert not [one for one in site.services.live.open_connections() if one.account_id == ann.account_id]


async def until_connected(site: Site, member: Member) -> None:
    """Wait until the member's stream follows something."""
    async with asyncio.timeout(ACCESS_ENDS_WITHIN_SECONDS):
        while not any(
            one.account_id == member.account_id and one.labels
            for one in site.services.live.open_connections()
        ):
            await site.services.database.fetchval("select 1")


async def test_streams_outlive_the_listening_connection_and_miss_nothing(site: Site, port: int) -> None:
    (ann,) = await site.members("outlives")
    database = site.services.database
    async with talk(port, ann.token, "?stream=user") as stream:
        await stream.settled()
        for number in range(3):
            said = await ann.say(f"before {number}")
            assert (await stream.status())["id"] == said["id"]
            killed = await database.fetchval(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where datname = current_database() and query ilike 'listen %live%'"
            )
            assert killed == 1
            missed = await ann.say(f"while nobody listens {number}")
            assert (await stream.status())["id"] == missed["id"]
            await site.services.live.listening.wait()


async def test_machines_that_share_a_database_hear_each_other(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ann, bob = await site.members("afar", "near")
    both = [
        msgspec.structs.replace(
            site.services.settings, data=tmp_path_factory.mktemp(name), freshness="database"
        )
        for name in ("here", "there")
    ]
    holder = Holder()
    async with open_services(both[0], site.services.screen) as here, open_process("there", both[1]) as there:
        holder.services = here
        await here.live.listening.wait()
        async with served(application(holder)) as port, talk(port, ann.token, "?stream=user") as stream:
            await stream.settled()
            follow_bob = "/api/v1/accounts/{id}/follow"
            assert (await there.ask("POST", follow_bob, ann.token, ident=bob.id))[0] == 200
            status, body = await there.ask(
                "POST", "/api/v1/statuses", bob.token, json={"status": "from afar"}
            )
            assert status == 200, body
            assert (await stream.status())["id"] == msgspec.json.decode(body)["id"]
