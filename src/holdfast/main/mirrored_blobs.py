"""The blob store of a process, with its copies at the stores of the mirror."""

from __future__ import annotations

from functools import cache, partial

from ..continuity.media import MirrorCopies
from ..continuity.mirror import open_stores
from ..platform.blobs import Blobs, open_blobs
from ..platform.clock import Clock
from ..platform.config import Settings
from ..platform.crypto import Keyring
from ..platform.master_key import load_master_key


def blobs_of(settings: Settings, clock: Clock) -> Blobs:
    """The store that the settings name. What is put into it is at the quorum of the mirror, if there is one, before it counts."""
    return open_blobs(settings, copies=copies_of(settings, clock))


def copies_of(settings: Settings, clock: Clock) -> MirrorCopies:
    """The copies alone. The keyring is read when a mirror is found for the first time."""
    return MirrorCopies(
        settings.data.resolve(),
        cache(lambda: Keyring(load_master_key(settings))),
        clock,
        opening=partial(open_stores, timeout_seconds=settings.mirror_store_timeout_seconds),
        degrade_after_seconds=settings.mirror_degrade_seconds,
    )
