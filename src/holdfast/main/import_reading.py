"""From files to batches of rows that were understood, and findings about those that were not. No database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..platform.clock import Instant
from ..platform.files import FileMissing, FileUnreadable, SequentialFile
from ..pure.errors import Invalid
from ..pure.imports import (
    ImportedPost,
    ImportedRow,
    Line,
    LineSplitter,
    OversizedLine,
    RowInvalid,
    TruncatedLine,
    decode_row,
)
from ..social.imports import FUTURE_TOLERANCE, Finding, Incoming, IncomingUser
from ..social.posts import Visibility

_ENDINGS = (".ndjson", ".jsonl", ".json")
_GZIP_ENDING = ".gz"
_PEOPLE_FIRST = ("user", "profile")


@dataclass(frozen=True)
class ImportPlan:
    """What to import. `source` keeps the ids of different sites apart; `post_as` names who posts rows without
    an author, an account that `must_exist` or is made. `visibility`: the widest that a post may get."""

    files: tuple[Path, ...]
    parse: Callable[[Mapping[str, object]], ImportedRow]
    source: str
    post_as: str | None = None
    must_exist: bool = False
    visibility: Visibility = Visibility.PUBLIC


@dataclass
class ReadBatch:
    """Rows in the order of the files. `position_bytes`: how far into all files together, as they are on disk."""

    posts: list[Incoming] = field(default_factory=list)
    users: list[IncomingUser] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0
    position_bytes: int = 0


def files_at(path: Path) -> tuple[Path, ...]:
    """The file, or the files of a folder and the folders in it, those about people first. Raises FileMissing,
    FileUnreadable."""
    if not path.is_dir():
        SequentialFile(path)
        return (path,)
    try:
        found = [file for file in sorted(path.rglob("*")) if file.is_file() and _is_rows(file.name)]
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    if not found:
        endings = ", ".join(_ENDINGS)
        raise FileMissing(
            f"{path} holds no file to import; names must end in {endings}, or one of these and .gz"
        )
    return tuple(sorted(found, key=lambda file: (not file.name.lower().startswith(_PEOPLE_FIRST), str(file))))


def _is_rows(name: str) -> bool:
    return name.lower().removesuffix(_GZIP_ENDING).endswith(_ENDINGS)


def size_of(plan: ImportPlan) -> int:
    """Bytes of all files on disk."""
    return sum(file.stat().st_size for file in plan.files)


def read_batches(plan: ImportPlan, *, batch_rows: int, now: Instant) -> Iterator[ReadBatch]:
    """All rows of all files. Nothing in them raises: what cannot be read becomes a finding."""
    batch = ReadBatch()
    done_bytes = 0
    for path in plan.files:
        file_bytes = 0
        try:
            file = SequentialFile(path)
            splitter = LineSplitter()
            line_number = 0
            for chunk in file.chunks():
                file_bytes = chunk.position_bytes
                for line in splitter.feed(chunk.data):
                    line_number = line.number
                    _take(plan, path.name, line, batch, now)
                    if batch.rows >= batch_rows:
                        batch.position_bytes = done_bytes + file_bytes
                        yield batch
                        batch = ReadBatch()
            for line in splitter.finish(truncated=file.ended != "whole"):
                line_number = line.number
                _take(plan, path.name, line, batch, now)
            if file.ended != "whole":
                batch.findings.append(_broken_off(path.name, line_number, file.ended))
        except Invalid as error:
            batch.findings.append(Finding(path.name, 0, "file_unreadable", error.public))
        except FileMissing as error:
            batch.findings.append(Finding(path.name, 0, "file_missing", error.public))
        done_bytes += file_bytes
        batch.position_bytes = done_bytes
    yield batch


def _take(
    plan: ImportPlan, name: str, line: Line | OversizedLine | TruncatedLine, batch: ReadBatch, now: Instant
) -> None:
    batch.rows += 1
    if isinstance(line, OversizedLine):
        message = f"The line has {line.length:,} bytes, more than fits; it was skipped."
        batch.findings.append(Finding(name, line.number, "line_too_long", message))
        return
    if isinstance(line, TruncatedLine):
        message = f"The file breaks off inside this line, after {line.length:,} bytes of it."
        batch.findings.append(Finding(name, line.number, "line_cut_off", message))
        return
    try:
        row = plan.parse(decode_row(line.data))
        if isinstance(row, ImportedPost):
            if row.created_at is not None and row.created_at > now + FUTURE_TOLERANCE:
                raise RowInvalid("created_at_in_the_future", f"The row is dated {row.created_at:%Y-%m-%d}.")
            batch.posts.append(Incoming(row, name, line.number))
        else:
            batch.users.append(IncomingUser(row, name, line.number))
    except RowInvalid as error:
        batch.findings.append(Finding(name, line.number, error.reason, error.public))


def _broken_off(name: str, line_number: int, ended: str) -> Finding:
    if ended == "truncated":
        message = "The gzip file ends too early (an interrupted download?); everything before was read."
        return Finding(name, line_number, "gzip_truncated", message, skipped=False)
    message = "The gzip file is damaged here; everything before was read."
    return Finding(name, line_number, "gzip_damaged", message, skipped=False)
