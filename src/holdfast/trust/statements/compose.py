"""From a decision to the text that the member reads: every part that Article 17 of the Digital Services Act asks for."""

from __future__ import annotations

from collections.abc import Iterator

from ...platform.clock import Instant
from ..effects import ActionKind
from .model import Automation, Reasons, SourceType
from .words import MEASURES, REVERSED_SUBJECTS, SUBJECTS, WORDS

_POSTS_SHOWN = 20
_SOURCES = {
    SourceType.NOTICE: "law_notice",
    SourceType.TRUSTED_FLAGGER: "trusted_notice",
    SourceType.OTHER_NOTIFICATION: "notice",
    SourceType.VOLUNTARY: "voluntary",
}
_AUTOMATION = {Automation.NOT: "not_automated", Automation.PARTIALLY: "partially", Automation.FULLY: "fully"}


def compose(reasons: Reasons, language: str) -> tuple[str, str]:
    """Subject and text. Pure: the same decision gives the same words."""
    parts = (
        _what(reasons, language),
        _about(reasons, language),
        _facts(reasons, language),
        _why(reasons, language),
        _added(reasons, language),
        _redress(language),
    )
    return SUBJECTS[language], "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def compose_reversal(made_at: Instant, language: str) -> tuple[str, str]:
    """Subject and text of the message that a decision was taken back."""
    words = WORDS[language]
    text = f"{words['reversed'].format(at=_time(made_at))}\n\n{words['reversed_why']}"
    return REVERSED_SUBJECTS[language], text


def _what(reasons: Reasons, language: str) -> Iterator[str]:
    words, measures = WORDS[language], MEASURES[language]
    lasting = [one for one in reasons.measures if one.action is not ActionKind.WARN]
    ends = {one.until for one in lasting}
    yield f"## {words['what']}"
    for measure in reasons.measures:
        if measure.action in measures:
            text = measures[measure.action].format(label=measure.label)
            if measure.until is not None and len(ends) > 1:
                text = words["ends"].format(measure=text, at=_time(measure.until))
            yield f"- {text}"
    if lasting:
        territory = ", ".join(reasons.territory) or words["everywhere"]
        yield words["where"].format(territory=territory)
        if len(ends) > 1:
            # Each says its own above.
            if None in ends:
                yield words["rest_open"]
        elif (end := next(iter(ends))) is not None:
            yield words["until"].format(at=_time(end))
        else:
            yield words["open_end"]


def _about(reasons: Reasons, language: str) -> Iterator[str]:
    words = WORDS[language]
    yield f"## {words['about']}"
    for post in reasons.posts[:_POSTS_SHOWN]:
        yield f"- {words['post'].format(at=_time(post.created_at), excerpt=post.excerpt)}"
    if len(reasons.posts) > _POSTS_SHOWN:
        yield f"- {words['more_posts'].format(count=len(reasons.posts) - _POSTS_SHOWN)}"
    if not reasons.posts:
        yield f"- {words['account']}"


def _facts(reasons: Reasons, language: str) -> Iterator[str]:
    words = WORDS[language]
    yield f"## {words['facts']}"
    if reasons.facts:
        yield reasons.facts
    yield words[_SOURCES[reasons.source]]
    yield words["detected" if reasons.automated_detection else "not_detected"]
    yield words[_AUTOMATION[reasons.automation]]


def _why(reasons: Reasons, language: str) -> Iterator[str]:
    words = WORDS[language]
    yield f"## {words['why']}"
    if reasons.ground:
        yield words["law" if reasons.law else "terms"].format(ground=reasons.ground.rstrip("."))
    if reasons.explanation:
        yield reasons.explanation
    if reasons.policy is not None:
        title = reasons.policy.text(language).title
        yield words["policy"].format(title=title, reference=reasons.policy.reference)


def _added(reasons: Reasons, language: str) -> Iterator[str]:
    if reasons.added:
        yield f"## {WORDS[language]['added']}"
        yield reasons.added


def _redress(language: str) -> Iterator[str]:
    words = WORDS[language]
    yield f"## {words['redress']}"
    for name in ("appeal", "settlement", "court"):
        yield f"- {words[name]}"


def _time(at: Instant) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
