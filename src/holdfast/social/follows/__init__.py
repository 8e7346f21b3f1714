"""Follows: asking, accepting, ending; with the counters that everybody sees."""

from .authorise import authorise_request
from .events import AccountFollowed, FollowAccepted, FollowEnded, FollowRejected, FollowRequested
from .follow import FollowState, follow_account
from .reject import reject_request
from .remove import remove_follower
from .sever import sever_accounts
from .unfollow import unfollow_account

__all__ = [
    "AccountFollowed", "FollowAccepted", "FollowEnded", "FollowRejected", "FollowRequested", "FollowState",
    "authorise_request", "follow_account", "reject_request", "remove_follower", "sever_accounts", "unfollow_account",
]  # fmt: skip
