"""Settings of what people find without having looked for it: trends, suggestions, announcements."""

from __future__ import annotations

from typing import Annotated

from .about import S
from .portability import PortabilitySettings


class DiscoverySettings(PortabilitySettings, frozen=True, kw_only=True):
    """Trends, suggestions, announcements."""

    # Discovery
    trends: Annotated[bool, S("Whether trends are computed and shown.")] = True
    trends_review: Annotated[
        bool, S("Whether only what the staff approved is shown as a trend; else what they did not reject.")
    ] = False
    trends_min_accounts: Annotated[
        int,
        S("How many different people make a trend.", unit="accounts", minimum=1, maximum=100_000),
    ] = 3
    trends_half_life_hours: Annotated[
        int,
        S("After this long, a use or a favourite counts half.", unit="hours", minimum=1, maximum=168),
    ] = 12
    trends_refresh_minutes: Annotated[
        int, S("How often trends are computed.", unit="minutes", minimum=1, maximum=1440)
    ] = 5
    trends_max: Annotated[
        int, S("Most trends of one kind.", unit="tags, posts or links", minimum=1, maximum=1000)
    ] = 100
    suggested_accounts: Annotated[
        tuple[str, ...], S("Names of accounts of this server that are suggested to everybody first.")
    ] = ()
    announcement_reactions_max: Annotated[
        int, S("Most different emoji below one announcement.", unit="emoji", minimum=0, maximum=100)
    ] = 8
    announcement_max_characters: Annotated[
        int, S("Longest announcement.", unit="characters", minimum=1, maximum=100_000)
    ] = 10_000
