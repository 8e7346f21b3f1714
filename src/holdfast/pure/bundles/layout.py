"""Where in a bundle things are, below the folder of its bag."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from .bags import BagRejected

LEDGER: Final = "data/ledger/"
"""checkpoint, policy.tlog-policy, log.vkey, leaves/INDEX.json, proofs/INDEX.tlog-proof, tile/...; those of an origin
that was continued by another in a folder of its number within."""
OPENINGS: Final = "data/openings/"
TIME_STAMPS: Final = "data/time/"
REDACTIONS: Final = "data/custody/redactions.csv"
_HEAD = ("record_id", "index", "field", "reason", "why")


class Unopened(NamedTuple):
    """A commitment that the bundle does not open. `reason`: erased, or redacted; `why` in words."""

    record_id: str
    leaf_index: int
    field: str
    reason: str
    why: str


def encode_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180, UTF-8. A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _plain(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def encode_unopened(rows: Iterable[Unopened]) -> bytes:
    """redactions.csv."""
    return encode_csv(_HEAD, sorted(rows))


def parse_unopened(data: bytes) -> dict[tuple[str, str], Unopened]:
    """redactions.csv by record and field. Raises BagRejected."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
        if not rows or tuple(rows[0]) != _HEAD:
            raise ValueError
        found = [Unopened(row[0], int(row[1]), *row[2:]) for row in rows[1:]]
    except (ValueError, TypeError, IndexError, csv.Error):
        raise BagRejected("redactions.csv is not as it must be.") from None
    return {(one.record_id, one.field): one for one in found}


def ledger_folders(paths: Iterable[str]) -> list[str]:
    """The folders of a bundle that hold a log each."""
    ends = "checkpoint"
    return sorted(
        path[: -len(ends)] for path in paths
        if path.startswith(LEDGER) and path.endswith("/" + ends) and path.count("/") <= LEDGER.count("/") + 1
    )  # fmt: skip
