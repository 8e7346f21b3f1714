"""What code must not do: build SQL, read clocks or dice in the wrong storey, print, sleep, swallow errors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import PACKAGE, Violation, dotted, imports, nodes, python_files, relative

_RUNS_SQL = {"fetch", "fetchrow", "fetchval", "execute", "executemany"}
_CLOCKS = {"now", "utcnow", "today"}
_DICE_MODULES = {"random", "secrets"}
_DICE = {"uuid.uuid1", "uuid.uuid4", "uuid4", "uuid1", "os.urandom", "urandom"}
_EVERYTHING = {"Exception", "BaseException"}
_TIME = {"time.time", "time.time_ns", "time.localtime", "time.gmtime"}


def _text_of(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_built(node: ast.AST) -> bool:
    """True when an expression pieces a text together from parts that are not all literal."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = (node.left, node.right)
        return any(map(_is_built, parts)) or not all(_text_of(p) or isinstance(p, ast.BinOp) for p in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _text_of(node.left) or _is_built(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("format", "format_map", "join") and _text_of(node.func.value)
    return False


def _built_names(scope: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and _is_built(node.value):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and node.value and _is_built(node.value):
            names |= {node.target.id} if isinstance(node.target, ast.Name) else set()
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def built_sql(root: Path) -> list[Violation]:
    """SQL is a literal, or a module constant made once; values go in as parameters."""
    found = set()
    for path in python_files(root, "src"):
        for scope in nodes(path):
            if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
                continue
            built = set() if isinstance(scope, ast.Module) else _built_names(scope)
            for call in ast.walk(scope):
                if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                    continue
                if call.func.attr not in _RUNS_SQL:
                    continue
                named = [k.value for k in call.keywords if k.arg in ("query", "sql", "command")]
                for sql in [*call.args[:1], *named]:
                    if _is_built(sql) or (isinstance(sql, ast.Name) and sql.id in built):
                        message = "SQL pieced together; write it out and pass values as parameters"
                        found.add(Violation(relative(root, path), call.lineno, "built-sql", message))
    return sorted(found)


def _inner_files(root: Path) -> Iterator[Path]:
    outside = (root / "src" / PACKAGE / "platform", root / "src" / PACKAGE / "main")
    for path in python_files(root, "src"):
        if not any(path.is_relative_to(folder) for folder in outside):
            yield path


def clock_and_dice(root: Path) -> list[Violation]:
    """Time and chance come in as arguments, so that a test can choose them."""
    found = []
    for path in _inner_files(root):
        for line, module, name in imports(root, path):
            taken = name if module in ("uuid", "os", "time") else ""
            if module in _DICE_MODULES or taken in ("uuid1", "uuid4", "urandom", "time", "time_ns"):
                message = f"{module} brings chance or the clock in; take it from platform as an argument"
                found.append(Violation(relative(root, path), line, "clock-and-dice", message))
        for node in nodes(path):
            if not isinstance(node, ast.Call):
                continue
            called = dotted(node.func)
            owner, _, method = called.rpartition(".")
            reads_clock = method in _CLOCKS and owner.split(".")[-1] in ("datetime", "date")
            if reads_clock or called in _TIME or called in _DICE:
                message = f"{called}() belongs to platform; take the value as an argument"
                found.append(Violation(relative(root, path), node.lineno, "clock-and-dice", message))
    return found


def prints(root: Path) -> list[Violation]:
    """Only the command line speaks to a terminal; everything else logs."""
    found = []
    for path in python_files(root, "src"):
        if path.is_relative_to(root / "src" / PACKAGE / "main"):
            continue
        for node in nodes(path):
            if isinstance(node, ast.Call) and dotted(node.func) == "print":
                message = "print outside main; use the log"
                found.append(Violation(relative(root, path), node.lineno, "prints", message))
    return found


def sleeps(root: Path) -> list[Violation]:
    """A test waits for an event, never for time. `asyncio.sleep(0)` only yields and is fine."""
    found = []
    for path in python_files(root, "tests"):
        for node in nodes(path):
            if not isinstance(node, ast.Call) or dotted(node.func).rpartition(".")[2] != "sleep":
                continue
            first = node.args[0] if node.args else None
            if not (isinstance(first, ast.Constant) and first.value == 0):
                message = "a sleep in a test; wait for the event itself, or move a fake clock"
                found.append(Violation(relative(root, path), node.lineno, "sleeps", message))
    return found


def swallowed_errors(root: Path) -> list[Violation]:
    """An error is handled, logged or let through; naming everything and doing nothing hides faults."""
    found = []
    for path in python_files(root):
        for node in nodes(path):
            if isinstance(node, ast.ExceptHandler) and _swallows(node):
                message = "catches everything and says nothing; name the error, or log it"
                found.append(Violation(relative(root, path), node.lineno, "swallowed-errors", message))
            elif isinstance(node, ast.Call) and dotted(node.func) in ("suppress", "contextlib.suppress"):
                everything = any(dotted(arg) in _EVERYTHING for arg in node.args)
                message = "suppresses everything; name the error"
                if everything:
                    found.append(Violation(relative(root, path), node.lineno, "swallowed-errors", message))
    return found


def _swallows(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    idle = all(isinstance(step, ast.Pass | ast.Continue) for step in handler.body)
    return idle and any(dotted(name) in _EVERYTHING for name in caught)
