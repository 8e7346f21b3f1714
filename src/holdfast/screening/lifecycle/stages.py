"""Stages of a rule: draft -> simulate -> shadow -> canary -> live -> retired, and which step may follow which.

A rule file names a stage for each rule; a recorded step overrides it. A promotion counts only for the very rule that
was promoted (its fingerprint); after the rule is changed, the milder of the file's stage and the recorded one counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, Literal, NamedTuple

Stage = Literal["draft", "simulate", "shadow", "canary", "live", "retired"]

STAGES: Final[tuple[Stage, ...]] = ("draft", "simulate", "shadow", "canary", "live", "retired")

STEPS: Final[Mapping[Stage, tuple[Stage, ...]]] = {
    "draft": ("simulate", "retired"),
    "simulate": ("shadow", "draft", "retired"),
    "shadow": ("canary", "draft", "retired"),
    "canary": ("canary", "live", "shadow", "retired"),
    "live": ("canary", "shadow", "retired"),
    "retired": ("draft",),
}
"""From each stage, those that may follow. From canary to canary changes the share."""

RUNNING: Final[frozenset[Stage]] = frozenset({"shadow", "canary", "live"})
"""Stages in which a rule is asked about posts as they arrive."""

_EFFECT: Final[Mapping[Stage, int]] = {
    "draft": 0,
    "simulate": 0,
    "retired": 0,
    "shadow": 1,
    "canary": 2,
    "live": 3,
}


class Standing(NamedTuple):
    """Where a rule stands. `share` (0..1) of the authors are under it while it is a canary."""

    stage: Stage
    share: float = 1.0
    fingerprint: str = ""


def effective(in_file: Stage, fingerprint: str, recorded: Standing | None) -> Standing:
    """What counts: the recorded standing; for a rule changed since, the milder of that and the file's."""
    own = Standing(in_file, 1.0, fingerprint)
    if recorded is None:
        return own
    if recorded.fingerprint == fingerprint or _EFFECT[recorded.stage] < _EFFECT[in_file]:
        return recorded
    return own


def may_follow(now: Stage, then: Stage) -> bool:
    """Whether a step is one of the table."""
    return then in STEPS[now]


def is_under_canary(rule_id: str, author_id: int | None, share: float) -> bool:
    """Whether this author belongs to the share of authors for whom the rule counts: always the same answer.

    Each rule has authors of its own, and a larger share includes the smaller one. An unknown author is in none.
    """
    if author_id is None:
        return False
    digest = blake2b(f"{rule_id}:{author_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2.0**64


MODEL: Final = "model."
"""How verdicts and steps name an output of the model: this, then the output."""


def model_version_of(version: str) -> str:
    """The part of a screen's version that names its model: FILE/POINT; the whole where there is none."""
    named = [part for part in version.split() if "/" in part]
    return named[-1] if named else version


def quiet_heads(recorded: Mapping[str, Standing], version: str) -> frozenset[str]:
    """Outputs of this model (FILE/POINT) that hide nothing at the moment."""
    return frozenset(
        name.removeprefix(MODEL)
        for name, standing in recorded.items()
        if name.startswith(MODEL) and standing.stage == "shadow" and standing.fingerprint == version
    )
