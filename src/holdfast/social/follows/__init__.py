"""Follows: asking, accepting, ending; with the counters that everybody sees."""

from .authorise_request import authorise_request
from .events import AccountFollowed, FollowAccepted, FollowEnded, FollowRejected, FollowRequested
from .follow import FollowState, follow
from .reject_request import reject_request
from .remove_follower import remove_follower
from .sever import sever
from .unfollow import unfollow

__all__ = [
    "AccountFollowed", "FollowAccepted", "FollowEnded", "FollowRejected", "FollowRequested", "FollowState",
    "authorise_request", "follow", "reject_request", "remove_follower", "sever", "unfollow",
]  # fmt: skip
