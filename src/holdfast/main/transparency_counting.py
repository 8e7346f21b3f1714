"""The figures of any server from its public files alone: fetched, verified, counted. Needs no database and no settings."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from holdfast.main.log_watching import Fetch, NotServed
from holdfast.platform.static_files import StaticFolder
from holdfast.pure.errors import Invalid
from holdfast.pure.evidence import (
    HASH_BYTES,
    Checkpoint,
    MalformedTile,
    Tile,
    VerifierKey,
    audit_tiles,
    encode_entry_bundle,
    open_checkpoint,
    parse_entry_bundle,
    parse_leaf,
    parse_policy,
    parse_vkey,
    tiles_of,
)
from holdfast.pure.outbound_addresses import read_target
from holdfast.pure.transparency import Tally, add

_LOGS: Final = "/.well-known/holdfast/evidence/"
_FIGURES: Final = "/api/holdfast/v1/transparency"
_AT_A_TIME: Final = 8
_ORIGIN_LOGS_MOST: Final = 1000


@dataclass(frozen=True)
class Counted:
    """What was counted: the tally, and the checkpoints that it was verified against, one for each log."""

    tally: Tally
    checkpoints: tuple[Checkpoint, ...]


@dataclass(frozen=True)
class Shown:
    """What a server itself shows. counted: how many leaves of each log it has counted, by origin."""

    figures: dict[str, Any]
    counted: Mapping[str, int]


def count_folders(
    folders: Sequence[Path], vkeys: Sequence[str], *, through: Mapping[str, int] | None = None
) -> Counted:
    """Verify each log whole, and count its leaves. `through`: no more than so many of each origin.

    Raises Invalid where no key is known, and the family of evidence errors for whatever is not what was signed.
    """
    tally, checkpoints = Tally(), []
    for folder in folders:
        checkpoint = open_checkpoint(_read(folder, "checkpoint"), _keys(folder, vkeys)).checkpoint
        most = checkpoint.size if through is None else through.get(checkpoint.origin, 0)
        if most > checkpoint.size:
            raise Invalid(
                f"{most} leaves of {checkpoint.origin} were to be counted, but it has {checkpoint.size}"
            )
        entries = audit_tiles(partial(_tile, folder), checkpoint.size, checkpoint.root)
        for index, entry in enumerate(entries):
            leaf = parse_leaf(entry)
            if index < most:
                add(tally, leaf)
        checkpoints.append(checkpoint)
    return Counted(tally, tuple(checkpoints))


def log_folders(path: Path) -> list[Path]:
    """The folder of a log, or those of all logs in a folder, the oldest first. Raises Invalid."""
    if (path / "checkpoint").is_file():
        return [path]
    numbered = sorted((int(one.name), one) for one in path.glob("*") if one.name.isdigit())
    found = [one for _, one in numbered if (one / "checkpoint").is_file()]
    if not found:
        raise Invalid(f"{path} holds no log: there is no checkpoint in it, nor in folders 1, 2 ... below it")
    return found


async def fetch_logs(url: str, fetch: Fetch, into: Path) -> list[Path]:
    """Every file of the log at an address, or of all logs of a server that was named alone; folders below `into`.

    What is there already is not fetched again. Raises OutboundFailed, NotServed, Invalid.
    """
    target = read_target(url)
    if target.path != "/":
        return [await _fetch_log(target.url.rstrip("/"), fetch, into / "1")]
    found: list[Path] = []
    for number in range(1, _ORIGIN_LOGS_MOST):
        try:
            found.append(
                await _fetch_log(f"{target.url.rstrip('/')}{_LOGS}{number}", fetch, into / str(number))
            )
        except NotServed:
            break
    if not found:
        raise Invalid(f"{url} has no ledger, or has signed nothing yet")
    return found


async def shown_by(url: str, fetch: Fetch, *, since: str = "", until: str = "") -> Shown:
    """The figures that a server shows of these months."""
    base = read_target(url).url.rstrip("/")
    data = await fetch(f"{base}{_FIGURES}?since={since}&until={until}")
    try:
        tree = msgspec.json.decode(data)
        return Shown(tree["figures"], {one["origin"]: int(one["counted"]) for one in tree["counted"]})
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        raise Invalid(f"{base}{_FIGURES} answers something else than figures") from None


async def _fetch_log(prefix: str, fetch: Fetch, folder: Path) -> Path:
    """The files of one log. The checkpoint comes first and is written last, so that a folder with one is whole."""
    files = StaticFolder(folder)
    note, policy = await fetch(f"{prefix}/checkpoint"), await fetch(f"{prefix}/policy")
    keys = parse_policy(policy).log_keys
    size = open_checkpoint(note, keys).checkpoint.size

    async def get(tile: Tile) -> None:
        if await asyncio.to_thread(files.read, tile.path) is None:
            data = await _tile_from(prefix, tile, fetch)
            await asyncio.to_thread(files.write, tile.path, data)

    waiting = iter(tiles_of(size))
    while some := list(itertools.islice(waiting, _AT_A_TIME)):
        await asyncio.gather(*(get(tile) for tile in some))
    await asyncio.to_thread(files.write, "policy", policy)
    await asyncio.to_thread(files.write, "checkpoint", note)
    return folder


async def _tile_from(prefix: str, tile: Tile, fetch: Fetch) -> bytes:
    try:
        return await fetch(f"{prefix}/{tile.path}")
    except NotServed:
        if tile == tile.full:
            raise
    # A partial tile may be gone once the full one is there.
    whole = await fetch(f"{prefix}/{tile.full.path}")
    if tile.level is not None:
        return whole[: tile.width * HASH_BYTES]
    return encode_entry_bundle(parse_entry_bundle(whole)[: tile.width])


def _keys(folder: Path, vkeys: Sequence[str]) -> Sequence[VerifierKey]:
    if vkeys:
        return [parse_vkey(one) for one in vkeys]
    if not (folder / "policy").is_file():
        raise Invalid(f"whom do you believe about {folder}? give the log's key with --vkey")
    return parse_policy(_read(folder, "policy")).log_keys


def _tile(folder: Path, tile: Tile) -> bytes:
    return _read(folder, tile.path)


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        raise MalformedTile(f"{name} is missing from the log.") from None
