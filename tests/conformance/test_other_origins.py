"""A client that runs in a browser on another origin: what its browser asks before it lets it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.conformance

ORIGIN = "https://client.example"


@pytest.fixture
def client(server: WholeServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, headers={"origin": ORIGIN}) as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/apps"),
        ("POST", "/oauth/token"),
        ("POST", "/api/v1/statuses"),
        ("PUT", "/api/v1/statuses/1"),
        ("DELETE", "/api/v1/statuses/1"),
        ("PATCH", "/api/v1/accounts/update_credentials"),
        ("GET", "/api/v2/instance"),
        ("GET", "/.well-known/oauth-authorization-server"),
    ],
)
def test_a_preflight_is_answered(client: httpx2.Client, method: str, path: str) -> None:
    wanted = "authorization, content-type, idempotency-key"
    headers = {"access-control-request-method": method, "access-control-request-headers": wanted}
    answer = client.options(path, headers=headers)
    assert answer.is_success
    assert answer.headers["access-control-allow-origin"] in ("*", ORIGIN)
    assert method in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in wanted.split(", "))


def test_answers_and_errors_can_be_read_with_their_headers(
    server: WholeServer, client: httpx2.Client
) -> None:
    bearer = {"authorization": f"Bearer {server.token('bob')}"}
    client.post("/api/v1/statuses", data={"status": "page me"}, headers=bearer)
    for path, status in (("/api/v1/timelines/home", 200), ("/api/v1/statuses/1", 404)):
        answer = client.get(path, headers=bearer)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].lower()
        for name in ("link", "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id"):
            assert name in exposed
        assert "x-ratelimit-remaining" in answer.headers
    assert "link" in client.get("/api/v1/timelines/home", headers=bearer).headers
    assert client.get("/api/v1/timelines/home").headers["access-control-allow-origin"] == "*"


def test_pages_with_cookies_are_for_this_origin_alone(client: httpx2.Client) -> None:
    for path in ("/auth/sign_in", "/", "/about"):
        answer = client.get(path)
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["x-frame-options"] == "DENY"
