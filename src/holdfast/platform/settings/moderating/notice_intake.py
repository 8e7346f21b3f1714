"""Settings of how notices come in: by mail, by the public forms, by the API for senders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from ..about import S
from .notices import NoticeSettings

_SENDERS = (
    "amazonaws.com=host.abuse",
    "amazon.com=host.abuse",
    "apple.com=store.apple",
    "google.com=store.google",
)


class NoticeIntakeSettings(NoticeSettings, frozen=True, kw_only=True):
    """Intake of notices."""

    # Notices by mail
    notice_lmtp_listen: Annotated[
        str,
        S(
            "Where the mail server hands mails for the notice desk over (LMTP): 127.0.0.1:8424, or unix:/run/holdfast/"
            "notices.sock; empty: nowhere. It asks nobody who they are, so only the mail server may reach it."
        ),
    ] = ""
    notice_mail_addresses: Annotated[
        tuple[str, ...],
        S(
            "Addresses of the notice desk, each with the kind of notice that comes there if nothing else tells:"
            " abuse@example.org=host.abuse, dmca@example.org=us.dmca.notice. The first is the one it writes from."
        ),
    ] = ()
    notice_mail_senders: Annotated[
        tuple[str, ...], S("Kinds of notices by the domain of the sender, before those by address.")
    ] = _SENDERS
    notice_mail_default: Annotated[
        str, S("The kind of a notice by mail whose address and sender tell none.")
    ] = "report.user"
    notice_mail_max_mb: Annotated[
        int, S("Largest mail; a larger one is refused with the reason.", unit="MB", minimum=1, maximum=50)
    ] = 50
    notice_mail_hour_max: Annotated[
        int,
        S(
            "Most mails that are taken in an hour; the sending server keeps the rest and tries again.",
            unit="mails",
            minimum=1,
            maximum=1_000_000,
        ),
    ] = 1000
    notice_lmtp_connections: Annotated[
        int, S("Mails that are handed over at a time.", minimum=1, maximum=100)
    ] = 8
    notice_mail_check_seconds: Annotated[
        float,
        S(
            "How long a mail waits for the check of its signatures, which asks the name service.",
            unit="seconds",
            minimum=0.5,
            maximum=60.0,
        ),
    ] = 8.0
    notice_mail_kept_days: Annotated[
        int,
        S(
            "How long mails are kept that belong to no notice: those of machines, and our own that came back.",
            unit="days",
            minimum=1,
            maximum=3650,
        ),
    ] = 90
    notice_receipts_per_day: Annotated[
        int,
        S("Receipts by mail to one address in a day; beyond, notices are recorded and the status page tells.", minimum=0,
          maximum=100_000),
    ] = 40  # fmt: skip

    # Notices from a mailbox
    notice_imap_host: Annotated[
        str, S("IMAP server with a mailbox from which notices are fetched; empty: none.")
    ] = ""
    notice_imap_port: Annotated[int, S("Its port.", minimum=1, maximum=65_535)] = 993
    notice_imap_security: Annotated[
        Literal["tls", "starttls", "none"], S("How the connection is kept private; none is for tests.")
    ] = "tls"
    notice_imap_user: Annotated[str, S("Name to sign in with.")] = ""
    notice_imap_password: Annotated[str, S("Password to sign in with.", secret=True)] = ""
    notice_imap_folder: Annotated[str, S("The folder that is read.")] = "INBOX"
    notice_imap_done_folder: Annotated[
        str, S("Folder that mails are moved to once they are kept here; empty: they stay, marked as seen.")
    ] = ""
    notice_imap_interval_seconds: Annotated[
        int, S("How often the mailbox is looked at.", unit="seconds", minimum=5, maximum=86_400)
    ] = 30
    notice_imap_timeout_seconds: Annotated[
        int, S("How long a step of the IMAP server may take.", unit="seconds", minimum=1, maximum=600)
    ] = 60

    # Notices by form and API
    notice_forms: Annotated[
        bool, S("Whether notices can be sent by the public pages below /notice, and by the API for senders.")
    ] = True
    rate_notices: Annotated[
        int, S("Notices by form or API from one address per window.", unit="requests", minimum=1, maximum=10_000_000)
    ] = 30  # fmt: skip
    rate_notices_window_seconds: Annotated[
        int, S("Window of that limit.", unit="seconds", minimum=1, maximum=86_400)
    ] = 3600
    notice_form_characters: Annotated[
        int, S("Longest text of a notice by form.", unit="characters", minimum=1000, maximum=200_000)
    ] = 50_000
    notice_form_items: Annotated[
        int, S("Most addresses in a notice by form or API.", minimum=1, maximum=10_000)
    ] = 10_000

    @property
    def notice_kinds_by_address(self) -> Mapping[str, str]:
        """Address to kind; "" where none is named."""
        return _pairs(self.notice_mail_addresses)

    @property
    def notice_kinds_by_sender(self) -> Mapping[str, str]:
        """Domain to kind."""
        return _pairs(self.notice_mail_senders)

    @property
    def notice_from(self) -> str:
        """The address that the notice desk writes from; "" where it has none."""
        return next(iter(self.notice_kinds_by_address), "")

    @property
    def notices_come_by_mail(self) -> bool:
        """Whether a process has to take mail."""
        return bool(self.notice_lmtp_listen or self.notice_imap_host)


def _pairs(rows: tuple[str, ...]) -> dict[str, str]:
    found = (row.partition("=") for row in rows)
    return {key.strip().lower(): kind.strip() for key, _, kind in found if key.strip()}
