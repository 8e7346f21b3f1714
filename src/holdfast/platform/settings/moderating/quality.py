"""Settings of how well the desk works, and of what happens when there is too much."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from ..about import S
from .desk import DeskSettings

_HEAVY = ("threat", "threat_direct", "violence", "incitement", "glorification", "legal", "harassment_hate")


class QualitySettings(DeskSettings, frozen=True, kw_only=True):
    """Second looks, samples, reviewers, and what happens when there is too much."""

    # Quality of decisions
    second_look_p0_percent: Annotated[
        float, S("Share of decisions in lane P0 that a second person judges blind.", unit="%", minimum=0.0, maximum=100.0)
    ] = 25.0  # fmt: skip
    second_look_p1_percent: Annotated[
        float, S("The same in lane P1.", unit="%", minimum=0.0, maximum=100.0)
    ] = 10.0
    second_look_p2_percent: Annotated[
        float, S("The same in lane P2.", unit="%", minimum=0.0, maximum=100.0)
    ] = 5.0
    second_look_p3_percent: Annotated[
        float, S("The same in lane P3.", unit="%", minimum=0.0, maximum=100.0)
    ] = 3.0
    second_look_p4_percent: Annotated[
        float, S("The same in lane P4.", unit="%", minimum=0.0, maximum=100.0)
    ] = 1.0
    second_look_wide_posts: Annotated[
        int, S("A decision that takes away at least so many posts is always judged by a second person; 0: never.", unit="posts", minimum=0, maximum=100_000)
    ] = 10  # fmt: skip
    quality_gold_every: Annotated[
        int, S("A reviewer meets a gold item after so many decisions; 0: never.", minimum=0, maximum=100_000)
    ] = 50
    quality_pass_percent: Annotated[
        float, S("A reviewer's results fail when the share that was right is surely below this.", unit="%", minimum=0.0, maximum=100.0)
    ] = 70.0  # fmt: skip
    quality_results_least: Annotated[
        int, S("Results before a reviewer can fail.", minimum=3, maximum=100_000)
    ] = 10
    quality_window_days: Annotated[
        int, S("How far back results and estimates reach.", unit="days", minimum=1, maximum=3650)
    ] = 30
    quality_requeue_most: Annotated[
        int,
        S("Decisions of a failing reviewer that are looked at again, at most.", minimum=0, maximum=100_000),
    ] = 200
    quality_sample_posts: Annotated[
        int, S("Public posts that nothing flagged, drawn each day to be looked at; 0: none.", unit="posts", minimum=0, maximum=100_000)
    ] = 20  # fmt: skip
    rule_overturn_percent: Annotated[
        float, S("A rule or an output of the model goes to shadow when people surely overturn more of what it held than this.", unit="%", minimum=1.0, maximum=100.0)
    ] = 50.0  # fmt: skip
    rule_overturn_least: Annotated[int, S("Cases before that can happen.", minimum=5, maximum=1_000_000)] = 20

    # Reviewers
    reviewer_daily_items: Annotated[
        int, S("Cases that one person is given in a day.", minimum=1, maximum=100_000)
    ] = 400
    reviewer_daily_heavy: Annotated[
        int, S("Of those, cases of heavy categories.", minimum=1, maximum=100_000)
    ] = 120
    reviewer_daily_minutes: Annotated[
        int, S("Time with cases that one person has in a day.", unit="minutes", minimum=1, maximum=1_440)
    ] = 300
    reviewer_heavy_categories: Annotated[tuple[str, ...], S("Categories of cases that count as heavy.")] = (
        _HEAVY
    )
    reviewer_break_after_minutes: Annotated[
        int, S("After so long without a pause a break is due.", unit="minutes", minimum=5, maximum=1_440)
    ] = 90
    reviewer_break_minutes: Annotated[
        int, S("How long a break is.", unit="minutes", minimum=1, maximum=1_440)
    ] = 10

    # Breaker of the backlog
    backlog_breaker: Annotated[
        bool, S("Whether new accounts are slowed down by stages while more comes in than the team can answer in time.")
    ] = True  # fmt: skip
    breaker_stages_file: Annotated[
        Path | None, S("TOML file with stages of your own; see the guide to moderation.")
    ] = None
    breaker_check_seconds: Annotated[
        int, S("How often the breaker looks at the backlog.", unit="seconds", minimum=10, maximum=86_400)
    ] = 60

    # Transparency
    transparency_count_seconds: Annotated[
        int, S("How often new records are counted for the transparency page.", unit="seconds", minimum=5, maximum=86_400)
    ] = 60  # fmt: skip
    transparency_count_most: Annotated[
        int, S("Records that are counted at a time; more wait for the next time.", unit="records", minimum=256,
               maximum=1_000_000)
    ] = 20_000  # fmt: skip

    # Appeals, and what is hidden until a person looks
    appeal_filing_days: Annotated[
        int, S("How long after a decision it can be appealed; the law asks for six months.", unit="days", minimum=1, maximum=3_650)
    ] = 183  # fmt: skip
    appeal_answer_days: Annotated[
        int, S("How soon an appeal is to be answered.", unit="days", minimum=1, maximum=365)
    ] = 14
    appeal_characters: Annotated[
        int, S("Longest text in an appeal.", unit="characters", minimum=100, maximum=100_000)
    ] = 3_000
    appeal_messages: Annotated[
        int, S("How many messages each side may write in an appeal.", minimum=1, maximum=1_000)
    ] = 10
    hold_return_p2_hours: Annotated[
        int, S("After how long a post held in lane P2 returns if nobody decided.", unit="hours", minimum=1, maximum=8_760)
    ] = 168  # fmt: skip
    hold_return_p3_hours: Annotated[
        int, S("The same in lane P3.", unit="hours", minimum=1, maximum=8_760)
    ] = 72
    hold_return_p4_hours: Annotated[
        int, S("The same in lane P4.", unit="hours", minimum=1, maximum=8_760)
    ] = 24
    hold_page_minutes: Annotated[
        int, S("After how long a post held in lane P0 or P1, which never returns by itself, has the staff paged.", unit="minutes", minimum=1, maximum=100_000)
    ] = 60  # fmt: skip

    @property
    def hold_return_seconds(self) -> Mapping[str, float]:
        """How long a post stays held when nobody decides, by lane; what is not named stays until a person decides."""
        return {
            "P2": self.hold_return_p2_hours * 3600.0,
            "P3": self.hold_return_p3_hours * 3600.0,
            "P4": self.hold_return_p4_hours * 3600.0,
        }

    @property
    def second_look_shares(self) -> Mapping[str, float]:
        """Share of decisions that are judged twice, by lane, 0 to 1."""
        return {
            "P0": self.second_look_p0_percent / 100, "P1": self.second_look_p1_percent / 100,
            "P2": self.second_look_p2_percent / 100, "P3": self.second_look_p3_percent / 100,
            "P4": self.second_look_p4_percent / 100,
        }  # fmt: skip
