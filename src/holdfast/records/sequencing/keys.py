"""The signing key: derived from the master secret, one generation after another, stored nowhere.

A generation's key is HKDF of the master secret with its number, so that whoever has the kit of a relaunch has every
key that this log ever signed with, also one that a restored database has never heard of.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import NamedTuple

from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.db import Reader, Tx
from ...pure.errors import Conflict
from ...pure.evidence import Algorithm, SigningKey, VerifierKey
from ..ledger import Entry, Kind, append, logs
from . import store

LOOK_AHEAD = 32
"""Generations beyond the newest of this database that a peer's checkpoint may be signed with."""

_FIRST = 1


class Generation(NamedTuple):
    """One generation, as the database knows it."""

    number: int
    created_at: Instant
    retired_at: Instant | None
    leaked: bool


class Rotation(NamedTuple):
    """What a rotation made: the record, and the keys as lines of text."""

    record_id: str
    generation: int
    old: str
    new: str


def signing_key(keyring: Keyring, origin: str, generation: int) -> SigningKey:
    """The key with which a generation signs a log."""
    return SigningKey(origin, Algorithm.ED25519, keyring.derive(f"ledger signing {generation}"))


async def generations(reader: Reader) -> list[Generation]:
    """Every generation, the newest last."""
    rows = await reader.fetch(
        "select generation, created_at, retired_at, leaked from ledger_keys order by generation"
    )
    return [Generation(*row) for row in rows]


async def current_keys(
    reader: Reader, keyring: Keyring, origin: str, *, overlap_days: int, now: Instant
) -> list[SigningKey]:
    """The keys that sign now: the newest, and for a while those that it took over from."""
    known = await generations(reader)
    since = now - timedelta(days=overlap_days)
    old = [
        one.number
        for one in known[:-1]
        if not one.leaked and one.retired_at is not None and one.retired_at > since
    ]
    newest = known[-1].number if known else _FIRST
    return [signing_key(keyring, origin, number) for number in (newest, *reversed(old))]


def verifier_keys(keyring: Keyring, origin: str, newest: int) -> list[VerifierKey]:
    """Every key with which this log may have signed, up to some that the database has not heard of."""
    return [
        signing_key(keyring, origin, number).verifier for number in range(_FIRST, newest + LOOK_AHEAD + 1)
    ]


def rotation_text(origin: str, old: str, new: str) -> str:
    """What both keys sign when one takes over."""
    return f"holdfast/key-rotation/v1\n{origin}\n{old}\n{new}\n"


async def rotate_key(tx: Tx, *, leaked: bool = False, cause: str = "routine", now: Instant) -> Rotation:
    """Let the next generation sign from now on, and record that with the signatures of both.

    `leaked`: the old one signs nothing any more; else it goes on signing beside the new one for the overlap.
    Raises Conflict while there is no log.
    """
    known = await logs(tx)
    if not known:
        raise Conflict("The ledger has signed nothing yet: start the server once before its key is rotated.")
    origin = known[-1].origin
    number = (await generations(tx))[-1].number
    old, new = (signing_key(tx.keyring, origin, one) for one in (number, number + 1))
    text = rotation_text(origin, old.verifier.vkey, new.verifier.vkey)
    await store.insert_generation(tx, number + 1, now=now)
    if leaked:
        await store.mark_leaked(tx, number)
    public = {
        "old": old.verifier.vkey,
        "new": new.verifier.vkey,
        "old_signature": base64.b64encode(old.sign(text)).decode(),
        "new_signature": base64.b64encode(new.sign(text)).decode(),
        "cause": "leaked" if leaked else cause,
        "generation": number + 1,
    }
    record_id = await append(tx, Entry(kind=Kind.KEY_ROTATED, public=public), now=now)
    return Rotation(record_id, number + 1, old.verifier.vkey, new.verifier.vkey)
