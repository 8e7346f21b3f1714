"""Requests that our own description of the API leads to: none fails, and answers have the content types it names.

schemathesis makes them, a few for every operation, as nobody, as a member and as one of the staff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance

from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.conformance

EXAMPLES = 3
ADDRESS = "/api/holdfast/openapi.json"
# How many operations are answered well at least, for each of those who ask.
ANSWERED = {"nobody": 20, "member": 85, "admin": 95}
# What would end the access that the other requests need, or never ends.
LEFT_OUT = ("/api/v1/streaming",)


@dataclass(frozen=True)
class Caller:
    """Somebody who asks."""

    name: str
    headers: dict[str, str]
    # What a placeholder may stand for, by how the path begins: made-up ids are only ever not found.
    known: dict[str, str]


@pytest.fixture(scope="module")
def document(server: WholeServer) -> dict[str, Any]:
    answer = httpx2.get(server.url + ADDRESS, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module", params=["nobody", "member", "admin"])
def caller(server: WholeServer, request: pytest.FixtureRequest) -> Caller:
    name = request.param
    login = f"fuzz_{name}"
    role = name if name == "admin" else "member"
    for one, rank in ((login, role), (f"{login}_other", "member")):
        server.command("account", "create", one, "--email", f"{one}@example.org", "--role", rank)
    scopes = "read write follow push profile" + (" admin:read admin:write" if name == "admin" else "")
    headers = {"authorization": f"Bearer {server.token(login, scopes)}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:
        post = client.post("/api/v1/statuses", data={"status": "#harbour"}).json()
        made = client.post("/api/v1/lists", data={"title": "a list"}).json()
        other = client.get(f"/api/v1/accounts/lookup?acct={login}_other").json()
    ids = {
        "/api/v1/statuses/": post["id"],
        "/api/v1/accounts/": other["id"],
        "/api/v1/lists/": made["id"],
        "/api/v1/timelines/list/": made["id"],
        "/api/v1/admin/accounts/": other["id"],
        "/api/v1/tags/": "harbour",
    }
    return Caller(name, headers if name != "nobody" else {}, ids)


def test_the_description_is_whole(document: dict[str, Any]) -> None:
    """Every reference leads somewhere, every operation has a name of its own."""
    text = json.dumps(document)
    names = [one["operationId"] for operations in document["paths"].values() for one in operations.values()]
    assert len(names) == len(set(names)) > 230
    for reference in _references(document):
        node: Any = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
    assert "/auth/sign_in" not in text


def _references(node: Any) -> Iterator[str]:
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _references(value)
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"]


def test_no_request_that_it_leads_to_fails(
    server: WholeServer, document: dict[str, Any], caller: Caller
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    statuses: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if not operation.path.startswith(LEFT_OUT):
            statuses[operation.label] = _try(operation, server.url, caller)
    assert len(statuses) > 220
    # It would prove little if nearly all of them were turned away.
    well = [label for label, seen in statuses.items() if any(200 <= one < 300 for one in seen)]
    assert len(well) >= ANSWERED[caller.name], len(well)


def _try(operation: Any, url: str, caller: Caller) -> set[int]:
    """A few requests; the statuses of the answers."""
    seen = set()
    known = [ident for begins, ident in caller.known.items() if operation.path.startswith(begins)]

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        if known and len(str(case.body)) % 2 == 0:
            case.path_parameters = dict.fromkeys(case.path_parameters, known[0])
        answer = case.call(base_url=url, headers=caller.headers, timeout=30)
        seen.add(answer.status_code)
        # 501 is oEmbed's own word for a format that is not offered.
        assert answer.status_code < 500 or answer.status_code == 501, (answer.request.url, answer.text)
        case.validate_response(answer, checks=[content_type_conformance])

    ask()
    return seen
