"""What was typed into a form, or sent to the API, read and checked: all that is wrong at once, each in words of its reader."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import msgspec

from ...platform.clock import Instant
from ...pure.errors import Invalid
from ...pure.notices import Citations, cited_addresses, is_address, one_line
from .kinds import Field, Kind
from .words import Words

_YES = frozenset({"1", "on", "true", "yes"})
_PHONE = re.compile(r"[0-9+()/. \-]{4,40}(?: ?(?:ext|x)\.? ?[0-9]{1,6})?")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_SCHEMELESS = re.compile(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}(?::[0-9]{1,5})?/\S{1,2000}")
_ADDRESS_TEXT_MAX = 4_000_000

Problem = tuple[str, str]


class Filled(msgspec.Struct, frozen=True):
    """A form without mistakes. moments: in UTC. addresses: as they were written and read."""

    kind: Kind
    preset: str
    texts: Mapping[str, str]
    ticks: Mapping[str, bool]
    moments: Mapping[str, Instant]
    addresses: Citations

    def text(self, name: str) -> str:
        """A text; "" for one that is not there."""
        return self.texts.get(name, "")


class FieldLimits(msgspec.Struct, frozen=True):
    """The settings."""

    characters: int
    items: int


def read_fields(
    kind: Kind, given: Mapping[str, str], words: Words, limits: FieldLimits, *, own_hosts: Collection[str], now: Instant
) -> Filled:  # fmt: skip
    """What was filled in. Raises Invalid, with details for each field, in the order of the form."""
    problems: dict[str, list[Problem]] = {}
    ticks = {
        one.name: given.get(one.name, "").strip().lower() in _YES
        for one in kind.fields
        if one.shape == "tick"
    }
    texts: dict[str, str] = {}
    moments: dict[str, Instant] = {}
    addresses = Citations((), 0)
    for one in kind.fields:
        needed = one.required and not (one.unless and ticks.get(one.unless, False))
        try:
            if one.shape == "tick":
                _check_tick(one, needed, ticks, words)
            elif one.shape == "addresses":
                addresses = _addresses(given.get(one.name, ""), needed, words, limits, own_hosts)
            elif one.shape == "moment":
                moment = _moment(given.get(one.name, ""), words, now)
                if moment is not None:
                    moments[one.name] = moment
            else:
                texts[one.name] = _text(one, given.get(one.name, ""), needed, words, limits, kind)
        except _Wrong as wrong:
            problems[one.name] = [(wrong.code, wrong.sentence)]
    if problems:
        raise Invalid(words("errors/summary"), details=problems)
    preset = texts.pop("preset", "") or kind.presets[0]
    return Filled(kind, preset, texts, ticks, moments, addresses)


class _Wrong(Exception):
    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def _check_tick(one: Field, needed: bool, ticks: Mapping[str, bool], words: Words) -> None:
    if needed and not ticks[one.name]:
        raise _Wrong("ERR_BLANK", words("errors/blank_tick"))


def _text(one: Field, raw: str, needed: bool, words: Words, limits: FieldLimits, kind: Kind) -> str:
    text = raw.strip() if one.shape == "text" else one_line(raw)
    most = min(limits.characters, one.most) if one.shape != "text" or one.most != 300 else limits.characters
    if not text:
        if needed:
            raise _Wrong("ERR_BLANK", words("errors/blank"))
        return ""
    if len(text) > most:
        raise _Wrong("ERR_TOO_LONG", words("errors/too_long", most=most))
    if one.shape == "email" and not is_address(text):
        raise _Wrong("ERR_INVALID", words("errors/email"))
    if one.shape == "phone" and not _PHONE.fullmatch(text):
        raise _Wrong("ERR_INVALID", words("errors/phone"))
    if one.shape == "choice" and text not in kind.presets:
        raise _Wrong("ERR_INCLUSION", words("errors/choice"))
    if one.shape == "country":
        if not _COUNTRY.fullmatch(text):
            raise _Wrong("ERR_INVALID", words("errors/country"))
        return text.upper()
    return text


def _moment(raw: str, words: Words, now: Instant) -> Instant | None:
    text = raw.strip()
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text[:40])
        at = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Wrong("ERR_INVALID", words("errors/moment")) from None
    if at < now:
        raise _Wrong("ERR_INVALID", words("errors/past"))
    return at


def _addresses(
    raw: str, needed: bool, words: Words, limits: FieldLimits, own_hosts: Collection[str]
) -> Citations:
    # A line that is an address but for its beginning is one: people copy them so.
    lines = (line.strip() for line in raw[:_ADDRESS_TEXT_MAX].split("\n"))
    text = "\n".join(f"https://{line}" if _SCHEMELESS.fullmatch(line) else line for line in lines)
    # Each line stands for itself: an address that fills its line does not go on in the next.
    found = cited_addresses(text.replace("\n", "\n\n"), own_hosts=own_hosts)
    count = len(found.items) + found.left_out
    if count > limits.items:
        raise _Wrong("ERR_TOO_LONG", words("errors/too_many", count=count, most=limits.items))
    if needed and not count:
        blank = not raw.strip()
        raise _Wrong(
            "ERR_BLANK" if blank else "ERR_INVALID", words("errors/blank" if blank else "errors/no_address")
        )
    return found
