"""NUL, which PostgreSQL keeps in no text, in every placeholder of a path and every text that a handler takes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest

from holdfast.edge.api_description import structs_of
from holdfast.edge.routes import Route, Who
from holdfast.main.asgi import ROUTES
from holdfast.platform.config import Settings
from tests.support.access_people import session_of
from tests.support.site import Member, Site, open_site

pytestmark = pytest.mark.integration

_PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    free = dict.fromkeys(("rate_requests", "rate_deletes", "rate_signin_attempts"), 100_000)
    async with open_site(msgspec.structs.replace(settings, **free)) as opened:
        yield opened


async def test_nul_in_a_path_is_not_found(site: Site) -> None:
    admin = await site.member("ann", role="admin")
    cookie = {"cookie": f"holdfast_session={await session_of(admin)}"}
    bearer = {"authorization": f"Bearer {admin.token}"}
    failed = []
    for route in ROUTES:
        if route.lasting or "{" not in route.path:
            continue
        headers = cookie if route.access.who is Who.BROWSER else bearer
        for text in ("%00", "ann%00"):
            answer = await site.client.request(
                route.method, _PLACEHOLDER.sub(text, route.path), headers=headers
            )
            if answer.status_code >= 500:
                failed.append(f"{route.method} {route.path} {text}")
    assert failed == []


async def test_nul_in_json_is_taken_out(site: Site) -> None:
    admin = await site.member("ann", role="admin")
    listed = await admin.post("/api/v1/lists", title="x")
    made = await admin.post(
        "/api/v2/filters", title="x", **{"context[]": "home", "keywords_attributes[0][keyword]": "x"}
    )
    ids = {"lists": listed["id"], "keywords": made["keywords"][0]["id"], "filters": made["id"]}
    failed, asked = [], 0
    for route, body in _bodies():
        kind = next((ids[one] for one in ("keywords", "lists", "filters") if one in route.path), admin.id)
        asked += 1
        if await _status(admin, route, _PLACEHOLDER.sub(kind, route.path), body) >= 500:
            failed.append(f"{route.method} {route.path} {body}")
    assert asked > 100
    assert failed == []
    titled = await admin.request("POST", "/api/v1/lists", json={"title": "a\x00b"})
    assert titled.json()["title"] == "ab"


def _bodies() -> Iterator[tuple[Route, dict[str, str]]]:
    """Each field of each body, alone: of several, one that is refused would hide the next."""
    for route in ROUTES:
        if route.method != "GET" and not route.lasting:
            for struct in structs_of(route):
                for name in struct.__struct_encode_fields__:
                    yield route, {name: "a\x00b"}


async def _status(who: Member, route: Route, path: str, body: dict[str, str]) -> int:
    return (await who.request(route.method, path, json=body)).status_code
