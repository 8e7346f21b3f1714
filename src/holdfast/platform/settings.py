"""Every setting of the server: one field, one type, one default, one sentence.

To add a setting, add a field to `Settings`. The annotation carries what the operator reads
(`doc`, `unit`), the limits, and whether the value is secret; the default is the field's default.
`config.py` reads the values, `holdfast config show` prints them, and a test holds
docs/reference/settings.md to this file.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec


@dataclass(frozen=True, slots=True)
class About:
    """What an operator needs to know of a setting. `minimum` and `maximum` are inclusive."""

    doc: str
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    secret: bool = False
    derived: str = ""
    """How an empty value is filled in, in words; such a setting never stays empty."""


S = About


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The effective settings. Built by `config.load_settings`, or directly in tests."""

    # Where it lives and listens
    data: Annotated[Path, S("Folder that holds everything this server keeps.")] = Path("data")
    host: Annotated[str, S("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, S("TCP port to listen on.", minimum=1, maximum=65535)] = 8420
    domain: Annotated[str, S("Name in addresses such as @name@domain.", derived="host and port")] = ""
    public_url: Annotated[
        str,
        S(
            "Address people reach it by.",
            derived="https://DOMAIN, or http:// when the domain is this machine",
        ),
    ] = ""
    workers: Annotated[int, S("Web processes.", minimum=1, maximum=64)] = 1
    trusted_proxies: Annotated[
        tuple[str, ...], S("Addresses or networks whose X-Forwarded-For and -Proto are believed.")
    ] = ("127.0.0.1", "::1")
    listen_backlog: Annotated[int, S("Connections the kernel queues.", minimum=16, maximum=65535)] = 1024
    connections_max: Annotated[
        int, S("Connections that one web process serves at once.", minimum=64, maximum=1_000_000)
    ] = 4096
    request_body_max_bytes: Annotated[
        int, S("Largest request body.", unit="bytes", minimum=65536, maximum=1 << 31)
    ] = 16 * 1024 * 1024
    request_timeout_seconds: Annotated[
        int, S("Longest time one request may take.", unit="seconds", minimum=1, maximum=600)
    ] = 30
    shutdown_grace_seconds: Annotated[
        int,
        S(
            "Time that running requests and jobs get to finish on stop.",
            unit="seconds",
            minimum=1,
            maximum=600,
        ),
    ] = 20
    start_timeout_seconds: Annotated[
        int, S("Time that web and worker get to become ready.", unit="seconds", minimum=5, maximum=3600)
    ] = 60
    min_free_disk_mb: Annotated[
        int, S("Refuse to start with less free disk than this.", unit="MiB", minimum=0, maximum=10_000_000)
    ] = 256

    # Database
    database_url: Annotated[
        str | None, S("PostgreSQL to use instead of the embedded one: postgresql://...", secret=True)
    ] = None
    database_pool_size: Annotated[int, S("Connections per web process.", minimum=2, maximum=200)] = 6
    worker_pool_size: Annotated[
        int, S("Connections per worker: one listens, the others run jobs.", minimum=2, maximum=200)
    ] = 3
    database_connect_timeout_seconds: Annotated[
        int, S("Time to reach an external database.", unit="seconds", minimum=1, maximum=300)
    ] = 10
    statement_timeout_seconds: Annotated[
        int, S("Longest time one statement may take in a request.", unit="seconds", minimum=1, maximum=3600)
    ] = 15
    postgres_user: Annotated[
        str,
        S("Account that runs the embedded PostgreSQL when started as root.", derived="postgres, else nobody"),
    ] = ""
    postgres_bin: Annotated[
        Path | None, S("Folder of PostgreSQL programs to use instead of the ones that come with Holdfast.")
    ] = None
    postgres_shared_buffers_mb: Annotated[
        int, S("Memory the embedded PostgreSQL caches pages in.", unit="MiB", minimum=16, maximum=262144)
    ] = 64

    # Keys and logs
    master_key: Annotated[
        str | None,
        S("Master key, 64 hexadecimal digits, instead of the file secrets/master.key.", secret=True),
    ] = None
    log_level: Annotated[Literal["debug", "info", "warning", "error"], S("Least severe entry to log.")] = (
        "info"
    )
    log_format: Annotated[
        Literal["auto", "text", "json"], S("How entries look; auto is text on a terminal, json elsewhere.")
    ] = "auto"

    # The community
    title: Annotated[str, S("Name of this server.")] = "Holdfast"
    description: Annotated[str, S("One paragraph about this server.")] = "A social network that stays."
    contact_email: Annotated[str, S("Address people can write to; shown publicly.")] = ""
    contact_account: Annotated[str, S("Account people can write to.", derived="the first owner")] = ""
    languages: Annotated[tuple[str, ...], S("Languages of this community, as ISO 639 codes.")] = ("en",)
    registrations: Annotated[
        Literal["open", "approval", "closed"], S("Who may sign up: everybody, after approval, nobody.")
    ] = "approval"
    timelines_access: Annotated[
        Literal["public", "members"],
        S("Who may read the public and the hashtag timelines: everybody, or members only."),
    ] = "public"
    source_url: Annotated[
        str,
        S("Where the source of the running version can be had (AGPL, section 13).", derived="the about page"),
    ] = ""
    rules: Annotated[
        tuple[str, ...], S("Rules of this server, one sentence each; shown to people and apps.")
    ] = ()
    privacy_policy_file: Annotated[
        Path | None, S("Text of the privacy policy; a relative path is taken from the data folder.")
    ] = None
    terms_file: Annotated[
        Path | None, S("Text of the terms of service; a relative path is taken from the data folder.")
    ] = None
    screening_rules_file: Annotated[
        Path | None, S("Rules for screening posts; a relative path is taken from the data folder.")
    ] = None
    screening_model_file: Annotated[
        Path | None,
        S(
            "Model for screening posts; a relative path is taken from the data folder.",
            derived="the model of the package",
        ),
    ] = None
    screening_point: Annotated[
        Literal["cautious", "balanced", "strict"],
        S("How soon the model flags or holds a post; `moderation points` tells what each costs."),
    ] = "balanced"
    screening_audit_percent: Annotated[
        int,
        S(
            "Posts that the second tier reads though the first sees nothing in them, at random.",
            unit="percent",
            minimum=0,
            maximum=100,
        ),
    ] = 1

    moderation_capacity_per_day: Annotated[
        int,
        S(
            "Posts that people can look at in a day; simulations compare the queue with it.",
            unit="posts",
            minimum=1,
            maximum=1_000_000,
        ),
    ] = 200

    # Limits of posts and profiles
    post_max_characters: Annotated[int, S("Longest post.", unit="characters", minimum=1, maximum=100_000)] = (
        500
    )
    post_max_mentions: Annotated[int, S("Most accounts mentioned in one post.", minimum=0, maximum=1000)] = 50
    post_max_media: Annotated[int, S("Most attachments of one post.", minimum=0, maximum=32)] = 4
    pinned_posts_max: Annotated[int, S("Most pinned posts per account.", minimum=0, maximum=100)] = 5
    poll_max_options: Annotated[int, S("Most options of a poll.", minimum=2, maximum=50)] = 4
    poll_option_max_characters: Annotated[
        int, S("Longest option of a poll.", unit="characters", minimum=1, maximum=500)
    ] = 50
    poll_min_seconds: Annotated[int, S("Shortest poll.", unit="seconds", minimum=60, maximum=86_400)] = 300
    poll_max_seconds: Annotated[int, S("Longest poll.", unit="seconds", minimum=3600, maximum=31_622_400)] = (
        2_629_746
    )
    username_max_characters: Annotated[
        int, S("Longest user name.", unit="characters", minimum=1, maximum=64)
    ] = 30
    display_name_max_characters: Annotated[
        int, S("Longest display name.", unit="characters", minimum=1, maximum=200)
    ] = 30
    bio_max_characters: Annotated[
        int, S("Longest profile text.", unit="characters", minimum=0, maximum=10_000)
    ] = 500
    profile_max_fields: Annotated[int, S("Most rows in a profile's table.", minimum=0, maximum=32)] = 4
    profile_field_name_max_characters: Annotated[
        int, S("Longest label of a profile row.", unit="characters", minimum=1, maximum=2048)
    ] = 255
    profile_field_value_max_characters: Annotated[
        int, S("Longest value of a profile row.", unit="characters", minimum=1, maximum=2048)
    ] = 255
    note_max_characters: Annotated[
        int, S("Longest private note about an account.", unit="characters", minimum=1, maximum=10_000)
    ] = 2000
    page_size_default: Annotated[int, S("Posts per page.", minimum=1, maximum=200)] = 20
    page_size_max: Annotated[int, S("Most posts per page.", minimum=1, maximum=200)] = 40
    accounts_page_size_default: Annotated[int, S("Accounts per page.", minimum=1, maximum=200)] = 40
    notifications_page_size_default: Annotated[int, S("Notifications per page.", minimum=1, maximum=200)] = 40
    notifications_page_size_max: Annotated[int, S("Most notifications per page.", minimum=1, maximum=200)] = (
        80
    )
    unread_count_max: Annotated[
        int, S("Unread notifications are counted up to this.", minimum=1, maximum=10_000)
    ] = 1000
    search_query_max_characters: Annotated[
        int, S("Longest search query.", unit="characters", minimum=10, maximum=10_000)
    ] = 500
    search_offset_max: Annotated[
        int, S("Most results that a search may skip.", minimum=0, maximum=1_000_000)
    ] = 10_000
    accounts_page_size_max: Annotated[int, S("Most accounts per page.", minimum=1, maximum=200)] = 80
    ids_per_request_max: Annotated[int, S("Most ids in one request.", minimum=1, maximum=500)] = 40

    # Rate limits
    rate_requests: Annotated[
        int, S("Requests per window, per account and per address.", minimum=1, maximum=10_000_000)
    ] = 300
    rate_window_seconds: Annotated[
        int, S("Window of the request limit.", unit="seconds", minimum=1, maximum=86_400)
    ] = 300
    rate_deletes: Annotated[
        int, S("Deletions and un-boosts per window and account.", minimum=1, maximum=10_000_000)
    ] = 30
    rate_deletes_window_seconds: Annotated[
        int, S("Window of the deletion limit.", unit="seconds", minimum=1, maximum=86_400)
    ] = 1800
    rate_signups: Annotated[int, S("Sign-ups per window and address.", minimum=1, maximum=10_000_000)] = 5
    rate_signups_window_seconds: Annotated[
        int, S("Window of the sign-up limit.", unit="seconds", minimum=1, maximum=86_400)
    ] = 1800
    rate_signin_attempts: Annotated[
        int, S("Failed sign-ins per window, per account and per address.", minimum=1, maximum=10_000_000)
    ] = 10
    rate_signin_window_seconds: Annotated[
        int, S("Window of the sign-in limit.", unit="seconds", minimum=1, maximum=86_400)
    ] = 900

    # Screening rules
    rule_figures_seconds: Annotated[
        int,
        S("How often each process writes down what its rules did.", unit="seconds", minimum=1, maximum=3600),
    ] = 60
    rule_figures_days: Annotated[
        int, S("How long figures of rules are kept.", unit="days", minimum=1, maximum=3650)
    ] = 30
    rule_breaker_window_seconds: Annotated[
        int,
        S(
            "Slice of time in which figures of rules are kept; a rule runs away in one or two of them.",
            unit="seconds",
            minimum=60,
            maximum=86_400,
        ),
    ] = 600
    rule_breaker_factor: Annotated[
        int, S("A rule runs away when it matches this many times its usual share.", minimum=2, maximum=10_000)
    ] = 10
    rule_breaker_min_authors: Annotated[
        int,
        S("A rule that matched fewer different authors never runs away.", minimum=1, maximum=1_000_000),
    ] = 20
    rule_breaker_min_posts: Annotated[
        int, S("Nor in fewer posts than this.", minimum=1, maximum=1_000_000)
    ] = 200

    # Second opinions
    second_opinion_url: Annotated[
        str,
        S("OpenAI-compatible API to ask about queued posts, such as https://example.org/v1; empty is off."),
    ] = ""
    second_opinion_model: Annotated[str, S("Name of the model that is asked there.")] = ""
    second_opinion_key_file: Annotated[
        Path | None,
        S("File whose first line is the key of that API; a relative path is taken from the data folder."),
    ] = None
    second_opinion_proxy_url: Annotated[
        str, S("HTTP proxy to reach it through; none is taken from the environment.", secret=True)
    ] = ""
    second_opinion_visibilities: Annotated[
        tuple[str, ...],
        S("Posts that may be sent there, by visibility: public, unlisted, private, direct."),
    ] = ("public", "unlisted")
    second_opinion_timeout_seconds: Annotated[
        int, S("Longest time one request may take.", unit="seconds", minimum=1, maximum=600)
    ] = 30
    second_opinion_daily_budget_requests: Annotated[
        int, S("Most requests in a day (UTC), failed ones included.", minimum=1, maximum=1_000_000)
    ] = 200
    second_opinion_daily_budget_tokens: Annotated[
        int,
        S("Most tokens in a day (UTC), of questions and answers.", minimum=10_000, maximum=10_000_000_000),
    ] = 200_000
    second_opinion_max_characters: Annotated[
        int, S("Of a longer post, only so much is sent.", unit="characters", minimum=100, maximum=100_000)
    ] = 4_000

    # Sessions, tokens, passwords
    session_lifetime_days: Annotated[
        int, S("Longest life of a browser session.", unit="days", minimum=1, maximum=3650)
    ] = 365
    session_idle_days: Annotated[
        int, S("A browser session unused for this long ends.", unit="days", minimum=1, maximum=3650)
    ] = 30
    authorization_code_seconds: Annotated[
        int, S("Life of an OAuth authorization code.", unit="seconds", minimum=30, maximum=3600)
    ] = 600
    one_time_link_hours: Annotated[
        int, S("Life of a one-time sign-in link.", unit="hours", minimum=1, maximum=720)
    ] = 24
    idempotency_key_hours: Annotated[
        int, S("How long an Idempotency-Key is remembered.", unit="hours", minimum=1, maximum=168)
    ] = 1
    password_min_characters: Annotated[
        int, S("Shortest password.", unit="characters", minimum=8, maximum=128)
    ] = 8
    password_max_characters: Annotated[
        int, S("Longest password.", unit="characters", minimum=64, maximum=4096)
    ] = 256

    # Imports
    import_batch_rows: Annotated[
        int, S("Rows of an import that are loaded in one transaction.", minimum=1, maximum=20_000)
    ] = 2000

    # Caches
    freshness: Annotated[
        Literal["auto", "shared_memory", "database"],
        S("How web processes learn that a cached row changed; auto is shared_memory on one machine."),
    ] = "auto"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of `SETTINGS`: name, Python type, default and what the operator reads."""

    name: str
    type: Any
    default: Any
    about: About

    @property
    def environment(self) -> str:
        """The environment variable that sets it."""
        return f"HOLDFAST_{self.name.upper()}"


def _table() -> dict[str, Setting]:
    hints = typing.get_type_hints(Settings, include_extras=True)
    defaults = dict(zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True))
    rows = {}
    for name, hint in hints.items():
        kind, about = typing.get_args(hint)
        rows[name] = Setting(name, kind, defaults[name], about)
    return rows


SETTINGS: dict[str, Setting] = _table()
