"""The small rules of the pages: where to go back to, whom to count, what to call things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.edge import public
from holdfast.edge.addresses import Origin, Prefixes, client_ip, origin_of
from holdfast.edge.public.browser import HOME, local_path
from holdfast.edge.public.devices import device_name
from holdfast.edge.public.scope_words import scope_sentences
from holdfast.social.credentials import PasswordLimits, password_problem
from holdfast.social.tokens import SCOPES

PUBLIC = Path(public.__file__).parent
ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%2Fevil.example",
    "/%2f%2fevil.example", "/%252Fevil.example", "/%5Cevil.example", "javascript:alert(1)", "evil", "",
    "/\tevil", "/ok\r\nLocation: https://evil.example", "/%0d%0aSet-Cookie:x", "/\u202eevil", "/" + "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nobody_is_led_to_another_site(path: str) -> None:
    assert local_path(path) == HOME


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/auth/settings",
        "/@maren/1",
        "/oauth/authorize?redirect_uri=https%3A%2F%2Fapp.example%2Fx&state=a%5Cb",
    ],
)
def test_pages_of_ours_are_kept(path: str) -> None:
    assert local_path(path) == path


@given(st.text(max_size=40))
def test_whatever_is_asked_the_way_back_is_a_path_of_ours(text: str) -> None:
    found = local_path(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert found.isprintable()
    assert found.isascii()


def test_a_subscriber_of_ipv6_is_counted_once() -> None:
    prefixes = Prefixes()

    def origin(ip: str) -> Origin:
        return origin_of(ip, prefixes)

    assert origin("2001:db8:1:2:3:4:5:6") == origin("2001:db8:1:2::9")
    assert origin("2001:db8:1:2::9").address != origin("2001:db8:1:3::9").address
    assert origin("2001:db8:1:2::9").network == origin("2001:db8:1:3::9").network == "2001:db8:1::/48"
    assert origin("::ffff:192.0.2.1") == origin("192.0.2.1") == Origin("192.0.2.1/32", "192.0.2.0/24")
    assert origin_of("192.0.2.77", Prefixes(28, 16)) == Origin("192.0.2.64/28", "192.0.0.0/16")
    assert origin("unknown") == Origin("unknown", "unknown")


@given(st.text(max_size=60))
def test_what_a_caller_writes_does_not_change_where_it_comes_from(text: str) -> None:
    written = text.encode("utf-8", "replace").replace(b"\n", b"").replace(b"\r", b"")
    headers = [(name, written) for name in (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"client-ip")]
    scope = {"client": ("192.0.2.7", 1), "headers": headers}
    assert client_ip(scope, ("198.51.100.1",)) == "192.0.2.7"
    # Behind a trusted proxy, what the caller wrote stands left of what the proxy saw.
    chained = [(b"x-forwarded-for", written + b", 192.0.2.9")]
    assert client_ip({"client": ("198.51.100.1", 1), "headers": chained}, ("198.51.100.0/24",)) == "192.0.2.9"
    assert (
        client_ip({"client": ("::ffff:198.51.100.1", 1), "headers": chained}, ("198.51.100.0/24",))
        == "192.0.2.9"
    )


def test_every_scope_has_words_and_the_weightiest_come_first() -> None:
    for scope in SCOPES:
        (one,) = scope_sentences([scope])
        assert "_" not in one.sentence
    weights = [one.weight for one in scope_sentences(["read", "write", "admin:write"])]
    assert weights == [2, 1, 0]
    assert len(scope_sentences(["read", "read:statuses"])) == 1


def test_browsers_have_names() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
    assert device_name(firefox) == "Firefox on Linux"
    assert device_name(safari) == "Safari on iPhone"
    assert device_name("<script>") == "Unknown browser"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "ERR_BLANK"), ("        ", "ERR_BLANK"), ("short", "ERR_TOO_SHORT"), ("x" * 300, "ERR_TOO_LONG"),
        ("Maren_Quay", "ERR_INVALID"), ("maren@example.org", "ERR_INVALID"), ("aaaaaaaa", "ERR_INVALID"),
        ("Password123", "ERR_INVALID"),
    ],
)  # fmt: skip
def test_passwords_that_anybody_would_guess_are_refused(password: str, code: str) -> None:
    problem = password_problem(password, PasswordLimits(), username="maren_quay", email="maren@example.org")
    assert problem is not None
    assert problem[0] == code


def test_a_good_password_is_accepted() -> None:
    assert (
        password_problem("otter quay lantern", PasswordLimits(), username="maren", email="m@example.org")
        is None
    )


def _palette(css: str, dark: bool) -> dict[str, str]:
    light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    return {**found, **dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rest))} if dark else found


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXT_ON = [
    ("ink", "ground"), ("ink", "surface"), ("muted", "ground"), ("muted", "surface"), ("muted", "sunken"),
    ("accent", "ground"), ("accent", "surface"), ("accent-strong", "accent-soft"), ("on-accent", "accent"),
    ("on-accent", "accent-strong"), ("danger", "ground"), ("danger", "surface"), ("surface", "danger"),
    ("panel-ink", "panel"), ("ink", "danger-soft"), ("ink", "warn-soft"), ("ink", "accent-soft"),
]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_texts_and_edges_stand_out_from_their_grounds(dark: bool) -> None:
    colours = _palette((PUBLIC / "static" / "holdfast.css").read_text(), dark)
    for text, ground in TEXT_ON:
        assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for line in ("edge", "focus"):
        assert _contrast(colours[line], colours["ground"]) >= 3, line


def test_no_template_holds_script_or_style_of_its_own() -> None:
    for template in (PUBLIC / "templates").glob("*.html"):
        text = template.read_text()
        assert not re.search(r"<script|<style|\son[a-z]+=|\sstyle=|javascript:", text), template.name
        assert "|safe" not in text.replace(" ", ""), template.name
        forms, tokens = text.count('method="post"'), text.count("form_token_field()")
        assert forms == tokens, template.name
