"""The first account of an empty server, so that its operator can sign in without any mail server."""

from __future__ import annotations

from holdfast.platform.config import Settings


async def open_first_account(dsn: str, settings: Settings) -> str | None:
    """Make the account when there is none; the address of its one-time sign-in, or None."""
    return None
