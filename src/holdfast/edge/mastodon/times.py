"""How the Mastodon API writes instants: UTC, milliseconds, `Z`."""

from __future__ import annotations

from datetime import UTC

from ...platform.clock import Instant


def iso(instant: Instant) -> str:
    """`2026-01-31T12:00:00.000Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(instant: Instant | None) -> str | None:
    """The same, where there may be none."""
    return None if instant is None else iso(instant)
