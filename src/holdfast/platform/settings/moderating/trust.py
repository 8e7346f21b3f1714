"""Settings of reports, of what the staff does, and of webhooks."""

from __future__ import annotations

from typing import Annotated, Literal

from ..about import S
from ..publishing import LiveSettings


class TrustSettings(LiveSettings, frozen=True, kw_only=True):
    """What members may report, how the staff is served, and who else is told."""

    # Reports and staff
    report_comment_characters: Annotated[
        int, S("Longest comment of a report.", unit="characters", minimum=100, maximum=20_000)
    ] = 1000
    report_posts_max: Annotated[int, S("Most posts that one report names.", minimum=1, maximum=1000)] = 100
    rate_reports: Annotated[
        int, S("Reports of one member per window.", unit="requests", minimum=1, maximum=10_000_000)
    ] = 30
    rate_reports_window_seconds: Annotated[
        int, S("Window of that limit.", unit="seconds", minimum=1, maximum=86_400)
    ] = 3600
    reported_posts_may_be_held: Annotated[
        bool,
        S(
            "Whether a reported post is hidden until a person decides when the closer look of screening says so."
        ),
    ] = True
    warning_presets: Annotated[
        tuple[str, ...], S("Texts that the staff can send to members, numbered from 1 in this order.")
    ] = ()
    admin_page_size_default: Annotated[
        int, S("Rows of a page of the staff's lists.", minimum=1, maximum=1000)
    ] = 100
    admin_page_size_max: Annotated[
        int, S("Most rows that a page of them may have.", minimum=1, maximum=1000)
    ] = 200
    domain_blocks_shown: Annotated[
        Literal["nobody", "members", "everybody"], S("Who may read which servers are blocked here.")
    ] = "nobody"
    domain_block_reasons_shown: Annotated[
        Literal["nobody", "members", "everybody"], S("Who of those may read the public reason, too.")
    ] = "nobody"

    # Decisions
    rule_policies: Annotated[
        tuple[str, ...],
        S(
            "For each of the rules, in their order, the id of the policy that it stands for, such as harassment."
        ),
    ] = ()
    bulk_most: Annotated[
        int, S("Most things that one decision in bulk may be about.", minimum=1, maximum=1_000_000)
    ] = 100_000
    bulk_second_person_above: Annotated[
        int,
        S("A decision in bulk about more than this needs a second person.", minimum=0, maximum=1_000_000),
    ] = 500

    # Mail
    mail_host: Annotated[
        str, S("Mail server that statements of reasons are sent through; empty sends no mail.")
    ] = ""
    mail_port: Annotated[int, S("Port of the mail server.", minimum=1, maximum=65_535)] = 587
    mail_security: Annotated[
        Literal["starttls", "tls", "none"],
        S("How the connection to the mail server is secured; none is for one on the same machine."),
    ] = "starttls"
    mail_user: Annotated[str, S("User name at the mail server; empty signs in nowhere.")] = ""
    mail_password: Annotated[str, S("Password at the mail server.", secret=True)] = ""
    mail_from: Annotated[str, S("Address that mail is sent from; empty is no-reply@ and the domain.")] = ""
    mail_timeout_seconds: Annotated[
        int, S("Longest wait for an answer of the mail server.", unit="seconds", minimum=1, maximum=300)
    ] = 30

    # Webhooks
    webhooks_of_posts: Annotated[
        bool,
        S("Whether webhooks may be told of posts: a job more for each post. Private ones are never told."),
    ] = False
    webhook_give_up_days: Annotated[
        int, S("A webhook that failed for so long is switched off.", unit="days", minimum=1, maximum=365)
    ] = 3
    webhooks_max: Annotated[int, S("Most webhooks.", minimum=1, maximum=1000)] = 20
