"""What lies beside the setup while this server may not be written to.

DATA/mirror/superseded.json   written by the shipper: another server holds the site (see `shipping`)
DATA/mirror/unheld.json       it was relaunched, and too few stores said yes so far
DATA/mirror/relaunch.json     the newest relaunch notice that a store has, once this server was replaced
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...pure.errors import Unavailable
from ..shipping import is_superseded

_FOLDER: Final = "mirror"
_UNHELD: Final = "unheld.json"
_NOTICE: Final = "relaunch.json"
_POINTER: Final = "moved.json"


class ReadOnlyHere(Unavailable):
    """Nothing is written here now; `public` says where it is."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the site is now: the first address of the newest notice, None while no notice says so."""

    address: str | None


def mark_unheld(data: Path, epoch: int) -> None:
    """Say that the site is not held yet."""
    _write(data, _UNHELD, json.dumps({"epoch": epoch}).encode())


def unmark_unheld(data: Path) -> None:
    """It is held."""
    (data / _FOLDER / _UNHELD).unlink(missing_ok=True)


def is_unheld(data: Path) -> bool:
    """Whether the site may only be read because a relaunch did not reach enough stores."""
    return (data / _FOLDER / _UNHELD).exists()


def is_read_only(data: Path) -> bool:
    """Whether nothing may be written here. Two looks at the disk: asked at every request that would write."""
    return is_superseded(data) or is_unheld(data)


def check_writable(data: Path) -> None:
    """Raises ReadOnlyHere, with the way to where it can be done."""
    if is_superseded(data):
        address = read_pointer(data).address
        where = f"go to {address}" if address else "ask the people who run it for the new address"
        raise ReadOnlyHere(f"This server was replaced by another one and can only be read: {where}.")
    if is_unheld(data):
        raise ReadOnlyHere(
            "This site was brought back just now and can only be read until it is sure that no other server serves it."
        )


def keep_notice(data: Path, document: bytes, address: str | None) -> None:
    """Keep a notice that was verified, to be served here and pointed to."""
    _write(data, _NOTICE, document)
    _write(data, _POINTER, json.dumps({"address": address}).encode())


def kept_notice(data: Path) -> bytes | None:
    """The file of the notice, on a server that was replaced."""
    if not is_superseded(data):
        return None
    try:
        return (data / _FOLDER / _NOTICE).read_bytes()
    except FileNotFoundError:
        return None


def read_pointer(data: Path) -> Pointer:
    """Where the site is now, as far as this server knows."""
    try:
        address = json.loads((data / _FOLDER / _POINTER).read_bytes())["address"]
    except (OSError, ValueError, KeyError, TypeError):
        return Pointer(None)
    return Pointer(address if isinstance(address, str) else None)


def _write(data: Path, name: str, content: bytes) -> None:
    folder = data / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = folder / f"{name}.{os.getpid()}.new"
    staging.write_bytes(content)
    staging.rename(folder / name)
