"""The manifest of training data (`sources.toml`) and the reading of what it names."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np

from holdfast.pure.errors import Invalid
from holdfast.screening.classifier import DEPICTED
from holdfast.screening.corpus.lines import read_corpus, read_slots, write_out
from holdfast.screening.corpus.rows import Row, labels_from_columns

MANIFEST: Final = "sources.toml"
SLOTS: Final = "slots.toml"
HELD_BACK_SHARE: Final = 0.1
"""Share of the groups of every source that is kept from training, for calibration and thresholds."""


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source as the manifest names it. `calm`: its lawful posts hardly ever depict violence."""

    name: str
    files: list[str]
    format: Literal["corpus", "rows"]
    language: str
    licence: str
    origin: str
    use: Literal["train", "functional"]
    most_rows: int | None = None
    weight: float = 1.0
    share_per_epoch: float = 1.0
    draws: int = 1
    calm: bool = False


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sources: list[Source]


class FileRead(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was read, for the record in the model file."""

    source: str
    file: str
    sha256: str
    licence: str
    origin: str
    rows: int


class Reading(msgspec.Struct, kw_only=True):
    """What was read: rows per source name, and the record of it."""

    rows: dict[str, list[Row]]
    files: list[FileRead]
    sources: dict[str, Source]


def read_sources(
    folders: Sequence[Path],
    *,
    use: Literal["train", "functional"],
    seed: int,
    manifest: Path | None = None,
    skip_absent: bool = False,
) -> Reading:
    """Read every source of the manifest that is for this use; `skip_absent`: of those whose files are here.

    The manifest is the first `sources.toml` of the folders unless named. A source none of whose files is there
    raises Invalid: training on less than the manifest says would make other weights under the same name.
    """
    manifest = manifest or _find(folders, MANIFEST)
    try:
        sources = msgspec.toml.decode(manifest.read_bytes(), type=_Manifest).sources
    except (msgspec.DecodeError, OSError) as error:
        raise Invalid(f"{manifest}: {error}") from None
    reading = Reading(rows={}, files=[], sources={})
    for source in sources:
        if source.use != use or (skip_absent and not _found(folders, source)):
            continue
        rows = reading.rows[source.name] = []
        reading.sources[source.name] = source
        for path in _files(folders, source):
            read = list(_rows(path, source, folders, seed))
            rows.extend(read)
            reading.files.append(
                FileRead(
                    source=source.name,
                    file=path.name,
                    sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                    licence=source.licence,
                    origin=source.origin,
                    rows=len(read),
                )
            )
        if source.most_rows is not None and len(rows) > source.most_rows:
            chosen = np.random.default_rng([seed, len(rows)]).choice(
                len(rows), source.most_rows, replace=False
            )
            reading.rows[source.name] = [rows[at] for at in sorted(chosen)]
    return reading


def is_held_back(row: Row) -> bool:
    """Whether a row is kept from training. Depends on its group alone, so that it is the same in every run."""
    return zlib.crc32(f"held back {row.group}".encode()) % 1000 < HELD_BACK_SHARE * 1000


def _find(folders: Sequence[Path], name: str) -> Path:
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise Invalid(f"none of the --data folders holds {name}")


def _found(folders: Sequence[Path], source: Source) -> list[Path]:
    return [path for pattern in source.files for folder in folders for path in sorted(folder.glob(pattern))]


def _files(folders: Sequence[Path], source: Source) -> list[Path]:
    found = _found(folders, source)
    if not found:
        where = ", ".join(map(str, folders))
        raise Invalid(f"source {source.name}: no file {' or '.join(source.files)} in {where}")
    return found


def _rows(path: Path, source: Source, folders: Sequence[Path], seed: int) -> Iterator[Row]:
    if source.format == "corpus":
        slots = read_slots(_find(folders, SLOTS))[source.language]
        for row in read_corpus(path, language=source.language, source=source.name):
            yield from write_out(row, slots, seed=seed, draws=source.draws)
        return
    for number, columns in enumerate(read_json_lines(path), start=1):
        post: str = columns["text"]
        try:
            labels = labels_from_columns(columns)
        except (TypeError, ValueError) as error:
            raise Invalid(f"{path.name}:{number}: {error}; labels are 1, 0 or null") from None
        if source.calm and not any(labels.values()):
            labels[DEPICTED] = 0.0
        if labels and post.strip():
            yield Row(
                text=post,
                labels=labels,
                source=source.name,
                group=f"{source.name}:{number}",
                language=source.language,
                target="" if not any(labels.values()) else None,
            )


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines, plain or gzip, each with a `text`. Raises Invalid with file and line."""
    try:
        data = path.read_bytes()
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid(f"{path} cannot be read: {error}") from None
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            columns = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise Invalid(f"{path.name}:{number}: {error}; every line is an object with `text`") from None
        if not isinstance(columns.get("text"), str):
            raise Invalid(f"{path.name}:{number}: `text` is missing; every line is an object with `text`")
        yield columns
