"""RFC 8785: the vectors of the standard, and what the strict parser refuses."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.canonical_json import (
    MAX_DEPTH,
    MAX_INTEGER,
    CanonicalJsonInvalid,
    NotCanonical,
    NotJson,
    NotRepresentable,
    encode_canonical,
    format_number,
    parse_canonical,
    parse_strict,
)

# Appendix B of RFC 8785: the bits of a double, and how ECMAScript writes it.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(("bits", "written"), NUMBERS.items())
def test_numbers_are_written_as_the_standard_writes_them(bits: str, written: str) -> None:
    assert format_number(struct.unpack(">d", bytes.fromhex(bits))[0]) == written


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    source = (
        rb'{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        rb'"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'
    )
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert encode_canonical(parse_strict(source)) == expected.encode()


def test_keys_are_sorted_by_their_utf16_code_units() -> None:
    keys = ["€", "\r", "\ufb33", "1", "\U0001f600", "\x80", "ö"]
    written = json.loads(encode_canonical(dict.fromkeys(keys)))
    # The pair of a character beyond the first plane sorts before U+FB33, though its code point is larger.
    assert list(written) == ["\r", "1", "\x80", "ö", "€", "\U0001f600", "\ufb33"]


@given(json_values)
def test_what_was_written_reads_back_and_is_written_the_same(value: Any) -> None:
    data = encode_canonical(value)
    again = parse_canonical(data)
    assert encode_canonical(again) == data
    assert again == json.loads(data, parse_int=float)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_reads_back_as_itself(number: float) -> None:
    assert float(format_number(number)) == number


@pytest.mark.parametrize(
    "data",
    [
        b"", b" ", b"{", b"[1,]", b"tru", b"'a'", b"01", b"+1", b".5", b"1.", b"0x1", b"1 2", b"{}{}", b"[1]x",
        b"NaN", b"Infinity", b"-Infinity", b"[NaN]", b"1e999", b"-1e999", b"9" * 400,
        b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b'{"a":1,"\\u0061":2}',
        b'"\xff"', b"\xef\xbb\xbf{}", b'"\xed\xa0\x80"', b'"a\nb"', b"\x00", b"[" * 100_000,
        "{}".encode("utf-16"),
    ],
)  # fmt: skip
def test_what_is_no_json_with_one_meaning_is_refused(data: bytes) -> None:
    with pytest.raises(NotJson):
        parse_strict(data)


@pytest.mark.parametrize(
    "data",
    [
        b" {}", b"{} ", b"{}\n", b'{ "a":1}', b'{"b":1,"a":1}', b"1.0", b"-0", b"1e2", b"1E400"[:3], b"100e-2",
        b'"\\u0061"', b'"\\/"', b'"\\u000A"', b'"\\u001F"', b"9007199254740993", b"0.0000001", b"[1, 2]",
    ],
)  # fmt: skip
def test_json_that_is_not_canonical_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(data)


@pytest.mark.parametrize("data", [b'"\\ud800"', b'{"\\udc00":1}', b'["\\ud83dx"]', b"[" * 70 + b"]" * 70])
def test_json_without_canonical_form_is_refused(data: bytes) -> None:
    with pytest.raises(NotJson):
        parse_canonical(data)


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, MAX_INTEGER + 1, -MAX_INTEGER - 1, "\ud800", {"\udfff": 1}, {1: 2}, b"x", {1, 2}, object()],
)  # fmt: skip
def test_values_without_canonical_form_are_refused(value: Any) -> None:
    with pytest.raises(NotRepresentable):
        encode_canonical({"a": [value]})


def test_depth_has_its_limit() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert parse_canonical(encode_canonical(value)) == value
    with pytest.raises(NotRepresentable):
        encode_canonical([value])


@given(json_values, st.data())
def test_no_other_bytes_say_the_same_value(value: Any, data: st.DataObject) -> None:
    written = encode_canonical(value)
    place = data.draw(st.integers(0, len(written) - 1))
    other = written[:place] + bytes([written[place] ^ data.draw(st.integers(1, 255))]) + written[place + 1 :]
    try:
        read = parse_canonical(other)
    except CanonicalJsonInvalid:
        return
    assert encode_canonical(read) == other != written
