"""Settings of streams, and of what is found without being looked for."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from .media import MediaSettings


class LiveSettings(MediaSettings, frozen=True, kw_only=True):
    """Streams over Server-Sent Events and WebSocket; what is found without being looked for."""

    # Live streams
    streams_per_account_max: Annotated[
        int, S("Streams that one account may have open in one web process.", minimum=1, maximum=100_000)
    ] = 64
    streams_per_address_max: Annotated[
        int, S("Streams that one address may have open in one web process.", minimum=1, maximum=1_000_000)
    ] = 500
    stream_subscriptions_max: Annotated[
        int, S("Streams that one WebSocket may follow at once.", minimum=1, maximum=1000)
    ] = 100
    stream_waiting_max: Annotated[
        int,
        S(
            "Events that wait for a client that reads too slowly; with one more its stream is closed.",
            minimum=10,
            maximum=100_000,
        ),
    ] = 500
    stream_heartbeat_seconds: Annotated[
        int, S("A quiet stream is sent a sign of life this often.", unit="seconds", minimum=1, maximum=300)
    ] = 15
    stream_check_seconds: Annotated[
        int,
        S(
            "How often it is looked whose access has ended; their streams close.",
            unit="seconds",
            minimum=1,
            maximum=5,
        ),
    ] = 1

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
