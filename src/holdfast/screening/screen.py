"""The one thing that posting asks: `Screen.assess(content) -> Verdict`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import structlog

from holdfast.screening.classifier import (
    VIOLENCE,
    VIOLENT_HEADS,
    AbsentModel,
    LocalModel,
    ModelFile,
    PointName,
)
from holdfast.screening.model import (
    MAX_EVIDENCE_SPANS,
    Action,
    Content,
    Judge,
    Lane,
    LateJudge,
    Opinion,
    Verdict,
    more_urgent,
    stricter,
)
from holdfast.screening.rules import Problem, RuleEngine, RuleSet, load_rules
from holdfast.screening.tiers import ModelUnusable

log = structlog.get_logger(__name__)


class Screen:
    """The judges of this server, asked together. Build once; `assess` is safe from any thread.

    The strictest action and the most urgent lane win; a score is the highest any judge gives. A judge that
    fails never lets a post through unseen and never stops posting: the post is published, flagged and noted.
    """

    def __init__(self, judges: Sequence[Judge], *, rules: RuleSet | None = None) -> None:
        # Judges that want to know what others said come last, else the order is the caller's.
        self._judges = tuple(sorted(judges, key=lambda judge: isinstance(judge, LateJudge)))
        self._asked = tuple(
            (judge, judge if isinstance(judge, LateJudge) else None) for judge in self._judges
        )
        self.rules = rules
        self.version = " ".join(judge.version for judge in self._judges)
        self._nothing = Verdict(
            action="allow", lane=None, scores={}, rules=[], evidence=[], version=self.version
        )

    @property
    def rule_engine(self) -> RuleEngine | None:
        """The judge that rules make, if there is one."""
        return next((judge for judge in self._judges if isinstance(judge, RuleEngine)), None)

    @property
    def local_model(self) -> LocalModel | None:
        """The judge that a model file makes, if there is one."""
        return next((judge for judge in self._judges if isinstance(judge, LocalModel)), None)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was skipped in the rule file."""
        return self.rules.problems if self.rules else ()

    def warm(self) -> None:
        """Load what is loaded lazily, so that no post waits for it. Problems are logged; posts say them again."""
        for judge in self._judges:
            if isinstance(judge, LocalModel):
                try:
                    judge.warm()
                except ModelUnusable as error:
                    log.error("screening.model_unusable", problem=str(error))

    def assess(self, content: Content) -> Verdict:
        """Judge one content. CPU only, bounded time, never raises."""
        opinions: list[Opinion] = []
        for judge, late in self._asked:
            try:
                opinion = judge.judge(content) if late is None else late.judge_after(content, opinions)
                if opinion.action == "refuse" and not judge.may_refuse:
                    opinion = _as_hold(opinion)
                opinions.append(opinion)
            except Exception:  # the seam's promise: posting never fails because of screening
                log.exception("screening.judge_failed", judge=judge.version)
                opinions.append(Opinion(action="flag", lane="P3", rules=["note.judge_failed"]))
        if not any(opinion.rules or opinion.scores or opinion.shadow_rules for opinion in opinions):
            return self._nothing
        return self._together(content, opinions)

    def assess_media(self, hashes: tuple[str, ...]) -> Verdict | None:
        """Judge an upload by what it is known as; None when no rule asks for that."""
        engine = self.rule_engine
        if engine is None or not engine.knows_media:
            return None
        return self.assess(Content(text="", media_count=1, media_hashes=hashes))

    def assess_many(self, contents: Iterable[Content]) -> list[Verdict]:
        """Judge many, in their order."""
        return [self.assess(content) for content in contents]

    def _together(self, content: Content, opinions: Sequence[Opinion]) -> Verdict:
        action: Action = "allow"
        lane: Lane | None = None
        reason: str | None = None
        scores: dict[str, float] = {}
        for opinion in opinions:
            if opinion.reason and stricter(action, opinion.action) != action:
                reason = opinion.reason
            action = stricter(action, opinion.action)
            lane = more_urgent(lane, opinion.lane)
            for head, score in opinion.scores.items():
                scores[head] = max(scores.get(head, 0.0), score)
        if violent := [scores[head] for head in (*VIOLENT_HEADS, VIOLENCE) if head in scores]:
            # The union of the violent heads is never less likely than one of them, whoever named it.
            scores[VIOLENCE] = max(violent)
        return Verdict(
            action=action,
            lane=lane,
            scores=scores,
            rules=list(dict.fromkeys(rule for opinion in opinions for rule in opinion.rules)),
            evidence=_merged([span for opinion in opinions for span in opinion.evidence], len(content.text)),
            version=self.version,
            reason=reason,
            shadow_rules=list(dict.fromkeys(rule for opinion in opinions for rule in opinion.shadow_rules)),
            canary_rules=list(dict.fromkeys(rule for opinion in opinions for rule in opinion.canary_rules)),
        )


def _as_hold(opinion: Opinion) -> Opinion:
    return Opinion(
        action="hold",
        lane=opinion.lane,
        scores=opinion.scores,
        rules=opinion.rules,
        evidence=opinion.evidence,
        shadow_rules=opinion.shadow_rules,
        canary_rules=opinion.canary_rules,
        targets=opinion.targets,
    )


def _merged(spans: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Sorted, overlaps joined, inside the text, at most `MAX_EVIDENCE_SPANS`."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        start, end = max(0, start), min(end, length)
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged[:MAX_EVIDENCE_SPANS]


class ModelChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Which model judges, and how. `file` None: the one that the package carries.

    `thorough`: the second tier reads everything, which takes milliseconds a post; posting asks it only where
    the first is not sure.
    """

    file: Path | None = None
    point: PointName = "balanced"
    audit_share: float = 0.01
    thorough: bool = False


SHIPPED_MODEL: Final = ModelChoice()


def load_screen(
    path: Path | None = None, *, model: ModelChoice | None = SHIPPED_MODEL, log_problems: bool = True
) -> Screen:
    """Build the screen from a rule file (None: the default rules) and a model (None: rules alone, by choice).

    Problems are logged and kept, never raised: a model that cannot be used is said loudly, and every post is
    queued for a person until it can.
    """
    rules = load_rules(path)
    for problem in rules.problems if log_problems else ():
        log.warning("screening.rule_problem", file=problem.file, where=problem.where, what=problem.what)
    judges: list[Judge] = [RuleEngine(rules)]
    if model is not None:
        judges.append(_model_judge(model))
    return Screen(judges, rules=rules)


def _model_judge(choice: ModelChoice) -> Judge:
    try:
        return LocalModel(
            ModelFile(choice.file),
            point=choice.point,
            audit_share=choice.audit_share,
            thorough=choice.thorough,
        )
    except ModelUnusable as error:
        log.error("screening.model_unusable", problem=str(error), effect="every post is queued for a person")
        return AbsentModel()
