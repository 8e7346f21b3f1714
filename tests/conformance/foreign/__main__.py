"""Runs the test suite of a foreign client against `holdfast up --dev` on a fresh data folder.

    python -m tests.conformance.foreign toot [pytest arguments]
    python -m tests.conformance.foreign mastodon.py [pytest arguments]

The suite comes from its source distribution, at the version that `suites.py` names, into a folder that is removed
afterwards unless HOLDFAST_FOREIGN_DIR names one to keep. Exit status: that of the suite's pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

from tests.conformance.foreign.seed import seed
from tests.conformance.foreign.suites import PORT, SUITES, Suite
from tests.support.up_process import COMMAND, environment


def main(arguments: list[str]) -> int:
    """Prepare, serve, run."""
    if not arguments or arguments[0] not in SUITES:
        sys.stderr.write(f"which one? {' or '.join(SUITES)}\n")
        return 2
    suite = SUITES[arguments[0]]
    with tempfile.TemporaryDirectory(prefix="holdfast-foreign-") as scratch:
        kept = Path(os.environ.get("HOLDFAST_FOREIGN_DIR") or scratch)
        folder = _fetched(suite, kept / arguments[0])
        return _run(suite, folder, Path(scratch) / "data", arguments[1:])


def _fetched(suite: Suite, folder: Path) -> Path:
    """The unpacked source distribution, with an environment beside it; made once."""
    done = folder / "done"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _say(f"fetching {suite.requirement}")
        venv.create(folder / "venv", with_pip=True)
        pip = [_python(folder), "-m", "pip", "-q"]
        download = [*pip, "download", "--no-deps", "--no-binary", ":all:", "-d", str(folder)]
        subprocess.run([*download, suite.requirement], check=True)
        archive = next(folder.glob("*.tar.gz"))
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        subprocess.run([*pip, "install", str(_source(folder)) + suite.extras, *suite.packages], check=True)
        done.touch()
    return folder


def _source(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if (path / "PKG-INFO").exists())


def _python(folder: Path) -> str:
    return str(folder / "venv" / "bin" / "python")


def _run(suite: Suite, folder: Path, data: Path, arguments: list[str]) -> int:
    _say(f"starting holdfast up --dev on port {PORT}")
    server = subprocess.Popen(
        [*COMMAND, "up", "--dev", "--data", str(data), "--port", str(PORT)],
        env=environment(None),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        if not server.stdout.readline().startswith("ready "):
            return 1
        seed(data)
        excluded = [f"--{'deselect' if '::' in name else 'ignore'}={name}" for name in suite.left_out]
        command = [
            _python(folder),
            "-m",
            "pytest",
            "-q",
            *suite.options,
            *excluded,
            *(arguments or [suite.tests]),
        ]
        return subprocess.run(
            command, cwd=_source(folder), env={**os.environ, **suite.environment}, check=False
        ).returncode
    finally:
        server.terminate()
        server.wait()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
