"""Every statement of the product that deletes rows, where it stands, and whether its path asks for legal holds.

A path asks when the function that runs the statement asks `records/holds`, or all that use it do, however far up.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_DELETES = re.compile(
    r"\b(?:delete\s+from|truncate(?:\s+table)?)\s+(?:public\.(?=[a-z_]))?([a-z_]+)", re.IGNORECASE
)
_ASKS = re.compile(r"_on_hold\b")
_QUESTIONS = frozenset({"held", "park", "released_erasures"})
_FARTHEST = 6


@dataclass(frozen=True)
class Statement:
    """`owner`: the function or the name at the top of the file that holds it."""

    file: str
    owner: str
    line: int
    table: str


@dataclass
class _Owner:
    """A function or a top-level name: the names that it uses, alone and as `room.name`; whether it asks by itself."""

    names: set[str] = field(default_factory=set)
    members: set[tuple[str, str]] = field(default_factory=set)
    asks: bool = False


class Source:
    """The parsed files of the product, by their path below `root`."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.statements: list[Statement] = []
        self._owners: dict[tuple[str, str], _Owner] = {}
        self._imported: dict[str, dict[str, str]] = {}
        for file, text in files.items():
            tree = ast.parse(text)
            self._imported[file] = {
                one.asname or one.name: _module(file, node)
                for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names
            }  # fmt: skip
            for node in tree.body:
                for name, part in _owned(node):
                    self._read(file, name, part)

    @classmethod
    def of(cls, root: Path) -> Source:
        """All files below a folder."""
        return cls({str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*.py"))})

    def _read(self, file: str, name: str, part: ast.AST) -> None:
        owner = self._owners.setdefault((file, name), _Owner())
        documents = _docstrings(part)
        for node in ast.walk(part):
            if isinstance(node, ast.Name):
                owner.names.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner.members.add((node.value.id, node.attr))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documents:
                owner.asks |= bool(_ASKS.search(node.value))
                self.statements += [
                    Statement(file, name, node.lineno, found.lower())
                    for found in _DELETES.findall(node.value)
                ]
            elif isinstance(node, ast.Call):
                called = node.func
                name_called = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
                owner.asks |= name_called in _QUESTIONS

    def asks(self, file: str, name: str, far: int = 0) -> bool:
        """Whether every way to this function, or statement, asks."""
        owner = self._owners[file, name]
        if owner.asks:
            return True
        users = [
            key
            for key, one in self._owners.items()
            if key != (file, name) and self._uses(key[0], one, file, name)
        ]
        return bool(users) and far < _FARTHEST and all(self.asks(*key, far + 1) for key in users)

    def _uses(self, by: str, owner: _Owner, file: str, name: str) -> bool:
        """Whether an owner in file `by` uses what `file` defines as `name`: itself, imported, or as a member of its room."""
        if name in owner.names and (by == file or self._origin(by, name) == file):
            return True
        place = Path(file)
        if Path(by).parent == place.parent and (place.stem, name) in owner.members:
            return True
        return (place.parent.name, name) in owner.members

    def _origin(self, file: str, name: str) -> str | None:
        """The file from which another one has a name, through the doors of rooms."""
        for _ in range(_FARTHEST):
            module = self._imported.get(file, {}).get(name)
            if module is None:
                return file
            file = f"{module}/__init__.py" if f"{module}/__init__.py" in self._imported else f"{module}.py"
        return None


def _module(file: str, node: ast.ImportFrom) -> str:
    """The module that is imported from, as a path without its ending."""
    module = (node.module or "").replace(".", "/")
    if not node.level:
        return module.removeprefix("holdfast/")
    return str(PurePosixPath(file).parents[node.level - 1] / module)


def _owned(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            yield from _owned(part)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name, node
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id != "__all__":
                yield target.id, node.value


def _docstrings(part: ast.AST) -> set[ast.AST]:
    found: set[ast.AST] = set()
    for node in ast.walk(part):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            found.add(body[0].value)
    return found
