"""`masto`, the JavaScript library that Elk and Phanpy are made with: signs in, publishes, reads, listens."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.conformance

PACKAGES = ("masto@8.0.0", "ws@8.18.3")
"""The library, and the WebSocket of Node.js versions that have none of their own."""
WALK = Path(__file__).parent / "javascript" / "walk.mjs"
STEPS = [
    "signIn", "instance", "publish", "media", "reactions", "timelines", "notifications", "lists", "filters", "search",
    "streaming", "deletion",
]  # fmt: skip
_INSTALL_SECONDS, _WALK_SECONDS = 120, 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walk beside its packages."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("NO NODE.JS: the JavaScript client is not tested here")
    made = tmp_path_factory.mktemp("javascript")
    (made / "package.json").write_text('{"private": true, "type": "module"}')
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", *PACKAGES]
    done = subprocess.run(
        install, cwd=made, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"NO PACKAGES: {' and '.join(PACKAGES)} could not be fetched: {done.stderr[-300:]}")
    shutil.copy(WALK, made)
    return made


def test_the_walk_of_a_javascript_client(folder: Path, server: WholeServer) -> None:
    tokens = {f"{name.upper()}_TOKEN": server.token(name) for name in ("ann", "bob")}
    walked = subprocess.run(
        ["node", WALK.name], cwd=folder, env={**os.environ, "HOLDFAST_URL": server.url, **tokens},
        capture_output=True, text=True, timeout=_WALK_SECONDS, check=False,
    )  # fmt: skip
    assert walked.stdout.split() == STEPS, walked.stderr
    assert walked.returncode == 0, walked.stderr
