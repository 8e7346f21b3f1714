"""The files in which people carry follows, blocks, mutes, lists and bookmarks from one server to another.

They are the CSV files of Mastodon: some begin with a line of headers, some do not; an address is `name@domain`, or
`name` alone for the server that the file is given to.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

_ADDRESS = re.compile(r"@?([A-Za-z0-9_][A-Za-z0-9_.-]{0,63})(?:@([A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?))?")
_DOMAIN = re.compile(r"[^\s/@]{1,253}\.[^\s/@]{1,63}")
_HEADERS = frozenset({"account address", "#domain", "list name", "list_name", "#uri"})
_CELL_CHARACTERS_MOST = 2000


class RelationKind(StrEnum):
    """What a file holds."""

    FOLLOWING = "following"
    FOLLOWERS = "followers"
    BLOCKS = "blocks"
    MUTES = "mutes"
    DOMAIN_BLOCKS = "domain_blocks"
    LISTS = "lists"
    BOOKMARKS = "bookmarks"


IMPORTED = tuple(kind for kind in RelationKind if kind is not RelationKind.FOLLOWERS)
"""Followers choose for themselves: they are taken along by moving, never by a file."""

FILE_NAMES = {
    RelationKind.FOLLOWING: "following_accounts.csv",
    RelationKind.FOLLOWERS: "followers.csv",
    RelationKind.BLOCKS: "blocked_accounts.csv",
    RelationKind.MUTES: "muted_accounts.csv",
    RelationKind.DOMAIN_BLOCKS: "blocked_domains.csv",
    RelationKind.LISTS: "lists.csv",
    RelationKind.BOOKMARKS: "bookmarks.csv",
}
HEADERS: dict[RelationKind, tuple[str, ...]] = {
    RelationKind.FOLLOWING: ("Account address", "Show boosts", "Notify on new posts", "Languages"),
    RelationKind.FOLLOWERS: ("Account address",),
    RelationKind.MUTES: ("Account address", "Hide notifications"),
}


class RelationRow(msgspec.Struct, frozen=True):
    """A line of a file. `cells`: address, domain, title and address, or URL first, then what else the line says;
    `problem`: why it cannot be taken, None when it can."""

    number: int
    cells: tuple[str, ...]
    problem: str | None = None


class FileNotUnderstood(ValueError):
    """The text is no CSV, or holds nothing."""


def write_rows(kind: RelationKind, rows: Iterable[Sequence[str]]) -> str:
    """A file as Mastodon writes it, headers included where there are any."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if kind in HEADERS:
        writer.writerow(HEADERS[kind])
    writer.writerows(rows)
    return out.getvalue()


def read_rows(kind: RelationKind, text: str, *, domain: str, most: int) -> list[RelationRow]:
    """The lines of a file, at most `most`; addresses in lower case, without the domain when it is ours (`domain`).

    Raises FileNotUnderstood.
    """
    rows: list[RelationRow] = []
    seen: set[tuple[str, ...]] = set()
    columns: dict[str, int] = {}
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff").replace("\x00", "")))
    try:
        for cells in reader:
            stripped = [cell.strip()[:_CELL_CHARACTERS_MOST] for cell in cells]
            if not any(stripped):
                continue
            if not rows and not columns and stripped[0].lower() in _HEADERS:
                columns = {name.lower(): number for number, name in enumerate(stripped)}
                continue
            row = _row(kind, reader.line_num, stripped, columns, domain)
            key = row.cells[: 2 if kind is RelationKind.LISTS else 1]
            if key in seen and row.problem is None:
                continue
            seen.add(key)
            rows.append(row)
            if len(rows) > most:
                raise FileNotUnderstood(f"The file has more than {most:,} lines; cut it into several.")
    except csv.Error as error:
        raise FileNotUnderstood(f"Line {reader.line_num} is not CSV: {error}.") from error
    if not rows:
        raise FileNotUnderstood("The file holds no rows.")
    return rows


def _row(
    kind: RelationKind, number: int, cells: list[str], columns: dict[str, int], domain: str
) -> RelationRow:
    def cell(name: str, place: int) -> str:
        place = columns.get(name, place)
        return cells[place] if place < len(cells) else ""

    first = cells[columns.get("account address", 0)] if columns.get("account address", 0) < len(cells) else ""
    match kind:
        case RelationKind.DOMAIN_BLOCKS:
            if not _DOMAIN.fullmatch(first):
                return RelationRow(number, (first,), "This is no domain, such as example.org.")
            return RelationRow(number, (first.lower(),))
        case RelationKind.BOOKMARKS:
            if not first.lower().startswith(("https://", "http://")):
                return RelationRow(number, (first,), "This is no address of a post.")
            return RelationRow(number, (first,))
        case RelationKind.LISTS:
            title, address = first, _address(cells[1] if len(cells) > 1 else "", domain)
            if not title or address is None:
                return RelationRow(number, tuple(cells[:2]), "A row is the name of a list and an address.")
            return RelationRow(number, (title, address))
    address = _address(first, domain)
    if address is None:
        return RelationRow(number, (first,), "This is no address, such as name@example.org.")
    if kind is RelationKind.FOLLOWING:
        return RelationRow(
            number, (address, cell("show boosts", 1), cell("notify on new posts", 2), cell("languages", 3))
        )
    if kind is RelationKind.MUTES:
        return RelationRow(number, (address, cell("hide notifications", 1)))
    return RelationRow(number, (address,))


def _address(text: str, domain: str) -> str | None:
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    name, server = match[1].lower(), (match[2] or "").lower()
    return name if server in ("", domain.lower()) else f"{name}@{server}"


def is_yes(cell: str, *, default: bool) -> bool:
    """What a cell for yes or no says; empty is the default."""
    return default if not cell else cell.lower() in ("true", "1", "yes")
