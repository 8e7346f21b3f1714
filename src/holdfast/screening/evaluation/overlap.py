"""Whether posts that a model learned from are also among the posts that it is measured on.

Two posts are *the same* when their words are, whatever their case, accents, look-alike letters and punctuation; they
are *near* when `NEAR_SIMILARITY` of their neighbouring word pairs are common (Jaccard similarity). Similarity is
estimated from sketches (MinHash, Broder 1997; one byte of each minimum, Li and König 2010), so that a
measured post can be recognised from 72 bytes that do not tell its text.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from holdfast.pure.errors import Invalid
from holdfast.pure.normalisation import canonical
from holdfast.screening.corpus import Row, read_corpus, read_json_lines

NEAR_SIMILARITY: Final = 0.5
"""Estimated Jaccard similarity from which two posts are near: of five words, one is another."""
MINIMA: Final = 64
"""Minima of a sketch. The estimate has a standard error of 0.06 at the threshold."""
BAND_MINIMA: Final = 2
"""Posts that share this many neighbouring minima anywhere are compared: practically all at the threshold."""
MAGIC: Final = b"holdfast fingerprints 1\n"
MAX_FINGERPRINT_BYTES: Final = 256 * 1024 * 1024
"""A fingerprint file is data that a person brought."""

_WORD: Final = re.compile(r"\w+")
_CHUNK_SHINGLES: Final = 1 << 16
_CHANCE: Final = 1 / 256
"""Two minima that have nothing to do with each other share their byte this often."""

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint64]


class Fingerprints(msgspec.Struct, frozen=True):
    """Posts known by hash and sketch: `names` per set in order of `counts`; arrays over all posts, set by set.

    `hashes` (posts,): of the words; `sketches` (posts, MINIMA).
    """

    names: list[str]
    counts: list[int]
    hashes: Hashes
    sketches: Bytes

    def __len__(self) -> int:
        return len(self.hashes)

    def place(self, at: int) -> str:
        """Where a post stands: `set:number`, counted from 1 as lines are."""
        for name, count in zip(self.names, self.counts, strict=True):
            if at < count:
                return f"{name}:{at + 1}"
            at -= count
        raise IndexError(at)


class Overlap(NamedTuple):
    """One post that is measured as well: its number, the measured post nearest to it, and how near (1: same)."""

    at: int
    with_place: str
    kind: Literal["same", "near"]
    similarity: float


class Dropped(NamedTuple):
    """What `without_overlap` left out: rows per source and per measured set, and how many of them the same."""

    rows: int
    same: int
    by_source: dict[str, int]
    by_set: dict[str, int]


def fingerprints_of(sets: Mapping[str, Sequence[str]]) -> Fingerprints:
    """Fingerprints of named sets of texts. About 40,000 posts a second."""
    texts = [text for of_set in sets.values() for text in of_set]
    words = [_words(text) for text in texts]
    return Fingerprints(
        names=list(sets),
        counts=[len(of_set) for of_set in sets.values()],
        hashes=np.array([_hash(one) for one in words], np.uint64),
        sketches=_sketches(words),
    )


def overlaps(texts: Sequence[str], measured: Fingerprints) -> list[Overlap]:
    """Every text that is the same as a measured one or near to one, with the nearest, in order."""
    words = [_words(text) for text in texts]
    known: dict[int, int] = {}
    for at, value in enumerate(measured.hashes.tolist()):
        known.setdefault(value, at)
    bands = _bands(measured.sketches)
    sketches = _sketches(words)
    keys = _band_keys(sketches)
    found = []
    for at, one in enumerate(words):
        same = known.get(_hash(one))
        if same is not None:
            found.append(Overlap(at, measured.place(same), "same", 1.0))
            continue
        rivals = {rival for band, key in enumerate(keys[at].tolist()) for rival in bands[band].get(key, ())}
        if not rivals:
            continue
        candidates = np.fromiter(rivals, np.int64, len(rivals))
        candidates.sort()
        agreeing = (measured.sketches[candidates] == sketches[at]).mean(1)
        best = int(agreeing.argmax())
        similarity = (float(agreeing[best]) - _CHANCE) / (1 - _CHANCE)
        if similarity >= NEAR_SIMILARITY:
            found.append(Overlap(at, measured.place(int(candidates[best])), "near", round(similarity, 2)))
    return found


def without_overlap(rows: Sequence[Row], measured: Fingerprints) -> tuple[list[Row], Dropped]:
    """The rows that are not among the measured ones, and what was left out.

    A row takes its whole group along: the other half of a pair would teach what the dropped one says.
    """
    found = overlaps([row.text for row in rows], measured)
    groups = {rows[one.at].group for one in found}
    kept = [row for row in rows if row.group not in groups]
    dropped = Dropped(
        rows=len(rows) - len(kept),
        same=sum(one.kind == "same" for one in found),
        by_source=dict(Counter(row.source for row in rows if row.group in groups)),
        by_set=dict(Counter(one.with_place.rpartition(":")[0] for one in found)),
    )
    return kept, dropped


def read_measured(paths: Sequence[Path]) -> Fingerprints:
    """Fingerprints of files: fingerprint files, corpus files (`.txt`), rows as JSON lines, plain or gzip.

    Sets are named after their files. Raises Invalid.
    """
    parts: list[Fingerprints] = []
    for path in paths:
        if not path.is_file():
            raise Invalid(f"{path} is no file")
        with path.open("rb") as file:
            is_prints = file.read(len(MAGIC)) == MAGIC
        if is_prints:
            parts.append(read_fingerprints(path))
        elif path.suffix == ".txt":
            posts = read_corpus(path, language=path.name[:2], source=path.stem)
            parts.append(fingerprints_of({path.stem: [post.text for post in posts]}))
        else:
            name = path.name.removesuffix(".gz").removesuffix(".jsonl")
            parts.append(fingerprints_of({name: [str(row["text"]) for row in read_json_lines(path)]}))
    return Fingerprints(
        names=[name for part in parts for name in part.names],
        counts=[count for part in parts for count in part.counts],
        hashes=np.concatenate([np.zeros(0, np.uint64), *(part.hashes for part in parts)]),
        sketches=np.concatenate([np.zeros((0, MINIMA), np.uint8), *(part.sketches for part in parts)]),
    )


def write_fingerprints(path: Path, prints: Fingerprints) -> None:
    """Write a fingerprint file: a line that says what it is, a line of JSON, then hashes and sketches."""
    head = {"sets": dict(zip(prints.names, prints.counts, strict=True)), "minima": MINIMA}
    path.write_bytes(
        MAGIC
        + msgspec.json.encode(head)
        + b"\n"
        + prints.hashes.astype("<u8").tobytes()
        + prints.sketches.tobytes()
    )


def read_fingerprints(path: Path) -> Fingerprints:
    """Read a fingerprint file. Raises Invalid when it is none or is cut off."""
    try:
        if path.stat().st_size > MAX_FINGERPRINT_BYTES:
            raise Invalid(f"{path} is larger than {MAX_FINGERPRINT_BYTES} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from None
    if not data.startswith(MAGIC):
        raise Invalid(f"{path} is no fingerprint file; make one with holdfast moderation overlap")
    head, _, body = data[len(MAGIC) :].partition(b"\n")
    try:
        facts = msgspec.json.decode(head, type=_Head)
    except msgspec.DecodeError as error:
        raise Invalid(f"{path}: {error}") from None
    posts = sum(facts.sets.values())
    if facts.minima != MINIMA or min(facts.sets.values(), default=0) < 0 or len(body) != posts * (8 + MINIMA):
        raise Invalid(f"{path} is cut off, or was made by another version; make it anew")
    return Fingerprints(
        names=list(facts.sets),
        counts=list(facts.sets.values()),
        hashes=np.frombuffer(body[: posts * 8], "<u8").astype(np.uint64),
        sketches=np.frombuffer(body[posts * 8 :], np.uint8).reshape(posts, MINIMA),
    )


class _Head(msgspec.Struct):
    sets: dict[str, int]
    minima: int


def _words(text: str) -> list[str]:
    """The words of a post; its other characters where it has none (emoji are a text too)."""
    plain = canonical(text)
    return _WORD.findall(plain) or plain.split()


def _hash(words: Iterable[str]) -> int:
    text = " ".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


def _shingles(words: Sequence[str]) -> list[int]:
    """Hashes of the pairs of neighbouring words, the edges of the post counting as words."""
    edged = ["", *words, ""]
    return [zlib.crc32(f"{one} {other}".encode("utf-8", "surrogatepass")) for one, other in pairwise(edged)]


def _sketches(texts: Sequence[Sequence[str]]) -> Bytes:
    """(texts, MINIMA): the lowest byte of the least hash of any shingle, under each of MINIMA hash functions."""
    random = np.random.default_rng(0x5EED)
    factors = random.integers(1, 2**63, MINIMA, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    sketches = np.zeros((len(texts), MINIMA), np.uint8)
    first, pending, starts = 0, list[int](), list[int]()
    for at, words in enumerate(texts):
        starts.append(len(pending))
        pending.extend(_shingles(words))
        if len(pending) >= _CHUNK_SHINGLES or at == len(texts) - 1:
            sketches[first : at + 1] = _minima(np.array(pending, np.uint64), starts, factors)
            first, pending, starts = at + 1, [], []
    return sketches


def _minima(shingles: Hashes, starts: Sequence[int], factors: Hashes) -> Bytes:
    """Multiply and mix: a product alone keeps the order of small hashes."""
    out = np.empty((len(starts), len(factors)), np.uint8)
    for column, factor in enumerate(factors):
        mixed = (shingles + np.uint64(1)) * factor
        mixed ^= mixed >> np.uint64(29)
        mixed *= factor
        mixed ^= mixed >> np.uint64(32)
        out[:, column] = np.minimum.reduceat(mixed, starts) & np.uint64(0xFF)
    return out


def _band_keys(sketches: Bytes) -> NDArray[np.int64]:
    """(texts, bands): neighbouring minima as one number."""
    bands = MINIMA // BAND_MINIMA
    parts = sketches[:, : bands * BAND_MINIMA].reshape(len(sketches), bands, BAND_MINIMA).astype(np.int64)
    return np.asarray(parts @ (256 ** np.arange(BAND_MINIMA)), np.int64)


def _bands(sketches: Bytes) -> list[dict[int, list[int]]]:
    """Per band: key -> posts."""
    index: list[dict[int, list[int]]] = []
    for column in _band_keys(sketches).T:
        places: dict[int, list[int]] = defaultdict(list)
        for at, key in enumerate(column.tolist()):
            places[key].append(at)
        index.append(dict(places))
    return index
