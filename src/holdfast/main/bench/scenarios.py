"""What each benchmark sends: requests as bytes, and in which order."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

import msgspec

from holdfast.main.bench.data import Community
from holdfast.main.bench.load import COUNTER, LoadPlan
from holdfast.main.bench.model import BenchOptions
from holdfast.platform.crypto import new_secret, secret_hash
from holdfast.platform.db import Database
from holdfast.social.tokens import OUT_OF_BAND

_ORDER = 20_000
_HEAD = "Host: localhost\r\nUser-Agent: holdfast-bench\r\n"


def get(path: str, token: str | None = None) -> bytes:
    """A GET request as it goes over the wire."""
    access = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\n{_HEAD}Accept: application/json\r\n{access}\r\n".encode()


def post(path: str, body: bytes, *, token: str | None = None, kind: str, basic: str | None = None) -> bytes:
    """A POST request as it goes over the wire."""
    access = (
        f"Authorization: Bearer {token}\r\n"
        if token
        else f"Authorization: Basic {basic}\r\n"
        if basic
        else ""
    )
    head = (
        f"POST {path} HTTP/1.1\r\n{_HEAD}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n{access}\r\n"
    )
    return head.encode() + body


_ORDINARY = (
    f"Bench post {COUNTER.decode()} about an ordinary morning at the river, with #bread and no news at all."
)


def publish_request(token: str, text: str = _ORDINARY, *, media_ids: Sequence[str] = ()) -> bytes:
    """One post; without a text of its own, every sending says something else."""
    with_media = {"media_ids": media_ids} if media_ids else {}
    body = msgspec.json.encode({"status": text, "visibility": "public", **with_media})
    return post("/api/v1/statuses", body, token=token, kind="application/json")


def heavy_order(count: int, length: int = _ORDER, seed: int = 7) -> list[int]:
    """Indices below `count`, small ones far more often, as some people open their timeline all day."""
    chance = random.Random(seed)
    return [min(int(count * chance.random() ** 2), count - 1) for _ in range(length)]


def plan_of(
    port: int, requests: Sequence[bytes], options: BenchOptions, *, connections: int | None = None
) -> LoadPlan:
    """Load for one round over these requests, the first of them most often."""
    return LoadPlan(
        port=port,
        requests=list(requests),
        order=heavy_order(len(requests)),
        connections=connections or options.connections,
        seconds=options.round_seconds,
    )


def once_each(port: int, requests: Sequence[bytes], *, connections: int) -> LoadPlan:
    """Each request once: what nobody has asked for before."""
    return LoadPlan(
        port=port,
        requests=list(requests),
        order=list(range(len(requests))),
        connections=connections,
        seconds=600.0,
        once=True,
    )


def home_requests(community: Community) -> list[bytes]:
    """The home timeline of every viewer."""
    return [get("/api/v1/timelines/home", token) for token in community.tokens]


def verify_requests(community: Community) -> list[bytes]:
    """Who am I, for every viewer."""
    return [get("/api/v1/accounts/verify_credentials", token) for token in community.tokens]


_CODE_SQL = """
insert into authorization_codes (code_hash, app_id, account_id, redirect_uri, scopes, code_challenge, expires_at)
select hash, app.id, account, $3, $4::text[], $5, $6 from unnest($1::bytea[], $2::bigint[]) as new (hash, account)
cross join (select id from apps where client_id = $7) as app
"""


async def token_requests(database: Database, community: Community, count: int) -> list[bytes]:
    """Exchanges of that many fresh codes, with PKCE, as a client does after its user said yes."""
    verifier = new_secret()
    challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    codes = [new_secret() for _ in range(count)]
    accounts = [community.viewer_ids[number % len(community.viewer_ids)] for number in range(count)]
    async with database.transaction() as tx:
        await tx.execute(
            _CODE_SQL, [secret_hash(code) for code in codes], accounts, OUT_OF_BAND, ["read", "write"], challenge,
            datetime.now(UTC) + timedelta(hours=1), community.client_id,
        )  # fmt: skip
    known = {
        "grant_type": "authorization_code",
        "client_id": community.client_id,
        "client_secret": community.client_secret,
        "redirect_uri": OUT_OF_BAND,
        "code_verifier": verifier,
    }
    kind = "application/x-www-form-urlencoded"
    return [post("/oauth/token", urlencode({**known, "code": code}).encode(), kind=kind) for code in codes]


def import_lines(count: int, seed: int = 11) -> bytes:
    """JSON lines for `holdfast import posts`: texts of different lengths by a few thousand authors, heavy-tailed."""
    chance = random.Random(seed)
    words = "river bread letter winter garden market train always never found built quiet people story window".split()
    started = datetime(2024, 1, 1, tzinfo=UTC)
    run = chance.randrange(10**9)
    rows = []
    for number in range(count):
        text = " ".join(chance.choices(words, k=4 + int(36 * chance.random() ** 2)))
        if number % 9 == 0:
            text += " #" + chance.choice(words)
        author = f"former_{int(3000 * chance.random() ** 3)}"
        at = (started + timedelta(seconds=number)).isoformat()
        rows.append(
            msgspec.json.encode({"id": f"{run}-{number}", "text": text, "author": author, "created_at": at})
        )
    return b"\n".join(rows) + b"\n"
