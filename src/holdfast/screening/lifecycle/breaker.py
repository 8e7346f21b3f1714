"""The runaway breaker: a rule that suddenly matches far more than it ever did is more likely wrong than right."""

from __future__ import annotations

from typing import NamedTuple


class BreakerLimits(NamedTuple):
    """When a rule counts as running away; every number is a setting.

    `factor`: how many times its usual rate. `min_authors`: never below so many different authors in the window.
    `min_posts`: nor below so many posts in the window; also how much history a new rule is given credit for.
    """

    factor: float = 10.0
    min_authors: int = 20
    min_posts: int = 200


class Span(NamedTuple):
    """A stretch of time: posts screened while the rule ran, and how many different authors it matched."""

    posts: int
    authors: int


def usual_rate(before: Span, limits: BreakerLimits) -> float:
    """Matches per post to be expected, never 0: what was seen, and one match in `min_posts` unseen ones."""
    return (before.authors + 1) / (before.posts + limits.min_posts)


def runs_away(now: Span, before: Span, limits: BreakerLimits) -> bool:
    """Whether the rate of matches in the window `now` is far above the rule's own history `before`."""
    if now.authors < limits.min_authors or now.posts < limits.min_posts:
        return False
    return now.authors / now.posts > limits.factor * usual_rate(before, limits)
