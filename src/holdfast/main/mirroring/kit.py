"""A new kit in every store whenever something of it changed, a day has gone by, or a store lacks the newest.

DATA/mirror/kit.json says which kit is the newest and who holds it; of its content it has a keyed mark alone.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from holdfast.continuity import kits
from holdfast.continuity.media import read_list_facts
from holdfast.continuity.mirror import FOLDER, MirrorSetup, setup_facts
from holdfast.platform import stores
from holdfast.platform.clock import Instant
from holdfast.platform.config import Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database
from holdfast.platform.master_key import load_master_key
from holdfast.pure.canonical_json import encode_canonical

from .kit_facts import collect_facts

ANEW_AFTER: Final = timedelta(hours=24)
_FILE: Final = "kit.json"


class KitState(msgspec.Struct, frozen=True):
    """The newest kit. mark: tells whether anything lasting changed. held, failed: stores by name; failed ones with why."""

    name: str
    made_at: Instant
    mark: str
    held: tuple[str, ...]
    failed: dict[str, str]


class Kept(msgspec.Struct, frozen=True):
    """What came of it: the state of now, and whether a new kit was made."""

    state: KitState
    is_new: bool
    data: bytes = b""


def read_kit_state(data_folder: Path) -> KitState | None:
    """The state; None before the first kit, or where it cannot be read: then a new kit is due."""
    try:
        return msgspec.json.decode((data_folder / FOLDER / _FILE).read_bytes(), type=KitState)
    except (OSError, msgspec.DecodeError):
        return None


async def keep_kit(
    settings: Settings,
    database: Database,
    setup: MirrorSetup,
    opened: Mapping[str, stores.Store],
    *,
    now: Instant,
    anew: bool = False,
) -> Kept:
    """Make a kit where one is due; `anew`: in any case.

    Raises Unavailable while the database is away, TooFewHold when no store took it, MalformedObject when it is too large.
    """
    facts = await collect_facts(settings, database, setup)
    mark = _mark(settings, setup, facts.lasting)
    before = read_kit_state(settings.data)
    fresh = before is not None and now - before.made_at < ANEW_AFTER
    if (
        before is not None
        and fresh
        and not anew
        and before.mark == mark
        and set(before.held) >= opened.keys()
    ):
        return Kept(before, False)
    sealed = {**facts.all, "media": await read_list_facts(setup, opened)}
    name, data, answers = await kits.put_kit(setup, opened, sealed, now=now)
    state = KitState(
        name,
        now,
        mark,
        tuple(sorted(label for label, error in answers.items() if error is None)),
        {label: error.public for label, error in sorted(answers.items()) if error is not None},
    )
    _write(settings.data, state)
    return Kept(state, True, data)


def _mark(settings: Settings, setup: MirrorSetup, lasting: Mapping[str, object]) -> str:
    key = Keyring(load_master_key(settings)).derive("mirror kit mark")
    content = encode_canonical({"facts": dict(lasting), "setup": setup_facts(setup)})
    return hmac.digest(key, content, hashlib.sha256).hex()


def _write(data_folder: Path, state: KitState) -> None:
    staging = data_folder / FOLDER / f"{_FILE}.new"
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(state))
    staging.rename(data_folder / FOLDER / _FILE)
