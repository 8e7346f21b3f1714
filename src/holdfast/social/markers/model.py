"""What a marker is."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant


class Marker(msgspec.Struct, frozen=True):
    """How far a member has read a timeline. `last_read_id` is the public id that the client gave."""

    last_read_id: str
    version: int
    updated_at: Instant
