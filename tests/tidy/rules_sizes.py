"""How big things may get, and what they may be called."""

from __future__ import annotations

from pathlib import Path

from tests.tidy.tree import Violation, functions, python_files, relative, rooms, text

FILE_LINES = 400
FUNCTION_LINES = 60
POSITIONAL_ARGUMENTS = 6
ROOM_FILES = 12
# Names that say nothing: everything fits in them, so everything ends up in them.
BANNED_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "service"}
BANNED_NAMES |= {"services", "misc", "shared", "lib"}


def file_length(root: Path) -> list[Violation]:
    found = []
    for path in python_files(root):
        lines = text(path).count("\n")
        if lines > FILE_LINES:
            message = f"{lines} lines, at most {FILE_LINES}: split it where it speaks of two things"
            found.append(Violation(relative(root, path), 0, "file-length", message))
    return found


def function_length(root: Path) -> list[Violation]:
    found = []
    for path in python_files(root):
        for function in functions(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_LINES:
                message = f"{function.name} has {lines} lines, at most {FUNCTION_LINES}"
                found.append(Violation(relative(root, path), function.lineno, "function-length", message))
    return found


def positional_arguments(root: Path) -> list[Violation]:
    found = []
    for path in python_files(root):
        for function in functions(path):
            names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
            count = len(names) - (names[:1] in (["self"], ["cls"]))
            if count > POSITIONAL_ARGUMENTS:
                message = f"{function.name} takes {count} positional arguments, at most {POSITIONAL_ARGUMENTS}: use *"
                found.append(
                    Violation(relative(root, path), function.lineno, "positional-arguments", message)
                )
    return found


def module_names(root: Path) -> list[Violation]:
    found = []
    for path in python_files(root):
        name = path.parent.name if path.name == "__init__.py" else path.stem
        if name in BANNED_NAMES:
            message = f"a module named {name} says nothing; name it after what it does"
            found.append(Violation(relative(root, path), 0, "module-names", message))
    return found


def room_size(root: Path) -> list[Violation]:
    """A room within a room has a door of its own, and counts by itself."""
    found = []
    every = rooms(root)
    for room in every:
        within = [other for other in every if room in other.parents]
        count = sum(not any(other in path.parents for other in within) for path in room.rglob("*.py"))
        if count > ROOM_FILES:
            message = f"{count} files in one room, at most {ROOM_FILES}: it has become two rooms"
            found.append(Violation(relative(root, room), 0, "room-size", message))
    return found
