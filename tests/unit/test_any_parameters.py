"""Whatever bytes come as parameters: they are read, or refused as the caller's mistake, and soon."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.edge.api_description import structs_of
from holdfast.edge.params import MAX_DEPTH, MAX_PARAMETERS, Upload, convert, from_body, from_query, merge
from holdfast.edge.uploads import SpooledFile, read_multipart
from holdfast.main.asgi import ROUTES
from holdfast.pure.errors import Invalid

STRUCTS = sorted({struct for route in ROUTES for struct in structs_of(route)}, key=str)
FIELDS = sorted({field for struct in STRUCTS for field in struct.__struct_encode_fields__})
FORM = "application/x-www-form-urlencoded"
# More than any of these took on a slow machine, less than a client waits.
SECONDS = 3.0

words = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "0", "1", "²", "٣", "-1", "9" * 5000, "\x00", "\ud800", "true", "a" * 300]),
)
steps = st.lists(st.one_of(st.just(""), st.sampled_from(FIELDS), words), max_size=8)
names = st.tuples(st.one_of(st.sampled_from(FIELDS), words), steps).map(
    lambda found: found[0] + "".join(f"[{step}]" for step in found[1])
)
broken_names = st.one_of(names, names.map(lambda name: name[:-1]), st.text("[]a", max_size=12))
pairs = st.lists(st.tuples(broken_names, words), max_size=8)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(words, st.sampled_from(FIELDS)), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip
known = st.dictionaries(st.sampled_from(FIELDS), anything, min_size=1, max_size=4)
kinds = st.one_of(
    st.sampled_from(
        [FORM, "application/json", "application/ld+json", "multipart/form-data", "multipart/form-data; boundary=", "",
         "multipart/form-data; boundary=b", 'multipart/form-data; boundary="b"; charset=klingon', "text/plain", "é/ü",
         "multipart/form-data; boundary=" + "x" * 300, "application/x-www-form-urlencoded; charset=utf-16"]
    ),
    st.text(max_size=20),
)  # fmt: skip
generously = settings(
    max_examples=400, deadline=SECONDS * 1000, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def encoded(found: list[tuple[str, str]]) -> bytes:
    return "&".join(
        f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in found
    ).encode()


def multipart(found: list[tuple[str, str]], *, whole: bool = True) -> bytes:
    """Every other part is a file; without `whole` the end is missing."""
    parts = b""
    for number, (name, value) in enumerate(found):
        file = '; filename="x.png"\r\nContent-Type: image/png' if number % 2 else ""
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n'
        parts += head.encode("utf-8", "replace")
    return parts + b"--b--\r\n" if whole else parts[:-3]


def read(query: bytes, body: bytes, kind: str) -> dict[str, Any] | None:
    """The tree, None when it was refused: nothing else may happen."""
    try:
        return merge(from_query(query), from_body(body, kind))
    except Invalid:
        return None


def convert_to_all(tree: dict[str, Any]) -> None:
    for struct in STRUCTS:
        try:
            convert(tree, struct)
        except Invalid:
            continue


@generously
@given(st.binary(max_size=200), st.binary(max_size=400), kinds)
def test_any_bytes_are_read_or_refused(query: bytes, body: bytes, kind: str) -> None:
    read(query, body, kind)


@generously
@given(pairs, pairs, st.booleans())
def test_any_names_are_read_or_refused(
    query: list[tuple[str, str]], form: list[tuple[str, str]], whole: bool
) -> None:
    read(encoded(query), encoded(form), FORM)
    tree = read(b"", multipart(form, whole=whole), "multipart/form-data; boundary=b")
    if tree is not None:
        convert_to_all(tree)


@generously
@given(known)
def test_any_json_fits_a_struct_or_is_refused(value: dict[str, Any]) -> None:
    for spelled in (json.dumps(value), json.dumps({f"{name}[]": part for name, part in value.items()})):
        tree = read(b"", spelled.encode("utf-8", "replace"), "application/json")
        if tree is not None:
            convert_to_all(tree)


@generously
@given(st.lists(st.tuples(names.filter(lambda name: name.split("[")[0] in FIELDS), words), max_size=6))
def test_any_form_fits_a_struct_or_is_refused(form: list[tuple[str, str]]) -> None:
    tree = read(b"", encoded(form), FORM)
    if tree is not None:
        convert_to_all(tree)


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "1_0", "٣", "１"])
def test_places_in_a_list_are_plain_numbers(number: str) -> None:
    """What counts as a digit somewhere in Unicode, or is longer than Python reads, is a name like any other."""
    for struct in STRUCTS:
        for field in struct.__struct_encode_fields__:
            tree = from_query(encoded([(f"{field}[{number}]", "1"), (f"{field}[{number}][a]", "1")]))
            try:
                convert(tree, struct)
            except Invalid:
                continue


@generously
@given(
    st.lists(st.tuples(st.one_of(names, words).filter(lambda name: '"' not in name), words), max_size=6),
    st.integers(0, 3000), st.integers(1, 200), st.booleans(),
)  # fmt: skip
async def test_any_upload_is_taken_whole_or_refused(
    form: list[tuple[str, str]], end: int, size: int, whole: bool
) -> None:
    """In pieces of any size, and cut off anywhere; files that were begun are known to whoever closes them."""
    body = multipart(form) if whole else multipart(form)[:end]
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    opened: list[SpooledFile] = []

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    with tempfile.TemporaryDirectory() as folder:
        try:
            await read_multipart(
                receive,
                "multipart/form-data; boundary=b",
                folder=Path(folder),
                most_bytes=2000,
                opened=opened,
            )
        except Invalid:
            pass
        finally:
            for one in opened:
                one.file.close()
        assert list(Path(folder).iterdir()) == []


BOMBS = {
    "many names": (b"&".join(b"a%d=1" % n for n in range(100_000)), FORM),
    "one name many times": (b"&".join([b"id[]=1"] * 100_000), FORM),
    "brackets": (b"a" + b"[" * 1_000_000 + b"=1", FORM),
    "closed brackets": (b"a" + b"[]" * 500_000 + b"=1", FORM),
    "deep json": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "application/json"),
    "deep lists": (b'{"a":' + b"[" * 500_000 + b"]" * 500_000 + b"}", "application/json"),
    "unclosed": (b"[" * 1_000_000, "application/json"),
    "long number": (b'{"limit":' + b"9" * 1_000_000 + b"}", "application/json"),
    "long exponent": (b'{"limit":1e' + b"9" * 100_000 + b"}", "application/json"),
    "many parts": (multipart([("a", "1")] * 5_000), "multipart/form-data; boundary=b"),
    "endless header": (b"--b\r\nContent-Disposition: form-data; name=" + b"a" * 1_000_000, "multipart/form-data; boundary=b"),
    "many headers": (b"--b\r\n" + b"X: y\r\n" * 100_000, "multipart/form-data; boundary=b"),
    "no end": (b"--b\r\n" * 200_000, "multipart/form-data; boundary=b"),
    "quotes": (b"x", 'multipart/form-data; boundary="' + '\\"' * 100_000),
    "many options": (b"x", "multipart/form-data" + "; a=b" * 100_000),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_made_to_cost_much_is_refused_soon(name: str) -> None:
    body, kind = BOMBS[name]
    began = time.process_time()
    assert read(b"", body, kind) is None or name.startswith("long")
    tree = read(b"", body, kind)
    if tree is not None:
        convert_to_all(tree)
    assert time.process_time() - began < SECONDS


def test_the_most_that_is_taken_is_taken() -> None:
    assert len(from_query(b"&".join(b"a%d=1" % n for n in range(MAX_PARAMETERS)))) == MAX_PARAMETERS
    deep = "a" + "[b]" * (MAX_DEPTH - 1)
    assert from_query(f"{deep}=1".encode())
    with pytest.raises(Invalid, match="nested"):
        from_query(f"{deep}[b]=1".encode())
    thousand = {"media_ids": ["1"] * 100_000}
    assert from_body(json.dumps(thousand).encode(), "application/json") == thousand


def test_names_that_come_twice_and_change_their_shape() -> None:
    assert from_query(b"a=1&a=2") == {"a": "2"}
    assert from_query(b"a=1&a[]=2&a[]=3") == {"a": ["2", "3"]}
    assert from_query(b"a[]=1&a[b]=2") == {"a": {"b": "2"}}
    assert from_query(b"a[b]=2&a=1") == {"a": "1"}
    assert merge({"a": "1", "b": "1"}, {"a": "2"}) == {"a": "2", "b": "1"}


def test_nul_and_broken_text_are_taken_out() -> None:
    assert from_query(b"a=x%00y&b=%ff") == {"a": "xy", "b": "\ufffd"}
    sent = from_body(multipart([("a", "x\x00y"), ("f", "z")]), "multipart/form-data; boundary=b")
    assert sent == {"a": "xy", "f": Upload("x.png", "image/png", b"z")}
    for spelled, meant in (
        ("x\\u0000y", "xy"),
        ("\\u0000\\u0000", ""),
        ("\\\\u0000", "\\u0000"),
        ("\\\\\\u0000", "\\"),
    ):
        assert from_body(f'{{"a":"{spelled}","\\u0000b":1}}'.encode(), "application/json") == {
            "a": meant,
            "b": 1,
        }
    for broken in (b'{"a":"\\ud800"}', b'{"a":"\xff"}', b'{"a":1', b"[]", b"null", b'{"a":NaN}'):
        assert read(b"", broken, "application/json") is None
