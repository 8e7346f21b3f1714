"""Use cases: the operator names witnesses, by command or by setting."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .errors import WitnessKnown, WitnessNotThere
from .model import read_entry
from .queries import witnesses


async def add_witness(tx: Tx, vkey: str, url: str, *, now: Instant) -> str:
    """Ask this one too; its name. Raises WitnessNotAllowed, WitnessKnown, AddressNotAllowed."""
    key, address = read_entry(f"{vkey} {url}")
    if not await store.insert_witness(tx, key.name, key.vkey, address, by_setting=False, now=now):
        raise WitnessKnown
    return key.name


async def remove_witness(tx: Tx, name: str) -> None:
    """Do not ask it any more; what it signed stays. Raises WitnessNotThere."""
    if not await store.delete_witness(tx, name):
        raise WitnessNotThere


async def follow_setting(tx: Tx, entries: Sequence[str], *, now: Instant) -> None:
    """Make the witnesses of the setting what it says now; those that were added by command stay."""
    wanted = {key.name: (key.vkey, url) for key, url in map(read_entry, entries)}
    for one in await witnesses(tx):
        if one.by_setting and wanted.get(one.name, ("", ""))[0] != one.vkey:
            await store.delete_witness(tx, one.name)
    for name, (vkey, url) in wanted.items():
        if not await store.insert_witness(tx, name, vkey, url, by_setting=True, now=now):
            await store.set_address(tx, name, url)
