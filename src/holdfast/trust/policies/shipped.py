"""The policies that come with this program: what a new server starts with."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from .errors import PolicyNotAllowed
from .model import Policy, PolicyDocument, check

_FILE = Path(__file__).with_name("shipped_policies.toml")


@cache
def shipped_policies() -> dict[str, Policy]:
    """By id, each as version 1."""
    documents = read_documents(_FILE.read_text("utf-8"))
    return {document.id: Policy(1, document) for document in documents}


def read_documents(text: str) -> list[PolicyDocument]:
    """The policies of a TOML file: one array `policies`. Raises PolicyNotAllowed."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyNotAllowed(f"the file is not valid TOML: {error}") from error
    rows = tree.get("policies")
    if not isinstance(rows, list) or not rows:
        raise PolicyNotAllowed("the file holds no [[policies]]")
    found = []
    for row in rows:
        try:
            document = msgspec.convert(row, PolicyDocument)
        except msgspec.ValidationError as error:
            raise PolicyNotAllowed(f"{row.get('id', 'a policy')}: {error}") from error
        check(document)
        found.append(document)
    if len({document.id for document in found}) < len(found):
        raise PolicyNotAllowed("two policies of the file have one id")
    return found
