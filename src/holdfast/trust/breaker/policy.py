"""Reading the file of stages: the operator's, or the one that comes with the program."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec
import structlog

from .errors import StagesNotUsable
from .model import KINDS, BreakerPolicy, Measure

log = structlog.get_logger(__name__)

_ORDER = tuple(Measure)


@cache
def shipped_stages() -> BreakerPolicy:
    """The stages that come with the program."""
    return read_stages(files(__package__).joinpath("shipped_stages.toml").read_text("utf-8"))


def stages_of(path: Path | None) -> BreakerPolicy:
    """Those of a file, or the shipped ones. Raises StagesNotUsable."""
    if path is None:
        return shipped_stages()
    try:
        return read_stages(path.read_text("utf-8"))
    except OSError as error:
        raise StagesNotUsable(f"{path} cannot be read: {error.strerror}") from None


def usable_stages(path: Path | None) -> BreakerPolicy:
    """Those of a file; where it cannot be used, the shipped ones, and the log says why: a slip in a file must neither
    stop the place nor leave it without a breaker."""
    try:
        return stages_of(path)
    except StagesNotUsable as error:
        log.error("breaker.stages_not_usable", problem=error.public)
        return shipped_stages()


def read_stages(text: str) -> BreakerPolicy:
    """The policy that a TOML text says. Raises StagesNotUsable."""
    try:
        policy = msgspec.convert(tomllib.loads(text), BreakerPolicy)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StagesNotUsable(f"the stages of the breaker: {error}") from None
    given = [one for stage in policy.stages for one in stage.measures]
    names = [stage.name for stage in policy.stages]
    problem = ""
    if not policy.stages or len(set(names)) < len(names) or "none" in names:
        problem = "there must be stages, each with a name of its own other than none"
    elif given != sorted(set(given), key=_ORDER.index):
        problem = f"measures go from the mildest to the strictest, each once: {', '.join(_ORDER)}"
    elif not set(policy.lanes) <= {"P0", "P1", "P2", "P3", "P4"} or not policy.lanes:
        problem = "lanes are P0 to P4"
    elif not KINDS.issuperset(policy.risky_kinds):
        problem = f"risky_kinds are {', '.join(sorted(KINDS))}"
    elif not 0 < policy.leave_share < 1 or policy.calm_seconds < 0 or policy.escalate_after_seconds < 0:
        problem = "leave_share lies between 0 and 1, and no time is negative"
    elif any("en" not in words for stage in policy.stages for words in (stage.title, stage.says)):
        problem = "title and says need a text in en"
    elif min(policy.new_account_posts_hour, policy.new_account_follows_hour, policy.open_least) < 1:
        problem = "open_least and what new accounts may do in an hour are 1 at least"
    if problem:
        raise StagesNotUsable(f"the stages of the breaker: {problem}")
    return policy
