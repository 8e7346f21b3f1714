"""Runs the test suite of a foreign client against `holdfast up --dev` on a fresh data folder.

    python -m tests.conformance.foreign toot [pytest arguments]
    python -m tests.conformance.foreign mastodon.py [pytest arguments]

The suite comes from its source distribution, at the version that `suites.py` names, into a folder that is removed
afterwards unless HOLDFAST_FOREIGN_DIR names one to keep. What runs is a copy of it, without its recordings and with the
port of our server in place of the one written into it. Exit status: that of the suite's pytest.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

from tests.conformance.foreign.seed import seed
from tests.conformance.foreign.suites import SUITES, WRITTEN_PORT, Suite
from tests.support.up_process import COMMAND, environment, free_port

_LEFT_OUT = Path(__file__).with_name("holdfast_left_out.py")


def main(arguments: list[str]) -> int:
    """Prepare, serve, run."""
    if not arguments or arguments[0] not in SUITES:
        sys.stderr.write(f"which one? {' or '.join(SUITES)}\n")
        return 2
    suite = SUITES[arguments[0]]
    # However the run ends, the server ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="holdfast-foreign-") as scratch:
        kept = Path(os.environ.get("HOLDFAST_FOREIGN_DIR") or scratch)
        folder = _fetched(suite, kept / arguments[0])
        copy = Path(scratch) / "suite"
        port = free_port()
        _copy(suite, _source(folder), copy, port)
        return _run(suite, [_python(folder), "-m", "pytest", "-q"], copy, port, arguments[1:])


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


def _copy(suite: Suite, source: Path, copy: Path, port: int) -> None:
    """The suite as it runs: every answer comes from the server, and the server is where it looks."""
    shutil.copytree(source, copy)
    shutil.copy(_LEFT_OUT, copy)
    for folder in (copy / "tests").glob(suite.recordings):
        shutil.rmtree(folder)
        folder.mkdir()
    for file in (copy / "tests").rglob("*.py"):
        written = file.read_text()
        served = written.replace(f"localhost:{WRITTEN_PORT}", f"localhost:{port}")
        served = served.replace("record_mode='none'", "record_mode='all'")
        if served != written:
            file.write_text(served)


def _run(suite: Suite, pytest: list[str], copy: Path, port: int, arguments: list[str]) -> int:
    data = copy.parent / "data"
    address = f"http://localhost:{port}"
    _say(f"starting holdfast up --dev at {address}")
    server = subprocess.Popen(
        [*COMMAND, "up", "--dev", "--data", str(data), "--port", str(port)],
        env=environment(None),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        if not server.stdout.readline().startswith("ready "):
            return 1
        seed(data)
        tests = [] if any(not argument.startswith("-") for argument in arguments) else [suite.tests]
        command = [*pytest, "-p", _LEFT_OUT.stem, *suite.options, *arguments, *tests]
        left_out = "\n".join(suite.left_out)
        surroundings = {**os.environ, "TOOT_TEST_BASE_URL": address, "HOLDFAST_LEFT_OUT": left_out}
        return subprocess.run(command, cwd=copy, env=surroundings, check=False).returncode
    finally:
        server.terminate()
        server.wait()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
