"""The life of a rule, without I/O: stages and their steps, what a rule did, and when it runs away."""

from holdfast.screening.lifecycle.breaker import BreakerLimits, Span, runs_away, usual_rate
from holdfast.screening.lifecycle.stages import (
    RUNNING,
    STAGES,
    STEPS,
    Stage,
    Standing,
    effective,
    is_under_canary,
    may_follow,
    model_version_of,
    quiet_heads,
)
from holdfast.screening.lifecycle.statistics import Did, RuleStatistics

__all__ = [
    "RUNNING",
    "STAGES",
    "STEPS",
    "BreakerLimits",
    "Did",
    "RuleStatistics",
    "Span",
    "Stage",
    "Standing",
    "effective",
    "is_under_canary",
    "may_follow",
    "model_version_of",
    "quiet_heads",
    "runs_away",
    "usual_rate",
]
