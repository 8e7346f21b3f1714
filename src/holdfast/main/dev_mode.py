"""What `holdfast up --dev` relaxes: for people who write clients, never for a public site."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final

from holdfast.pure.errors import Invalid

DEV_SETTINGS: Final[Mapping[str, Any]] = {
    "registrations": "open",
    "rate_requests": 10_000_000,
    "rate_deletes": 10_000_000,
    "rate_signups": 10_000_000,
    "rate_signin_attempts": 10_000_000,
    "outbound_private_allowed": ("localhost", "127.0.0.0/8", "::1/128"),
}
"""Accounts and tokens at once, no waiting for limits, and push services on this machine."""


def dev_overrides(sources: Mapping[str, str]) -> dict[str, Any]:
    """The settings to relax: those that the operator did not set. `sources`: where each setting came from."""
    return {name: value for name, value in DEV_SETTINGS.items() if sources[name] == "default"}


def check_dev_host(host: str) -> None:
    """Raises Invalid unless only this machine can reach the address."""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise Invalid(
            f"--dev takes limits away, so it listens on this machine only, not on {host}; leave --host out"
        )
