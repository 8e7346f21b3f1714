"""Positions in PostgreSQL's write-ahead log (LSN): bytes from its beginning, 64 bits, written FFFFFFFF/FFFFFFFF."""

from __future__ import annotations

import re

from .errors import MalformedObject

MAX_LSN = 2**64 - 1
_TEXT = re.compile(r"(0|[1-9A-F][0-9A-F]{0,7})/(0|[1-9A-F][0-9A-F]{0,7})")


def format_lsn(lsn: int) -> str:
    """As PostgreSQL writes it: two halves in upper case hexadecimal, without leading zeros."""
    if not 0 <= lsn <= MAX_LSN:
        raise MalformedObject(f"{lsn} is no position in a write-ahead log.")
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


def parse_lsn(text: str) -> int:
    """The position in a text of `format_lsn`; no other spelling. Raises MalformedObject."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise MalformedObject("A position in the write-ahead log is written like 16/B374D848.")
    return int(found[1], 16) << 32 | int(found[2], 16)
