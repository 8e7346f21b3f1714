"""A policy as the TOML that `holdfast policy publish` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.trust.policies import PolicyDocument


def policy_toml(document: PolicyDocument) -> str:
    """The whole document; reading it back gives the same."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: PolicyDocument) -> Iterator[str]:
    yield "[[policies]]"
    yield f"id = {_text(document.id)}"
    yield f"category = {_text(document.category.value)}"
    yield f"basis = {_text(document.basis.value)}"
    yield f"lane = {_text(document.lane)}"
    yield f"severity = {document.severity}"
    if document.ground_url:
        yield f"ground_url = {_text(document.ground_url)}"
    for name, values in (
        ("keywords", document.keywords),
        ("rules", document.rules),
        ("heads", document.heads),
    ):
        if values:
            yield f"{name} = {_list(values)}"
    yield from _table("ground", document.ground)
    yield from _table("explanation", document.explanation)
    for language, text in document.texts.items():
        yield f"[policies.texts.{language}]"
        yield f"title = {_text(text.title)}"
        yield f"body = {_text(text.body)}"
        for name, values in (("examples", text.examples), ("counterexamples", text.counterexamples)):
            if values:
                yield f"{name} = {_list(values)}"


def _table(name: str, values: Mapping[str, str]) -> Iterator[str]:
    yield f"[policies.{name}]"
    for key, value in values.items():
        yield f"{key} = {_text(value)}"


def _text(value: str) -> str:
    # Strings of TOML are written as those of JSON are, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"
