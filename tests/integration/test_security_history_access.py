"""What happened elsewhere to authorisation, sessions and privacy. Each test names its case."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import httpx2
import msgspec
import pytest

from holdfast.edge import mastodon
from holdfast.edge.routes import Who
from holdfast.main.asgi import ROUTES
from holdfast.platform.config import Settings, load_settings
from tests.integration.test_access_sweep import ask, page_request
from tests.support.access import PUBLIC, TABLE
from tests.support.access_pages import PAGES
from tests.support.access_people import session_of
from tests.support.access_staff import STAFF
from tests.support.access_world import World
from tests.support.postgres import DatabaseServer
from tests.support.site import Member, Site, open_site
from tests.support.unlimited import UNLIMITED

_UNLIKE = {"date", "x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
_LANGUAGES = ("en", "de", "fr-CA,fr;q=0.8", "ar", "ja", "tlh", "*", "xx-invalid;q=9")
# What a path names that belongs to nobody, or is shown to everybody.
_NOBODYS = frozenset(
    """
    GET /api/v1/instance/terms_of_service/{date}
    GET /api/v1/tags/{name}
    GET /api/v1/timelines/tag/{hashtag}
    GET /nodeinfo/{version}
    GET /settings/export/{file}
    GET /static/{file}
    GET /tags/{tag}
    POST /api/v1/tags/{name}/feature
    POST /api/v1/tags/{name}/follow
    POST /api/v1/tags/{name}/unfeature
    POST /api/v1/tags/{name}/unfollow
    POST /api/v2/notifications/{group_key}/dismiss
    GET /auth/password/{secret}
    POST /auth/password/{secret}
    """.split("\n    ")
)


@pytest.fixture(scope="module")
def access_settings(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    address = database_server.clone_database()
    data = str(tmp_path_factory.mktemp("access"))
    yield load_settings({"data": data, "database_url": address, **UNLIMITED}, environment={})
    database_server.drop_database(address)


@pytest.fixture(scope="module")
async def site(access_settings: Settings) -> AsyncIterator[Site]:
    async with open_site(access_settings) as opened:
        yield opened


async def test_cve_2026_22246_no_id_of_another_opens_anything(site: Site) -> None:
    """Two members and every id in every path: what is one's own is refused to the other with the bare words of a
    refusal, and is still there afterwards."""
    world = await World.make(site)
    session = await session_of(world.stranger)
    swept: set[str] = set()
    things: dict[str, str] = {}
    for name, row in TABLE.items():
        for kind, codes in row.acts_on.items():
            if codes.stranger not in (401, 403, 404) or kind == "" or name in STAFF:
                continue
            things[kind] = thing = things.get(kind) or await world.thing(kind)
            answer = await ask(site, name, row, thing, world.stranger.token)
            assert answer.status_code == codes.stranger, (name, kind)
            assert set(answer.json()) == {"error"}, (name, kind, answer.text)
            swept.add(name)
    for name, rows in PAGES.items():
        for page in (page for page in rows if page.stranger in (403, 404) and page.object):
            things[page.object] = thing = things.get(page.object) or await world.thing(page.object)
            answer = await page_request(site, name, page, thing, session)
            assert answer.status_code == page.stranger, (name, page.object)
            assert "hello" not in answer.text, (name, page.object)
            assert "tomorrow at noon" not in answer.text, (name, page.object)
            swept.add(name)
    named = {f"{route.method} {route.path}" for route in ROUTES if "{" in route.path}
    unswept = {name for name in named - swept - _NOBODYS - set(STAFF) if not _only_of_members(name)}
    assert unswept == set(), "give these an object that is somebody else's"
    for kind, path in (("private_post", "/api/v1/statuses/"), ("list", "/api/v1/lists/"), ("media", "/api/v1/media/"),
                       ("filter", "/api/v2/filters/"), ("scheduled_post", "/api/v1/scheduled_statuses/"),
                       ("notification", "/api/v1/notifications/"), ("filter_keyword", "/api/v2/filters/keywords/")):  # fmt: skip
        assert (await world.owner.request("GET", path + things[kind])).status_code == 200, kind


def _only_of_members(name: str) -> bool:
    """Whether a path names accounts that everybody may see, and things that end with the member's own request."""
    rows = [*TABLE[name].acts_on] if name in TABLE else [row.object for row in PAGES.get(name, ())]
    public = (
        "account",
        "somebody",
        "requester",
        "name",
        "handle",
        "image",
        "client_id",
        "app",
        "announcement",
    )
    return all(any(word in kind for word in public) or kind in ("", "session") for kind in rows)


class Named(NamedTuple):
    """A request whose parameter names somebody else's thing. `own`: a thing of the caller's that the path needs."""

    method: str
    path: str
    form: dict[str, str]
    kind: str
    missing: str = "missing_post"


_POST = ("POST", "/api/v1/statuses")
_BY_PARAMETER: dict[str, Named] = {
    "StatusParams.in_reply_to_id": Named(*_POST, {"status": "x", "in_reply_to_id": "{id}"}, "private_post"),
    "StatusParams.media_ids": Named(*_POST, {"status": "x", "media_ids[]": "{id}"}, "media"),
    "StatusParams.quoted_status_id": Named(*_POST, {"status": "x", "quoted_status_id": "{id}"}, "private_post"),
    "MediaAttributes.id": Named(
        "PUT", "/api/v1/statuses/{post}",
        {"status": "x", "media_attributes[0][id]": "{id}", "media_attributes[0][description]": "stolen"}, "media",
    ),
    "_IdsParams.id": Named("GET", "/api/v1/statuses", {"id[]": "{id}"}, "private_post"),
    "IdsQuery.id": Named("GET", "/api/v1/accounts", {"id[]": "{id}"}, "suspended_account", "missing_account"),
    "_KeywordForm.id": Named(
        "PUT", "/api/v2/filters/{filter}",
        {"keywords_attributes[0][id]": "{id}", "keywords_attributes[0][keyword]": "x"}, "filter_keyword",
    ),
    "_StatusForm.status_id": Named(
        "POST", "/api/v2/filters/{filter}/statuses", {"status_id": "{id}"}, "private_post"
    ),
    "_MembersForm.account_ids": Named(
        "POST", "/api/v1/lists/{list}/accounts", {"account_ids[]": "{id}"}, "suspended_account", "missing_account"
    ),
    "RequestIds.id": Named(
        "POST", "/api/v1/notifications/requests/dismiss", {"id[]": "{id}"}, "notification_request"
    ),
    "DismissQuery.id": Named("POST", "/api/v1/notifications/dismiss", {"id": "{id}"}, "notification"),
    "ReportForm.account_id": Named(
        "POST", "/api/v1/reports", {"account_id": "{id}"}, "suspended_account", "missing_account"
    ),
    "ReportForm.status_ids": Named(
        "POST", "/api/v1/reports", {"account_id": "{owner}", "status_ids[]": "{id}"}, "private_post"
    ),
    "NotificationQuery.account_id": Named(
        "GET", "/api/v1/notifications", {"account_id": "{id}"}, "suspended_account", "missing_account"
    ),
    "GroupQuery.account_id": Named(
        "GET", "/api/v2/notifications", {"account_id": "{id}"}, "suspended_account", "missing_account"
    ),
    "SearchQuery.account_id": Named(
        "GET", "/api/v2/search", {"q": "hello", "account_id": "{id}"}, "suspended_account", "missing_account"
    ),
}  # fmt: skip
# They name no thing of anybody's: cursors say from when on, rules are the server's.
_NO_THINGS = {"max_id", "since_id", "min_id", "last_read_id", "rule_ids"}
_NO_REQUESTS = {"push_message", "render_notification"}


def test_cve_2026_22246_every_parameter_that_names_a_thing_is_swept() -> None:
    found = set()
    for module in pkgutil.iter_modules(mastodon.__path__):
        if module.name.startswith("admin_") or module.name in _NO_REQUESTS:
            continue
        loaded = importlib.import_module(f"{mastodon.__name__}.{module.name}")
        for name, kind in vars(loaded).items():
            if (
                inspect.isclass(kind)
                and issubclass(kind, msgspec.Struct)
                and kind.__module__ == loaded.__name__
            ):
                fields = {f for f in kind.__struct_fields__ if f == "id" or f.endswith(("_id", "_ids"))}
                found |= {f"{name}.{field}" for field in fields - _NO_THINGS}
    assert found - set(_BY_PARAMETER) == set(), "say here what of another's such a parameter could name"


@pytest.mark.parametrize("parameter", _BY_PARAMETER)
async def test_cve_2026_23964_a_parameter_that_names_anothers_thing_is_as_one_that_names_none(
    site: Site, parameter: str
) -> None:
    world, asked = await World.make(site), _BY_PARAMETER[parameter]
    caller = world.stranger
    own = {
        "{post}": lambda: caller.say("mine"),
        "{list}": lambda: caller.post("/api/v1/lists", title="Mine"),
        "{filter}": lambda: caller.post("/api/v2/filters", title="Mine", **{"context[]": "home"}),
    }
    names = {"{owner}": world.owner.id}
    for placeholder, make in own.items():
        if placeholder in asked.path:
            names[placeholder] = str((await make())["id"])
    answers = []
    for kind in (asked.kind, asked.missing):
        names["{id}"] = await world.thing(kind)
        answer = await _ask(caller, asked, names)
        headers = {name: value for name, value in answer.headers.items() if name not in {*_UNLIKE, "etag"}}
        answers.append((answer.status_code, answer.content, headers))
        assert b"hello" not in answer.content or b"q=hello" in answer.content
        assert names["{id}"].encode() not in answer.content
        if kind == "media":
            kept = await world.owner.get(f"/api/v1/media/{names['{id}']}")
            assert kept["description"] is None
    assert answers[0] == answers[1]
    if asked.method == "POST" and "notifications/" not in asked.path:
        assert answers[0][0] in (404, 422)


async def _ask(caller: Member, asked: Named, names: dict[str, str]) -> httpx2.Response:
    def filled(text: str) -> str:
        for placeholder, value in names.items():
            text = text.replace(placeholder, value)
        return text

    where = "params" if asked.method == "GET" else "data"
    form = {name: filled(value) for name, value in asked.form.items()}
    return await caller.request(asked.method, filled(asked.path), **{where: form})


async def test_cve_2025_67500_hidden_and_missing_are_one_answer_in_every_language(site: Site) -> None:
    world = await World.make(site)
    hidden, missing = await world.thing("private_post"), await world.thing("missing_post")
    paths = ("/api/v1/statuses/{}", "/api/v1/statuses/{}/context", "/api/v1/statuses/{}/history",
             "/api/v1/statuses/{}/favourited_by", "/api/oembed?url=http://localhost:8420/@" + world.owner.name + "/{}")  # fmt: skip
    for path in paths:
        seen = set()
        for language in _LANGUAGES:
            for ident in (hidden, missing):
                for headers in ({}, {"authorization": f"Bearer {world.stranger.token}"}):
                    answer = await site.client.get(
                        path.format(ident), headers={**headers, "accept-language": language}
                    )
                    kept = sorted((k, v) for k, v in answer.headers.items() if k not in _UNLIKE)
                    seen.add((answer.status_code, answer.content, tuple(kept)))
        assert len(seen) == 1, path
        assert next(iter(seen))[0] == 404
    for ident in (hidden, missing):
        for language in _LANGUAGES:
            page = await site.client.get(
                f"/@{world.owner.name}/{ident}", headers={"accept-language": language}
            )
            assert page.status_code == 404
            assert "It was never there, it was removed, or it is not for everybody to see." in page.text


async def test_cve_2025_30741_who_asks_to_follow_sees_nothing_private_before_the_answer(site: Site) -> None:
    ann, bob = await site.members("ann_locked", "bob_asks")
    await ann.request("PATCH", "/api/v1/accounts/update_credentials", data={"locked": "true"})
    post = await ann.say("behind the curtain", visibility="private")
    assert (await bob.post(f"/api/v1/accounts/{ann.id}/follow"))["requested"] is True
    await site.settle()

    async def seen() -> list[bool]:
        paths = (
            f"/api/v1/statuses/{post['id']}", "/api/v1/timelines/home", f"/api/v1/accounts/{ann.id}/statuses",
            "/api/v2/search?q=curtain",
        )  # fmt: skip
        answers = [await bob.request("GET", path) for path in paths]
        return ["behind the curtain" in answer.text for answer in answers]

    assert not any(await seen())
    await ann.post(f"/api/v1/follow_requests/{bob.id}/reject")
    assert not any(await seen())
    assert (await bob.post(f"/api/v1/accounts/{ann.id}/follow"))["requested"] is True
    await ann.post(f"/api/v1/follow_requests/{bob.id}/authorize")
    await site.settle()
    assert (await seen())[:3] == [True, True, True]


async def test_ghsa_58x8_nothing_is_open_that_was_not_opened(site: Site) -> None:
    """Default deny: without a token, every route that is not on the list of public ones is 401, whatever it is sent."""
    for route in ROUTES:
        name = f"{route.method} {route.path}"
        if route.access.who is Who.BROWSER or route.lasting or name in PUBLIC:
            continue
        path = route.path
        for placeholder in ("id", "list_id", "account_id", "quoting_status_id", "name", "group_key", "date"):
            path = path.replace("{" + placeholder + "}", "1")
        for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer null"}, {"authorization": "Basic eDp5"},
                        {"x-forwarded-user": "owner", "x-real-ip": "127.0.0.1", "cookie": "holdfast_session=x"}):  # fmt: skip
            answer = await site.client.request(route.method, path, headers=headers)
            assert answer.status_code == 401, (name, headers, answer.text[:200])


async def test_cve_2023_52139_a_read_token_changes_nothing(site: Site) -> None:
    """A token with every read scope, at every route that changes something: refused by its scope, whatever the id."""
    world = await World.make(site)
    reader = await site.login("", world.owner.account_id, scopes="read follow profile push")
    allowed: dict[str, Any] = {}
    for name, row in TABLE.items():
        method = name.partition(" ")[0]
        route = next(one for one in ROUTES if f"{one.method} {one.path}" == name)
        scopes = route.access.scopes
        if method in ("GET", "WEBSOCKET") or route.access.who is not Who.MEMBER or name in STAFF:
            continue
        if any(scope in ("push", "profile") or scope.startswith("read") for scope in scopes):
            continue
        if all(scope.startswith(("write:follows", "write:blocks", "write:mutes")) for scope in scopes):
            continue  # the old scope `follow` is these three
        allowed[name] = (await ask(site, name, row, "1/1", reader.token)).status_code
    assert {name: code for name, code in allowed.items() if code != 403} == {}
    assert len(allowed) > 60
