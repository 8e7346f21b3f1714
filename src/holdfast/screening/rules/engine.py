"""The rule engine: one cheap scan settles most texts; the rest is looked at in two views, hit by hit."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from holdfast.pure.normalisation import DISGUISES, Lexicon, canonical, fold, origins, reveal
from holdfast.screening.model import Action, Content, Lane, Opinion, more_urgent, stricter
from holdfast.screening.rules import limits
from holdfast.screening.rules.banks import Bank, compile_pattern, hash_key, trigger_pattern, url_keys
from holdfast.screening.rules.conditions import Hit, banks_of, deciding_banks, holds, needs_a_hit
from holdfast.screening.rules.phrases import matchable
from holdfast.screening.rules.rulefile import Rule, RuleSet

_SENTENCE_END: Final = re.compile(r"[.!?;]+(?=[\s\"]|$)|\n")
_QUOTATION: Final = re.compile(rf'"[^"]{{1,{limits.QUOTE_CHARACTERS}}}"')
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"]{3,500}")
NOTHING: Final = Opinion()


class _View:
    """One rendering of one window: finds hits of banks, once each."""

    def __init__(self, text: str, back: Callable[[int, int], tuple[int, int] | None]) -> None:
        self.text = text
        self._bytes = matchable(text).encode()
        self.back = back
        self._hits: dict[str, list[Hit]] = {}
        self._ends: list[int] | None = None
        self._quotes: list[tuple[int, int]] | None = None

    def hits(self, bank: Bank) -> list[Hit]:
        """Offsets of every entry found, at most `MAX_HITS_PER_BANK`."""
        found = self._hits.get(bank.name)
        if found is None:
            found = self._hits[bank.name] = []
            # Matchable text is ASCII: as bytes it needs no decoding and its offsets are the same.
            text = self.text if bank.source.kind == "regex" else self._bytes
            for match in bank.pattern.finditer(text) if bank.pattern else ():
                found.append(_trimmed(self.text, *match.span()))
                if len(found) >= limits.MAX_HITS_PER_BANK:
                    break
        return found

    def sentence(self, offset: int) -> int:
        """Number of the sentence at an offset."""
        if self._ends is None:
            self._ends = [match.end() for match in _SENTENCE_END.finditer(self.text)]
        return bisect_left(self._ends, offset + 1)

    def is_quoted(self, hit: Hit) -> bool:
        """Inside double quotation marks."""
        if self._quotes is None:
            self._quotes = [match.span() for match in _QUOTATION.finditer(self.text)]
        return any(start < hit.start and hit.end <= end for start, end in self._quotes)

    def protects(self, bank: Bank, hit: Hit) -> bool:
        """Whether a negative bank takes this hit away, by the bank's scope."""
        for other in self.hits(bank):
            if bank.scope == "text":
                return True
            if bank.scope == "overlap":
                if other.start < hit.end and hit.start < other.end:
                    return True
            elif self.sentence(other.start) == self.sentence(hit.start) and (
                bank.scope == "sentence" or 0 <= hit.start - other.end <= limits.BEFORE_CHARACTERS
            ):
                return True
        return False

    def close(self, one: Hit, other: Hit) -> bool:
        """In the same sentence or in neighbouring ones."""
        return abs(self.sentence(one.start) - self.sentence(other.start)) <= 1


def _trimmed(text: str, start: int, end: int) -> Hit:
    """Phrases bound to the start or end of a sentence match its punctuation too; evidence leaves it out."""
    while start < end - 1 and not text[start].isalnum():
        start += 1
    while end > start + 1 and not text[end - 1].isalnum():
        end -= 1
    return Hit(start, end)


class _Found(NamedTuple):
    rule: Rule
    action: Action
    spans: list[tuple[int, int]]


class RuleEngine:
    """The `Judge` that rules and banks make. Build once, use from any thread."""

    may_refuse = True

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._active = [rule for rule in rules.rules if rule.source.stage in ("live", "shadow")]
        named = {name for rule in self._active for name in banks_of(rule.condition)}
        banks = [rules.banks[name] for name in sorted(named)]
        self._url_banks = [bank for bank in banks if bank.source.kind == "url"]
        self._hash_banks = [bank for bank in banks if bank.source.kind == "hash"]
        text_banks = [bank for bank in banks if bank.pattern is not None]
        # A rule that can hit without any bank must see every text.
        self._always = any(not needs_a_hit(rule.condition) for rule in self._active)
        self._lexicon = Lexicon(word for bank in text_banks for word in bank.words)
        deciding = {name for rule in self._active for name in deciding_banks(rule.condition)}
        scanned = [bank for bank in text_banks if bank.name in deciding]
        self._triggers = trigger_pattern(scanned, [DISGUISES] if scanned else [])
        self._disguises = compile_pattern(DISGUISES)

    @property
    def version(self) -> str:
        """NAME@N+HASH of the rule set."""
        return self.rules.version

    def judge(self, content: Content) -> Opinion:
        """Ask every live and shadow rule."""
        keys = self._key_hits(content) if self._url_banks or self._hash_banks else frozenset[str]()
        notes: list[str] = []
        found: list[_Found] = []
        for folded, piece, offset in self._windows(content, notes):
            if (
                keys
                or self._always
                or (self._triggers is not None and self._triggers.search(folded) is not None)
            ):
                for view in self._views(folded, piece, offset):
                    found.extend(self._ask(content, view, keys))
        if not found and not notes:
            return NOTHING
        return _opinion(found, notes)

    def _windows(self, content: Content, notes: list[str]) -> Iterator[tuple[str, str, int | None]]:
        """(folded, original, offset) of each piece of the content; offset None: no evidence (spoiler text)."""
        text = content.text
        stretches = [(0, len(text))]
        if len(text) > limits.MAX_SCREENED_CHARACTERS:
            notes.append("note.truncated")
            head = limits.MAX_SCREENED_CHARACTERS - limits.TAIL_CHARACTERS
            stretches = [(0, head), (len(text) - limits.TAIL_CHARACTERS, len(text))]
        step = limits.WINDOW_CHARACTERS - limits.WINDOW_OVERLAP_CHARACTERS
        if len(text) <= limits.WINDOW_CHARACTERS:
            yield fold(text), text, 0
        else:
            for first, last in stretches:
                for start in range(first, max(last - limits.WINDOW_OVERLAP_CHARACTERS, first + 1), step):
                    piece = text[start : min(start + limits.WINDOW_CHARACTERS, last)]
                    yield fold(piece), piece, start
        if content.spoiler_text:
            spoiler = content.spoiler_text[: limits.WINDOW_CHARACTERS]
            yield fold(spoiler), spoiler, None

    def _views(self, folded: str, piece: str, offset: int | None) -> Iterator[_View]:
        ways: list[list[int] | None] = []

        def original(start: int, end: int) -> tuple[int, int] | None:
            if offset is None:
                return None
            if not ways:
                ways.append(origins(piece))
            back = ways[0]
            if back is None:
                return start + offset, end + offset
            return back[start] + offset, back[end - 1] + 1 + offset

        yield _View(folded, original)
        revealed = reveal(folded, self._lexicon) if self._disguises.search(folded) is not None else None
        if revealed is not None:
            yield _View(revealed.text, lambda start, end: original(*revealed.span(start, end)))

    def _ask(self, content: Content, view: _View, keys: frozenset[str]) -> Iterator[_Found]:
        banks = self.rules.banks
        for rule in self._active:
            source = rule.source
            if source.only_languages and content.language and content.language not in source.languages:
                continue

            def hits(name: str, source=source) -> list[Hit]:  # type: ignore[no-untyped-def]
                bank = banks[name]
                if bank.pattern is None:
                    return [Hit(0, 0)] if name in keys else []
                kept = []
                for hit in view.hits(bank):
                    if any(view.protects(banks[negative], hit) for negative in source.unless):
                        continue
                    quoted = source.quoted != "same" and view.is_quoted(hit)
                    if quoted and source.quoted == "allow":
                        continue
                    soft = quoted or any(view.protects(banks[negative], hit) for negative in source.soften)
                    kept.append(hit._replace(strength=0) if soft else hit)
                return kept

            held = holds(rule.condition, content, hits, view.close)
            if held is None:
                continue
            action = rule.action
            if held and not any(hit.strength for hit in held) and action in ("hold", "refuse"):
                action = "flag"
            spans = [view.back(hit.start, hit.end) for hit in held if hit.end > hit.start]
            yield _Found(rule, action, [span for span in spans if span is not None])

    def _key_hits(self, content: Content) -> frozenset[str]:
        """Names of the url and hash banks that hit."""
        names: set[str] = set()
        if self._hash_banks:
            text = content.text[: limits.MAX_SCREENED_CHARACTERS]
            key = hash_key(canonical(text))
            names.update(bank.name for bank in self._hash_banks if key in bank.keys)
        if self._url_banks:
            links = list(content.link_urls[: limits.MAX_LINKS])
            text = content.text[: limits.MAX_SCREENED_CHARACTERS]
            if "http" in text or "www." in text:
                links.extend(_LINK.findall(text)[: limits.MAX_LINKS])
            asked = {key for link in links for key in url_keys(link.lower())}
            names.update(bank.name for bank in self._url_banks if not asked.isdisjoint(bank.keys))
        return frozenset(names)


def _opinion(found: list[_Found], notes: list[str]) -> Opinion:
    action: Action = "allow"
    lane: Lane | None = None
    reason: str | None = None
    scores: dict[str, float] = {}
    rules: dict[str, None] = {}
    shadow: dict[str, None] = {}
    evidence: set[tuple[int, int]] = set()
    for rule, rule_action, spans in found:
        source = rule.source
        if source.stage == "shadow":
            shadow[source.id] = None
            continue
        rules[source.id] = None
        if rule_action in ("hold", "refuse") and source.reason and stricter(action, rule_action) != action:
            reason = source.reason
        action = stricter(action, rule_action)
        lane = more_urgent(lane, source.lane)
        if source.head:
            softened = rule_action != rule.action
            score = source.score / 2 if softened else source.score
            scores[source.head] = max(scores.get(source.head, 0.0), score)
        evidence.update(spans)
    return Opinion(
        action=action,
        lane=lane,
        scores=scores,
        rules=[*rules, *notes],
        evidence=sorted(evidence),
        reason=reason,
        shadow_rules=list(shadow),
    )
