"""What a browser's session is."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant

USER_AGENT_CHARACTERS = 300


class BrowserSession(msgspec.Struct, frozen=True):
    """A good session, as a page needs it. `frozen`: the member may read, and do nothing that others see. `locale`: the
    language that the member is written to in."""

    session_id: int
    account_id: int
    username: str
    role: str
    frozen: bool = False
    locale: str = "en"


class SessionRow(msgspec.Struct, frozen=True):
    """A session as its owner sees it in the list."""

    session_id: int
    user_agent: str
    ip: str | None
    created_at: Instant
    last_used_at: Instant


class SessionLimits(msgspec.Struct, frozen=True):
    """How long a session lives; both numbers are settings."""

    lifetime_days: int = 365
    idle_days: int = 30


class Device(msgspec.Struct, frozen=True):
    """Where somebody signs in from. `ip` None when it is not an address."""

    user_agent: str
    ip: str | None
