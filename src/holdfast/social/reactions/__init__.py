"""Reactions: boosts, favourites, bookmarks, pins, votes, muted threads."""

from .bookmark import set_bookmark
from .boost import boost_post
from .close import close_polls
from .events import PollClosed, PostBoosted, PostFavourited, PostUnfavourited
from .favourite import set_favourite
from .mute_thread import set_thread_mute
from .pin import set_pin
from .queries import (
    BOOKMARKS,
    BOOSTED_BY,
    FAVOURITED_BY,
    FAVOURITES,
    boost_by,
    collected,
    post_of_poll,
)
from .vote import vote_in_poll

__all__ = [
    "BOOKMARKS", "BOOSTED_BY", "FAVOURITED_BY", "FAVOURITES", "PollClosed", "PostBoosted",
    "PostFavourited", "PostUnfavourited", "boost_by", "boost_post", "close_polls", "collected", "post_of_poll",
    "set_bookmark", "set_favourite", "set_pin", "set_thread_mute", "vote_in_poll",
]  # fmt: skip
