"""Cutting a stream into lines: the same lines however the stream is cut into chunks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.imports import Line, LineSplitter, OversizedLine, TruncatedLine, split_lines


def test_numbers_and_offsets_count_blank_lines_too() -> None:
    assert list(split_lines([b"ab\n\n  \r\ncd\r\n", b"e", b"f"])) == [
        Line(1, 0, 3, b"ab"),
        Line(4, 8, 12, b"cd"),
        Line(5, 12, 14, b"ef"),
    ]
    assert list(split_lines([])) == []
    assert list(split_lines([b"\n\n"])) == []


def test_a_line_over_the_limit_is_skipped_and_the_next_one_is_not() -> None:
    lines = list(split_lines([b"1234", b"56\nabcde\r\n", b"abcdef"], line_length_limit_bytes=5))
    assert lines == [OversizedLine(1, 0, 7, 6), Line(2, 7, 14, b"abcde"), OversizedLine(3, 14, 20, 6)]


def test_an_endless_line_is_not_held_in_memory() -> None:
    held = 0
    splitter = LineSplitter(line_length_limit_bytes=1000)
    for _ in range(1000):
        assert list(splitter.feed(b"x" * 100)) == []
        held = max(held, sum(map(len, splitter._parts)))
    assert held <= 1001
    assert list(splitter.feed(b"\nok\n")) == [
        OversizedLine(1, 0, 100_001, 100_000),
        Line(2, 100_001, 100_004, b"ok"),
    ]


def test_a_stream_that_broke_off_says_where() -> None:
    splitter = LineSplitter()
    assert list(splitter.feed(b'{"a":1}\n{"b"')) == [Line(1, 0, 8, b'{"a":1}')]
    assert list(splitter.finish(truncated=True)) == [TruncatedLine(2, 8, 12, 4)]
    whole = LineSplitter()
    assert len(list(whole.feed(b"a\n"))) == 1
    assert list(whole.finish(truncated=True)) == []


def test_a_limit_must_be_positive() -> None:
    with pytest.raises(ValueError, match="line_length_limit_bytes"):
        LineSplitter(line_length_limit_bytes=0)


def in_chunks(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return (data[start:end] for start, end in pairwise(edges))


STREAMS = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\r", b" ", b"\xff", b"long" * 3])).map(
    b"".join
)


@given(STREAMS, st.lists(st.integers(min_value=0)))
def test_chunking_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    expected = list(split_lines([data], line_length_limit_bytes=8))
    assert list(split_lines(in_chunks(data, cuts), line_length_limit_bytes=8)) == expected
    for line in expected:
        raw = data[line.offset : line.next_offset]
        assert raw.count(b"\n") == raw.endswith(b"\n")
        assert line.number == data[: line.offset].count(b"\n") + 1
        content = raw.removesuffix(b"\n").removesuffix(b"\r")
        if isinstance(line, Line):
            assert line.data == content
        else:
            assert len(content) > 8


@given(STREAMS)
def test_reading_can_start_again_after_any_line(data: bytes) -> None:
    lines = list(split_lines([data]))
    for position, line in enumerate(lines):
        rest = split_lines(
            [data[line.next_offset :]], first_offset=line.next_offset, first_number=line.number + 1
        )
        assert list(rest) == lines[position + 1 :]
