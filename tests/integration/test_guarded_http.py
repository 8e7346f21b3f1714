"""The one client for addresses that strangers give, against servers of strangers: each row of the history of such
faults is a test."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from pathlib import Path

import pytest

from holdfast.platform.config import Settings
from holdfast.platform.guarded_http import (
    ClientLimits,
    FetchLimits,
    GuardedClient,
    OutboundFailed,
    guarded_client,
)
from holdfast.platform.resolving import FakeResolver
from holdfast.pure.outbound_addresses import read_allowed
from tests.integration.test_outbound_http import self_signed
from tests.support.pages import HERE, client_for, endless, leads_to, open_pages, page, trickles

pytestmark = pytest.mark.integration

PLAIN = FetchLimits(plain_http=True)
NAMES: dict[str, list[str] | list[list[str]]] = {
    "site.example": ["127.0.0.1"],
    "other.example": ["127.0.0.1"],
}


async def _refused(client: GuardedClient, url: str, limits: FetchLimits = PLAIN) -> str:
    with pytest.raises(OutboundFailed) as failed:
        await client.get(url, limits=limits)
    assert failed.value.trouble == "refused", failed.value.private
    return failed.value.private


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost.example", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254",
     "100.64.0.1", "[fe80::1]", "224.0.0.1", "0.0.0.0", "[2002:7f00:1::]", "[fd00::1]"],
)  # fmt: skip
async def test_cve_2026_22245_46348_special_ranges_are_not_reached(host: str) -> None:
    client, _ = client_for({"localhost.example": ["127.0.0.1"]})
    async with open_pages({"/": page("secret")}) as server, client:
        await _refused(client, f"http://{host}:{server.port}/")
        await _refused(client, f"https://{host}/", FetchLimits())
        assert server.heads == []


async def test_cve_2026_27477_62857_only_addresses_of_the_web_are_asked() -> None:
    client, resolver = client_for(NAMES)
    async with client:
        for url in (
            "data:text/html,x", "file:///etc/passwd", "gopher://site.example/", "ftp://site.example/", "//site.example/",
            "javascript:1", "https://user:word@site.example/", "https://site.example\\@other.example/", "https:///x", "",
        ):  # fmt: skip
            await _refused(client, url)
    assert resolver.asked == []


async def test_cve_2026_77632_a_redirect_into_a_private_network_is_not_followed() -> None:
    async with open_pages() as inside, open_pages() as outside:
        inside.answers["/"] = page("secret")
        # The site itself may be asked; what it points to may not.
        client = GuardedClient(
            read_allowed(("1024-65535",), [f"site.example:{outside.port}"]),
            resolver=FakeResolver({**NAMES, "inside.example": ["10.0.0.1"]}),
        )
        async with client:
            for aim in (
                f"http://127.0.0.1:{inside.port}/", f"http://[::1]:{inside.port}/", f"http://site.example:{inside.port}/",
                f"http://inside.example:{inside.port}/", f"//127.0.0.1:{inside.port}/", "file:///etc/passwd", "data:,x",
            ):  # fmt: skip
                outside.answers["/"] = leads_to(aim)
                await _refused(client, outside.at("site.example"))
        assert inside.heads == []


async def test_redirects_end() -> None:
    client, _ = client_for(NAMES, HERE)
    async with open_pages() as server, client:
        server.answers |= {f"/{n}": leads_to(f"/{n + 1}") for n in range(10)}
        assert "redirects" in await _refused(client, server.at("site.example", "/0"))
        assert len(server.heads) == 4
        server.answers["/3"] = page("there")
        reply = await client.get(server.at("site.example", "/0"), limits=PLAIN)
        assert (reply.body, reply.url) == (b"there", server.at("site.example", "/3"))


async def test_a_redirect_to_another_site_takes_no_credentials_along() -> None:
    client, _ = client_for(NAMES, HERE)
    async with open_pages() as server, client:
        server.answers |= {"/": leads_to(server.at("other.example", "/there")), "/there": page("x")}
        headers = {"authorization": "Bearer secret", "x-secret": "secret", "accept-language": "en"}
        await client.get(server.at("site.example"), headers=headers, limits=PLAIN)
        assert "Bearer secret" in server.heads[0]
        assert "secret" not in server.heads[1]
        assert "accept-language: en" in server.heads[1]


async def test_cve_2024_39687_a_name_is_resolved_once_and_the_checked_address_is_used() -> None:
    """DNS rebinding: the first answer is harmless, the next one is not."""
    async with open_pages({"/": page("secret")}) as inside, open_pages({"/": page("public")}) as outside:
        del inside
        client, resolver = client_for({"site.example": [["127.0.0.1"], ["10.0.0.1"]]}, HERE)
        async with client:
            assert (await client.get(outside.at("site.example"), limits=PLAIN)).body == b"public"
            assert resolver.asked == ["site.example"]
            # Asked anew, the name is checked anew; and one bad address among good ones is enough.
            await _refused(client, outside.at("site.example"))
        client, _ = client_for({"site.example": ["127.0.0.1", "10.0.0.1"]}, HERE)
        async with client:
            await _refused(client, outside.at("site.example"))
        assert len(outside.heads) == 1
        assert f"host: site.example:{outside.port}" in outside.heads[0].lower()


async def test_certificates_are_checked_for_the_name_and_not_for_the_address(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(self_signed(tmp_path))
    names: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)

    async def never(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    listening = await asyncio.start_server(never, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    client, _ = client_for(NAMES, HERE)
    async with listening, client:
        with pytest.raises(OutboundFailed) as failed:
            await client.get(f"https://site.example:{port}/")
    assert failed.value.trouble == "unreachable"
    assert "CERTIFICATE_VERIFY_FAILED" in failed.value.private
    assert names == ["site.example"]


async def test_cve_2026_39087_ports_are_an_allow_list_and_http_has_to_be_wanted() -> None:
    client, resolver = client_for({"site.example": ["93.184.216.34"]})
    async with client:
        for port in (22, 25, 53, 111, 587, 993):
            assert "port" in await _refused(client, f"https://site.example:{port}/")
        assert "http://" in await _refused(client, "http://site.example/", FetchLimits())
    assert len(resolver.asked) == 7


async def test_cve_2023_42450_line_breaks_enter_no_request() -> None:
    client, _ = client_for(NAMES, HERE)
    async with open_pages({"/": page("x")}) as server, client:
        for headers in (
            {"x-a": "b\r\nx-c: d"},
            {"x-a\r\nx-c": "d"},
            {"x-a": "b\nc"},
            {"x-a": "b\0"},
            {"x a": "b"},
        ):
            with pytest.raises(OutboundFailed):
                await client.get(server.at("site.example"), headers=headers, limits=PLAIN)
        await _refused(client, server.at("site.example", "/a\r\nx-c: d"))
        await _refused(client, server.at("site.example", "/a b"))
        for name in ("host", "Cookie", "transfer-encoding", "Content-Length"):
            with pytest.raises(OutboundFailed):
                await client.get(server.at("site.example"), headers={name: "1"}, limits=PLAIN)
        assert server.heads == []
        await client.get(server.at("site.example", "/%0d%0ax-c:%20d?q=%0a"), limits=PLAIN)
        assert server.paths == ["/%0d%0ax-c:%20d?q=%0a"]


async def test_cve_2023_36461_a_slow_drip_ends_with_the_whole_time() -> None:
    client, _ = client_for(NAMES, HERE)
    async with open_pages({"/": trickles}) as server, client:
        with pytest.raises(OutboundFailed) as failed:
            await client.get(server.at("site.example"), limits=FetchLimits(total_seconds=0.3))
        assert failed.value.trouble == "timeout"
        server.answers["/"] = leads_to("/")  # the time is one for all redirects, and for the wait for a turn
        assert client.hosts_known == 0


async def test_cve_2023_36461_a_body_without_an_end_is_bounded() -> None:
    client, _ = client_for(NAMES, HERE)
    async with open_pages({"/": endless}) as server, client:
        with pytest.raises(OutboundFailed) as failed:
            await client.get(server.at("site.example"), limits=FetchLimits(most_bytes=100_000))
        assert failed.value.trouble == "too_large"
        reply = await client.get(server.at("site.example"), limits=FetchLimits(most_bytes=100_000, cut=True))
        assert len(reply.body) == 100_000


async def test_cve_2023_36461_a_gzip_bomb_is_bounded_as_it_unpacks() -> None:
    bomb = gzip.compress(b"a" * 50_000_000)
    client, _ = client_for(NAMES, HERE)
    async with open_pages({"/": page(bomb, "content-encoding: gzip")}) as server, client:
        with pytest.raises(OutboundFailed) as failed:
            await client.get(server.at("site.example"), limits=FetchLimits(most_bytes=100_000))
        assert failed.value.trouble == "too_large"
        reply = await client.get(server.at("site.example"), limits=FetchLimits(most_bytes=100_000, cut=True))
        assert reply.body == b"a" * 100_000
        server.answers["/"] = page(gzip.compress(b"small"), "content-encoding: gzip")
        assert (await client.get(server.at("site.example"))).body == b"small"
        for encoding in ("br", "gzip, gzip", "deflate"):
            server.answers["/"] = page(b"x", f"content-encoding: {encoding}")
            with pytest.raises(OutboundFailed):
                await client.get(server.at("site.example"))


async def test_cve_2026_69132_nothing_is_kept_of_a_host_that_nobody_asks() -> None:
    names: dict[str, list[str] | list[list[str]]] = {f"h{n}.example": ["127.0.0.1"] for n in range(200)}
    client, _ = client_for(names, HERE)
    async with open_pages({"/": page("x")}) as server, client:
        await asyncio.gather(*(client.get(server.at(name)) for name in names))
        assert client.hosts_known == 0


async def test_one_host_is_asked_by_few_at_once() -> None:
    most, now = 0, 0
    go_on = asyncio.Event()

    async def counts(writer: asyncio.StreamWriter) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        if now == 2:
            go_on.set()
        await go_on.wait()
        writer.write(b"HTTP/1.1 204 So\r\n\r\n")
        await writer.drain()
        now -= 1

    client, _ = client_for(NAMES, HERE, limits=ClientLimits(per_host=2))
    async with open_pages({"/": counts}) as server, client:
        await asyncio.gather(*(client.get(server.at("site.example")) for _ in range(8)))
    assert most == 2


async def test_no_proxy_of_the_environment_is_used_and_the_named_one_gets_the_checked_address(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    import msgspec

    async with open_pages({"/": page("straight")}) as server, open_pages() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        given = msgspec.structs.replace(settings, outbound_private_allowed=(HERE,))
        resolver = FakeResolver(NAMES)
        async with guarded_client(given, resolver=resolver) as client:
            reply = await client.get(server.at("site.example"))
            assert (reply.body, proxy.heads) == (b"straight", [])
            assert f"user-agent: Holdfast (+{settings.public_url})" in server.heads[0]
        given = msgspec.structs.replace(given, outbound_proxy_url=f"http://127.0.0.1:{proxy.port}")
        async with guarded_client(given, resolver=resolver) as client:
            proxy.answers[f"http://127.0.0.1:{server.port}/"] = page("by proxy")
            assert (await client.get(server.at("site.example"))).body == b"by proxy"
            assert f"host: site.example:{server.port}" in proxy.heads[0].lower()


async def test_cookies_are_not_kept() -> None:
    client, _ = client_for(NAMES, HERE)
    async with open_pages({"/": page("x", "set-cookie: a=b; path=/")}) as server, client:
        for _ in range(2):
            await client.get(server.at("site.example"))
        assert not any("cookie" in head.lower() for head in server.heads)


async def test_what_is_sent_goes_to_the_named_host_or_nowhere() -> None:
    client, _ = client_for(NAMES, HERE)
    async with open_pages({"/": leads_to("/other", 307), "/other": page("x")}) as server, client:
        reply = await client.post(server.at("site.example"), b"body", headers={"content-type": "text/plain"})
        assert (reply.status, server.paths) == (307, ["/"])


async def test_the_next_address_is_tried_when_one_is_dead() -> None:
    client, _ = client_for({"site.example": ["127.0.0.2", "127.0.0.1"]}, HERE)
    async with open_pages({"/": page("x")}) as server, client:
        assert (await client.get(server.at("site.example"))).body == b"x"
