"""What exports of notices are asked for, and a file as one comes out."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant

PRIVATE: Final = frozenset({"victim", "user", "member", "other"})
"""Capacities of people who write for themselves: outsiders are not told who they are."""
FROM_A_MEMBER: Final = "a member of this server"


class Form(StrEnum):
    """What an export is handed out as, besides a bundle."""

    SUMMARY_HTML = "summary.html"
    SUMMARY_TEXT = "summary.txt"
    ITEMS = "items.csv"
    NOTICES = "notices.csv"
    MESSAGES = "messages.csv"
    CLOCKS = "clocks.csv"
    LUMEN = "lumen.json"
    DSA = "dsa.json"

    @property
    def media_type(self) -> str:
        """For whoever downloads it."""
        return _TYPES[self.value.rpartition(".")[2]]


_TYPES: Final = {
    "html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}  # fmt: skip


class Wanted(msgspec.Struct, frozen=True):
    """Which notices: one, those of a sender, those of a time, or what is left of them. since, before: when they came."""

    notice_id: int | None = None
    sender_key: str = ""
    since: Instant | None = None
    before: Instant | None = None


class ExportFile(msgspec.Struct, frozen=True):
    """A file. path: below the folder of a bundle's data. records: ids of the ledger. shows: the commitment whose content
    it shows; it is left out where that stays closed."""

    path: str
    title: str
    media_type: str
    content: bytes
    kind: str
    at: Instant | None = None
    records: tuple[str, ...] = ()
    shows: str = ""


def key_of(sender: str) -> str:
    """A sender as they are asked for, as a key: an address is one of mail."""
    text = sender.strip()
    if ":" in text:
        return text
    return f"mail:{text.lower()}" if "@" in text else f"name:{' '.join(text.split()).casefold()}"
