"""Settings of who and what is here: the community, its texts, its screening."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from ..about import S
from .server import ServerSettings

FeedAccess = Literal["timelines_access", "public", "members", "disabled"]
"""Who may read a feed: whoever `timelines_access` says, everybody, members only, nobody."""


class CommunitySettings(ServerSettings, frozen=True, kw_only=True):
    """Who this is for."""

    # The community
    title: Annotated[str, S("Name of this server.")] = "Holdfast"
    description: Annotated[str, S("One paragraph about this server.")] = "A social network that stays."
    contact_email: Annotated[str, S("Address people can write to; shown publicly.")] = ""
    contact_account: Annotated[str, S("Account people can write to.", derived="the first owner")] = ""
    languages: Annotated[tuple[str, ...], S("Languages of this community, as ISO 639 codes.")] = ("en",)
    registrations: Annotated[
        Literal["open", "approval", "closed"], S("Who may sign up: everybody, after approval, nobody.")
    ] = "approval"
    oauth_password_grant: Annotated[
        bool,
        S(
            "Whether apps may trade a name and a password for a token. For test suites; `up --dev` turns it on."
        ),
    ] = False
    registrations_message: Annotated[
        str, S("What people read where sign-ups are closed, beside that they are.")
    ] = ""
    sign_up_reason_required: Annotated[
        bool, S("Whether a sign-up that waits for approval has to say why.")
    ] = False
    sign_up_min_age: Annotated[
        int,
        S(
            "Youngest age to sign up; 0 asks nobody. The date of birth is compared and not kept.",
            unit="years",
            minimum=0,
            maximum=99,
        ),
    ] = 0
    timelines_access: Annotated[
        Literal["public", "members"],
        S("Who may read timelines of everybody's posts, where no setting below says otherwise."),
    ] = "public"
    live_feeds_local: Annotated[FeedAccess, S("Who may read the newest posts of this server.")] = (
        "timelines_access"
    )
    live_feeds_remote: Annotated[FeedAccess, S("Who may read the newest posts of other servers.")] = (
        "disabled"
    )
    hashtag_feeds_local: Annotated[FeedAccess, S("Who may read posts of this server by hashtag.")] = (
        "timelines_access"
    )
    hashtag_feeds_remote: Annotated[FeedAccess, S("Who may read posts of other servers by hashtag.")] = (
        "disabled"
    )
    link_feeds_local: Annotated[FeedAccess, S("Who may read posts of this server by the link in them.")] = (
        "timelines_access"
    )
    link_feeds_remote: Annotated[
        FeedAccess, S("Who may read posts of other servers by the link in them.")
    ] = "disabled"
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
