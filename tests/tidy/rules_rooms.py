"""Rooms are entered through their door, and a use case has a file of its own."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.tidy.tree import (
    PACKAGE,
    Violation,
    imports,
    module_name,
    parsed,
    python_files,
    relative,
    rooms,
)

# Files of a room that are not a use case. Each kind is explained in STYLE.md.
ANATOMY = {
    "__init__",
    "model",
    "errors",
    "events",
    "store",
    "queries",
    "jobs",
    "reader",
    "views",
    "visibility",
    # What lives as long as its process, in place of use cases: streams.
    "hub",
    "connection",
    "watchers",
    "fan_out",
    "missed",
}


def _offered(room: Path) -> set[str]:
    """Names that a door brings in from its own modules: a use case may be called like its file."""
    return {
        alias.asname or alias.name
        for node in ast.walk(parsed(room / "__init__.py"))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def room_doors(root: Path) -> list[Violation]:
    """Only `holdfast.social.posts` may be imported from outside that room, never a module inside it. A room within
    a room is entered from its own house alone, and by its own door."""
    doors = {module_name(root, room / "__init__.py"): room for room in rooms(root)}
    found = []
    for path in python_files(root, "src"):
        here = module_name(root, path)
        for line, module, name in imports(root, path):
            passed = (d for d in doors if _within(module, d) and not _within(here, d))
            door = min(passed, key=len, default=None)
            if door is not None and (module != door or _is_hidden(doors[door], name)):
                message = f"reaches into {door}; import from the door, or add the name to it"
                found.append(Violation(relative(root, path), line, "room-doors", message))
    return found


def _within(module: str, door: str) -> bool:
    return module == door or module.startswith(door + ".")


def _is_hidden(room: Path, name: str) -> bool:
    """Whether this is a module, or a room, inside that the door does not offer."""
    modules = (room / f"{name}.py", room / name / "__init__.py")
    return any(module.exists() for module in modules) and name not in _offered(room)


def use_case_files(root: Path) -> list[Violation]:
    """A verb file in a social room holds exactly one public function, and that one is async."""
    found = []
    for room in rooms(root):
        if room.parent.name != "social":
            continue
        for path in sorted(room.glob("*.py")):
            if path.stem in ANATOMY:
                continue
            public = [
                node
                for node in parsed(path).body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
            ]
            if len(public) != 1 or not isinstance(public[0], ast.AsyncFunctionDef):
                names = ", ".join(node.name for node in public) or "none"
                message = f"a use-case file has one public async function; this one has: {names}"
                found.append(Violation(relative(root, path), 1, "use-case-files", message))
    return found


def docstrings(root: Path) -> list[Violation]:
    """Modules, and public functions and classes at module level, say what they promise."""
    found = []
    for path in python_files(root, f"src/{PACKAGE}"):
        if "migrations" in path.parts:
            continue
        module = parsed(path)
        if not ast.get_docstring(module):
            found.append(Violation(relative(root, path), 1, "docstrings", "the module has no docstring"))
        for node in module.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if not node.name.startswith("_") and not ast.get_docstring(node):
                message = f"{node.name} is public and has no docstring"
                found.append(Violation(relative(root, path), node.lineno, "docstrings", message))
    return found
