"""From the bytes of one line to a JSON object, and readers for the values that such objects hold.

The readers are tolerant where the meaning is plain ("1.2k", numbers as strings, epoch or ISO times) and never
raise anything but `RowInvalid`.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from holdfast.pure.imports.model import (
    LINKS_LIMIT,
    NAME_LENGTH_LIMIT,
    SOURCE_ID_LENGTH_LIMIT,
    TEXT_LENGTH_LIMIT,
    RowInvalid,
)
from holdfast.pure.markup import clean_text

Row = Mapping[str, object]

COUNTER_LIMIT = 2**63 - 1
EARLIEST_YEAR = 1990
LATEST_YEAR = 2100

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNT = re.compile(r"([+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?) ?([kKmMbB]?)")
_COUNT_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_COMPACT_TIME = re.compile(r"[0-9]{14}")
_EPOCH_TIME = re.compile(r"[0-9]{9,19}(?:\.[0-9]{1,9})?")
_ZONE_WORD = re.compile(r" ?(?:UTC|GMT|Z)$", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)


def decode_row(line: bytes) -> dict[str, object]:
    """The JSON object that a line holds. A byte order mark, duplicate keys (the last one counts), NaN and unpaired
    surrogate escapes are tolerated.

    Raises RowInvalid: invalid_utf8, invalid_json, not_an_object, too_deep.
    """
    line = line.removeprefix(_BYTE_ORDER_MARK)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RowInvalid(
            "invalid_utf8", f"Byte {error.start} of the line is not UTF-8; save the file as UTF-8."
        ) from None
    try:
        value = _decode_json(text)
    except RecursionError:
        raise RowInvalid(
            "too_deep", "The JSON is nested too deeply; one flat object per line is expected."
        ) from None
    except ValueError as error:
        detail = str(error).split("\n", 1)[0][:120]
        raise RowInvalid("invalid_json", f"The line is not valid JSON ({detail}).") from None
    if not isinstance(value, dict):
        raise RowInvalid(
            "not_an_object", "The line is JSON but not an object; one object per line is expected."
        )
    return value


def _decode_json(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # The strict decoder refuses NaN and "\\ud83d" alone, which other programs do write.
        return json.loads(text, parse_constant=lambda _name: None)


def read_text(row: Row, *keys: str) -> str:
    """The first of `keys` that holds text, cleaned; "" when none does. Raises text_not_string, text_too_long."""
    for key in keys:
        value = row.get(key)
        if value is None:
            continue
        if not isinstance(value, str):
            raise RowInvalid("text_not_string", f'"{key}" must be a string.')
        cleaned = clean_text(value)
        if len(cleaned) > TEXT_LENGTH_LIMIT:
            raise RowInvalid("text_too_long", f'"{key}" is longer than {TEXT_LENGTH_LIMIT} characters.')
        if cleaned:
            return cleaned
    return ""


def read_id(row: Row, *keys: str) -> str | None:
    """The first of `keys` that holds an id: a string or an integer. Hexadecimal ids are lower-cased so that they
    meet. Raises id_invalid for a list, an over-long string and the like."""
    for key in keys:
        value = row.get(key)
        if value is None or value == "" or value == 0:
            continue
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise RowInvalid("id_invalid", f'"{key}" must be a string or an integer.')
        if isinstance(value, int) and abs(value) > 10**SOURCE_ID_LENGTH_LIMIT:
            raise RowInvalid("id_invalid", f'"{key}" has more than {SOURCE_ID_LENGTH_LIMIT} digits.')
        written = clean_text(str(value))
        if len(written) > SOURCE_ID_LENGTH_LIMIT:
            raise RowInvalid("id_invalid", f'"{key}" is longer than {SOURCE_ID_LENGTH_LIMIT} characters.')
        if len(written) == 32 and all(digit in "0123456789abcdefABCDEF" for digit in written):
            written = written.lower()
        if written:
            return written
    return None


def read_username(row: Row, *keys: str) -> str | None:
    """The first of `keys` that holds a user name, without a leading @, as typed. Raises author_invalid."""
    for key in keys:
        value = row.get(key)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise RowInvalid("author_invalid", f'"{key}" must be a string.')
        name = clean_text(value).removeprefix("@").strip()
        if len(name) > NAME_LENGTH_LIMIT or "\n" in name:
            raise RowInvalid(
                "author_invalid", f'"{key}" must be one line of at most {NAME_LENGTH_LIMIT} characters.'
            )
        if name:
            return name
    return None


def read_label(row: Row, *keys: str) -> str | None:
    """The first of `keys` that holds a line of text, shortened to the limit of names; None when none does."""
    for key in keys:
        value = row.get(key)
        if isinstance(value, str) and (label := " ".join(clean_text(value).split())):
            return label[:NAME_LENGTH_LIMIT].rstrip()
    return None


def read_count(row: Row, *keys: str) -> int | None:
    """The first of `keys` that can be read as a number: 12, "12", "1,234", "1.2k", 3.0; None when none can."""
    for key in keys:
        count = _count(row.get(key))
        if count is not None:
            return max(-COUNTER_LIMIT, min(COUNTER_LIMIT, count))
    return None


def _count(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return round(value) if math.isfinite(value) else None
    if isinstance(value, str) and len(value) <= 50:
        written = _COUNT.fullmatch(value.strip().replace(",", ""))
        if written is not None:
            unit = _COUNT_UNITS[written[2].lower()]
            return int(written[1]) * unit if "." not in written[1] else round(float(written[1]) * unit)
    return None


def read_flag(row: Row, *keys: str) -> bool | None:
    """The first of `keys` that can be read as yes or no: true, 1, "true", "yes", "0"; None when none can."""
    for key in keys:
        value = row.get(key)
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float) and value in (0, 1):
            return bool(value)
        if isinstance(value, str):
            word = value.strip().lower()
            if word in ("true", "1", "yes", "t"):
                return True
            if word in ("false", "0", "no", "f"):
                return False
    return None


def read_instant(row: Row, *keys: str) -> datetime | None:
    """The first of `keys` that holds a time, as UTC: ISO 8601 (UTC when it names no zone), `YYYYMMDDHHMMSS`, or
    seconds, milliseconds or microseconds since 1970. None when none is given.

    Raises created_at_invalid when only unreadable values are given.
    """
    unreadable = ""
    for key in keys:
        value = row.get(key)
        if value is None or value in ("", 0, "0") or isinstance(value, bool):
            continue
        instant = instant_from(value)
        if instant is not None:
            return instant
        unreadable = unreadable or key
    if unreadable:
        raise RowInvalid(
            "created_at_invalid",
            f'"{unreadable}" is not a time from {EARLIEST_YEAR} to {LATEST_YEAR}; use ISO 8601 or seconds since 1970.',
        )
    return None


def instant_from(value: object) -> datetime | None:
    """One value as a time in UTC, or None when it is none that can be read."""
    instant: datetime | None = None
    try:
        if isinstance(value, str):
            instant = _instant_from_text(value.strip()[:64])
        elif isinstance(value, int | float) and not isinstance(value, bool):
            instant = _instant_from_epoch(float(value))
        if instant is not None and EARLIEST_YEAR <= instant.year <= LATEST_YEAR:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return None


def _instant_from_text(written: str) -> datetime:
    if _COMPACT_TIME.fullmatch(written) is not None and written.startswith(("19", "20", "21")):
        # The time of nearly every row of the dump: several times faster than strptime.
        year, month, day = int(written[:4]), int(written[4:6]), int(written[6:8])
        return datetime(
            year, month, day, int(written[8:10]), int(written[10:12]), int(written[12:]), tzinfo=UTC
        )
    if _EPOCH_TIME.fullmatch(written) is not None:
        return _instant_from_epoch(float(written))
    instant = datetime.fromisoformat(_ZONE_WORD.sub("+00:00", written))
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _instant_from_epoch(number: float) -> datetime:
    magnitude = abs(number)
    if 19e12 < magnitude < 22e12 and number == int(number):
        return _instant_from_text(str(int(number)))
    seconds = number / 1_000_000 if magnitude > 1e14 else number / 1_000 if magnitude > 1e11 else number
    return _EPOCH + timedelta(seconds=seconds)


def read_links(row: Row, *keys: str) -> tuple[str, ...]:
    """Web addresses under `keys`: a string, a list of strings, or objects that hold one; each once, in order."""
    found: dict[str, None] = {}
    pending: list[object] = [row.get(key) for key in reversed(keys)]
    looked_at = 0
    while pending and len(found) < LINKS_LIMIT and looked_at < 20 * LINKS_LIMIT:
        value = pending.pop()
        looked_at += 1
        if isinstance(value, str):
            if _WEB_ADDRESS.fullmatch(value.strip()) is not None:
                found.setdefault(clean_text(value), None)
        elif isinstance(value, list):
            pending.extend(reversed(value[:LINKS_LIMIT]))
        elif isinstance(value, dict):
            pending.extend(value.get(name) for name in ("url", "long", "src", "href", "link", "short"))
    return tuple(found)


def derived_id(text: str, author: str | None, created_at: datetime | None) -> str:
    """An id for a row that has none: equal content gives the equal id, so that a second run finds it again."""
    content = msgspec.json.encode([text, author, created_at.isoformat() if created_at else None])
    return f"row-{hashlib.sha256(content).hexdigest()[:32]}"
