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

_NOT_ABOUT_A_SERVER: Final = {
    "tests/test_entities.py": "replays recorded answers of other servers",
    "tests/test_websocket_cassette.py": "tests the recorder of the suite itself",
    "tests/test_auth.py::test_log_in_password": "the library refuses passwords itself since Mastodon 4.4; before it asks",
    "tests/test_auth.py::test_log_in_password_to_file": "the same",
    "tests/test_zzz_revoke.py": "begins with the same",
    "tests/test_filters.py::test_filter_serverside": "wants posts dropped as Mastodon did before version 4; since then they"
    " are marked, and the client hides them",
    "tests/test_status.py::test_status_card": "asks for a page of the real example.org",
    "tests/test_status.py::test_scheduled_status_long_part2": "has to run minutes after part 1",
    "tests/test_timeline.py::test_timeline_disabled": "asks mastodon.social what it allows",
    "tests/test_annual_reports.py::test_annual_report_event": "needs a row that a script puts into Mastodon's database",
}
_COLLECTIONS = "there are no collections here (docs/reference/http.md)"
_BY_DECISION: Final = {
    "tests/test_account.py::test_account_update_credentials": "wants the path of Mastodon's picture for those who have none:"
    " here one is drawn for each (what it tests before that, works)",
    "tests/test_admin.py::test_admin_moderation": "ends the tokens of the account by which later tests act: tokens that"
    " ended by an act of the staff stay ended (ADR 0024)",
    "tests/test_annual_reports.py::test_annual_reports": "there are no annual reports here (docs/reference/http.md)",
    "tests/test_annual_reports.py::test_annual_report_state_and_generate": "the same",
    "tests/test_create_app.py::test_app_account_create": "signs up, which works, and asks for another mail to confirm"
    " the address: no mail is sent here",
    "tests/test_errors.py::test_lang_for_errors": "errors are in English here, whatever the language asked for",
    "tests/test_collections.py::test_collection_lifecycle": _COLLECTIONS,
    "tests/test_collections.py::test_collection_item_add_delete": _COLLECTIONS,
    "tests/test_collections.py::test_collection_item_revoke": _COLLECTIONS,
    "tests/test_collections.py::test_collection_notification_fallback": _COLLECTIONS,
    "tests/test_pagination.py::test_collections_offset_navigation": _COLLECTIONS,
    "tests/test_pagination.py::test_collections_page_iterator": _COLLECTIONS,
}
"""What this server does otherwise than Mastodon, on purpose. Run them by name to see it."""

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
        left_out=_NOT_ABOUT_A_SERVER | _BY_DECISION,
    ),
}
