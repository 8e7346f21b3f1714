"""Settings that bound how often: of members, of addresses and networks, of mailboxes, of visitors; and how large, how many."""

from __future__ import annotations

from typing import Annotated

from .about import S
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


class CapSettings(LimitSettings, frozen=True, kw_only=True):
    """How large, how many."""

    # Limits of posts and profiles
    post_max_characters: Annotated[int, S("Longest post.", unit="characters", minimum=1, maximum=100_000)] = (
        500
    )
    post_max_mentions: Annotated[int, S("Most accounts mentioned in one post.", minimum=0, maximum=1000)] = 50
    post_max_media: Annotated[int, S("Most attachments of one post.", minimum=0, maximum=32)] = 4
    pinned_posts_max: Annotated[int, S("Most pinned posts per account.", minimum=0, maximum=100)] = 5
    scheduled_posts_max: Annotated[
        int, S("Most posts of one account that wait for their time.", minimum=0, maximum=100_000)
    ] = 300
    scheduled_posts_per_day: Annotated[
        int,
        S(
            "Most posts of one account that are to be published within one day, in UTC.",
            minimum=0,
            maximum=10_000,
        ),
    ] = 25
    scheduled_min_seconds: Annotated[
        int, S("How far ahead a post is scheduled at least.", unit="seconds", minimum=1, maximum=86_400)
    ] = 300
    scheduled_max_days: Annotated[
        int, S("How far ahead a post is scheduled at most.", unit="days", minimum=1, maximum=1_000_000)
    ] = 1_000_000
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
    notification_group_accounts_max: Annotated[
        int, S("Most accounts that are named as standing behind one group.", minimum=1, maximum=10_000)
    ] = 1000
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
    context_ancestors_max: Annotated[
        int, S("Most posts above one in a thread, for members.", minimum=1, maximum=10_000)
    ] = 4096
    context_descendants_max: Annotated[
        int, S("Most posts below one in a thread, for members.", minimum=1, maximum=10_000)
    ] = 4096
    context_depth_max: Annotated[
        int, S("How many answers deep a thread is shown to members.", minimum=1, maximum=10_000)
    ] = 4096
    context_anonymous_ancestors_max: Annotated[
        int, S("Most posts above one in a thread, for visitors.", minimum=1, maximum=10_000)
    ] = 40
    context_anonymous_descendants_max: Annotated[
        int, S("Most posts below one in a thread, for visitors.", minimum=1, maximum=10_000)
    ] = 60
    context_anonymous_depth_max: Annotated[
        int, S("How many answers deep a thread is shown to visitors.", minimum=1, maximum=10_000)
    ] = 20
    lists_max: Annotated[int, S("Most lists per account.", minimum=0, maximum=1000)] = 50
    list_members_max: Annotated[int, S("Most accounts in one list.", minimum=1, maximum=10_000)] = 1000
    list_title_max_characters: Annotated[
        int, S("Longest title of a list.", unit="characters", minimum=1, maximum=1000)
    ] = 256
    filters_max: Annotated[int, S("Most filters per account.", minimum=0, maximum=1000)] = 100
    filter_keywords_max: Annotated[int, S("Most keywords in one filter.", minimum=1, maximum=1000)] = 100
    filter_posts_max: Annotated[
        int, S("Most single posts that one filter names.", minimum=1, maximum=1000)
    ] = 100
    filter_keyword_max_characters: Annotated[
        int, S("Longest keyword of a filter.", unit="characters", minimum=1, maximum=1000)
    ] = 512
    filter_title_max_characters: Annotated[
        int, S("Longest title of a filter.", unit="characters", minimum=1, maximum=1000)
    ] = 256
    followed_tags_max: Annotated[
        int, S("Most hashtags that one account follows.", minimum=0, maximum=1000)
    ] = 200
    featured_tags_max: Annotated[int, S("Most hashtags on a profile.", minimum=0, maximum=100)] = 10
    endorsements_max: Annotated[int, S("Most accounts on a profile.", minimum=0, maximum=1000)] = 100
    ids_per_request_max: Annotated[int, S("Most ids in one request.", minimum=1, maximum=500)] = 40
