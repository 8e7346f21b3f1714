"""Settings that bound how often: of members, of addresses and networks, of mailboxes, of visitors."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from .community import CommunitySettings

_MOST = 10_000_000
_DAY = 86_400


class LimitSettings(CommunitySettings, frozen=True, kw_only=True):
    """How often. A limit is a number and the window that it counts in."""

    # Rate limits
    rate_requests: Annotated[
        int,
        S("Requests per window of a member, and of an address without one.", minimum=1, maximum=_MOST),
    ] = 300
    rate_window_seconds: Annotated[
        int, S("Window of the request limit.", unit="seconds", minimum=1, maximum=_DAY)
    ] = 300
    rate_ipv4_prefix: Annotated[
        int, S("IPv4 addresses that share so many bits are one address.", unit="bits", minimum=8, maximum=32)
    ] = 32
    rate_ipv4_network_prefix: Annotated[
        int, S("IPv4 addresses that share so many bits are one network.", unit="bits", minimum=8, maximum=32)
    ] = 24
    rate_ipv6_prefix: Annotated[
        int,
        S("IPv6 addresses that share so many bits are one address.", unit="bits", minimum=16, maximum=128),
    ] = 64
    rate_ipv6_network_prefix: Annotated[
        int,
        S("IPv6 addresses that share so many bits are one network.", unit="bits", minimum=16, maximum=128),
    ] = 48
    rate_network_factor: Annotated[
        int, S("A network may do this many times what one of its addresses may.", minimum=1, maximum=10_000)
    ] = 10
    rate_deletes: Annotated[
        int, S("Deletions and un-boosts per window and account.", minimum=1, maximum=_MOST)
    ] = 30
    rate_deletes_window_seconds: Annotated[
        int, S("Window of the deletion limit.", unit="seconds", minimum=1, maximum=_DAY)
    ] = 1800
    rate_signups: Annotated[int, S("Sign-ups per window and address.", minimum=1, maximum=_MOST)] = 5
    rate_signups_window_seconds: Annotated[
        int, S("Window of the sign-up limit.", unit="seconds", minimum=1, maximum=_DAY)
    ] = 1800
    rate_mailbox: Annotated[
        int,
        S(
            "Sign-ups and requests for mail per window that name one mailbox, however it is spelled.",
            minimum=1,
            maximum=_MOST,
        ),
    ] = 5
    rate_mailbox_window_seconds: Annotated[
        int, S("Window of the mailbox limit.", unit="seconds", minimum=1, maximum=_DAY)
    ] = 1800
    rate_signin_attempts: Annotated[
        int, S("Failed sign-ins per window, per account and per address.", minimum=1, maximum=_MOST)
    ] = 10
    rate_signin_window_seconds: Annotated[
        int, S("Window of the sign-in limit.", unit="seconds", minimum=1, maximum=_DAY)
    ] = 900
    rate_links: Annotated[
        int, S("One-time links that an address may open per window.", minimum=1, maximum=_MOST)
    ] = 30
    rate_links_window_seconds: Annotated[
        int, S("Window of the limit of one-time links.", unit="seconds", minimum=1, maximum=_DAY)
    ] = 900
    rate_searches: Annotated[
        int,
        S("Searches per window of a member, and of an address without one.", minimum=1, maximum=_MOST),
    ] = 120
    rate_searches_window_seconds: Annotated[
        int, S("Window of the search limit.", unit="seconds", minimum=1, maximum=_DAY)
    ] = 300
    rate_apps: Annotated[
        int, S("Apps that are registered per window and address.", minimum=1, maximum=_MOST)
    ] = 30
    rate_apps_window_seconds: Annotated[
        int, S("Window of the limit of apps.", unit="seconds", minimum=1, maximum=_DAY)
    ] = 600
    rate_follows: Annotated[int, S("Follows per window and account.", minimum=1, maximum=_MOST)] = 400
    rate_follows_window_seconds: Annotated[
        int, S("Window of the follow limit.", unit="seconds", minimum=1, maximum=7 * _DAY)
    ] = _DAY
    rate_posts: Annotated[int, S("Posts per window and account.", minimum=1, maximum=_MOST)] = 300
    rate_posts_window_seconds: Annotated[
        int, S("Window of the post limit.", unit="seconds", minimum=1, maximum=7 * _DAY)
    ] = 10_800
    rate_new_account_posts: Annotated[
        int, S("Posts per hour of an account that is new here.", unit="posts", minimum=1, maximum=_MOST)
    ] = 60
    new_account_days: Annotated[
        int, S("How long an account is new.", unit="days", minimum=0, maximum=365)
    ] = 7

    # Visitors
    visitor_reads: Annotated[
        int,
        S(
            "Different posts and accounts that an address may read per window without signing in.",
            minimum=50,
            maximum=_MOST,
        ),
    ] = 1500
    visitor_reads_window_seconds: Annotated[
        int, S("Window of that limit.", unit="seconds", minimum=60, maximum=7 * _DAY)
    ] = 3600
