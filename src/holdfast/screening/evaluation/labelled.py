"""Reads labelled rows: JSON lines, plain or gzip, or files in the corpus format."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from holdfast.pure.errors import Invalid
from holdfast.screening.corpus import labels_from_columns, read_corpus


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """A text, what is known of it (output -> 0..1, absent is unknown), and its other columns."""

    text: str
    labels: Mapping[str, float]
    columns: Mapping[str, Any]


def read_labelled(path: Path) -> list[Labelled]:
    """All rows of a file. Raises Invalid with file and line.

    JSON rows hold `text` and a column per output (`violence`, `threat_direct`, ...) or `harm`; 1, 0 or null.
    """
    if path.suffix == ".txt":
        language = path.name[:2]
        return [
            Labelled(
                text=row.text,
                labels=row.labels,
                columns={"kind": row.kind, "target": row.target, "language": language, "pair": row.pair},
            )
            for row in read_corpus(path, language=language, source=path.stem)
        ]
    return [_labelled(line, f"{path.name}:{number}") for number, line in _lines(path) if line.strip()]


def _lines(path: Path) -> list[tuple[int, bytes]]:
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid(f"{path} cannot be read: {error}") from None
    return list(enumerate(data.splitlines(), start=1))


def _labelled(line: bytes, where: str) -> Labelled:
    try:
        columns = msgspec.json.decode(line, type=dict[str, Any])
        text = columns.pop("text")
        labels = labels_from_columns(columns)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{where}: {error}") from None
    except KeyError:
        raise Invalid(f"{where}: a row needs the column `text`") from None
    except (TypeError, ValueError) as error:
        raise Invalid(f"{where}: labels are 1, 0 or null: {error}") from None
    if not isinstance(text, str):
        raise Invalid(f"{where}: `text` is not a string")
    return Labelled(text=text, labels=labels, columns=columns)
