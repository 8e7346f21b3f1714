"""Scopes, redirect addresses and PKCE, without any database."""

from __future__ import annotations

import pytest

from holdfast.social.tokens import (
    SCOPES,
    allows,
    covers_all,
    parse_scopes,
    redirect_uri_problem,
    valid_challenge,
    verifier_matches,
)

GOOD = [
    "urn:ietf:wg:oauth:2.0:oob",
    "com.tapbots.Ivory.10217:/request_token",
    "icecubesapp://",
    "tuskyapp://oauth/callback?from=holdfast",
    "https://elk.zone/api/oauth?origin=https%3A%2F%2Felk.zone",
    "http://localhost:3000/callback",
    "http://[::1]:1234/",
]
BAD = [
    "", "callback", "/callback", "//evil.example", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x",
    "file:///etc/passwd", "vbscript:x", "https://ok.example/#fragment", "icecubesapp://#x", "https://",
    "https:///path", "https://user@evil.example/", "https://ok.example\\@evil.example/", "https://a.example/ b",
    "https://a.example/\r\nSet-Cookie:x", "https://exa\u0301mple.org/", "blob:https://a.example/x", "http:evil",
    "https://[::1/", "https://a.example:port/", "x" * 3000 + ":",
]  # fmt: skip


@pytest.mark.parametrize("uri", GOOD)
def test_addresses_that_apps_use_are_accepted(uri: str) -> None:
    assert redirect_uri_problem(uri) is None


@pytest.mark.parametrize("uri", BAD)
def test_addresses_that_run_read_or_mislead_are_refused(uri: str) -> None:
    assert redirect_uri_problem(uri)


def test_scopes_are_a_tree() -> None:
    assert allows(frozenset({"read"}), ("read:statuses",))
    assert not allows(frozenset({"read:statuses"}), ("read",))
    assert not allows(frozenset({"read"}), ("write:statuses",))
    assert allows(frozenset({"admin:read"}), ("admin:read:accounts",))
    assert not allows(frozenset({"read", "write"}), ("admin:read:accounts", "admin:read"))
    assert not allows(frozenset({"admin"}), ("admin:read",))
    assert not allows(frozenset(), ("read",))


def test_follow_covers_relations_alone() -> None:
    held = frozenset({"follow"})
    covered = {scope for scope in SCOPES if scope != "follow" and allows(held, (scope,))}
    assert covered == {
        f"{verb}:{noun}" for verb in ("read", "write") for noun in ("follows", "blocks", "mutes")
    }


def test_an_app_gets_no_more_than_it_registered() -> None:
    assert covers_all(("read", "write:statuses"), ("read:accounts", "write:statuses"))
    assert not covers_all(("read", "write:statuses"), ("read", "write"))


def test_scope_lists_are_read_as_clients_write_them() -> None:
    assert parse_scopes("read write  read") == ("read", "write")
    assert parse_scopes("read+write") == ("read", "write")
    assert parse_scopes("") == ("read",)
    assert parse_scopes("read fly") is None
    assert len(set(SCOPES)) == len(SCOPES) == 47


def test_pkce_is_that_of_rfc_7636() -> None:
    verifier, challenge = (
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    )
    assert valid_challenge(challenge)
    assert verifier_matches(challenge, verifier)
    assert not verifier_matches(challenge, verifier[:-1] + "x")
    assert not verifier_matches(challenge, None)
    assert not verifier_matches(challenge, challenge)


def test_a_verifier_without_a_challenge_is_refused() -> None:
    # A challenge that was stripped on the way must not go unnoticed.
    assert verifier_matches(None, None)
    assert not verifier_matches(None, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
