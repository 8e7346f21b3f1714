"""What every tidy rule works with: the files of a tree, parsed once, and the violation it reports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PACKAGE = "holdfast"
STOREYS_WITH_ROOMS = ("trust", "social", "continuity", "screening", "records", "platform")
_SKIPPED = {"data", "var", "dist", "build", "node_modules", "__pycache__"}
_DOTTED_AND_OURS = {".ci", ".gitignore", ".importlinter"}
_TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".lock",
    ".cfg",
    ".ini",
    ".sql",
    ".html",
    ".css",
    ".js",
    ".ts",
    ".svelte",
}
_TEXT |= {".json", ".yml", ".yaml", ".xml", ".svg", ".sh", ".j2", ".jsonl", ""}


@dataclass(frozen=True, order=True)
class Violation:
    """One breach: `path` is relative to the tree, `line` counts from 1 (0 where a whole file is meant)."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


Rule = Callable[[Path], list[Violation]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


@lru_cache(maxsize=64)
def python_files(root: Path, *folders: str) -> tuple[Path, ...]:
    """Python files under `root`/folder for each folder, or under src and tests."""
    found: list[Path] = []
    for folder in folders or ("src", "tests"):
        found += sorted((root / folder).rglob("*.py"))
    return tuple(found)


@lru_cache(maxsize=2048)
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


@lru_cache(maxsize=2048)
def parsed(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


@lru_cache(maxsize=2048)
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file: walked once, because most rules look at all of them."""
    return tuple(ast.walk(parsed(path)))


@lru_cache(maxsize=64)
def text_files(root: Path) -> tuple[Path, ...]:
    """Text files that are or could be committed: what git knows or does not ignore, else a plain walk."""
    listed = _listed_by_git(root) if (root / ".git").exists() else None
    if listed is None:
        candidates = (p for p in root.rglob("*") if not _left_out(p.relative_to(root).parts))
    else:
        candidates = (root / name for name in listed)
    return tuple(sorted(p for p in candidates if p.suffix in _TEXT and p.is_file() and not p.is_symlink()))


def _left_out(parts: tuple[str, ...]) -> bool:
    return any(p in _SKIPPED or (p.startswith(".") and p not in _DOTTED_AND_OURS) for p in parts)


def _listed_by_git(root: Path) -> list[str] | None:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(command, cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git, or a checkout that belongs to somebody else
        return None
    return [name for name in answer.stdout.decode().split("\0") if name]


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file, nested ones too."""
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def module_name(root: Path, path: Path) -> str:
    """`src/holdfast/social/posts/__init__.py` -> `holdfast.social.posts`."""
    parts = path.relative_to(root / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def dotted(node: ast.AST) -> str:
    """`datetime.datetime.now` for the expression that spells it, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""


def imports(root: Path, path: Path) -> Iterator[tuple[int, str, str]]:
    """(line, module, name) of each import in a file under src; `name` is "" for `import module`."""
    here = module_name(root, path).split(".")
    package = here if path.name == "__init__.py" else here[:-1]
    for node in nodes(path):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, module, alias.name


def rooms(root: Path) -> list[Path]:
    """The folders that are rooms: packages inside a storey that is made of rooms, also rooms within rooms."""
    top = root / "src" / PACKAGE
    return sorted(
        door.parent for storey in STOREYS_WITH_ROOMS for door in (top / storey).glob("*/**/__init__.py")
    )
