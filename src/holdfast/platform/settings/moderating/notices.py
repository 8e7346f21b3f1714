"""Settings of the notice desk: what is ours, who is paged, what is kept."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from .quality import QualitySettings


class NoticeSettings(QualitySettings, frozen=True, kw_only=True):
    """The notice desk."""

    # Notice desk
    notice_own_hosts: Annotated[
        tuple[str, ...],
        S(
            "Further names under which this server answers or answered, so that addresses with them in notices are found."
        ),
    ] = ()
    notice_flood_from: Annotated[
        int,
        S(
            "So many notices of one sender within an hour are a flood: further ones are shown as one, and page once an hour."
            " Verified authorities and courts are never grouped.",
            minimum=2,
            maximum=10_000,
        ),
    ] = 5
    notice_hold_days: Annotated[
        int,
        S(
            "What a notice names is kept from deletion until so long after it was closed, and as long as a law says.",
            unit="days",
            minimum=0,
            maximum=36_500,
        ),
    ] = 365
    notice_page_percent: Annotated[
        int,
        S(
            "From which share of a clock's time on the staff is paged; of lane P0 from the first warning, and when it comes.",
            minimum=1,
            maximum=100,
        ),
    ] = 75
    notice_page_push: Annotated[
        bool, S("Whether those who see to notices are told in the app, and by push on their devices.")
    ] = True
    notice_page_mails: Annotated[
        tuple[str, ...], S("Addresses that are written to when a clock of a notice warns or ends.")
    ] = ()
    notice_page_command: Annotated[
        str,
        S(
            "A program that is run when a clock of a notice warns or ends; it gets the facts as JSON on standard input. Of"
            " words with spaces between, quoted as in a shell, which is not used."
        ),
    ] = ""
    notice_page_command_seconds: Annotated[
        float, S("How long that program may take.", unit="seconds", minimum=1.0, maximum=600.0)
    ] = 30.0
