"""Tiles (C2SP tlog-tiles): the tree and its entries as files of at most 256 hashes or entries.

    tile/<level>/<index>[.p/<width>]      hash tile: 32-byte hashes; level 1 hashes full tiles of level 0, and so on
    tile/entries/<index>[.p/<width>]      entry bundle: entries, each after its length as two bytes, big-endian

An index is written in groups of three digits, all but the last with an x: 1234067 is x001/x234/067. A partial tile
ends in .p/ and its width; a full one never does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .errors import MalformedTile, ProofRejected
from .merkle import HASH_BYTES, CompactRange, ReadNode, leaf_hash, node_hash

TILE_WIDTH = 256
TILE_HEIGHT = 8
# The length of an entry in a bundle is two bytes.
MAX_ENTRY_BYTES = 65_535
# 2**63 leaves fill tiles of eight levels; the format knows more names than any tree has.
MAX_LEVEL = 63

_TILE_BYTES = TILE_WIDTH * HASH_BYTES
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Where a hash tile, or with level None an entry bundle, stands: its path below the log's prefix."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        fits = (self.level is None or 0 <= self.level <= MAX_LEVEL) and self.index >= 0
        if not fits or not 0 < self.width <= TILE_WIDTH:
            raise MalformedTile("There is no such tile.", private=repr((self.level, self.index, self.width)))

    @property
    def path(self) -> str:
        """`tile/0/x001/234`, with `.p/17` for a partial tile of 17."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{name}{partial}"

    @property
    def full(self) -> Tile:
        """The same tile when it is full: where to look if the partial one is gone."""
        return Tile(self.level, self.index)


ReadTile: TypeAlias = Callable[[Tile], bytes]


def parse_tile_path(path: str) -> Tile:
    """The tile of a path below the prefix. Raises MalformedTile for all but the one way to write it."""
    match = _PATH.fullmatch(path)
    if match is None or len(path) > 100:
        raise MalformedTile("This is no path of a tile.")
    level = None if match["level"] == "entries" else int(match["level"])
    width = int(match["width"]) if match["width"] else TILE_WIDTH
    tile = Tile(level, int(match["index"].replace("x", "").replace("/", "")), width)
    if tile.path != path:
        raise MalformedTile("This is no path of a tile.")
    return tile


def tile_at(level: int | None, index: int, size: int) -> Tile:
    """The tile as wide as a tree of `size` leaves has it. Raises MalformedTile where that tree has none."""
    hashes = size >> (TILE_HEIGHT * (level or 0))
    return Tile(level, index, min(TILE_WIDTH, hashes - index * TILE_WIDTH))


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """The tiles of a tree of `size` leaves that one of `since` leaves has not, entry bundles first."""
    for level in (None, *range(8)):
        shift = TILE_HEIGHT * (level or 0)
        had, has = since >> shift, size >> shift
        if not has:
            return
        if had < has:
            for index in range(had // TILE_WIDTH, -(-has // TILE_WIDTH)):
                yield tile_at(level, index, size)


def parse_hash_tile(data: bytes, width: int = TILE_WIDTH) -> list[bytes]:
    """The hashes of a tile of that width. Raises MalformedTile for any other length."""
    if not 0 < width <= TILE_WIDTH or len(data) != width * HASH_BYTES:
        raise MalformedTile(f"A tile of {width} hashes has {width * HASH_BYTES} bytes, not {len(data)}.")
    return [data[place : place + HASH_BYTES] for place in range(0, len(data), HASH_BYTES)]


def encode_entry_bundle(entries: Sequence[bytes]) -> bytes:
    """A bundle of 1 to 256 entries of at most MAX_ENTRY_BYTES."""
    if not 0 < len(entries) <= TILE_WIDTH:
        raise MalformedTile("An entry bundle has 1 to 256 entries.")
    return b"".join(map(_framed, entries))


def parse_entry_bundle(data: bytes, width: int = TILE_WIDTH) -> list[bytes]:
    """The entries of a bundle of that width. Raises MalformedTile if it ends early or goes on."""
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        begin = place + 2
        place = begin + int.from_bytes(data[place:begin], "big")
        if begin > len(data) or place > len(data):
            raise MalformedTile("The entry bundle ends within an entry.")
        entries.append(data[begin:place])
    if not 0 < width <= TILE_WIDTH or len(entries) != width:
        raise MalformedTile(f"The bundle has {len(entries)} entries, not {width}.")
    return entries


def node_reader(read_tile: ReadTile, size: int) -> ReadNode:
    """Nodes of the tree of `size` leaves from its hash tiles; what was read is kept as long as the reader."""
    tiles: dict[Tile, list[bytes]] = {}

    def read(level: int, index: int) -> bytes:
        floor, height = divmod(level, TILE_HEIGHT)
        begin = index << height
        tile = tile_at(floor, begin // TILE_WIDTH, size)
        hashes = tiles.get(tile)
        if hashes is None:
            hashes = tiles[tile] = parse_hash_tile(read_tile(tile), tile.width)
        offset = begin % TILE_WIDTH
        row = hashes[offset : offset + (1 << height)]
        if len(row) != 1 << height:
            raise MalformedTile(f"A tree of {size} leaves has no node {index} at level {level}.")
        while len(row) > 1:
            row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
        return row[0]

    return read


class TiledEdge:
    """The right edge of a tiled log: what must be known to append entries and to write its tiles.

    `append` answers with the files that an entry completes, `partial_tiles` with those that a checkpoint needs now.
    """

    def __init__(self) -> None:
        """The edge of an empty log."""
        self._range = CompactRange()
        self._entries: list[bytes] = []
        self._levels: list[bytearray] = [bytearray()]
        self._full: list[tuple[Tile, bytes]] = []

    @classmethod
    def load(cls, size: int, read_tile: ReadTile) -> TiledEdge:
        """The edge of a stored log. Raises MalformedTile where entries and hashes do not fit."""
        edge = cls()
        edge._levels = []
        hashes_in_level = size
        while hashes_in_level or not edge._levels:
            index, width = divmod(hashes_in_level, TILE_WIDTH)
            tile = Tile(len(edge._levels), index, width) if width else None
            row = read_tile(tile) if tile else b""
            edge._levels.append(bytearray(b"".join(parse_hash_tile(row, width)) if tile else b""))
            hashes_in_level = index
        if size % TILE_WIDTH:
            bundle = tile_at(None, size // TILE_WIDTH, size)
            edge._entries = parse_entry_bundle(read_tile(bundle), bundle.width)
            if b"".join(map(leaf_hash, edge._entries)) != edge._levels[0]:
                raise MalformedTile("The last entries and their hashes do not fit.")
        edge._range = CompactRange(size, _peaks(edge._levels))
        return edge

    @property
    def size(self) -> int:
        """Entries so far."""
        return self._range.size

    @property
    def range(self) -> CompactRange:
        """The tree's right edge; its `root()` is the log's. Append through this class only."""
        return self._range

    def append(self, entry: bytes) -> list[tuple[Tile, bytes]]:
        """Add an entry; the full tiles that this makes, the entry bundle first."""
        if len(entry) > MAX_ENTRY_BYTES:
            raise MalformedTile(f"An entry has at most {MAX_ENTRY_BYTES} bytes.")
        self._entries.append(entry)
        full = self._full = []
        self._range.append(leaf_hash(entry), self._keep)
        if full:
            full.insert(0, (Tile(None, full[0][0].index), encode_entry_bundle(self._entries)))
            self._entries = []
        return full

    def partial_tiles(self) -> list[tuple[Tile, bytes]]:
        """The partial tiles of the log as it stands, the entry bundle first."""
        made: list[tuple[Tile, bytes]] = []
        if self._entries:
            made.append(
                (tile_at(None, self.size // TILE_WIDTH, self.size), encode_entry_bundle(self._entries))
            )
        for level, hashes in enumerate(self._levels):
            if hashes:
                index = (self.size >> TILE_HEIGHT * level) // TILE_WIDTH
                made.append((Tile(level, index, len(hashes) // HASH_BYTES), bytes(hashes)))
        return made

    def _keep(self, level: int, index: int, node: bytes) -> None:
        if level % TILE_HEIGHT:
            return
        floor = level // TILE_HEIGHT
        if floor == len(self._levels):
            self._levels.append(bytearray())
        hashes = self._levels[floor]
        hashes += node
        if len(hashes) == _TILE_BYTES:
            self._full.append((Tile(floor, index // TILE_WIDTH), bytes(hashes)))
            hashes.clear()


def _framed(entry: bytes) -> bytes:
    if len(entry) > MAX_ENTRY_BYTES:
        raise MalformedTile(f"An entry has at most {MAX_ENTRY_BYTES} bytes.")
    return len(entry).to_bytes(2, "big") + entry


def _peaks(levels: Sequence[bytearray]) -> list[bytes]:
    """The complete subtrees of a tree from its partial tiles, the largest first."""
    peaks: list[bytes] = []
    for hashes in reversed(levels):
        place, count = 0, len(hashes) // HASH_BYTES
        while place < count:
            width = 1 << ((count - place).bit_length() - 1)
            part = CompactRange()
            for number in range(place, place + width):
                part.append(bytes(hashes[number * HASH_BYTES : (number + 1) * HASH_BYTES]))
            peaks.extend(part.nodes)
            place += width
    return peaks


def audit_tiles(read_tile: ReadTile, size: int, root: bytes) -> Iterator[bytes]:
    """Recompute a whole log from its entry bundles; yields each entry as its bundle is read.

    Raises MalformedTile for files that are no tiles, ProofRejected for a hash tile that is not what the entries
    make, and after the last entry for another root. What was yielded before is proven only when the end is reached.
    """
    edge = TiledEdge()
    for index in range(-(-size // TILE_WIDTH)):
        bundle = tile_at(None, index, size)
        for entry in parse_entry_bundle(read_tile(bundle), bundle.width):
            for tile, data in edge.append(entry):
                _check_tile(read_tile, tile, data)
            yield entry
    for tile, data in edge.partial_tiles():
        _check_tile(read_tile, tile, data)
    if edge.range.root() != root:
        raise ProofRejected("The entries of the log do not lead to its root.")


def _check_tile(read_tile: ReadTile, tile: Tile, data: bytes) -> None:
    if tile.level is not None and read_tile(tile) != data:
        raise ProofRejected(f"{tile.path} is not what the entries make.")
