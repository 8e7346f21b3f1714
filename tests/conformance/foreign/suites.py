"""Which foreign suites there are, where they come from, and what they want of a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PORT: Final = 3000
"""Both suites have this port written into them."""


@dataclass(frozen=True)
class Suite:
    """One suite as its source distribution brings it. `left_out`: file or test -> why it says nothing about a server."""

    requirement: str
    extras: str
    packages: tuple[str, ...]
    tests: str
    options: tuple[str, ...]
    environment: dict[str, str]
    left_out: dict[str, str]


SUITES: Final = {
    "toot": Suite(
        requirement="toot==0.52.1",
        extras="",
        packages=("pytest", "psycopg2-binary"),
        tests="tests/integration",
        options=("-W", "ignore"),
        environment={"TOOT_TEST_BASE_URL": f"http://localhost:{PORT}"},
        left_out={},
    ),
    "mastodon.py": Suite(
        requirement="Mastodon.py==2.3.3",
        extras="[test,webpush,blurhash]",
        packages=("pytest-timeout",),
        tests="tests",
        # The suite replays recordings of Mastodon unless told to talk to the server.
        options=(
            "-W",
            "ignore",
            "-p",
            "no:cacheprovider",
            "--disable-recording",
            "--timeout=60",
            "-o",
            "addopts=",
        ),
        environment={},
        left_out={
            "tests/test_entities.py": "replays recorded answers of other servers",
            "tests/test_websocket_cassette.py": "tests the recorder of the suite itself",
        },
    ),
}
