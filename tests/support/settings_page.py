"""Writes the tables of docs/reference/settings.md from the settings: python -m tests.support.settings_page

The words before the first table and after the last one are kept.
"""

from __future__ import annotations

import inspect
import re
import typing
from pathlib import Path

from holdfast.platform.settings import SETTINGS, Setting, Settings

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
SETTINGS_PACKAGE = "holdfast.platform.settings"
LAST_SECTION = "\n## Notes\n"


def sections() -> list[tuple[str, list[Setting]]]:
    """The comments that divide the classes of settings, and what stands under each."""
    found: list[tuple[str, list[Setting]]] = []
    classes = [one for one in reversed(Settings.__mro__) if one.__module__.startswith(SETTINGS_PACKAGE)]
    for line in (line for one in classes for line in inspect.getsource(one).splitlines()):
        title = re.fullmatch(r"    # ([A-Z][^.]*)", line)
        name = re.match(r"    (\w+): Annotated", line)
        if title:
            found.append((title[1], []))
        elif name:
            found[-1][1].append(SETTINGS[name[1]])
    return found


def tables() -> str:
    """Every section with its table, as Markdown."""
    return "\n".join(
        f"## {title}\n\n| setting | default | what it says |\n|---|---|---|\n" + "".join(map(_row, rows))
        for title, rows in sections()
    )


def _row(row: Setting) -> str:
    about = row.about
    words = [about.doc]
    if about.unit:
        words.append(f"In {about.unit}.")
    if about.minimum is not None:
        words.append(f"{about.minimum} to {about.maximum}.")
    if typing.get_origin(row.type) is typing.Literal:
        words.append("One of " + ", ".join(f"`{choice}`" for choice in typing.get_args(row.type)) + ".")
    if about.secret:
        words.append("**Secret.**")
    return f"| `{row.name}` | {_default(row)} | {' '.join(words)} |\n"


def _default(row: Setting) -> str:
    if row.about.derived:
        return f"derived: {row.about.derived}"
    if row.default is None:
        return "none"
    if isinstance(row.default, tuple):
        return ", ".join(f"`{part}`" for part in row.default) or "empty"
    return f"`{row.default}`" if str(row.default) else "empty"


def main() -> None:
    """Rewrite the page."""
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split("\n## ", 1)
    tail = rest[rest.index(LAST_SECTION) :]
    PAGE.write_text(f"{head}\n{tables()}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
