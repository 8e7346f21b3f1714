"""Settings that bound how large and how many: posts, profiles, pages, lists, filters."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from .limits import LimitSettings


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
