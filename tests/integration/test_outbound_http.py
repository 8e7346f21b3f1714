"""The guarded client, over real sockets of this machine."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holdfast.platform.outbound_http import EndpointFailed, EndpointLimits, EndpointNotUsable, NamedEndpoint
from tests.support.judge import breaks_off, endless, good, open_judge_server, status

pytestmark = pytest.mark.integration


async def test_a_proxy_is_used_only_when_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_judge_server(good()) as proxy, open_judge_server(good()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with NamedEndpoint(server.url) as endpoint:
            assert (await endpoint.post_json(b"{}")).status == 200
        assert (len(server.requests), len(proxy.requests)) == (1, 0)
        async with NamedEndpoint(server.url, proxy_url=f"http://127.0.0.1:{proxy.port}") as endpoint:
            assert (await endpoint.post_json(b"{}")).status == 200
        assert (len(server.requests), len(proxy.requests)) == (1, 1)
        assert proxy.heads[0].startswith(f"POST {server.url} HTTP/1.1")


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(self_signed(tmp_path))
    async with open_judge_server(good(), tls=tls) as server:
        async with NamedEndpoint(f"https://localhost:{server.port}/v1") as endpoint:
            with pytest.raises(EndpointFailed) as failed:
                await endpoint.post_json(b"{}")
        assert failed.value.trouble == "unreachable"
        assert "CERTIFICATE_VERIFY_FAILED" in failed.value.private
        assert server.requests == []


async def test_a_body_that_trickles_ends_with_the_whole_time() -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        tick = asyncio.get_running_loop()
        while True:
            writer.write(b" ")
            await writer.drain()
            pause = tick.create_future()
            tick.call_later(0.02, pause.set_result, None)
            await pause

    async with (
        open_judge_server(trickle) as server,
        NamedEndpoint(server.url, EndpointLimits(total_seconds=0.3)) as endpoint,
    ):
        with pytest.raises(EndpointFailed) as failed:
            await endpoint.post_json(b"{}")
    assert failed.value.trouble == "timeout"


async def test_an_answer_has_a_largest_size() -> None:
    limits = EndpointLimits(response_max_bytes=1000)
    async with (
        open_judge_server(status(200, b" " * 1000), endless) as server,
        NamedEndpoint(server.url, limits) as endpoint,
    ):
        assert len((await endpoint.post_json(b"{}")).body) == 1000
        with pytest.raises(EndpointFailed) as failed:
            await endpoint.post_json(b"{}")
    assert failed.value.trouble == "too_large"


async def test_nothing_is_unpacked() -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    async with open_judge_server(status(200, bomb, "content-encoding: gzip")) as server:
        async with NamedEndpoint(server.url) as endpoint:
            assert (await endpoint.post_json(b"{}")).body == bomb
        assert "accept-encoding: identity" in server.heads[0].lower()


async def test_half_an_answer_is_none() -> None:
    async with open_judge_server(breaks_off) as server, NamedEndpoint(server.url) as endpoint:
        with pytest.raises(EndpointFailed) as failed:
            await endpoint.post_json(b"{}")
    assert failed.value.trouble == "broken_off"


def test_an_address_that_others_could_listen_on_is_refused() -> None:
    with pytest.raises(EndpointNotUsable, match="https://"):
        NamedEndpoint("http://example.org/v1")


def self_signed(folder: Path) -> Path:
    """A certificate for localhost with its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
