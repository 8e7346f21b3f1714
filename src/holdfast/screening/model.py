"""What is screened, what is said about it, and who may say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, Protocol, runtime_checkable

import msgspec

Action = Literal["allow", "flag", "hold", "refuse"]
Lane = Literal["P0", "P1", "P2", "P3", "P4"]

ACTIONS: Final[tuple[Action, ...]] = ("allow", "flag", "hold", "refuse")
"""From mild to strict."""
LANES: Final[tuple[Lane, ...]] = ("P0", "P1", "P2", "P3", "P4")
"""From most urgent to least."""

MAX_EVIDENCE_SPANS: Final = 32


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A post as its author sends it, with the facts about it that rules may use.

    `text` is plain text (no HTML). Facts that are not known stay at their defaults. Labels are those
    that have not expired; `media_hashes` name the uploads as banks do (`sha256:...`, `pdq:...`); `link_labels` are those of all domains that the post links to. A post that was reported is looked
    at more closely.
    """

    text: str
    spoiler_text: str = ""
    language: str | None = None
    link_urls: tuple[str, ...] = ()
    author_age_days: float | None = None
    author_post_count: int | None = None
    is_reply: bool = False
    is_quote: bool = False
    mention_count: int = 0
    media_count: int = 0
    media_hashes: tuple[str, ...] = ()
    author_id: int | None = None
    author_posts_this_hour: int | None = None
    author_labels: frozenset[str] = frozenset()
    link_labels: frozenset[str] = frozenset()
    is_reported: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What screening says about one content.

    `action`: allow (publish), flag (publish and queue), hold (author only until a person decides),
    refuse (do not take it; `reason` says why). `scores`: head -> 0..1. `evidence`: character offsets
    into `Content.text`, end exclusive. `rules` ids of live rules that hit and notes such as
    `note.truncated`; `shadow_rules` hit too but changed nothing; `canary_rules`
    are those of `rules` that are on trial for a share of the authors.
    """

    action: Action
    lane: Lane | None
    scores: dict[str, float]
    rules: list[str]
    evidence: list[tuple[int, int]]
    version: str
    reason: str | None = None
    shadow_rules: list[str] = []
    canary_rules: list[str] = []


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What one judge (the rules, a model) says; a `Screen` puts opinions together.

    `targets`: whom the content is about -> 0..1, as far as the judge can tell.
    """

    action: Action = "allow"
    lane: Lane | None = None
    scores: Mapping[str, float] = {}
    rules: Sequence[str] = ()
    evidence: Sequence[tuple[int, int]] = ()
    reason: str | None = None
    shadow_rules: Sequence[str] = ()
    canary_rules: Sequence[str] = ()
    targets: Mapping[str, float] = {}


class Judge(Protocol):
    """Anything that can form an opinion: the rule engine, a local model."""

    @property
    def version(self) -> str:
        """Name and content hash, so that a verdict can be traced to what made it."""

    @property
    def may_refuse(self) -> bool:
        """Whether `refuse` is honoured; otherwise it counts as `hold`."""

    def judge(self, content: Content) -> Opinion:
        """Form an opinion: CPU only, bounded, no I/O."""


@runtime_checkable
class LateJudge(Protocol):
    """A judge that is asked after all others, and told what they said: rules that compare scores."""

    def judge_after(self, content: Content, earlier: Sequence[Opinion]) -> Opinion:
        """Form an opinion from the content and the opinions of the other judges; bounds as for `judge`."""


def stricter(one: Action, other: Action) -> Action:
    """The stricter of two actions."""
    return max(one, other, key=ACTIONS.index)


def more_urgent(one: Lane | None, other: Lane | None) -> Lane | None:
    """The more urgent of two lanes; None is less urgent than any."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=LANES.index)
