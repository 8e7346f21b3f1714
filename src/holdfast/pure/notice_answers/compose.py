"""From outcomes to words. Pure: the same facts, template and language give the same text.

A template has gaps `{{ name }}`. Which gaps a kind of answer must have and fill is `GAPS`; what fills them comes from the
facts, or from `notes`, which a person wrote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from ..notices import ItemOutcome, one_line
from .errors import AnswerIncomplete, AnswerTemplateLacks
from .model import AnswerFacts, AnswerKind, Ground, ItemAnswer
from .words import GROUNDS, MEASURES, OUTCOMES, WORDS

NOTE_CHARACTERS: Final = 20_000
"""Of what a person writes into one gap."""
ITEMS_MAX: Final = 2_000
"""Items that one answer lists. The status page lists them all."""
_ADDRESS_CHARACTERS = 500
_GAP = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}")
# What people leave in a text to come back to.
_LEFT = re.compile(r"\{\{|\}\}|#{3,}|\[\.\.\.\]|\bTODO\b|\bXXX\b")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class Gaps(NamedTuple):
    """Of one kind of answer: what its template must say, what it may say, and what of it a person writes."""

    needed: frozenset[str]
    possible: frozenset[str]
    written: frozenset[str]


_ALWAYS: Final = frozenset({"reference", "received", "count", "summary", "status_page"})
_BY_HAND: Final = frozenset(
    {"note", "prevention", "dispute", "reason", "questions", "body", "authority", "ground", "asked_until"}
)


def _gaps(needed: str, possible: str) -> Gaps:
    must = frozenset({"reference", *needed.split()})
    may = must | _ALWAYS | frozenset(possible.split())
    return Gaps(must, may, may & _BY_HAND)


GAPS: Final[Mapping[AnswerKind, Gaps]] = {
    AnswerKind.ACKNOWLEDGEMENT: _gaps("received status_page", "note"),
    AnswerKind.NEEDS_INFO: _gaps("questions", "note"),
    AnswerKind.DECISION: _gaps("received items automation redress", "note"),
    AnswerKind.REFUSAL: _gaps("received reason redress", "items automation note"),
    AnswerKind.HOST_REPLY: _gaps("received items prevention dispute", "automation note"),
    AnswerKind.ORDER_EFFECTED: _gaps("received items authority order_reference", "note"),
    AnswerKind.ORDER_NOT_EFFECTED: _gaps("received authority order_reference ground reason", "items note"),
    AnswerKind.EXTENSION: _gaps("received asked_until reason", "note"),
    AnswerKind.LETTER: _gaps("body", "note items"),
}

# Blank where there is nothing to say: a host that asked about nothing that was disputed is told of no dispute.
_MAY_BE_BLANK = frozenset(
    {"note", "prevention", "dispute", "items", "automation", "summary", "count", "status_page"}
)


class Composed(NamedTuple):
    """Subject and text of an answer."""

    subject: str
    text: str


def check_template(kind: AnswerKind, texts: Mapping[str, str]) -> None:
    """Raises AnswerTemplateLacks where a text of the template has no gap for what has to be said, or one that nothing
    fills."""
    for language, text in texts.items():
        found = set(_GAP.findall(text))
        if lacking := GAPS[kind].needed - found:
            raise AnswerTemplateLacks(
                f"{kind.template_id} in {language} has no gap for: {', '.join(sorted(lacking))}"
            )
        if unknown := found - GAPS[kind].possible:
            raise AnswerTemplateLacks(
                f"{kind.template_id} in {language} has gaps that nothing fills: {', '.join(sorted(unknown))}"
            )


def compose(
    kind: AnswerKind, facts: AnswerFacts, texts: Mapping[str, str], language: str, *, unfinished: bool = False
) -> Composed:
    """Subject and text in a language. texts: of the template, by language. unfinished: gaps that a person has yet to
    fill stay as they are, for a preview.

    Raises AnswerIncomplete, AnswerTemplateLacks.
    """
    check_template(kind, texts)
    _check_notes(kind, facts)
    values = {**_from_facts(facts, language), **{name: _clean(text) for name, text in facts.notes.items()}}
    if ground := values.get("ground"):
        values["ground"] = GROUNDS[language][_ground(ground)]
    if kind is AnswerKind.REFUSAL and not values.get("reason"):
        values["reason"] = _reasons_of(facts)
    text = texts.get(language) or texts.get("en") or next(iter(texts.values()))
    missing = missing_gaps(kind, facts, values)
    if missing and not unfinished:
        raise AnswerIncomplete(
            f"the answer still has to say: {', '.join(missing)}",
            details={name: [("ERR_BLANK", "has to be filled in")] for name in missing},
        )
    return Composed(
        WORDS[language]["subject"].format(reference=facts.reference), _filled(text, values, missing)
    )


def missing_gaps(kind: AnswerKind, facts: AnswerFacts, values: Mapping[str, str] | None = None) -> list[str]:
    """Gaps that a person has yet to fill before this kind of answer can be sent."""
    filled = values if values is not None else {**_from_facts(facts, "en"), **facts.notes}
    missing = {
        name for name in GAPS[kind].needed - _MAY_BE_BLANK
        if not filled.get(name, "").strip() and not (name == "reason" and kind is AnswerKind.REFUSAL and _reasons_of(facts))
    }  # fmt: skip
    undecided = not facts.items or any(one.outcome is None for one in facts.items)
    if undecided and kind in (AnswerKind.DECISION, AnswerKind.HOST_REPLY, AnswerKind.ORDER_EFFECTED):
        missing.add("items")
    if kind is AnswerKind.HOST_REPLY:
        missing |= _host_lacks(facts)
    return sorted(missing)


def _host_lacks(facts: AnswerFacts) -> set[str]:
    """A host is told what was done and how it is prevented, or why it is disputed."""
    done = any(one.outcome is ItemOutcome.ACTIONED for one in facts.items)
    left = [one for one in facts.items if one.outcome in (ItemOutcome.REFUSED, ItemOutcome.OUT_OF_SCOPE)]
    lacking = set()
    if done and not facts.notes.get("prevention", "").strip():
        lacking.add("prevention")
    if any(not one.reason.strip() for one in left) and not facts.notes.get("dispute", "").strip():
        lacking.add("dispute")
    return lacking


def _check_notes(kind: AnswerKind, facts: AnswerFacts) -> None:
    for name, text in facts.notes.items():
        if name not in GAPS[kind].written:
            raise AnswerIncomplete(f"{name[:40]} is no gap of {kind.value} that is written by hand")
        if len(text) > NOTE_CHARACTERS:
            raise AnswerIncomplete(f"{name} must have at most {NOTE_CHARACTERS} characters")
        if found := _LEFT.search(text):
            raise AnswerIncomplete(
                f"{name} still holds {found[0]!r}, which looks unfinished; nothing was sent"
            )


def _ground(text: str) -> Ground:
    try:
        return Ground(text)
    except ValueError:
        raise AnswerIncomplete(f"ground must be one of {', '.join(Ground)}") from None


def _reasons_of(facts: AnswerFacts) -> str:
    return "\n".join(dict.fromkeys(one.reason.strip() for one in facts.items if one.reason.strip()))


def _from_facts(facts: AnswerFacts, language: str) -> dict[str, str]:
    words = WORDS[language]
    count = len(facts.items)
    counted = words["count_none" if not count else "count_one" if count == 1 else "count_many"]
    return {
        "reference": one_line(facts.reference),
        "order_reference": one_line(facts.sender_reference) or one_line(facts.reference),
        "received": time_text(facts.received_at),
        "count": counted.format(count=count),
        "items": "\n\n".join(_items(facts, language)),
        "summary": "\n".join(_sums(facts, language)),
        "automation": words[f"some_{most}" if (most := _automation(facts)) else "none_automated"],
        "redress": "\n".join(_redress(facts, language)),
        "status_page": facts.status_page,
    }


def _automation(facts: AnswerFacts) -> str:
    used = {one.automation for one in facts.items}
    return "fully" if "fully" in used else "partially" if "partially" in used else ""


def _sums(facts: AnswerFacts, language: str) -> Iterator[str]:
    counted: Counter[ItemOutcome | None] = Counter(one.outcome for one in facts.items)
    for outcome in (*ItemOutcome, None):
        if counted[outcome]:
            said = WORDS[language]["open"] if outcome is None else OUTCOMES[language][outcome]
            yield WORDS[language]["sum"].format(outcome=_begun(said), count=counted[outcome])


def _begun(said: str) -> str:
    """As the beginning of a sentence."""
    return said[:1].upper() + said[1:]


def _items(facts: AnswerFacts, language: str) -> Iterator[str]:
    if not facts.items:
        yield WORDS[language]["nothing_named"]
    for item in facts.items[:ITEMS_MAX]:
        yield "\n".join(item_lines(item, language))
    if len(facts.items) > ITEMS_MAX:
        yield WORDS[language]["more"].format(count=len(facts.items) - ITEMS_MAX)


def item_lines(item: ItemAnswer, language: str) -> Iterator[str]:
    """What is said of one item: its address, what became of it, when, under what, and by whom."""
    words = WORDS[language]
    yield words["item"].format(n=item.n, address=one_line(item.address)[:_ADDRESS_CHARACTERS])
    said = words["open"] if item.outcome is None else OUTCOMES[language][item.outcome]
    lines = [f"{_begun(said)}."]
    lines += [MEASURES[language][one] for one in item.measures if one in MEASURES[language]]
    if item.outcome is ItemOutcome.DUPLICATE and item.same_as:
        lines.append(words["same_as"].format(what=one_line(item.same_as)[:_ADDRESS_CHARACTERS]))
    if item.outcome is ItemOutcome.ACTIONED:
        if item.acted_at is not None:
            lines.append(words["acted"].format(at=time_text(item.acted_at)))
        if item.ground:
            lines.append(words["law" if item.law else "terms"].format(ground=_clean(item.ground).rstrip(".")))
        if item.policy:
            title = item.policy_title or item.policy.partition("@")[0]
            lines.append(words["policy"].format(title=_clean(title), reference=item.policy))
    if item.reason.strip():
        lines.append(words["reason"].format(reason=_clean(item.reason)))
    if item.outcome in (ItemOutcome.ACTIONED, ItemOutcome.REFUSED):
        lines.append(words[item.automation])
        if item.detected:
            lines.append(words["detected"])
    for line in lines:
        yield "   " + line.replace("\n", "\n   ")


def _redress(facts: AnswerFacts, language: str) -> Iterator[str]:
    words = WORDS[language]
    if facts.complaint_page:
        yield "- " + words["complaint"].format(page=facts.complaint_page)
    else:
        yield "- " + words["complaint_reply"].format(reference=one_line(facts.reference))
    yield f"- {words['settlement']}"
    yield f"- {words['court']}"


def _filled(text: str, values: Mapping[str, str], missing: list[str]) -> str:
    """The text with its gaps filled; a paragraph whose gaps are all blank is left out."""
    paragraphs = []
    for paragraph in text.strip().split("\n\n"):
        names = _GAP.findall(paragraph)
        if names and not any(values.get(name, "").strip() or name in missing for name in names):
            continue
        paragraphs.append(
            _GAP.sub(lambda match: match[0] if match[1] in missing else values.get(match[1], ""), paragraph)
        )
    return "\n\n".join(paragraphs) + "\n"


def _clean(text: str) -> str:
    """Lines end in one way, and nothing in it is a control."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def time_text(at: datetime) -> str:
    """An instant as people read it, to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
