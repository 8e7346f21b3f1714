"""What `holdfast up --dev` relaxes: for people who write clients, never for a public site."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

from holdfast.platform.config import ENVIRONMENT_PREFIX
from holdfast.pure.errors import Invalid

DEV_SETTINGS: Final[Mapping[str, str]] = {
    "registrations": "open",
    "oauth_password_grant": "true",
    "rate_requests": "10000000",
    "rate_deletes": "10000000",
    "rate_signups": "10000000",
    "rate_reports": "10000000",
    "rate_signin_attempts": "10000000",
    "rate_mailbox": "10000000",
    "rate_links": "10000000",
    "rate_media": "10000000",
    "rate_searches": "10000000",
    "rate_apps": "10000000",
    "rate_follows": "10000000",
    "rate_posts": "10000000",
    "rate_new_account_posts": "10000000",
    "visitor_reads": "10000000",
    "outbound_private_allowed": "localhost, 127.0.0.0/8, ::1/128",
}
"""Accounts and tokens at once, no waiting for limits, and push services on this machine."""


def dev_environment(sources: Mapping[str, str]) -> dict[str, str]:
    """Variables that relax the settings which the operator did not set; child processes inherit them.

    `sources`: where each setting came from.
    """
    return {
        f"{ENVIRONMENT_PREFIX}{name.upper()}": value
        for name, value in DEV_SETTINGS.items()
        if sources[name] == "default"
    }


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
