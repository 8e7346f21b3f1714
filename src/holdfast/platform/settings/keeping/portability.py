"""Settings of taking things along: exports, imports, moves."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from ..moderating import NoticeAnswerSettings


class PortabilitySettings(NoticeAnswerSettings, frozen=True, kw_only=True):
    """Exports, imports, moves."""

    # Portability
    relation_import_max_rows: Annotated[
        int,
        S(
            "Most lines of a file of follows, blocks or bookmarks.",
            unit="lines",
            minimum=1,
            maximum=1_000_000,
        ),
    ] = 20_000
    relation_import_rows_per_minute: Annotated[
        int,
        S("How fast such a file is worked through.", unit="lines per minute", minimum=50, maximum=1_000_000),
    ] = 1_200
    archive_every_days: Annotated[
        int, S("How long a member waits for the next archive.", unit="days", minimum=0, maximum=365)
    ] = 7
    archive_kept_days: Annotated[
        int, S("How long an archive can be downloaded.", unit="days", minimum=1, maximum=365)
    ] = 7
    archive_upload_max_bytes: Annotated[
        int,
        S(
            "Largest archive of another server that a member may upload.",
            unit="bytes",
            minimum=1024,
            maximum=1 << 40,
        ),
    ] = 256 * 1024 * 1024
    archive_unpacked_max_bytes: Annotated[
        int,
        S(
            "Most that the posts of such an archive may take when unpacked.",
            unit="bytes",
            minimum=1024,
            maximum=1 << 36,
        ),
    ] = 1024 * 1024 * 1024
    move_cooldown_days: Annotated[
        int, S("How long an account that moved cannot move again.", unit="days", minimum=0, maximum=365)
    ] = 30
    account_aliases_max: Annotated[
        int, S("Most other accounts that one account names as its own.", minimum=0, maximum=1000)
    ] = 10
