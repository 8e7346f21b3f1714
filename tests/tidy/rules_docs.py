"""Everything that has a name for users is documented, and links in the documents lead somewhere.

The three lists come from the program itself. A provider answers None where the module that holds its list
does not exist, and the rule then has nothing to say.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.tidy.tree import Rule, Violation, python_files, relative, text, text_files

Provider = Callable[[], Iterable[str] | None]

SETTINGS_PAGE = "docs/reference/settings.md"
COMMANDS_PAGE = "docs/reference/cli.md"
ROUTES_PAGE = "docs/reference/http.md"
HISTORY_PAGE = "docs/reference/security-history.md"

_PARAMETER = re.compile(r"\{[^}]*\}|<[^>]*>|(?<=/):[a-z_]+")
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s#]+)(?:#[^)\s]*)?\)|!\[[^\]\n]*\]\(([^)\s#]+)\)")


def _module(name: str) -> Any | None:
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return importlib.import_module(name) if found else None


def settings() -> list[str] | None:
    """Names of all settings, as they are written in holdfast.toml."""
    module = _module("holdfast.platform.config")
    return [getattr(one, "name", one) for one in module.SETTINGS] if module else None


def commands() -> list[str] | None:
    """Every command as it is typed: `holdfast account create`."""
    module = _module("holdfast.main.cli")
    if module is None:
        return None
    typer_main = importlib.import_module("typer.main")
    return list(_walk(typer_main.get_command(module.app), "holdfast"))


def _walk(command: Any, typed: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield typed
        return
    for name, child in inner.items():
        if not child.hidden:
            yield from _walk(child, f"{typed} {name}")


def routes() -> list[str] | None:
    """Every route as `METHOD /path`, or `/path` where the list does not name the method."""
    module = _module("holdfast.main.asgi")
    return [_spelled(route) for route in module.ROUTES] if module else None


def _spelled(route: Any) -> str:
    if isinstance(route, str):
        return route
    if isinstance(route, tuple):
        return f"{route[0]} {route[1]}"
    method = getattr(route, "method", "")
    return f"{method} {route.path}".strip()


def _plain(typed: str) -> str:
    """Parameters have no name here: the page may call an id what it likes."""
    return _PARAMETER.sub("{}", typed)


def documented_settings(provider: Provider = settings) -> Rule:
    def rule(root: Path) -> list[Violation]:
        names = provider()
        if names is None:
            return []
        page = _page(root, SETTINGS_PAGE)
        listed = re.findall(r"^\|\s*`([a-z0-9_]+)`", page, re.MULTILINE)
        missing = [n for n in names if f"`{n}`" not in page]
        gone = [n for n in listed if n not in set(names)]
        return [
            *(_missing(SETTINGS_PAGE, "documented-settings", f"`{n}` is not described") for n in missing),
            *(_missing(SETTINGS_PAGE, "documented-settings", f"`{n}` is no setting any more") for n in gone),
        ]

    return rule


def documented_commands(provider: Provider = commands) -> Rule:
    def rule(root: Path) -> list[Violation]:
        page = _page(root, COMMANDS_PAGE)
        missing = [n for n in provider() or () if not re.search(re.escape(n) + r"(?![\w-])", page)]
        return [_missing(COMMANDS_PAGE, "documented-commands", f"`{n}` is not described") for n in missing]

    return rule


def documented_routes(provider: Provider = routes) -> Rule:
    def rule(root: Path) -> list[Violation]:
        page = _plain(_page(root, ROUTES_PAGE))
        ends = r"(?![\w/{.-])"
        missing = [n for n in provider() or () if not re.search(re.escape(_plain(n)) + ends, page)]
        return [_missing(ROUTES_PAGE, "documented-routes", f"`{n}` is not described") for n in missing]

    return rule


def security_history(root: Path) -> list[Violation]:
    """Every case in the page's tables names tests that there are, or says why it has none."""
    path = root / HISTORY_PAGE
    if not path.exists():
        return []
    there = {
        name for one in python_files(root, "tests") for name in re.findall(r"def (test_\w+)\(", text(one))
    }
    found = []
    for number, line in enumerate(text(path).splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 3 or cells[2] in ("held by", "---"):
            continue
        named = re.findall(r"`(test_\w+)`", cells[2])
        messages = [f"there is no {name}" for name in named if name not in there]
        if not named and not cells[2].startswith(("Later: ", "Not here: ")):
            messages = [f"{cells[0]}: neither a test nor a reason (`Later: ...`, `Not here: ...`)"]
        found += [Violation(HISTORY_PAGE, number, "security-history", message) for message in messages]
    return found


def _page(root: Path, name: str) -> str:
    path = root / name
    return text(path) if path.exists() else ""


def _missing(page: str, rule: str, message: str) -> Violation:
    return Violation(page, 0, rule, message)


def links(root: Path) -> list[Violation]:
    """A relative link or picture in a Markdown file leads to a file of the tree."""
    found = []
    for path in text_files(root):
        if path.suffix != ".md":
            continue
        for number, line in enumerate(text(path).splitlines(), 1):
            for pair in _LINK.findall(line):
                target = pair[0] or pair[1]
                if "://" in target or target.startswith(("mailto:", "/")):
                    continue
                if not _leads_somewhere(path.parent / target):
                    message = f"the link to {target} leads nowhere"
                    found.append(Violation(relative(root, path), number, "links", message))
    return found


def _leads_somewhere(target: Path) -> bool:
    """An empty folder does not count: git would not keep it."""
    return target.is_file() or (target.is_dir() and any(target.iterdir()))
