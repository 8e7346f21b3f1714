"""Parameters of a request, from wherever a client puts them: query, form, multipart or JSON.

Names nest the way Rails clients write them: `poll[options][]=a`, `fields_attributes[0][name]=b`,
`id[]=1&id[]=2`. The query and the body are merged; the body wins.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from multipart import MultipartError, PushMultipartParser, parse_options_header

from ..pure.errors import Invalid

T = TypeVar("T")
Tree = dict[str, Any]

MAX_PARAMETERS = 1000
MAX_DEPTH = 6
# Places in a list, as Rails clients number them; no more digits than any body has room for elements.
_NUMBER = re.compile(r"[0-9]{1,9}")
# NUL, which no text in the database can hold, is taken out here as it is from forms; an escaped backslash before it makes it none.
_ESCAPED_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_YES = {"on", "t", "yes", "y"}
_NO = {"off", "f", "no", "n"}


class Upload(msgspec.Struct, frozen=True):
    """A file of a multipart body."""

    filename: str
    content_type: str
    content: bytes


def from_query(query: bytes) -> Tree:
    """The tree of a query string."""
    return nest(_pairs(query)) if query else {}


def from_body(body: bytes, content_type: str) -> Tree:
    """The tree of a body; raises Invalid when it is not what its content type says."""
    if not body:
        return {}
    kind, options = parse_options_header(content_type)
    if kind == "application/json" or kind.endswith("+json"):
        return _json(body)
    if kind == "multipart/form-data":
        return nest(_multipart(body, options))
    if kind in ("application/x-www-form-urlencoded", ""):
        return nest(_pairs(body))
    raise Invalid(f"Bodies of type {kind!r} are not understood; send a form, multipart or JSON.")


def merge(low: Tree, high: Tree) -> Tree:
    """Both trees; where both have a name, `high` wins."""
    return {**low, **high} if low and high else (high or low)


def convert(tree: Tree, into: type[T]) -> T:
    """The parameters as a Struct. Unknown names are ignored; wrong values raise Invalid, naming the parameter.

    Empty text counts as absent, except where the field takes text.
    """
    try:
        return msgspec.convert(_fit(tree, into), into, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"Validation failed: {error}") from error


def _json(body: bytes) -> Tree:
    try:
        value = msgspec.json.decode(_ESCAPED_NUL.sub(rb"\1", body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise Invalid("The body is not valid JSON.", private=repr(error)) from error
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object.")
    # Some clients send Rails names as JSON keys too: {"media_ids[]": [...]}.
    return {name.removesuffix("[]"): part for name, part in value.items()}


def _pairs(text: bytes) -> list[tuple[str, Any]]:
    try:
        pairs = parse_qsl(
            text.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS
        )
    except ValueError as error:
        raise Invalid(f"More than {MAX_PARAMETERS} parameters.") from error
    return [(name, value.replace("\x00", "")) for name, value in pairs]


def _multipart(body: bytes, options: dict[str, str]) -> list[tuple[str, Any]]:
    boundary = options.get("boundary", "")
    pairs: list[tuple[str, Any]] = []
    try:
        parser = PushMultipartParser(boundary, content_length=len(body), max_segment_count=MAX_PARAMETERS)
        segment: Any = None
        parts: list[bytes] = []
        for event in parser.parse(body):
            if event is None:
                pairs.append((segment.name, _part(segment, b"".join(parts))))
                segment, parts = None, []
            elif isinstance(event, bytes | bytearray):
                parts.append(bytes(event))
            else:
                segment = event
        parser.close()
    except (MultipartError, ValueError, LookupError) as error:
        raise Invalid("The multipart body is broken.", private=repr(error)) from error
    return pairs


def _part(segment: Any, content: bytes) -> Any:
    if segment.filename is not None:
        return Upload(segment.filename, segment.content_type or "application/octet-stream", content)
    return content.decode("utf-8", "replace").replace("\x00", "")


def nest(pairs: list[tuple[str, Any]]) -> Tree:
    """Pairs of names and values as a tree: `a[b]` nests, `a[]` lists. Raises Invalid when it nests too deeply."""
    tree: Tree = {}
    for name, value in pairs:
        _put(tree, name, value)
    return tree


def _put(tree: Tree, name: str, value: Any) -> None:
    if "[" not in name:
        tree[name] = value
        return
    head, _, rest = name.partition("[")
    steps = [head, *(step.removesuffix("]") for step in rest.split("["))]
    if len(steps) > MAX_DEPTH:
        raise Invalid(f"The parameter {name[:40]!r} is nested too deeply.")
    node: Any = tree
    for step, following in itertools.pairwise(steps):
        fresh: Any = [] if following == "" else {}
        if isinstance(node, list):
            # `a[][b]=1&a[][c]=2`: one element grows until it would get a name twice.
            if not node or not isinstance(node[-1], dict) or following in node[-1]:
                node.append({})
            node = node[-1]
            continue
        child = node.get(step)
        if not isinstance(child, type(fresh)):
            child = node[step] = fresh
        node = child
    if isinstance(node, list):
        node.append(value)
    else:
        node[steps[-1]] = value


def _fit(value: Any, into: Any) -> Any:
    """Bend text-only trees toward the type: lists from single values and numbered dicts, blanks, yes and no."""
    return _fit_type(value, _type_info(into))


_type_info = cache(msgspec.inspect.type_info)


def _fit_type(value: Any, info: msgspec.inspect.Type) -> Any:
    kinds = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    if isinstance(value, str):
        return _fit_text(value, kinds)
    for kind in kinds:
        if isinstance(kind, msgspec.inspect.StructType) and isinstance(value, dict):
            return _fit_struct(value, kind)
        if isinstance(kind, msgspec.inspect.ListType):
            return _fit_list(value, kind)
    return value


def _fit_text(value: str, kinds: tuple[msgspec.inspect.Type, ...]) -> Any:
    for kind in kinds:
        if isinstance(kind, msgspec.inspect.StrType | msgspec.inspect.AnyType | msgspec.inspect.LiteralType):
            return value
        if isinstance(kind, msgspec.inspect.ListType):
            return [] if value == "" else [_fit_type(value, kind.item_type)]
        if isinstance(kind, msgspec.inspect.BoolType):
            low = value.lower()
            return True if low in _YES else False if low in _NO else value
    return value


def _fit_list(value: Any, kind: msgspec.inspect.ListType) -> Any:
    if isinstance(value, dict) and all(_NUMBER.fullmatch(name) for name in value):
        value = [value[name] for name in sorted(value, key=int)]
    if isinstance(value, list):
        return [_fit_type(item, kind.item_type) for item in value]
    return value


def _fit_struct(value: Tree, kind: msgspec.inspect.StructType) -> Tree:
    fitted: Tree = {}
    for field in kind.fields:
        if field.encode_name in value:
            part = value[field.encode_name]
            if part == "" and not field.required and not _takes_text(field.type):
                continue
            fitted[field.encode_name] = _fit_type(part, field.type)
    return fitted


def _takes_text(info: msgspec.inspect.Type) -> bool:
    kinds = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    return any(isinstance(kind, msgspec.inspect.StrType | msgspec.inspect.AnyType) for kind in kinds)
