"""The words of the forms and of the status page, in English and French, and which of the two somebody reads."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from ..call import Call

LANGUAGES: Final = ("en", "fr")
_NAMED = {"en": "English", "fr": "Français"}


class Words:
    """What is said in one language. A missing entry is an error of the program, which a test finds."""

    def __init__(self, language: str, table: Mapping[str, Any]) -> None:
        self.language = language
        self._table = table

    def __call__(self, path: str, **values: object) -> str:
        """The words at `page.title`, with values filled in."""
        found = self.find(path)
        if found is None:
            raise KeyError(f"{self.language}.toml has no {path}")
        return found.format_map(values) if values else found

    def find(self, path: str) -> str | None:
        """The words, or None where there are none."""
        at: Any = self._table
        for step in path.split("/"):
            if not isinstance(at, Mapping) or step not in at:
                return None
            at = at[step]
        return at if isinstance(at, str) else None

    def of_field(self, kind: str, name: str, part: str) -> str:
        """Label or hint of a field: of this kind, else of all; "" for a hint that there is none of."""
        return self.find(f"fields/{kind}/{name}/{part}") or self.find(f"fields/all/{name}/{part}") or ""


@cache
def words_in(language: str) -> Words:
    """The words of a language; English where there are none."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    return Words(known, tomllib.loads((files(__package__) / f"{known}.toml").read_text("utf-8")))


def other_languages(language: str) -> list[tuple[str, str]]:
    """The others, each with its own name of itself."""
    return [(one, _NAMED[one]) for one in LANGUAGES if one != language]


async def words_for(call: Call) -> Words:
    """In the language that the address asks for, else the first that the browser asks for and we have."""
    asked = (await call.tree()).get("lang")
    if isinstance(asked, str) and asked in LANGUAGES:
        return words_in(asked)
    for part in call.header(b"accept-language").split(",")[:20]:
        code = part.partition(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return words_in(code)
    return words_in(LANGUAGES[0])
