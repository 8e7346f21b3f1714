"""Answers of every GET route that an OpenAPI description of the Mastodon API knows, held to its schemas.

The description is not part of this repository: HOLDFAST_TEST_OPENAPI names the file, for example the one that
the project abraham/mastodon-openapi generates from Mastodon's documentation.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from holdfast.edge.routes import Who
from holdfast.main.asgi import ROUTES
from tests.conformance.json_schema import Document
from tests.support import pictures
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.conformance

_FILE = os.environ.get("HOLDFAST_TEST_OPENAPI", "")
# Where the description and what servers send to the clients that are in use differ, the clients win.
ACCEPTED = frozenset(
    (
        # A list of filters is a list.
        "/api/v1/filters: V1Filter is '[]', not object",
        # Where a page names none, it is an empty text.
        "/api/v1/trends/links: TrendsLink.author_url is '', which is no uri",
        "/api/v1/trends/links: TrendsLink.embed_url is '', which is no uri",
    )
)
_QUERIES = {
    "/api/v1/accounts/lookup": {"acct": "ann"},
    "/api/v1/accounts/search": {"q": "ann"},
    "/api/v1/search": {"q": "ann"},
    "/api/v2/search": {"q": "harbour"},
    "/api/v1/timelines/link": {"url": "https://example.org/"},
    "/api/oembed": {"url": "{address}"},
    "/api/v1/markers": {"timeline[]": "home"},
}


# What many people would have to do, and a page to be asked, for there to be trends of each kind.
_TRENDING = """
with card as (
  insert into preview_cards (id, url, state, final_url, title, provider_url, created_at)
  values (7, 'https://example.org/', 1, 'https://example.org/', 'An example', 'https://example.org', now()) returning id),
shown as (
  insert into post_cards (post_id, card_id) select p.id, card.id from posts p, card where p.text like '%example.org%'
  on conflict (post_id) do update set card_id = excluded.card_id)
insert into trends (kind, subject_id, score, accounts)
select 2, id, 1, 3 from card union all select 0, id, 1, 3 from tags
union all select 1, id, 1, 3 from posts where visibility = 0 and boost_of_id is null
"""


@pytest.fixture(scope="module")
def document() -> Document:
    if not Path(_FILE).is_file():
        pytest.skip("HOLDFAST_TEST_OPENAPI names no OpenAPI file of the Mastodon API")
    return Document(json.loads(Path(_FILE).read_text()))


@pytest.fixture(scope="module")
def client(server: WholeServer) -> Iterator[httpx2.Client]:
    headers = {"authorization": f"Bearer {server.token('ann')}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=20) as opened:
        yield opened


@pytest.fixture(scope="module")
def things(server: WholeServer, client: httpx2.Client) -> dict[str, str]:
    """Ids for the placeholders of paths, with something behind every list."""

    def post(path: str, who: httpx2.Client = client, **form: str) -> Any:
        answer = who.post(path, data=form)
        assert answer.status_code == 200, answer.text
        return answer.json()

    bearer = {"authorization": f"Bearer {server.token('bob')}"}
    with httpx2.Client(base_url=server.url, headers=bearer, timeout=20) as bob:
        form = {"poll[options][]": "a", "poll[expires_in]": "600", "language": "en"}
        answer = client.post(
            "/api/v1/statuses",
            data={"status": "#harbour @bob https://example.org/", **form, "poll[options][]": ["a", "b"]},
        )
        poll = answer.json()
        me = client.get("/api/v1/accounts/verify_credentials").json()["id"]
        them = bob.get("/api/v1/accounts/verify_credentials").json()["id"]
        post(f"/api/v1/accounts/{them}/follow")
        post(f"/api/v1/accounts/{me}/follow", bob)
        sent = [
            client.post(
                "/api/v2/media",
                files={"file": ("a", pictures.jpeg())},
                data={"description": "x", "focus": "0,1"},
            ).json()
            for _ in range(2)
        ]
        first = post(
            "/api/v1/statuses", status="a post", spoiler_text="warned", **{"media_ids[]": sent[0]["id"]}
        )
        assert client.put(f"/api/v1/statuses/{first['id']}", data={"status": "edited"}).status_code == 200
        reply = post("/api/v1/statuses", bob, status="@ann a reply", in_reply_to_id=first["id"])
        for verb in ("favourite", "bookmark", "reblog"):
            post(f"/api/v1/statuses/{first['id']}/{verb}", bob)
            post(f"/api/v1/statuses/{reply['id']}/{verb}")
        quoting = post("/api/v1/statuses", bob, status="well said", quoted_status_id=first["id"])
        post("/api/v1/statuses", status="in a quote", quoted_status_id=quoting["id"])
        later = post("/api/v1/statuses", status="later", scheduled_at="2032-01-02T03:04:05Z")
        server.command("announcement", "add", "Thanks to @ann for #harbour", "--ends", "2040-01-01")
        server.sql(_TRENDING)
        post("/api/v1/markers", **{"home[last_read_id]": first["id"]})
        notification: list[Any] = []
        for _ in range(400):  # told by the worker a moment later
            notification = client.get("/api/v1/notifications").json()
            if notification:
                break
    return {
        "media": sent[1]["id"], "statuses": first["id"], "accounts": them, "polls": poll["poll"]["id"], "tags": "harbour", "tag": "harbour",
        "notifications": notification[0]["id"], "scheduled_statuses": later["id"], "address": first["url"],
    }  # fmt: skip


def test_every_answer_follows_its_schema(
    client: httpx2.Client, things: dict[str, str], document: Document
) -> None:
    problems: set[str] = set()
    checked = 0
    told = ("announcements", "trends/tags", "trends/statuses", "trends/links")
    assert all(client.get(f"/api/v1/{path}").json() for path in told)
    for route in ROUTES:
        if (
            route.method != "GET"
            or route.lasting
            or not route.path.startswith("/api/")
            or route.access.who is Who.BROWSER
        ):
            continue
        kind = ""
        for segment in route.path.split("/")[:-1]:
            kind = segment if segment in things else kind
        path = re.sub(r"\{\w+\}", things.get(kind, "0"), route.path)
        query = {name: value.format(**things) for name, value in _QUERIES.get(route.path, {}).items()}
        answer = client.get(path, params={**query, "id[]": things["accounts"]})
        schema = document.answer("get", route.path, answer.status_code)
        if schema is not None:
            checked += 1
            problems |= {f"{route.path}: {one}" for one in document.problems(answer.json(), schema)}
    assert checked > 40
    left = sorted(problems - ACCEPTED)
    assert not left, "\n".join(left)
