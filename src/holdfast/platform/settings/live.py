"""Settings of live streams."""

from __future__ import annotations

from typing import Annotated

from .about import S
from .media import MediaSettings


class LiveSettings(MediaSettings, frozen=True, kw_only=True):
    """Streams over Server-Sent Events and WebSocket."""

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
