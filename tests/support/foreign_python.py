"""Foreign Python programs in an environment of their own, under a newer Python where they need one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

_INSTALL_SECONDS = 240
_ASK_SECONDS = 30


def foreign_environment(
    name: str, packages: Sequence[str], scratch: Path, *, minimum: tuple[int, int] = (3, 11)
) -> Path:
    """The folder of commands of an environment with these packages; skips the test loudly where there can be none.

    HOLDFAST_FOREIGN_DIR names a folder that keeps environments for the next time; else they go to `scratch`.
    """
    python = newer_python(minimum)
    if python is None:
        pytest.skip(f"NO PYTHON {minimum[0]}.{minimum[1]}: {' and '.join(packages)} cannot be asked here")
    folder = Path(os.environ.get("HOLDFAST_FOREIGN_DIR") or scratch) / name
    done = folder / "done"
    wanted = "\n".join(packages)
    if not done.exists() or done.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _run([python, "-m", "venv", str(folder)], packages)
        _run([str(folder / "bin" / "python"), "-m", "pip", "-q", "install", *packages], packages)
        done.write_text(wanted)
    return folder / "bin"


def newer_python(minimum: tuple[int, int]) -> str | None:
    """A Python of that version or a later one: this one, one of the path, of pyenv, or of uv."""
    for candidate in _candidates(minimum):
        asked = "import sys, venv; print(*sys.version_info[:2])"
        try:
            answer = subprocess.run(
                [candidate, "-c", asked], capture_output=True, text=True, check=True, timeout=_ASK_SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            continue
        major, minor = map(int, answer.stdout.split())
        if (major, minor) >= minimum:
            return candidate
    return None


def _candidates(minimum: tuple[int, int]) -> Iterator[str]:
    yield sys.executable
    for minor in range(minimum[1], minimum[1] + 6):
        found = shutil.which(f"python3.{minor}")
        if found:
            yield found
    for folder in sorted(Path("~/.pyenv/versions").expanduser().glob("3.*")):
        yield str(folder / "bin" / "python")
    if shutil.which("uv"):
        asked = ["uv", "python", "find", f">={minimum[0]}.{minimum[1]}"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=_ASK_SECONDS)
        if answer.returncode == 0:
            yield answer.stdout.strip()


def _run(command: Sequence[str], packages: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS)
    if done.returncode != 0:
        reason = re.sub(r"\s+", " ", done.stderr)[-300:]
        pytest.skip(f"NO PACKAGES: {' and '.join(packages)} could not be installed: {reason}")
