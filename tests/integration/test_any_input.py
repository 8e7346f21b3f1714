"""Whatever is sent to whatever route, the server answers with what is wrong, never with its own failure."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.main.asgi import ROUTES
from holdfast.platform.config import Settings, load_settings
from tests.support.access_people import fresh, session_of
from tests.support.postgres import DatabaseServer
from tests.support.site import Site, open_site
from tests.support.unlimited import UNLIMITED

pytestmark = pytest.mark.integration

NAMES = """
acct account_id agreement any[] bot choices[] client_id client_name client_secret code code_challenge comment decision
discoverable display_name domain duration email exclude_replies exclude_types[] expires_in fields_attributes[0][name]
fields_attributes[][value] force_login form_token grant_type home[last_read_id] id id[] in_reply_to_id lang language
languages[] limit local locale locked login max_id media_ids[] min_id next note notifications[last_read_id] offset only_media
password pinned poll[expires_in] poll[hide_totals] poll[multiple] poll[options][] proof q reblogs redirect_uri redirect_uris
resolve resource response_type scope scopes sensitive since_id source[language] source[privacy] spoiler_text state status
scheduled_at quoted_status_id quote_approval_policy source[quote_policy] tagged timeline[] token type types[] username visibility website subscription[endpoint] subscription[keys][p256dh]
subscription[keys][auth] data[alerts][mention] data[policy] for_bots grouped_types[] expand_accounts supported_types[] avatar header a[b][c][d][e][f][g] [] ][ a[ []a
""".split()

known_ids = st.sampled_from(["OWN_POST", "OWN_ACCOUNT"])
numbers = st.one_of(
    st.integers(-(2**70), 2**70).map(str), st.sampled_from(["1e400", "NaN", "-0", "0x1", "1_000", "٣"])
)
words = st.text(st.characters(codec="utf-8"), max_size=40)
values = st.one_of(
    words, numbers, known_ids, st.sampled_from(["true", "", "null", "public", "nobody", "2031-02-03T04:05:06Z", "code", "accounts", "\x00", "urn:ietf:wg:oauth:2.0:oob"])
)  # fmt: skip
pairs = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), words), values), max_size=6)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), values),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=12,
)
objects = st.dictionaries(
    st.one_of(st.sampled_from([name.split("[")[0] for name in NAMES]), words), anything, max_size=6
)
bodies = st.one_of(
    st.none(),
    pairs.map(lambda found: ("application/x-www-form-urlencoded", urlencode(found, errors="replace").encode())),
    objects.map(lambda found: ("application/json", json.dumps(found).encode("utf-8", "replace"))),
    anything.map(lambda found: ("application/json", json.dumps(found).encode("utf-8", "replace"))),
    pairs.map(lambda found: ("multipart/form-data; boundary=b", multipart(found))),
    st.tuples(st.sampled_from(["application/json", "multipart/form-data; boundary=b", "text/plain", ""]), st.binary(max_size=80)),
)  # fmt: skip


def multipart(found: list[tuple[str, str]]) -> bytes:
    """Every other part is a file."""
    parts = []
    for number, (name, value) in enumerate(found):
        file = '; filename="x.png"\r\nContent-Type: image/png' if number % 2 else ""
        head = f'--b\r\nContent-Disposition: form-data; name="{re.sub(chr(34), "", name)}"{file}\r\n\r\n'
        parts.append(f"{head}{value}\r\n".encode())
    return b"".join(parts) + b"--b--\r\n"


@pytest.fixture(scope="module")
def fuzz_settings(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    address = database_server.clone_database()
    data = {"data": str(tmp_path_factory.mktemp("fuzz")), "database_url": address, **UNLIMITED}
    yield load_settings(data, environment={})
    database_server.drop_database(address)


@pytest.fixture(scope="module")
async def site(fuzz_settings: Settings) -> AsyncIterator[Site]:
    async with open_site(fuzz_settings) as opened:
        yield opened


@dataclass(frozen=True)
class Known:
    """What requests can be about: somebody with a token, a session and a post."""

    token: str
    session: str
    post: str
    account: str


@pytest.fixture(scope="module")
async def known(site: Site) -> Known:
    owner = await fresh(site)
    post = await owner.say("known")
    return Known(owner.token, await session_of(owner), post["id"], owner.id)


@settings(
    max_examples=700, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    route=st.sampled_from([one for one in ROUTES if not one.lasting]),
    segments=st.lists(st.one_of(words, numbers, known_ids), min_size=3, max_size=3),
    query=pairs, body=bodies, who=st.sampled_from(["member", "browser", "nobody"]),
)  # fmt: skip
async def test_nothing_that_is_sent_makes_the_server_fail(
    *, site: Site, known: Known, route: Any, segments: list[str], query: Any, body: Any, who: str
) -> None:
    def meant(text: str) -> str:
        return text.replace("OWN_POST", known.post).replace("OWN_ACCOUNT", known.account)

    parts = iter(segments)
    path = re.sub(r"\{\w+\}", lambda _: quote(meant(next(parts, "")), safe="") or "x", route.path)
    headers, content = {}, None
    if who == "member":
        headers["authorization"] = f"Bearer {known.token}"
    if who == "browser":
        headers["cookie"] = f"holdfast_session={known.session}"
    if body is not None:
        headers["content-type"], content = body
        content = meant(content.decode("latin-1")).encode("latin-1")
    address = f"{path}?{meant(urlencode(query, errors='replace'))}"
    answer = await site.client.request(route.method, address, headers=headers, content=content)
    assert answer.status_code < 500, (route.method, address, body, answer.text[:300])
