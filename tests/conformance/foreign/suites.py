"""Which foreign suites there are, where they come from, and what they want of a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WRITTEN_PORT: Final = "3000"
"""Both suites have this port of their development server written into their tests."""


@dataclass(frozen=True)
class Suite:
    """One suite as its source distribution brings it.

    `recordings`: what the folders of recorded answers are called, which are taken away so that the server itself has to answer.
    `left_out`: file or test -> why it says nothing about a server.
    """

    requirement: str
    extras: str
    packages: tuple[str, ...]
    tests: str
    options: tuple[str, ...]
    recordings: str
    left_out: dict[str, str]


_QUIET = ("-W", "ignore", "-p", "no:cacheprovider", "-o", "addopts=")

SUITES: Final = {
    "toot": Suite(
        requirement="toot==0.52.1",
        extras="",
        packages=("pytest", "psycopg2-binary"),
        tests="tests/integration",
        options=_QUIET,
        recordings="no-recordings",
        left_out={},
    ),
    "mastodon.py": Suite(
        requirement="Mastodon.py==2.3.3",
        extras="[test,webpush,blurhash,grapheme]",
        packages=("pytest-timeout", "websocket-client"),
        tests="tests",
        # Streams are tested through the recorder only, so everything is recorded anew; nothing is replayed.
        options=(*_QUIET, "--record-mode=all", "--timeout=90"),
        recordings="cassettes*",
        left_out={
            "tests/test_entities.py": "replays recorded answers of other servers",
            "tests/test_websocket_cassette.py": "tests the recorder of the suite itself",
            "tests/test_auth.py::test_log_in_password": "a password sent by an app: gone since Mastodon 4.4, never taken here",
            "tests/test_auth.py::test_log_in_password_incorrect": "the same",
            "tests/test_auth.py::test_log_in_password_to_file": "the same",
            "tests/test_zzz_revoke.py": "begins with the same",
            "tests/test_status.py::test_status_card": "asks for a page of the real example.org",
            "tests/test_status.py::test_scheduled_status_long_part2": "has to run minutes after part 1",
            "tests/test_timeline.py::test_timeline_disabled": "asks mastodon.social what it allows",
            "tests/test_annual_reports.py::test_annual_report_event": "needs a row that a script puts into Mastodon's database",
            "tests/test_admin.py::test_admin_moderation": "ends the tokens of the account by which later tests act: a"
            " token that ended by a staff act stays ended (ADR 0024)",
        },
    ),
}
