"""Settings of the moderation desk: how soon each lane is answered, how cases are taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from ..about import S
from .trust import TrustSettings


class DeskSettings(TrustSettings, frozen=True, kw_only=True):
    """The moderation desk."""

    # Moderation desk
    desk_target_p0_minutes: Annotated[
        int, S("How soon a threat to life (lane P0) is decided.", unit="minutes", minimum=1, maximum=100_000)
    ] = 15
    desk_target_p1_minutes: Annotated[
        int,
        S(
            "How soon lane P1 is decided: credible violence, terror.",
            unit="minutes",
            minimum=1,
            maximum=100_000,
        ),
    ] = 240
    desk_target_p2_minutes: Annotated[
        int,
        S("How soon lane P2 is decided: other unlawful things.", unit="minutes", minimum=1, maximum=100_000),
    ] = 1_440
    desk_target_p3_minutes: Annotated[
        int,
        S(
            "How soon lane P3 is decided: what breaks the rules here.",
            unit="minutes",
            minimum=1,
            maximum=100_000,
        ),
    ] = 4_320
    desk_target_p4_minutes: Annotated[
        int, S("How soon lane P4 is decided: spam, quality.", unit="minutes", minimum=1, maximum=100_000)
    ] = 10_080
    desk_reviewers: Annotated[
        float,
        S(
            "People of the staff at work at a time, on average: for the forecast.",
            minimum=0.0,
            maximum=10_000.0,
        ),
    ] = 2.0
    desk_decision_seconds: Annotated[
        float,
        S(
            "Time that a decision takes, on average: for the forecast.",
            unit="seconds",
            minimum=1.0,
            maximum=36_000.0,
        ),
    ] = 60.0
    desk_lease_seconds: Annotated[
        float,
        S(
            "A claimed case is free again when its moderator's app was silent for so long.",
            unit="seconds",
            minimum=30.0,
            maximum=86_400.0,
        ),
    ] = 600.0
    desk_relations_conflict: Annotated[
        bool,
        S("Whether cases about accounts that a moderator follows, blocks, or is blocked by go to others."),
    ] = True
    rule_trial_posts: Annotated[
        int,
        S(
            "How many of the newest posts a trial of a rule may look at.",
            unit="posts",
            minimum=1,
            maximum=1_000_000,
        ),
    ] = 20_000
    desk_reorder_seconds: Annotated[
        int,
        S(
            "How old the number of a waiting case may get before it is worked out anew.",
            unit="seconds",
            minimum=10,
            maximum=86_400,
        ),
    ] = 300
    desk_copies_seconds: Annotated[
        int,
        S("How often new posts are compared with cases.", unit="seconds", minimum=5, maximum=86_400),
    ] = 15
    anonymous_reports: Annotated[
        bool, S("Whether people without an account may report, by the page /report.")
    ] = True
    rate_anonymous_reports: Annotated[
        int, S("Such reports from one address per window.", unit="requests", minimum=1, maximum=10_000_000)
    ] = 5
    rate_anonymous_reports_window_seconds: Annotated[
        int, S("Window of that limit.", unit="seconds", minimum=1, maximum=86_400)
    ] = 3600
    anonymous_reports_hour_max: Annotated[
        int,
        S(
            "Most such reports that are taken in an hour, of all addresses together.",
            unit="reports",
            minimum=1,
            maximum=1_000_000,
        ),
    ] = 200

    @property
    def lane_targets_seconds(self) -> Mapping[str, float]:
        """How soon each lane is to be decided."""
        return {
            "P0": self.desk_target_p0_minutes * 60.0,
            "P1": self.desk_target_p1_minutes * 60.0,
            "P2": self.desk_target_p2_minutes * 60.0,
            "P3": self.desk_target_p3_minutes * 60.0,
            "P4": self.desk_target_p4_minutes * 60.0,
        }
