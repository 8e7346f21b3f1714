"""What a second opinion is asked under, and how it is shown."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ...platform.clock import Instant
from ...screening.opinions import Budget
from ...social.posts import PostState, Visibility


class Terms(NamedTuple):
    """What the operator allows: whom to ask, how much in a day, how much of a post, and which posts."""

    model: str
    budget: Budget
    max_characters: int
    visibilities: frozenset[Visibility]


class OpinionRequest(NamedTuple):
    """A request that is recorded and may be sent now. `body`: the JSON document for the endpoint."""

    id: int
    post_id: int
    body: bytes


class OpinionView(msgspec.Struct, frozen=True):
    """One request and what came of it. `failure` is "no_answer" when nothing was recorded: still under way, or the
    worker died, or the post was deleted. `scores` has every head, or is None."""

    post_id: int
    asked_at: Instant
    by_hand: bool
    model: str
    prompt_version: str
    current: bool
    scores: dict[str, float] | None
    reason: str
    failure: str | None
    answer: str
    seconds: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost: float | None


def waits_for_a_person(state: PostState, action: str | None) -> bool:
    """Whether a post is in the queue. `action`: of the last verdict on what it says now, None when there is none.

    A held post waits whatever was said of it later; one that is visible waits when it was flagged. A visible post
    whose verdict was to hold it has been released.
    """
    return state is PostState.HELD or (state is PostState.VISIBLE and action == "flag")
