"""Settings of screening rules and of second opinions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from ..about import S
from ..serving import CapSettings


class ScreeningSettings(CapSettings, frozen=True, kw_only=True):
    """What watches the rules, and who else is asked."""

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
