"""The templates that come with this program."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from .errors import TemplateNotAllowed
from .model import Template, TemplateVersion, check

_FILE = Path(__file__).with_name("shipped_templates.toml")


@cache
def shipped_templates() -> dict[str, TemplateVersion]:
    """By id, each as version 1."""
    return {one.id: TemplateVersion(1, one) for one in read_templates(_FILE.read_text("utf-8"))}


def read_templates(text: str) -> list[Template]:
    """The templates of a TOML file: one array `templates`. Raises TemplateNotAllowed."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TemplateNotAllowed(f"the file is not valid TOML: {error}") from error
    rows = tree.get("templates")
    if not isinstance(rows, list) or not rows:
        raise TemplateNotAllowed("the file holds no [[templates]]")
    try:
        found = msgspec.convert(rows, list[Template])
    except msgspec.ValidationError as error:
        raise TemplateNotAllowed(f"a template is not as it should be: {error}") from error
    for one in found:
        check(one)
    return found
