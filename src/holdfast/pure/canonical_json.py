"""Canonical JSON (RFC 8785): one byte string for one value, and a parser that takes nothing else.

    CanonicalJsonInvalid (Invalid)
    ├── NotRepresentable     a value that canonical JSON cannot say (NaN, a lone surrogate, 2**53 as an integer)
    ├── NotJson              bytes that are no JSON text, or JSON that means two things (a key twice)
    └── NotCanonical         JSON, but not in its canonical form

Numbers are IEEE 754 doubles and are written as ECMAScript writes them; object keys are sorted by their UTF-16
code units; text is UTF-8 without a byte order mark.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, NoReturn

from holdfast.pure.errors import Invalid

# The largest integer of which every smaller one is a double too (RFC 7493, section 2.2).
MAX_INTEGER = 2**53 - 1
# Deep enough for every record; Python's own recursion would end near a thousand.
MAX_DEPTH = 64


class CanonicalJsonInvalid(Invalid):
    """Not canonical JSON, in one way or another."""


class NotRepresentable(CanonicalJsonInvalid):
    """The value has no canonical form."""


class NotJson(CanonicalJsonInvalid):
    """The bytes are no JSON text with one meaning."""


class NotCanonical(CanonicalJsonInvalid):
    """The bytes say the value in another way than the canonical one."""


def encode_canonical(value: Any) -> bytes:
    """The canonical bytes of a value of dict, list, tuple, str, int, float, bool and None.

    Raises NotRepresentable for anything else, for integers beyond MAX_INTEGER, for NaN and infinities, for lone
    surrogates, and beyond MAX_DEPTH levels.
    """
    parts: list[str] = []
    _write(value, parts, 0)
    return "".join(parts).encode("utf-8")


def parse_canonical(data: bytes) -> Any:
    """The value of canonical bytes. Raises NotJson or NotCanonical.

    Integers come as int where every double nearby is one (MAX_INTEGER), as float beyond.
    """
    value = parse_strict(data)
    try:
        canonical = encode_canonical(value)
    except NotRepresentable as error:
        raise NotJson(error.public) from None
    if canonical != data:
        raise NotCanonical("This JSON is not in its canonical form (RFC 8785).")
    return value


def parse_strict(data: bytes) -> Any:
    """The value of a JSON text that means one thing, in canonical form or not. Raises NotJson.

    Refused: invalid UTF-8, a byte order mark, a key twice, text after the value, NaN and infinities.
    """
    try:
        text = data.decode("utf-8")
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError:
        raise NotJson("This JSON is not UTF-8.") from None
    except RecursionError:
        raise NotJson("This JSON is nested too deeply.") from None
    except ValueError as error:
        raise NotJson("This is not JSON.", private=str(error)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotJson("This JSON names a key twice.")
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is no JSON number.")


def _integer(text: str) -> int | float:
    # A double has 309 digits at most: what is longer would only cost time.
    if len(text) > 310:
        raise NotJson("This JSON has a number beyond every double.")
    number = int(text)
    return number if abs(number) <= MAX_INTEGER else _float(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJson("This JSON has a number beyond every double.")
    return number


def _write(value: Any, parts: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotRepresentable("This value is nested too deeply.")
    if value is None or value is True or value is False:
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, str):
        parts.append(_string(value))
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotRepresentable("Canonical JSON has no integers beyond 2**53 - 1.")
        parts.append(str(int(value)))
    elif isinstance(value, float):
        parts.append(format_number(value))
    elif isinstance(value, Mapping):
        _write_object(value, parts, depth)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        parts.append("[")
        for place, item in enumerate(value):
            if place:
                parts.append(",")
            _write(item, parts, depth + 1)
        parts.append("]")
    else:
        raise NotRepresentable(f"JSON has no {type(value).__name__}.")


def _write_object(value: Mapping[Any, Any], parts: list[str], depth: int) -> None:
    keys: list[tuple[bytes, str]] = []
    for key in value:
        if not isinstance(key, str):
            raise NotRepresentable("The keys of a JSON object are strings.")
        keys.append((_utf16(key), key))
    keys.sort()
    parts.append("{")
    for place, (_, key) in enumerate(keys):
        if place:
            parts.append(",")
        parts.append(_string(key))
        parts.append(":")
        _write(value[key], parts, depth + 1)
    parts.append("}")


def _utf16(text: str) -> bytes:
    try:
        return text.encode("utf-16-be")
    except UnicodeEncodeError:
        raise NotRepresentable("This text has half a surrogate pair.") from None


def _string(text: str) -> str:
    if not text.isascii():
        _utf16(text)
    # Python escapes exactly what RFC 8785 escapes: quote, backslash, and controls, in short forms and lower case.
    return encode_basestring(text)


def format_number(number: float) -> str:
    """A double as ECMAScript's Number.prototype.toString writes it. Raises NotRepresentable for NaN and infinities."""
    if not math.isfinite(number):
        raise NotRepresentable("JSON has no NaN and no infinity.")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    # repr gives the shortest digits that read back as the same double, as ECMAScript asks.
    mantissa, _, exponent_text = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    exponent = int(exponent_text or "0") + len(whole)
    digits = whole + fraction
    stripped = digits.lstrip("0")
    exponent -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    # The value is now 0.DIGITS times ten to the power of `exponent`.
    return sign + _placed(digits, exponent)


def _placed(digits: str, exponent: int) -> str:
    count = len(digits)
    if count <= exponent <= 21:
        return digits + "0" * (exponent - count)
    if 0 < exponent <= 21:
        return f"{digits[:exponent]}.{digits[exponent:]}"
    if -6 < exponent <= 0:
        return f"0.{'0' * -exponent}{digits}"
    power = exponent - 1
    mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"
