"""Every limit is a setting, says when it ends, and is counted by who it is about."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import msgspec
import pytest

from holdfast.edge.routes import Who
from holdfast.main.asgi import ROUTES
from holdfast.platform.config import Settings
from holdfast.platform.stamps import Kind
from tests.integration.test_access_sweep import ask, page_request
from tests.support.access import PUBLIC, TABLE
from tests.support.access_ledger import PUBLIC_LEDGER
from tests.support.access_pages import PAGES
from tests.support.access_people import session_of
from tests.support.access_world import World
from tests.support.browser import PASSWORD, open_town
from tests.support.site import Site, open_site
from tests.support.unlimited import UNLIMITED

# What anybody may read without end, because it holds no post and no account.
_FREE = (
    frozenset(
        """
    GET /.well-known/nodeinfo
    GET /nodeinfo/{version}
    GET /.well-known/webfinger
    GET /.well-known/host-meta
    GET /.well-known/oauth-authorization-server
    GET /api/holdfast/openapi.json
    GET /api/holdfast/v1/openapi.json
    GET /transparency
    GET /api/holdfast/v1/transparency
    GET /api/holdfast/v1/transparency.csv
    GET /api/holdfast/v1/transparency/dsa.csv
    GET /api/holdfast/v1/policies
    GET /api/holdfast/v1/policies/{reference}
    GET /api/holdfast/v1/policies/{reference}/versions
    GET /api/holdfast/v1/policies/{reference}/difference
    GET /report
    GET /policies
    GET /transparency/ledger
    GET /policies/{reference}
    GET /receipts/{record_id}
    GET /api/holdfast/v1/breaker
    GET /api/holdfast/v1/breaker/steps
    GET /api/v1/custom_emojis
    GET /avatars/{file}
    GET /headers/{file}
    GET /media/{file}
    GET /api/v2/instance
    GET /api/v1/instance
    GET /api/v1/instance/rules
    GET /api/v1/instance/peers
    GET /api/v1/instance/activity
    GET /api/v1/instance/domain_blocks
    GET /api/v1/instance/extended_description
    GET /api/v1/instance/privacy_policy
    GET /api/v1/instance/terms_of_service
    GET /api/v1/instance/terms_of_service/{date}
    GET /api/v1/instance/languages
    GET /api/v1/instance/translation_languages
    GET /instance/thumbnail.png
    GET /instance/icon.png
    GET /health
    GET /api/v1/streaming/health
    GET /api/v1/tags/{name}
    GET /api/v1/trends
    GET /api/v1/trends/tags
    GET /api/v1/trends/links
    GET /about
    GET /notice
    GET /notices/new
    GET /notice/{kind}
    GET /api/holdfast/v1/notices/kinds
    GET /privacy-policy
    GET /terms-of-service
    GET /auth/sign_in
    GET /auth/sign_up
    GET /auth/password/{secret}
    GET /static/{file}
    GET /healthz
    GET /readyz
    """.split("\n    ")
    )
    | PUBLIC_LEDGER
)


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, **UNLIMITED)) as opened:
        yield opened


def _set(site: Site, **changes: Any) -> None:
    for name, value in changes.items():
        msgspec.structs.force_setattr(site.services.settings, name, value)


async def test_visitors_have_a_budget_on_every_surface(site: Site) -> None:
    """Generated from the routes: whatever shows posts or accounts to visitors shows none once theirs is used up."""
    world = await World.make(site)
    await world.owner.say("harbour #town public")
    unbounded = set()
    for route in ROUTES:
        name = f"{route.method} {route.path}"
        # The app is one page without posts in it: it asks the API for them.
        if route.method != "GET" or route.lasting or route.path.startswith("/app"):
            continue
        for answer_of in _surfaces(site, world, name, route.access.who):
            _set(site, visitor_reads=10**7)
            if (await answer_of()).status_code not in (200, 302):
                continue
            _set(site, visitor_reads=0)
            answer = await answer_of()
            if answer.status_code == 429:
                assert int(answer.headers["retry-after"]) > 0
                assert answer.headers["x-ratelimit-remaining"] == "0"
                assert "Without signing in" in answer.text
            else:
                unbounded.add(name)
    assert unbounded - _FREE == set()
    # Members read on.
    assert (await world.stranger.request("GET", "/api/v1/timelines/public")).status_code == 200


def _surfaces(site: Site, world: World, name: str, who: Who) -> list[Any]:
    if who is Who.BROWSER:
        return [_page(site, world, name, row) for row in PAGES.get(name, ()) if row.visitor in (200, 302)]
    if name not in PUBLIC:
        return []
    row = TABLE[name]
    return [
        _api(site, world, name, row, kind) for kind, codes in row.acts_on.items() if codes.anonymous == 200
    ]


def _page(site: Site, world: World, name: str, row: Any) -> Any:
    async def answer() -> httpx2.Response:
        return await page_request(site, name, row, await world.thing(row.object), None)

    return answer


def _api(site: Site, world: World, name: str, row: Any, kind: str) -> Any:
    async def answer() -> httpx2.Response:
        return await ask(site, name, row, await world.thing(kind), None)

    return answer


async def test_the_same_post_again_costs_nothing(settings: Settings) -> None:
    async with open_town(settings, visitor_reads=5, rate_requests=1000) as town:
        member = await Site(town.services, town.client(), town.app).member("ann")
        posts = [(await member.say(f"number {number}"))["id"] for number in range(8)]
        visitor, neighbour = town.client("203.0.113.5"), town.client("203.0.113.6")
        for _ in range(20):
            assert (await visitor.get(f"/api/v1/statuses/{posts[0]}")).status_code == 200
        codes = [(await visitor.get(f"/api/v1/statuses/{post}")).status_code for post in posts]
        assert codes == [200] * 5 + [429] * 3
        refused = await visitor.get(f"/@ann/{posts[7]}")
        assert refused.status_code == 429
        assert refused.headers["content-type"].startswith("text/html")
        assert "Wait" in refused.text
        assert (await neighbour.get(f"/api/v1/statuses/{posts[7]}")).status_code == 200
        # The token of an app alone is nobody's sign-in.
        assert (await member.request("GET", f"/api/v1/statuses/{posts[7]}")).status_code == 200


async def test_a_network_has_a_budget_too(settings: Settings) -> None:
    async with open_town(settings, rate_requests=2, rate_network_factor=3) as town:
        codes = [
            (await town.client(f"203.0.113.{number}").get("/api/v2/instance")).status_code
            for number in range(8)
        ]
        assert codes == [200] * 6 + [429] * 2
        assert (await town.client("203.0.114.1").get("/api/v2/instance")).status_code == 200
        same = [
            (await town.client(f"2001:db8:1:{n}::1").get("/api/v2/instance")).status_code for n in range(8)
        ]
        assert same == [200] * 6 + [429] * 2
        assert (await town.client("2001:db8:2::1").get("/api/v2/instance")).status_code == 200


async def test_pages_are_refused_with_a_page_and_the_api_with_json(settings: Settings) -> None:
    async with open_town(settings, rate_requests=1) as town:
        visitor = town.client("203.0.113.5")
        await visitor.get("/about")
        for path, kind in (("/about", "text/html"), ("/@ann", "text/html"), ("/nowhere", "text/html"),
                           ("/api/v2/instance", "application/json"), ("/api/nowhere", "application/json")):  # fmt: skip
            answer = await visitor.get(path)
            assert answer.status_code == 429, path
            assert answer.headers["content-type"].startswith(kind), path
            assert 0 < int(answer.headers["retry-after"]) <= 300
            assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == (
                "1",
                "0",
            )
        page = (await visitor.get("/about")).text
        assert "A little slower, please" in page
        assert "content-security-policy" in (await visitor.get("/about")).headers


@pytest.mark.parametrize(
    ("setting", "method", "path", "form"),
    [
        ("rate_searches", "GET", "/api/v2/search?q=ann", {}),
        ("rate_follows", "POST", "/api/v1/accounts/{other}/follow", {}),
        ("rate_posts", "POST", "/api/v1/statuses", {"status": "hello"}),
        ("rate_new_account_posts", "POST", "/api/v1/statuses", {"status": "hello"}),
        ("rate_deletes", "POST", "/api/v1/statuses/{post}/unreblog", {}),
        ("rate_reports", "POST", "/api/v1/reports", {"account_id": "{other}"}),
        ("rate_media", "POST", "/api/v2/media", {}),
        ("rate_requests", "GET", "/api/v1/timelines/home", {}),
    ],
)
async def test_members_have_a_limit_each(
    site: Site, setting: str, method: str, path: str, form: dict[str, str]
) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await bob.say("hello")
    names = {"{other}": bob.id, "{post}": post["id"]}
    _set(site, **{setting: 2})

    def filled(text: str) -> str:
        for name, value in names.items():
            text = text.replace(name, value)
        return text

    data = {name: filled(value) for name, value in form.items()}
    answers = [await ann.request(method, filled(path), data=data or None) for _ in range(3)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True], [
        a.text for a in answers
    ]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["x-ratelimit-limit"] == "2"
    assert int(answers[2].headers["retry-after"]) > 0
    carl = await site.member("carl")
    assert (await carl.request(method, filled(path), data=data or None)).status_code != 429


async def test_an_account_is_new_for_some_days(site: Site) -> None:
    _set(site, rate_new_account_posts=1)
    ann = await site.member("ann")
    await ann.say("first")
    assert (await ann.request("POST", "/api/v1/statuses", data={"status": "second"})).status_code == 429
    old = site.services.clock.now() - timedelta(days=8)
    bob = await site.member("bob")
    async with site.services.database.transaction() as tx:
        await tx.execute("update accounts set created_at = $2 where id = $1", bob.account_id, old)
        tx.touch(Kind.ACCOUNT, bob.account_id)
    for text in ("first", "second", "third"):
        await bob.say(text)


async def test_addresses_have_limits_for_what_nobody_signs_in_for(settings: Settings) -> None:
    async with open_town(settings, rate_apps=2, rate_links=2, rate_network_factor=2) as town:
        form = {"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}
        codes = [
            (await town.client(f"203.0.113.{address}").post("/api/v1/apps", data=form)).status_code
            for address in (1, 1, 1, 2, 3, 4)
        ]
        assert codes == [200, 200, 429, 200, 200, 429]
        visitor = town.client("203.0.113.9")
        codes = [(await visitor.get(f"/auth/password/guess{number}")).status_code for number in range(4)]
        assert codes == [404, 404, 429, 429] or codes == [410, 410, 429, 429]


_TAG_PAGE, _TAG = "/tags/harbour", "/api/v1/timelines/tag/harbour"
_LIVE, _LINK = "/api/v1/timelines/public", "/api/v1/timelines/link?url=https://example.org/"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {_LIVE: 200, _TAG: 200, _LINK: 404, _TAG_PAGE: 200, "/": "shown"}),
        ({"timelines_access": "members"}, {_LIVE: 401, _TAG: 401, _LINK: 401, _TAG_PAGE: 303, "/": "closed"}),
        ({"live_feeds_local": "members"}, {_LIVE: 401, _TAG: 200, _LINK: 404, _TAG_PAGE: 200, "/": "closed"}),
        ({"hashtag_feeds_local": "members"}, {_LIVE: 200, _TAG: 401, _LINK: 404, _TAG_PAGE: 303, "/": "shown"}),
        ({"link_feeds_local": "members"}, {_LIVE: 200, _TAG: 200, _LINK: 401, _TAG_PAGE: 200, "/": "shown"}),
        ({"live_feeds_local": "disabled"}, {_LIVE: "empty", _TAG: 200, _LINK: 404, _TAG_PAGE: 200, "/": "closed"}),
        ({"hashtag_feeds_local": "disabled"}, {_LIVE: 200, _TAG: "empty", _LINK: 404, _TAG_PAGE: 404, "/": "shown"}),
    ],
)  # fmt: skip
async def test_feeds_are_open_to_whom_the_settings_say(
    site: Site, changes: dict[str, str], expected: dict[str, Any]
) -> None:
    ann = await site.member("ann")
    await ann.say("ships in the harbour #harbour")
    await site.settle()
    _set(site, **changes)
    for path, wanted in expected.items():
        answer = await site.client.get(path)
        shown = "ships in the" in answer.text
        if isinstance(wanted, int):
            assert answer.status_code == wanted, path
            assert not shown or wanted == 200, path
        else:
            assert answer.status_code == 200, path
            assert shown == (wanted == "shown"), path
    for path in (_LIVE, _TAG):
        rows = await ann.get(path)
        assert bool(rows) == (expected[path] != "empty"), path
    told = (await site.client.get("/api/v2/instance")).json()["configuration"]["timelines_access"]
    words = {200: "public", 404: "public", 401: "authenticated", "empty": "disabled"}
    names = {"live_feeds": _LIVE, "hashtag_feeds": _TAG, "trending_link_feeds": _LINK}
    assert told == {
        kind: {"local": words[expected[path]], "remote": "disabled"} for kind, path in names.items()
    }


async def test_a_signed_in_reader_of_pages_is_no_visitor(site: Site) -> None:
    ann = await site.member("ann")
    await ann.say("hello")
    _set(site, visitor_reads=0)
    assert (await site.client.get("/@ann")).status_code == 429
    site.client.cookies.set("holdfast_session", await session_of(ann))
    assert (await site.client.get("/@ann")).status_code == 200
    assert (await site.client.get("/@ann/feed.atom")).status_code == 200


async def test_forms_that_are_refused_say_when_to_come_back(settings: Settings) -> None:
    async with open_town(settings, rate_signin_attempts=1) as town:
        await town.member("ann")
        browser = await town.signed_in("ann")
        await browser.open("/auth/settings")
        wrong = {"current_password": "wrong", "password": PASSWORD, "password_again": PASSWORD}
        await browser.send("/auth/settings/password", **wrong)
        await browser.open("/auth/settings")
        answer = await browser.send("/auth/settings/password", **wrong)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert re.search(r"Too many attempts\. Wait \d+ (minutes|seconds)", answer.text)
