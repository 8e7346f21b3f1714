"""The state of a re-screening: how far it is, and what it did so far."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...social.posts import Rescreened


class Rescreening(msgspec.Struct, frozen=True):
    """One run, kept as JSON. Posts up to `cursor_id` of (`after_id`, `until_id`] are done; `looked_at` counts them,
    those with a verdict of `version` too, which need none."""

    version: str
    after_id: int
    until_id: int
    cursor_id: int
    may_hold: bool
    started_at: Instant
    updated_at: Instant
    finished_at: Instant | None = None
    looked_at: int = 0
    total: int = 0
    done: Rescreened = msgspec.field(default_factory=Rescreened)

    def continues(self, version: str, after_id: int, may_hold: bool) -> bool:
        """Whether a run with these choices goes on with this one."""
        return self.finished_at is None and (version, after_id, may_hold) == (
            self.version, self.after_id, self.may_hold
        )  # fmt: skip
