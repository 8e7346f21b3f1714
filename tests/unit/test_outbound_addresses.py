"""Which addresses of strangers are asked: each special range, and each way to write one in disguise."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.outbound_addresses import (
    AddressNotAllowed,
    normalise_host,
    read_allowed,
    read_target,
    special_range,
)

SPECIAL = """
0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255 169.254.0.0
169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.255 192.0.2.1 192.88.99.1 192.168.0.0 192.168.255.255
198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255
:: ::1 ::2 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a00:1
64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1:ffff::1 100::1 2001::1 2001:1ff::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::
2002:5db8:d822:: 3fff::1 fc00::1 fdff::1 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1 1::1 4000::1 fe80::1%eth0
""".split()
ORDINARY = """
1.1.1.1 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 172.15.255.255
172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 ::ffff:93.184.216.34
64:ff9b::5db8:d822 2001:200::1 2001:4860:4860::8888 2606:2800:220:1::1 2a00:1450::1
""".split()


@pytest.mark.parametrize("address", SPECIAL)
def test_special_ranges_are_known(address: str) -> None:
    assert special_range(ipaddress.ip_address(address)) is not None


@pytest.mark.parametrize("address", ORDINARY)
def test_ordinary_addresses_are_asked(address: str) -> None:
    assert special_range(ipaddress.ip_address(address)) is None


@given(st.ip_addresses())
def test_what_is_not_for_the_internet_is_never_asked(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not address.is_global and (address.version == 4 or address.ipv4_mapped is None):
        assert special_range(address) is not None


@pytest.mark.parametrize(
    ("url", "one_form"),
    [
        ("https://Example.COM", "https://example.com/"),
        ("HTTPS://example.com.:443/a?b=c#d", "https://example.com/a?b=c"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("https://bücher.example/ä?q=ü", "https://xn--bcher-kva.example/%C3%A4?q=%C3%BC"),
        ("https://example。com/", "https://example.com/"),
        ("https://ｅｘａｍｐｌｅ.com/", "https://example.com/"),
        ("https://[2606:2800:220:1:0::1]:8443/", "https://[2606:2800:220:1::1]:8443/"),
        ("https://under_score.example/", "https://under_score.example/"),
        ("https://example.com?x", "https://example.com/?x"),
    ],
)
def test_cve_2023_42451_an_address_has_one_form(url: str, one_form: str) -> None:
    assert read_target(url).url == one_form
    assert read_target(one_form).url == one_form


@pytest.mark.parametrize(
    "url",
    ["", "example.com", "//example.com/", "ftp://example.com/", "data:,x", "https://", "https:///x", "https://a b.com/",
     "https://user@example.com/", "https://@example.com/", "https://example.com\\@evil.com/", "https://exa\tmple.com/",
     "https://example.com:0/", "https://example.com:99999/", "https://example.com:x/", "https://[::1", "https://[fe80::1%25eth0]/",
     "https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://0177.0.0.1/", "https://127.0.0.1.1/",
     "https://1.2.3/", "https://0x7f.0.0.1/", "https://a..b/", "https://-a.example/", "https://a-.example/", "https://exa%6dple.com/",
     "https://" + "a" * 64 + ".com/", "https://" + "a." * 130 + "com/", "https://example.com/" + "a" * 3000, "https://xn--a/",
     "https://①②⑦.0.0.1/x\n", "https://a\u202eb.com/", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    if url == "https://xn--a/":
        assert read_target(url).host == "xn--a"  # a name without a dot: the resolver has to know it
        return
    with pytest.raises(AddressNotAllowed):
        read_target(url)


def test_digits_in_disguise_are_the_address_they_stand_for() -> None:
    assert read_target("https://①②⑦.0.0.1/").host == "127.0.0.1"
    assert normalise_host("127.0.0.1.") == "127.0.0.1"


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        try:
            target = read_target(url)
        except AddressNotAllowed:
            continue
        assert target.url.isascii()
        assert not any(character in target.url for character in " \r\n\t\\")
        assert read_target(target.url) == target


def test_what_operators_allow() -> None:
    allowed = read_allowed(
        ("443", "8000-8999"),
        ("bot.internal", "Other.internal:8080", "10.1.0.0/16", "10.2.3.4:9", "[fd00::1]:80", "fd00::2"),
    )
    assert [allowed.port(port) for port in (443, 80, 8000, 8999, 9000)] == [True, False, True, True, False]
    urls = {
        "http://bot.internal:1/": True, "http://bot.internal./": True, "http://x.bot.internal/": False,
        "http://other.internal:8080/": True, "http://other.internal/": False, "http://10.2.3.4:9/": True,
        "http://10.2.3.4/": False, "http://[fd00::1]/": True, "http://[fd00::1]:81/": False, "http://[fd00::2]:5/": True,
    }  # fmt: skip
    assert {url: allowed.names(read_target(url)) for url in urls} == urls
    inside = {"10.1.2.3": True, "10.2.2.3": False, "::ffff:10.1.2.3": True, "fd00::3": False}
    assert {one: allowed.holds(ipaddress.ip_address(one)) for one in inside} == inside


@pytest.mark.parametrize("ports", ["", "x", "0", "70000", "5-1", "1-", "-1", "1-2-3"])
def test_ports_that_are_none(ports: str) -> None:
    with pytest.raises(AddressNotAllowed):
        read_allowed((ports,), ())


@pytest.mark.parametrize(
    "entry", ["", "10.0.0.0/33", "10.0.0.1/8", "http://a", "a@b", "a:b", "a:0", "a:99999", "a b", "[::1"]
)
def test_exceptions_that_say_nothing(entry: str) -> None:
    with pytest.raises(AddressNotAllowed):
        read_allowed((), (entry,))
