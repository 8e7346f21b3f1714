"""What a list is, and what its timeline shows."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ..graph import Viewer
from .errors import ListInvalid


class RepliesPolicy(StrEnum):
    """Whose posts may be answered for the answer to be shown; answers to oneself and to the owner always are."""

    FOLLOWED = "followed"
    LIST = "list"
    NONE = "none"


class ListView(msgspec.Struct, frozen=True):
    """A list as its owner sees it. `exclusive`: the home timeline leaves its members out."""

    id: int
    title: str
    replies_policy: RepliesPolicy
    exclusive: bool


class ListChange(msgspec.Struct, frozen=True):
    """What to set; None keeps what was set before, or is the default of a new list."""

    title: str | None = None
    replies_policy: str | None = None
    exclusive: bool | None = None


class ListLimits(msgspec.Struct, frozen=True):
    """The settings `lists_max`, `list_members_max` and `list_title_max_characters`."""

    lists: int
    members: int
    title_characters: int


def changed(before: ListView, change: ListChange, limits: ListLimits) -> ListView:
    """The list as the change makes it; raises ListInvalid."""
    title = before.title if change.title is None else change.title.strip()
    if not title:
        raise ListInvalid("title", "ERR_BLANK", "can't be blank")
    if len(title) > limits.title_characters:
        raise ListInvalid("title", "ERR_TOO_LONG", f"is longer than {limits.title_characters} characters")
    policy = before.replies_policy if change.replies_policy is None else change.replies_policy
    if policy not in set(RepliesPolicy):
        raise ListInvalid("replies_policy", "ERR_INCLUSION", f"must be one of {', '.join(RepliesPolicy)}")
    exclusive = before.exclusive if change.exclusive is None else change.exclusive
    return ListView(before.id, title, RepliesPolicy(policy), exclusive)


def answers_shown(policy: RepliesPolicy, members: frozenset[int], viewer: Viewer) -> list[int]:
    """Accounts whose posts may be answered for the answer to be shown in the list's timeline."""
    me = [] if viewer.account_id is None else [viewer.account_id]
    match policy:
        case RepliesPolicy.NONE:
            return me
        case RepliesPolicy.FOLLOWED:
            return [*me, *viewer.following]
    return [*me, *(ident for ident in members if ident in viewer.following)]
