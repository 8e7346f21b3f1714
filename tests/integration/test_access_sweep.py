"""Every route x anonymous, app, wrong scope, suspended, blocked, stranger, owner: the answer is the expected one.

The cases are generated from the routes themselves and from the table in `tests/support/access.py`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from holdfast.edge.routes import Route, Who
from holdfast.main.asgi import ROUTES
from holdfast.platform.config import Settings, load_settings
from tests.support.access import APP, PUBLIC, TABLE
from tests.support.access_pages import PAGES, PageCodes
from tests.support.access_people import app_token, fresh, reinstate, session_of, suspend
from tests.support.access_rows import Codes, Row
from tests.support.access_world import World
from tests.support.postgres import DatabaseServer
from tests.support.site import Site, open_site
from tests.support.streams import first_answer
from tests.support.unlimited import UNLIMITED

pytestmark = pytest.mark.integration

_UNLIKE = {"date", "x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
_PLACEHOLDER = re.compile(r"\{\w+\}")
_BY_NAME = {f"{route.method} {route.path}": route for route in ROUTES}
_API = {name: route for name, route in _BY_NAME.items() if route.access.who is not Who.BROWSER}
_CASES = [
    (name, kind) for name in _API if name in TABLE for kind in TABLE[name].acts_on
]  # what lacks a row fails below


@pytest.fixture(scope="module")
def sweep_settings(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    address = database_server.clone_database()
    data = str(tmp_path_factory.mktemp("sweep"))
    yield load_settings({"data": data, "database_url": address, **UNLIMITED}, environment={})
    database_server.drop_database(address)


@pytest.fixture(scope="module")
async def site(sweep_settings: Settings) -> AsyncIterator[Site]:
    async with open_site(sweep_settings) as opened:
        yield opened


@dataclass(frozen=True)
class Outsiders:
    """Tokens that open nothing for a member's routes, whoever the world's people are."""

    app: str
    suspended: str
    suspended_session: str


@pytest.fixture(scope="module")
async def outsiders(site: Site) -> Outsiders:
    suspended = await fresh(site)
    session = await session_of(suspended)
    await suspend(suspended)
    return Outsiders(await app_token(site), suspended.token, session)


async def ask(
    site: Site, name: str, row: Row, thing: str, token: str | None, **headers: str
) -> httpx2.Response:
    """The row's minimal valid request about a thing."""
    method, path = name.split(" ", 1)
    sent = {"authorization": f"Bearer {token}", **headers} if token else headers
    options: dict[str, Any] = {"params": _filled(row.query, thing)} if row.query else {}
    if row.form:
        options["data"] = _filled(row.form, thing)
    if name in _API and _API[name].lasting:
        return await first_answer(site.app, method, _address(path, thing), options.get("params", {}), sent)
    return await site.client.request(method, _address(path, thing), headers=sent, **options)


def _address(path: str, thing: str) -> str:
    """The path with `thing` for its placeholder; for several, its parts between slashes, and nothing known for the rest."""
    parts = iter(thing.split("/"))
    return _PLACEHOLDER.sub(lambda _: next(parts, "unknown"), path)


def _filled(fields: dict[str, str], thing: str) -> dict[str, str]:
    return {name: value.replace("{object}", thing) for name, value in fields.items()}


def anonymous_code(route: Route, codes: Codes) -> int:
    return codes.anonymous if route.access.who is Who.ANYONE else 401


def ignores_tokens(route: Route) -> bool:
    """What is the same for everybody; here an ended token is none at all."""
    return route.access.who is Who.ANYONE and not route.access.scopes


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    pages = {name for name in _BY_NAME if name not in _API}
    assert set(_API) - set(TABLE) == set(), "say in tests/support/access.py who may call these"
    assert set(TABLE) - set(_API) == set()
    assert pages - set(PAGES) == set(), "say in tests/support/access_pages.py who may see these pages"
    assert set(PAGES) - pages == set()


def test_only_the_listed_routes_need_no_member() -> None:
    assert {name for name, route in _API.items() if route.access.who is Who.ANYONE} == PUBLIC
    assert {name for name, route in _API.items() if route.access.who is Who.APP} == APP


def test_every_route_that_acts_or_tells_of_a_member_asks_for_a_scope() -> None:
    without = {
        name for name, route in _API.items() if route.access.who is Who.MEMBER and not route.access.scopes
    }
    assert without == {"GET /api/v1/announcements", "DELETE /api/holdfast/v1/session"}


@pytest.mark.parametrize(("name", "kind"), _CASES, ids=[f"{n} {k}".strip() for n, k in _CASES])
async def test_access(site: Site, outsiders: Outsiders, name: str, kind: str) -> None:
    route, row = _API[name], TABLE[name]
    codes = row.acts_on[kind]
    world = await World.make(site)
    got: dict[str, int] = {}
    nobody = anonymous_code(route, codes)
    ended = nobody if ignores_tokens(route) else 401
    expected = {"anonymous": nobody, "suspended": ended, "unknown token": ended}
    thing = await world.thing(kind)

    async def note(who: str, token: str | None) -> None:
        got[who] = (await ask(site, name, row, thing, token)).status_code

    await note("anonymous", None)
    await note("unknown token", "nobody-has-this-token")
    await note("suspended", outsiders.suspended)
    if route.access.scopes:
        expected["wrong scope"] = 403
        other = "profile" if "push" in route.access.scopes else "push"
        await note("wrong scope", (await site.login("", world.owner.account_id, scopes=other)).token)
    if route.access.who is Who.MEMBER:
        expected["app"] = 401
        await note("app", outsiders.app)
    # The owner last: what the owner does to the thing may end it.
    for who, member, code in (
        ("blocked", world.blocked, codes.blocked),
        ("stranger", world.stranger, codes.stranger),
        ("owner", world.owner, codes.owner),
    ):
        expected[who] = code
        await note(who, member.token)
    assert got == expected


_HIDING = [
    (name, hidden, missing)
    for name, kind_codes in ((name, TABLE[name].acts_on) for name in _API if name in TABLE)
    for missing in kind_codes
    if missing.startswith("missing_")
    for hidden, codes in kind_codes.items()
    if hidden != missing and codes.stranger == 404
]


@pytest.mark.parametrize(("name", "hidden", "missing"), _HIDING, ids=[" ".join(case) for case in _HIDING])
async def test_hidden_and_missing_are_indistinguishable(
    site: Site, name: str, hidden: str, missing: str
) -> None:
    row = TABLE[name]
    world = await World.make(site)
    there, gone = await world.thing(hidden), await world.thing(missing)
    tokens = [world.stranger.token, world.blocked.token]
    if _API[name].access.who is Who.ANYONE:
        tokens.append("")
    for token in tokens:
        for language in ("en", "fr"):
            answers = []
            for thing in (there, gone):
                answer = await ask(site, name, row, thing, token, **{"accept-language": language})
                headers = {key: value for key, value in answer.headers.items() if key not in _UNLIKE}
                answers.append((answer.status_code, answer.content, headers))
            assert answers[0] == answers[1], language
            assert answers[0][0] == 404


async def test_suspension_ends_access_with_the_next_request_on_every_route(site: Site) -> None:
    member = await fresh(site)
    for name in (name for name, route in _API.items() if not ignores_tokens(route)):
        await reinstate(member)
        member = await site.login(member.name, member.account_id)
        await member.get("/api/v1/accounts/verify_credentials")
        await suspend(member)
        answer = await ask(site, name, Row({}), "1/1", member.token)
        assert answer.status_code == 401, name
        assert answer.headers["www-authenticate"].startswith(("Bearer", "Basic")), name


async def test_head_says_what_get_says_without_a_body(site: Site) -> None:
    world = await World.make(site)
    for name, row in ((name, TABLE[name]) for name in _API if name.startswith("GET")):
        thing = await world.thing(next(iter(row.acts_on)))
        got = await ask(site, name, row, thing, world.owner.token)
        head = await ask(site, name.replace("GET", "HEAD"), row, thing, world.owner.token)
        assert (head.status_code, head.content) == (got.status_code, b""), name
        assert head.headers["content-type"] == got.headers["content-type"], name
        if not _API[name].lasting:
            assert head.headers["content-length"] == got.headers["content-length"], name


async def test_what_is_not_declared_is_refused(site: Site) -> None:
    world = await World.make(site)
    bearer = {"authorization": f"Bearer {world.owner.token}"}
    for path in {route.path for route in ROUTES}:
        declared = {route.method for route in ROUTES if route.path == path}
        address = _PLACEHOLDER.sub("1", path)
        options = await site.client.options(address)
        assert (options.status_code, options.content) == (204, b""), path
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - declared:
            answer = await site.client.request(method, address, headers=bearer)
            # A literal path such as /accounts/lookup may be an id to the sibling route of that method.
            assert answer.status_code in (404, 405), (method, path)
        for method in ("TRACE", "CONNECT", "PROPFIND", "BREW"):
            answer = await site.client.request(method, address, headers=bearer)
            assert answer.status_code in (404, 405), (method, path)


async def test_preflights_are_answered_for_the_api_only(site: Site) -> None:
    asked = {
        "origin": "https://app.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    for path in {route.path for route in ROUTES}:
        answer = await site.client.options(_PLACEHOLDER.sub("1", path), headers=asked)
        is_api = path.startswith(("/api", "/oauth", "/.well-known", "/nodeinfo", "/relaunch.json"))
        assert (answer.headers.get("access-control-allow-origin") == "*") == is_api, path
        assert "access-control-allow-credentials" not in answer.headers


async def page_request(
    site: Site, name: str, row: PageCodes, thing: str, secret: str | None, *, token: bool = True
) -> httpx2.Response:
    """A page or form as the browser with this session asks for it."""
    method, path = name.split(" ", 1)
    site.client.cookies.clear()
    try:
        if secret:
            site.client.cookies.set("holdfast_session", secret)
        form = _filled(row.form, thing)
        if method == "POST" and token:
            # A page that this browser can have, signed in or not, gives the token of its forms.
            front = await site.client.get("/auth/settings" if secret else "/auth/sign_in")
            if front.status_code == 303:
                front = await site.client.get("/auth/sign_in")
            found = re.search(r'name="form_token" value="([^"]+)"', front.text)
            assert found is not None
            form["form_token"] = found[1]
        options: dict[str, Any] = {"data": form} if method == "POST" else {}
        if row.query:
            options["params"] = _filled(row.query, thing)
        return await site.client.request(method, _address(path, thing), **options)
    finally:
        site.client.cookies.clear()


_PAGE_CASES = [(name, row) for name, rows in PAGES.items() for row in rows]
_PAGE_IDS = [f"{name} {row.object}".strip() for name, row in _PAGE_CASES]


@pytest.mark.parametrize(("name", "row"), _PAGE_CASES, ids=_PAGE_IDS)
async def test_pages(site: Site, outsiders: Outsiders, name: str, row: PageCodes) -> None:
    world = await World.make(site)
    thing = await world.thing(row.object)
    got: dict[str, int] = {}
    for who, session in (
        ("visitor", None),
        ("suspended", outsiders.suspended_session),
        ("blocked", await session_of(world.blocked)),
        ("stranger", await session_of(world.stranger)),
        ("owner", await session_of(world.owner)),
    ):
        answer = await page_request(site, name, row, thing, session)
        got[who] = answer.status_code
        if who in ("visitor", "suspended") and row.visitor == 303:
            assert answer.headers["location"].startswith("/auth/sign_in"), who
    blocked = row.stranger if row.blocked is None else row.blocked
    assert got == {
        "visitor": row.visitor, "suspended": row.visitor, "blocked": blocked, "stranger": row.stranger,
        "owner": row.owner,
    }  # fmt: skip


# Of these nobody has anything to hide: the app is built here or not.
_NOBODYS_PAGES = ("", "session", "app_path")
_HIDING_PAGES = [
    (name, row)
    for name, row in _PAGE_CASES
    if row.stranger == 404 and row.object not in _NOBODYS_PAGES and "missing" not in row.object
]


@pytest.mark.parametrize(
    ("name", "row"), _HIDING_PAGES, ids=[f"{name} {row.object}" for name, row in _HIDING_PAGES]
)
async def test_hidden_and_missing_pages_are_indistinguishable(site: Site, name: str, row: PageCodes) -> None:
    world = await World.make(site)
    there = await world.thing(row.object)
    if row.object.endswith("_post"):
        missing = "missing_post"
    else:
        missing = "missing_post_page" if "post" in row.object else "missing_name"
    gone = await world.thing(missing)
    for session in (None, await session_of(world.stranger)):
        answers = []
        for thing in (there, gone):
            answer = await page_request(site, name, row, thing, session)
            # Nor where the sign-in page leads back to.
            headers = {
                key: value.replace(thing, "THING")
                for key, value in answer.headers.items()
                if key not in {*_UNLIKE, "set-cookie"}
            }
            # The page names its own address, and carries a token of this browser's forms.
            page = re.sub(r'name="form_token" value="[^"]+"', "", answer.text)
            for part in thing.split("/"):
                page = page.replace(part, "THING")
            headers.pop("content-length")
            answers.append((answer.status_code, page, headers))
        assert answers[0] == answers[1]


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("POST")])
async def test_forms_without_our_token_are_refused(site: Site, name: str) -> None:
    world, row = await World.make(site), PAGES[name][0]
    thing = await world.thing(row.object)
    for session in (None, await session_of(world.owner)):
        answer = await page_request(site, name, row, thing, session, token=False)
        assert answer.status_code == 403
