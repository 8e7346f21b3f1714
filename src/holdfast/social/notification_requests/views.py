"""What reads of requests answer with."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ..accounts import AccountView
from ..posts import Seen


class RequestView(msgspec.Struct, frozen=True):
    """A sender whose notifications are kept apart. `last`: what the last of them is about, if it can be seen."""

    id: int
    sender: AccountView
    told: int
    created_at: Instant
    updated_at: Instant
    last: Seen | None
