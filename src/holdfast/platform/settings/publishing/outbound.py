"""Settings of requests that leave the server: to addresses that strangers give, and to push services."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from .screening import ScreeningSettings


class OutboundSettings(ScreeningSettings, frozen=True, kw_only=True):
    """Requests that leave the server."""

    # Outbound HTTP
    outbound_ports: Annotated[
        tuple[str, ...],
        S("Ports and ranges of ports of addresses that strangers give; requests go nowhere else."),
    ] = ("80", "443", "1024-65535")
    outbound_private_allowed: Annotated[
        tuple[str, ...],
        S(
            "Hosts, hosts with a port, and networks that may be reached on behalf of strangers although they are"
            " private: bot.internal:8080, 10.1.0.0/16. Those may be asked by http:// too."
        ),
    ] = ()
    outbound_proxy_url: Annotated[
        str,
        S(
            "HTTP proxy for requests to addresses that strangers give; none is taken from the environment.",
            secret=True,
        ),
    ] = ""
    outbound_timeout_seconds: Annotated[
        int,
        S(
            "Longest time one such request may take, with its redirects and its waiting.",
            unit="seconds",
            minimum=1,
            maximum=300,
        ),
    ] = 30
    outbound_concurrent_max: Annotated[
        int, S("Most such requests that one process makes at once.", minimum=1, maximum=1000)
    ] = 32
    outbound_per_host_max: Annotated[int, S("Most of them to one host.", minimum=1, maximum=100)] = 4
    outbound_errands_max: Annotated[
        int,
        S(
            "Most errands of one kind, such as fetching cards, that one worker has under way.",
            minimum=1,
            maximum=100,
        ),
    ] = 4

    # Preview cards
    preview_cards: Annotated[
        bool,
        S("Whether the first link of a post is asked for what it says of itself, and shown below the post."),
    ] = True
    card_jitter_seconds: Annotated[
        int,
        S(
            "It is asked at a random time within this after the post.",
            unit="seconds",
            minimum=0,
            maximum=3600,
        ),
    ] = 5
    card_fresh_hours: Annotated[
        int,
        S(
            "How long a card will do before its address is asked again.",
            unit="hours",
            minimum=1,
            maximum=8760,
        ),
    ] = 12
    card_timeout_seconds: Annotated[
        int, S("Longest time a page may take.", unit="seconds", minimum=1, maximum=60)
    ] = 10
    card_image_max_bytes: Annotated[
        int, S("Largest picture of a card.", unit="bytes", minimum=65_536, maximum=104_857_600)
    ] = 8_388_608
    card_page_max_bytes: Annotated[
        int, S("Of a page so much is read.", unit="bytes", minimum=16_384, maximum=16_777_216)
    ] = 1_048_576

    # Web Push
    push_ttl_seconds: Annotated[
        int,
        S(
            "A push message older than this is not worth sending any more.",
            unit="seconds",
            minimum=60,
            maximum=2_419_200,
        ),
    ] = 172_800
    push_timeout_seconds: Annotated[
        int, S("Longest time a push service may take for one message.", unit="seconds", minimum=1, maximum=60)
    ] = 10
    push_concurrent_max: Annotated[
        int, S("Most push messages that one worker has under way.", minimum=1, maximum=100)
    ] = 16
    push_give_up_days: Annotated[
        int,
        S(
            "A push subscription that took nothing for so long is removed.",
            unit="days",
            minimum=1,
            maximum=90,
        ),
    ] = 7
    push_subscriptions_max: Annotated[
        int,
        S(
            "Most push subscriptions of one account; the ones renewed longest ago go.",
            minimum=1,
            maximum=1000,
        ),
    ] = 50
    push_access_token: Annotated[
        bool,
        S(
            "Whether push messages carry the app's own access token, encrypted for its device. Apps that know by it"
            " which account a message is for show nothing without it; then access tokens are kept sealed."
        ),
    ] = True
