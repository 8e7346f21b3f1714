"""What happened to other systems of this kind, and does not happen here. Each test names its case."""

from __future__ import annotations

import itertools
import re
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.platform.ids import CODE_BITS, PublicIds
from holdfast.social.accounts import suspend_account
from tests.support.browser import PASSWORD, open_town
from tests.support.site import Member, Site, open_site
from tests.support.unlimited import UNLIMITED


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, **UNLIMITED)) as opened:
        yield opened


async def test_parler_ids_a_known_id_leads_to_no_other(site: Site) -> None:
    """Parler 2021: posts were numbered one by one, and so everything was copied by counting."""
    ann = await site.member("ann")
    posts = [int((await ann.say(f"number {number}"))["id"]) for number in range(20)]
    ids = site.services.ids
    neighbours = (known + step for known in posts for step in range(-250, 251) if step)
    assert [one for one in neighbours if ids.decode(str(one)) is not None] == []
    step = 1 << CODE_BITS
    assert [one for one in range(posts[0], posts[0] + 10_000 * step, step) if ids.decode(str(one))] == [
        posts[0]
    ]
    for guess in (posts[0] + 1, posts[0] - 1, posts[0] + step, posts[-1] + 1):
        assert (await ann.request("GET", f"/api/v1/statuses/{guess}")).status_code == 404
    # The part that is not the time is as good as random: half of its bits differ between two posts of one moment.
    codes = [ids.encode((1 << 60) + number) for number in range(2000)]
    low = [int(code) & (step - 1) for code in codes]
    assert len(set(low)) == len(low)
    changed = [(one ^ other).bit_count() for one, other in itertools.pairwise(low)]
    assert 19.5 < sum(changed) / len(changed) < 20.5
    assert PublicIds(b"another key").encode(1 << 60) != codes[0]


async def test_parler_bulk_reading_without_a_token_is_limited_and_says_so(settings: Settings) -> None:
    """Parler 2021: whoever wanted to could read everything, as fast as the server could send it."""
    async with open_town(settings, rate_requests=6) as town:
        reader, other = town.client("192.0.2.7"), town.client("192.0.2.8")
        paths = (
            "/api/v1/timelines/public",
            "/api/v2/instance",
            "/",
            "/about",
            "/@nobody",
            "/@nobody/feed.atom",
        )
        for number, path in enumerate(paths):
            answer = await reader.get(path)
            assert answer.status_code in (200, 404), path
            assert answer.headers["x-ratelimit-remaining"] == str(5 - number), path
        for path in paths:
            refused = await reader.get(path)
            assert refused.status_code == 429, path
            assert 0 < int(refused.headers["retry-after"]) <= settings.rate_window_seconds
            assert refused.headers["x-ratelimit-remaining"] == "0"
            assert re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", refused.headers["x-ratelimit-reset"]
            )
        assert (await other.get(paths[0])).status_code == 200


async def test_cve_2023_49952_forged_addresses_do_not_escape_the_limit(settings: Settings) -> None:
    async with open_town(settings, rate_requests=3, trusted_proxies=("198.51.100.1",)) as town:
        attacker = town.client("192.0.2.7")
        codes = []
        for number in range(5):
            forged = f"203.0.113.{number}"
            headers = {"x-forwarded-for": forged, "forwarded": f"for={forged}", "x-real-ip": forged}
            codes.append((await attacker.get("/api/v2/instance", headers=headers)).status_code)
        assert codes == [200, 200, 200, 429, 429]
        # Behind a proxy that is trusted, only what the proxy itself saw counts.
        proxy = town.client("198.51.100.1")
        codes = []
        for number in range(5):
            headers = {"x-forwarded-for": f"203.0.113.{number}, 192.0.2.99"}
            codes.append((await proxy.get("/api/v2/instance", headers=headers)).status_code)
        assert codes == [200, 200, 200, 429, 429]


async def test_parler_deleted_posts_are_gone_from_every_page(site: Site) -> None:
    """Parler 2021: what members had deleted was still served."""
    ann = await site.member("ann")
    post = await ann.say("secret-word #vanishing")
    await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "secret-word two #vanishing"})
    reply = await ann.say("a reply", in_reply_to_id=post["id"])
    await site.settle()
    surfaces = (
        "/", "/@ann", "/@ann?tab=replies", "/@ann/feed.atom", "/tags/vanishing", f"/@ann/{reply['id']}",
        "/api/v1/timelines/public", "/api/v1/timelines/tag/vanishing", f"/api/v1/accounts/{ann.id}/statuses",
        f"/api/v1/statuses/{reply['id']}/context", "/api/v2/search?q=secret-word&type=statuses",
        f"/api/v1/statuses?id[]={post['id']}",
    )  # fmt: skip
    own = (f"/@ann/{post['id']}", f"/@ann/{post['id']}/history", f"/users/ann/statuses/{post['id']}",
           *(f"/api/v1/statuses/{post['id']}{part}" for part in ("", "/context", "/history", "/source")))  # fmt: skip
    shown = [path for path in surfaces if "secret-word" in (await ann.request("GET", path)).text]
    assert len(shown) >= 8, shown
    await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")
    for path in surfaces:
        answer = await ann.request("GET", path)
        assert answer.status_code == 200, path
        assert "secret-word" not in answer.text, path
    for path in own:
        assert (await ann.request("GET", path)).status_code == 404, path
    kept = await site.services.database.fetchval(
        "select count(*) from post_edits where text like '%secret-word%'"
    )
    assert kept == 0


async def test_cve_2026_23961_posts_of_the_suspended_do_not_come_back(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("outlaw-word #outlaw")
    reply = await bob.say("answer", in_reply_to_id=post["id"])
    await eve.post(f"/api/v1/accounts/{bob.id}/follow")
    for verb in ("reblog", "favourite", "bookmark"):
        await bob.post(f"/api/v1/statuses/{post['id']}/{verb}")
    await site.settle()
    async with site.services.database.transaction() as tx:
        await suspend_account(tx, ann.account_id, now=site.services.clock.now())
    await site.settle()
    for who in (bob, eve):
        for path in (
            "/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/outlaw", "/api/v1/favourites",
            "/api/v1/bookmarks", "/api/v1/notifications", f"/api/v1/accounts/{bob.id}/statuses",
            f"/api/v1/statuses/{reply['id']}/context", "/api/v2/search?q=outlaw-word", "/", "/@bob", "/@bob/feed.atom",
            "/tags/outlaw", f"/@bob/{reply['id']}",
        ):  # fmt: skip
            answer = await who.request("GET", path)
            assert answer.status_code == 200, path
            assert "outlaw-word" not in answer.text, path
        assert (await who.request("GET", f"/api/v1/statuses/{post['id']}")).status_code == 404


async def test_cve_2026_33868_no_path_leads_to_another_site(settings: Settings) -> None:
    async with open_town(settings) as town:
        await town.member("ann")
        for bad in (
            "//evil.example", "/\\evil.example", "/%2Fevil.example", "/%2f%2fevil.example", "/%5Cevil.example",
            "https://evil.example", "/%09/evil.example", "/%0a/evil.example", "/%252Fevil.example", "\\\\evil.example",
        ):  # fmt: skip
            answer = await town.browser().sign_in("ann", next=bad)
            assert answer.status_code == 303, bad
            assert answer.headers["location"] == "/", bad
        client = town.client()
        for path in (
            "//evil.example/", "/%2Fevil.example", "/%2f%2fevil.example/%2e%2e", "/@ann/%2F%2Fevil.example",
            "/users/%2F%2Fevil.example", "/tags/%2F%2Fevil.example", "/users/ann%2F..%2F..%2F%2Fevil.example",
        ):  # fmt: skip
            answer = await client.get(f"{town.services.base_url}{path}")
            location = urlsplit(answer.headers.get("location", ""))
            assert location.netloc in ("", urlsplit(town.services.base_url).netloc), path
            assert not answer.headers.get("location", "").startswith(("//", "/\\")), path


async def test_ghsa_q5qv_passwords_cannot_be_tried_for_ever(settings: Settings) -> None:
    async with open_town(settings, rate_signin_attempts=3) as town:
        await town.member("ann")
        codes = [
            (await town.browser(f"192.0.2.{number}").sign_in("ann", "wrong")).status_code
            for number in range(5)
        ]
        assert codes == [422, 422, 422, 429, 429] or codes == [401, 401, 401, 429, 429]
        assert (await town.browser("198.51.100.9").sign_in("ann", PASSWORD)).status_code == 429


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("POST", "/api/v1/statuses", {"status": "x" * 501}),
        ("POST", "/api/v1/statuses", {"status": "x", "spoiler_text": "y" * 501}),
        ("POST", "/api/v1/statuses", {"status": "x", "poll[options][]": ["a"] * 5, "poll[expires_in]": "600"}),
        ("POST", "/api/v1/statuses", {"status": "x", "poll[options][]": ["a" * 51, "b"], "poll[expires_in]": "600"}),
        ("POST", "/api/v1/statuses", {"status": "x", "poll[options][]": ["a", "b"], "poll[expires_in]": "9" * 12}),
        ("POST", "/api/v1/statuses", {"status": " ".join(f"@a{number}" for number in range(100))}),
        ("PATCH", "/api/v1/accounts/update_credentials", {"display_name": "x" * 31}),
        ("PATCH", "/api/v1/accounts/update_credentials", {"note": "x" * 501}),
        ("PATCH", "/api/v1/accounts/update_credentials", {f"fields_attributes[{n}][name]": "x" for n in range(5)}),
        ("PATCH", "/api/v1/accounts/update_credentials", {"fields_attributes[0][name]": "x" * 256}),
        ("PATCH", "/api/v1/accounts/update_credentials",
         {"fields_attributes[0][name]": "x", "fields_attributes[0][value]": "y" * 256}),
        ("POST", "/api/v1/apps", {"client_name": "x" * 61, "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}),
        ("POST", "/api/v1/apps", {"client_name": "x", "redirect_uris": "https://a.example/" + "x" * 2001}),
        ("GET", "/api/v2/search", {"q": "x" * 501}),
        ("GET", "/api/v2/search", {"q": "x", "type": "accounts", "offset": "99999999999"}),
        ("GET", "/api/v1/accounts/relationships", {"id[]": ["1"] * 400}),
    ],
)  # fmt: skip
async def test_cve_2026_23962_everything_has_a_cap(
    site: Site, method: str, path: str, form: dict[str, Any]
) -> None:
    ann = await site.member("ann")
    where = "params" if method == "GET" else "data"
    answer = await ann.request(method, path, **{where: form})
    assert answer.status_code == 422, answer.text[:300]


HEAVY = (
    "@" * 20_000,
    "#" * 20_000,
    "a@" * 10_000,
    "http://" + "(" * 20_000,
    "http://" + "a." * 10_000,
    "https://a/" + "%" * 20_000,
    "\u200b" * 20_000,
    "\u0301" * 20_000 + "x",
    "k1ll " * 4_000,
    "a" * 20_000 + "!",
    "<" * 20_000,
    "&amp;" * 5_000,
    "\U0001f468\u200d" * 5_000,
)


@pytest.mark.parametrize("text", HEAVY, ids=[f"{text[:6]!a}" for text in HEAVY])
async def test_ghsa_jpxp_no_text_takes_the_server_long(site: Site, text: str) -> None:
    """Regular expressions that take for ever on the right text. Each bound here is generous for a busy machine."""
    ann = await _talkative(site)
    began = time.perf_counter()
    for path, form in (
        ("/api/v1/statuses", {"status": text}),
        ("/api/v1/statuses", {"status": "x", "spoiler_text": text}),
    ):
        answer = await ann.request("POST", path, data=form)
        assert answer.status_code in (200, 422)
    await ann.request(
        "PATCH", "/api/v1/accounts/update_credentials", data={"note": text, "display_name": text}
    )
    await ann.request("GET", "/api/v2/search", params={"q": text[:400]})
    await ann.request("GET", "/api/v1/accounts/lookup", params={"acct": text[:2000]})
    await ann.request("GET", f"/api/v1/tags/{quote(text[:500], safe='')}")
    assert time.perf_counter() - began < 5


async def _talkative(site: Site) -> Member:
    """Somebody on a server whose limits let a text through to everything that reads it."""
    long = {"post_max_characters": 100_000, "bio_max_characters": 10_000, "display_name_max_characters": 200}
    for name, value in long.items():
        msgspec.structs.force_setattr(site.services.settings, name, value)
    return await site.member(f"t{secrets.token_hex(4)}")


async def test_ghsa_vgm8_deep_and_wide_bodies_are_refused_quickly(site: Site) -> None:
    ann = await site.member("ann")
    deep, wide = 100_000, 200_000
    bodies: list[tuple[str, bytes]] = [
        ("application/json", b"[" * deep),
        ("application/json", b'{"status":' * deep + b"1" + b"}" * deep),
        ("application/json", b'{"poll":' + b"[" * deep + b"]" * deep + b"}"),
        ("application/json", b'{"status":"x","media_ids":[' + b"1," * wide + b"1]}"),
        ("application/x-www-form-urlencoded", b"status[" * deep),
        ("application/x-www-form-urlencoded", b"status" + b"[a]" * deep + b"=x"),
        ("application/x-www-form-urlencoded", b"a=1&" * wide),
        ("application/x-www-form-urlencoded", b"media_ids[]=1&" * wide),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 20_000 + b"--b--"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"X: y\r\n" * wide),
        ("multipart/form-data; boundary=", b"--\r\n\r\n"),
        ("multipart/form-data", b"--b\r\n"),
        ("application/json; charset=utf-16", '{"status":"x"}'.encode("utf-16")),
        ("application/xml", b"<x/>"),
        ("\xff\xfe".encode("latin-1").decode("latin-1"), b"status=x"),
    ]  # fmt: skip
    began = time.perf_counter()
    for kind, body in bodies:
        answer = await ann.request(
            "POST", "/api/v1/statuses", content=body, headers={"content-type": kind.encode("latin-1")}
        )
        assert answer.status_code == 422, (kind, body[:40], answer.status_code, answer.text[:200])
    assert time.perf_counter() - began < 10
    too_much = b"status=" + b"x" * site.services.settings.request_body_max_bytes
    answer = await ann.request(
        "POST", "/api/v1/statuses", content=too_much, headers={"content-type": "application/x-www-form-urlencoded"}
    )  # fmt: skip
    assert answer.status_code in (413, 422)


async def test_gab_2021_words_of_sql_are_words(site: Site) -> None:
    ann = await site.member("ann")
    for text in (
        "'; drop table posts; --",
        "' or '1'='1",
        "\\'; select pg_sleep(9)",
        "%' union select 1 --",
        "$$;$$",
    ):
        began = time.perf_counter()
        post = await ann.say(text)
        assert (await ann.get(f"/api/v1/statuses/{post['id']}/source"))["text"] == text
        for path, params in (
            ("/api/v2/search", {"q": text}),
            ("/api/v1/accounts/search", {"q": text}),
            ("/api/v1/accounts/lookup", {"acct": text}),
            ("/api/v1/timelines/home", {"max_id": text}),
            ("/api/v1/timelines/tag/" + quote(text, safe=""), {"any[]": text}),
            ("/.well-known/webfinger", {"resource": f"acct:{text}"}),
        ):
            assert (await ann.request("GET", path, params=params)).status_code in (200, 400, 404, 422), path
        assert time.perf_counter() - began < 5
