"""The rules of the house, applied to the whole tree; and for each rule one planted breach that it must catch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.tidy import rules_code, rules_docs, rules_rooms, rules_sizes, rules_words
from tests.tidy.tree import Rule, Violation

ROOT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).with_name("exceptions.txt")
# Lower it whenever the list gets shorter; never raise it.
MOST_EXCEPTIONS = 0

RULES: dict[str, Rule] = {
    "file-length": rules_sizes.file_length,
    "function-length": rules_sizes.function_length,
    "positional-arguments": rules_sizes.positional_arguments,
    "module-names": rules_sizes.module_names,
    "room-size": rules_sizes.room_size,
    "room-doors": rules_rooms.room_doors,
    "use-case-files": rules_rooms.use_case_files,
    "docstrings": rules_rooms.docstrings,
    "built-sql": rules_code.built_sql,
    "clock-and-dice": rules_code.clock_and_dice,
    "prints": rules_code.prints,
    "sleeps": rules_code.sleeps,
    "swallowed-errors": rules_code.swallowed_errors,
    "left-overs": rules_words.left_overs,
    "index-addresses": rules_words.index_addresses,
    "machine-paths": rules_words.machine_paths,
    "words": rules_words.words,
    "links": rules_docs.links,
    "security-history": rules_docs.security_history,
    "documented-settings": rules_docs.documented_settings(),
    "documented-commands": rules_docs.documented_commands(),
    "documented-routes": rules_docs.documented_routes(),
}

PROVIDERS = {
    "documented-settings": rules_docs.settings,
    "documented-commands": rules_docs.commands,
    "documented-routes": rules_docs.routes,
}


def _exceptions() -> list[tuple[str, str]]:
    lines = [line.split() for line in EXCEPTIONS.read_text().splitlines()]
    return [(line[0], line[1]) for line in lines if line and not line[0].startswith("#")]


def _report(violations: Iterable[Violation]) -> str:
    return "\n".join(map(str, sorted(violations)))


@pytest.mark.parametrize("name", RULES)
def test_the_tree_keeps_the_rule(name: str) -> None:
    provider = PROVIDERS.get(name)
    if provider is not None and provider() is None:
        pytest.skip("the module that holds this list does not exist yet")
    known = {path for rule, path in _exceptions() if rule == name}
    found = [v for v in RULES[name](ROOT) if v.path not in known]
    assert not found, "\n" + _report(found)


def test_every_exception_is_still_needed() -> None:
    listed = _exceptions()
    needed = {(v.rule, v.path) for name in {rule for rule, _ in listed} for v in RULES[name](ROOT)}
    assert [entry for entry in listed if entry not in needed] == []
    assert len(listed) <= MOST_EXCEPTIONS, "the list of exceptions may only shrink"


def test_the_arrows_point_down() -> None:
    """The import contracts of .importlinter, the same that `make lint` runs."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"]
    checked = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
