"""The breaker of the backlog as a state machine: readings of lanes in, at most one stage up or down out. Pure.

It trips when the forecast says that a lane's promise will be broken, goes further while that goes on, and goes back step
by step when all that waits could be decided in time. It changes what new accounts may do and how far unreviewed posts
go; it has no measure that takes away what was published, and none that touches the order of work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant


class Measure(StrEnum):
    """Everything that the breaker can do, from the mildest to the strictest."""

    TIGHTER_LIMITS = "tighter_limits"
    HOLD_FIRST_POSTS = "hold_first_posts"
    SLOW_SPREAD = "slow_spread"
    READ_ONLY_NEW = "read_only_new"


class Cause(StrEnum):
    """Why it moved."""

    FORECAST = "forecast"  # a promise will be broken
    BROKEN = "broken"  # one is
    CALM = "calm"
    STAFF = "staff"


KINDS: Final = frozenset({"link", "media", "mention", "quote", "reply"})
"""Of a post, as `risky_kinds` names them."""


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stage. `measures`: what it adds to those before it. `title`, `says`: for everybody, by language."""

    name: str
    measures: tuple[Measure, ...]
    title: Mapping[str, str]
    says: Mapping[str, str]


class BreakerPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When it trips, what it does, when it goes back: data, as `shipped_stages.toml` explains."""

    version: int
    lanes: tuple[str, ...]
    stages: tuple[Stage, ...]
    open_least: int = 20
    escalate_after_seconds: float = 600.0
    calm_seconds: float = 900.0
    leave_share: float = 0.5
    new_account_days: int = 7
    first_posts: int = 5
    new_account_posts_hour: int = 4
    new_account_follows_hour: int = 10
    risky_kinds: tuple[str, ...] = ("link", "media", "mention", "quote")
    high_risk_lanes: tuple[str, ...] = ("P0", "P1", "P2")

    @property
    def reference(self) -> str:
        """How records name it."""
        return f"breaker@{self.version}"

    def measures_at(self, stage: int) -> frozenset[Measure]:
        """Everything that is in force at a stage; 0: nothing."""
        return frozenset(one for entered in self.stages[:stage] for one in entered.measures)

    def name_of(self, stage: int) -> str:
        """The name of a stage; 0 is `none`."""
        return self.stages[stage - 1].name if 0 < stage <= len(self.stages) else "none"


class LaneReading(msgspec.Struct, frozen=True):
    """A lane now, as the forecast has it. wait_seconds None: what waits will never be decided at this rate.
    breach_in_seconds None: no breach in sight, 0: the promise is broken."""

    lane: str
    open: int
    target_seconds: float
    wait_seconds: float | None
    breach_in_seconds: float | None


class State(msgspec.Struct, frozen=True):
    """Where it stands. `since`: when this stage began. `lane`: the one that pressed last."""

    stage: int
    since: Instant
    pressed_since: Instant | None = None
    calm_since: Instant | None = None
    lane: str | None = None
    paused_until: Instant | None = None


class Move(msgspec.Struct, frozen=True):
    """The state after a look; `cause` None: the stage is what it was."""

    state: State
    cause: Cause | None


class PostTraits(msgspec.Struct, frozen=True):
    """What is known of a post that is about to be published, and of its author."""

    account_age_days: float
    account_posts: int
    kinds: frozenset[str]


def step(policy: BreakerPolicy, state: State, readings: Sequence[LaneReading], now: Instant) -> Move:
    """One look. At most one stage up or down; up only under pressure, down only after it was calm for long enough."""
    state = msgspec.structs.replace(state, stage=min(state.stage, len(policy.stages)))
    if state.paused_until is not None and state.paused_until > now:
        return Move(msgspec.structs.replace(state, pressed_since=None, calm_since=None), None)
    watched = [one for one in readings if one.lane in policy.lanes]
    pressing = [one for one in watched if _presses(policy, one)]
    if pressing:
        return _pressed(policy, state, pressing, now)
    if not all(_is_calm(policy, one) for one in watched):
        return Move(msgspec.structs.replace(state, pressed_since=None, calm_since=None), None)
    calm = state.calm_since or now
    state = msgspec.structs.replace(state, pressed_since=None, calm_since=calm)
    if state.stage == 0 or (now - max(calm, state.since)).total_seconds() < policy.calm_seconds:
        return Move(state, None)
    down = state.stage - 1
    return Move(
        msgspec.structs.replace(state, stage=down, since=now, lane=state.lane if down else None), Cause.CALM
    )


def _pressed(policy: BreakerPolicy, state: State, pressing: Sequence[LaneReading], now: Instant) -> Move:
    broken = any(one.breach_in_seconds == 0 for one in pressing)
    lane = min(one.lane for one in pressing)
    kept = msgspec.structs.replace(
        state, pressed_since=state.pressed_since or now, calm_since=None, lane=lane
    )
    patience = policy.escalate_after_seconds / (2 if broken else 1)
    waited = (now - state.since).total_seconds()
    if state.stage >= len(policy.stages) or (state.stage > 0 and waited < patience):
        return Move(kept, None)
    cause = Cause.BROKEN if broken else Cause.FORECAST
    return Move(msgspec.structs.replace(kept, stage=state.stage + 1, since=now), cause)


def _presses(policy: BreakerPolicy, one: LaneReading) -> bool:
    """A breach within one length of the target, of a lane with more than a few cases."""
    ahead = one.breach_in_seconds
    return one.open >= policy.open_least and ahead is not None and ahead <= one.target_seconds


def _is_calm(policy: BreakerPolicy, one: LaneReading) -> bool:
    if one.open < policy.open_least:
        return True
    fits = one.wait_seconds is not None and one.wait_seconds <= policy.leave_share * one.target_seconds
    return fits and one.breach_in_seconds is None


def is_new(policy: BreakerPolicy, *, age_days: float, posts: int) -> bool:
    """Whether an account is one of those that the measures are for."""
    return age_days < policy.new_account_days or posts < policy.first_posts


def must_wait(policy: BreakerPolicy, post: PostTraits) -> bool:
    """Whether a post is held until somebody looked, while first posts of risky kinds are."""
    new = is_new(policy, age_days=post.account_age_days, posts=post.account_posts)
    return new and bool(post.kinds.intersection(policy.risky_kinds))
