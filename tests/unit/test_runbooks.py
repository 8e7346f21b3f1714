"""What the runbooks tell people to type exists: every command, every option, every argument that is needed, every choice."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.main
from typer.core import TyperGroup

from holdfast.main.cli import app

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser says of a line that it does not take."""
_ROOT = Path(__file__).parents[2]
_GUIDES = ("runbooks", "relaunch", "drills", "mirror")
_BLOCK = re.compile(r"^ *```\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(holdfast [^`]+)`")
_BEGIN = re.compile(r"(?:^|[\s;'])(holdfast [a-z].*)")


def blocks(guide: str) -> list[str]:
    """Lines of the blocks of code that run the program, without comments."""
    text = (_ROOT / "docs" / "guide" / f"{guide}.md").read_text()
    lines = [line for found in _BLOCK.findall(text) for line in found.splitlines()]
    return [re.split(r"\s+#", found[1].strip())[0] for line in lines if (found := _BEGIN.search(line)) and "=/bin/sh" not in line]  # fmt: skip


def resolved(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and the rest of them."""
    command: Any = typer.main.get_command(app)
    while words and isinstance(command, TyperGroup):
        found = command.get_command(typer.Context(command), words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("guide", _GUIDES)
def test_every_line_that_a_guide_says_to_type_is_taken_by_the_program(guide: str, tmp_path: Path) -> None:
    lines = blocks(guide)
    assert len(lines) >= 2
    for name in ("FILE", "drill.json", "alps.toml"):
        (tmp_path / name).touch()
    for line in lines:
        command, rest = resolved(shlex.split(line)[1:])
        assert not isinstance(command, TyperGroup), f"{line}: a group alone"
        try:
            command.make_context("holdfast", rest)
        except UsageError as error:
            pytest.fail(f"{line}: {error}")


@pytest.mark.parametrize("guide", _GUIDES)
def test_every_command_and_option_that_a_guide_names_exists(guide: str) -> None:
    text = (_ROOT / "docs" / "guide" / f"{guide}.md").read_text()
    for line in _INLINE.findall(text):
        command, rest = resolved([word for word in shlex.split(line)[1:] if word not in ("…", "...")])
        options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        assert {word for word in rest if word.startswith("-")} <= options | {"--help"}, line


def test_a_wrong_line_would_be_found() -> None:
    command, rest = resolved(shlex.split("mirror verify --stores north"))
    with pytest.raises(UsageError):
        command.make_context("holdfast", rest)
    with pytest.raises(AssertionError):
        resolved(["mirror", "looks"])


def test_every_bad_night_has_its_page() -> None:
    text = (_ROOT / "docs" / "guide" / "runbooks.md").read_text()
    pages = re.findall(r"^## (.+)$", text, re.MULTILINE)
    linked = re.findall(r"^\| \[([^\]]+)\]\(#", text, re.MULTILINE)
    assert linked == pages
    assert len(pages) == 7
    for page in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        assert page.count("*Expect*") >= 1, page[:30]
        assert "*Takes*" in page, page[:30]
