"""The rule engine: one cheap scan settles most texts; the rest is looked at in two views, hit by hit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter_ns
from typing import Final, NamedTuple

import structlog

from holdfast.pure.normalisation import DISGUISES, Lexicon, canonical
from holdfast.screening.lifecycle import RUNNING, RuleStatistics, Standing, effective, is_under_canary
from holdfast.screening.model import Action, Content, Lane, Opinion, more_urgent, stricter
from holdfast.screening.rules import limits
from holdfast.screening.rules.banks import (
    Bank,
    compile_pattern,
    hash_key,
    media_hit,
    trigger_pattern,
    url_keys,
)
from holdfast.screening.rules.evaluation import (
    Case,
    Gate,
    Hit,
    banks_of,
    deciding_banks,
    denies_a_bank,
    gate,
    needs_a_hit,
)
from holdfast.screening.rules.facts import Facts, facts_of
from holdfast.screening.rules.rulefile import Rule, RuleSet
from holdfast.screening.rules.throttle import Throttles
from holdfast.screening.rules.views import View, views, windows

log = structlog.get_logger(__name__)

NOTHING: Final = Opinion()
RULE_FAILED: Final = "note.rule_failed"
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"]{3,500}")
# Every so many texts that are looked at, each rule is timed.
_TIMED_EVERY: Final = 16


class _Plan:
    """The rules that run, sorted by what they need to see. Built anew when rules start or stop running."""

    def __init__(self, rules: RuleSet, running: Sequence[Rule]) -> None:
        named = {name for rule in running for name in banks_of(rule.condition)}
        banks = [rules.banks[name] for name in sorted(named)]
        self.ids = frozenset(rule.source.id for rule in running)
        self.url_banks = [bank for bank in banks if bank.source.kind == "url"]
        self.hash_banks = [bank for bank in banks if bank.source.kind == "hash"]
        self.media_banks = [bank for bank in banks if bank.source.kind == "media"]
        self.has_keys = bool(self.url_banks or self.hash_banks or self.media_banks)
        # Rules without any bank see facts only, once for each content.
        self.bare = [rule for rule in running if not banks_of(rule.condition)]
        self.textual = [rule for rule in running if banks_of(rule.condition)]
        # A rule that can hold without a hit must see every text that its facts do not rule out.
        self.gates: list[Gate | None] = [
            gate(rule.condition) for rule in self.textual if not needs_a_hit(rule.condition)
        ]
        self.denies = any(denies_a_bank(rule.condition) for rule in running)
        text_banks = [bank for bank in banks if bank.pattern is not None]
        self.lexicon = Lexicon(word for bank in text_banks for word in bank.words)
        deciding = {name for rule in running for name in deciding_banks(rule.condition)}
        scanned = [bank for bank in text_banks if bank.name in deciding]
        self.triggers = trigger_pattern(scanned, [DISGUISES] if scanned else [])
        self.disguises = compile_pattern(DISGUISES)


class _Case:
    """One view of a content as the current rule sees it; `view` None: the rule asks for facts only."""

    __slots__ = ("_banks", "_keys", "_view", "facts", "others", "rule")

    def __init__(
        self, view: View | None, facts: Facts, banks: Mapping[str, Bank], keys: frozenset[str]
    ) -> None:
        self._view = view
        self.facts = facts
        self._banks = banks
        self._keys = keys
        self.rule: Rule | None = None
        self.others: Sequence[_Case] = (self,)

    def hits(self, bank: str) -> Sequence[Hit]:
        """Hits that no bank under `unless` takes away, weaker where one under `soften` stands by."""
        found = self._banks[bank]
        view, rule = self._view, self.rule
        if found.pattern is None:
            return (Hit(0, 0),) if bank in self._keys else ()
        if view is None or rule is None:
            return ()
        source, banks = rule.source, self._banks
        kept = []
        for hit in view.hits(found):
            if any(view.protects(banks[negative], hit) for negative in source.unless):
                continue
            quoted = source.quoted != "same" and view.is_quoted(hit)
            if quoted and source.quoted == "allow":
                continue
            soft = quoted or any(view.protects(banks[negative], hit) for negative in source.soften)
            kept.append(hit._replace(strength=0) if soft else hit)
        return kept

    def close(self, one: Hit, other: Hit) -> bool:
        """In the same sentence or in neighbouring ones."""
        return self._view is not None and self._view.close(one, other)

    def views(self) -> Iterable[Case]:
        """Every view of the content, each as the current rule sees it."""
        for other in self.others:
            other.rule = self.rule
        return self.others

    def back(self, hits: Sequence[Hit]) -> list[tuple[int, int]]:
        """Where hits stand in the content's text."""
        if self._view is None:
            return []
        spans = [self._view.back(hit.start, hit.end) for hit in hits if hit.end > hit.start]
        return [span for span in spans if span is not None]


class _Found(NamedTuple):
    rule: Rule
    action: Action
    spans: list[tuple[int, int]]


class RuleEngine:
    """The `Judge` that rules and banks make; it hears the others first. Build once, use from any thread.

    `standings`: recorded stages by rule id, which override those of the file. `throttles`: without the port, a
    throttled rule never counts.
    """

    may_refuse = True

    def __init__(
        self,
        rules: RuleSet,
        standings: Mapping[str, Standing] | None = None,
        *,
        throttles: Throttles | None = None,
    ) -> None:
        self.rules = rules
        self.throttles = throttles
        self.statistics = RuleStatistics()
        self._looked = 0
        self._standings, self._plan = self._planned(standings or {}, None)

    @property
    def version(self) -> str:
        """NAME@N+HASH of the rule set."""
        return self.rules.version

    @property
    def running(self) -> Mapping[str, Standing]:
        """Where every rule that runs stands, by id."""
        return {rule_id: self._standings[rule_id] for rule_id in self._plan.ids}

    def apply(self, standings: Mapping[str, Standing]) -> None:
        """Let recorded stages count from the next content on. CPU work; contents are judged meanwhile."""
        self._standings, self._plan = self._planned(standings, self._plan)

    def _planned(
        self, recorded: Mapping[str, Standing], plan: _Plan | None
    ) -> tuple[dict[str, Standing], _Plan]:
        now = {
            rule.source.id: effective(rule.source.stage, rule.fingerprint, recorded.get(rule.source.id))
            for rule in self.rules.rules
        }
        running = [rule for rule in self.rules.rules if now[rule.source.id].stage in RUNNING]
        if plan is None or plan.ids != {rule.source.id for rule in running}:
            plan = _Plan(self.rules, running)
        return now, plan

    @property
    def knows_media(self) -> bool:
        """Whether a rule that runs asks a bank of known media."""
        return bool(self._plan.media_banks)

    def judge(self, content: Content) -> Opinion:
        """Ask every rule that runs; no score is known."""
        return self.judge_after(content, ())

    def judge_after(self, content: Content, earlier: Sequence[Opinion]) -> Opinion:
        """Ask every rule that runs; rules may compare the scores of earlier opinions."""
        plan, standings = self._plan, self._standings
        self.statistics.posts += 1
        keys = _key_hits(plan, content) if plan.has_keys else frozenset[str]()
        notes: list[str] = []
        found: list[_Found] = []
        broken: set[str] = set()
        facts: Facts | None = None
        opened = False
        if plan.bare or plan.gates:
            facts = facts_of(content, earlier)
            found.extend(self._ask(plan.bare, [_Case(None, facts, {}, keys)], broken))
            opened = bool(plan.gates) and _any_open(plan.gates, facts)
        pieces = list(windows(content, notes))
        looked = pieces if keys or opened else []
        if not looked and plan.triggers is not None:
            looked = [piece for piece in pieces if plan.triggers.search(piece.folded) is not None]
            looked = pieces if looked and plan.denies else looked
        if looked:
            facts = facts or facts_of(content, earlier)
            cases = [
                _Case(view, facts, self.rules.banks, keys)
                for piece in looked
                for view in views(piece, plan.lexicon, plan.disguises)
            ]
            for case in cases:
                case.others = cases
            found.extend(self._ask(plan.textual, cases, broken))
        if not found and not notes and not broken:
            return NOTHING
        return self._opinion(content, found, broken, notes, standings)

    def _ask(self, rules: Sequence[Rule], cases: Sequence[_Case], broken: set[str]) -> list[_Found]:
        found = []
        self._looked += 1
        timed = self._looked % _TIMED_EVERY == 0
        for case in cases:
            language = case.facts.content.language
            for rule in rules:
                source = rule.source
                if source.only_languages and language and language not in source.languages:
                    continue
                case.rule = rule
                begun = perf_counter_ns() if timed else 0
                try:
                    held = rule.asked(case)
                except Exception:  # one broken rule never disables another
                    broken.add(source.id)
                    if self.statistics.failed(source.id) == 1:
                        log.exception("screening.rule_failed", rule=source.id)
                    continue
                if timed:
                    self.statistics.timed(source.id, perf_counter_ns() - begun)
                if held is None:
                    continue
                action = rule.action
                if held and not any(hit.strength for hit in held) and action in ("hold", "refuse"):
                    action = "flag"
                found.append(_Found(rule, action, case.back(held)))
        return found

    def _opinion(
        self,
        content: Content,
        found: list[_Found],
        broken: set[str],
        notes: list[str],
        standings: Mapping[str, Standing],
    ) -> Opinion:
        """What follows from the rules that matched, each by its throttle and its stage."""
        matched = {one.rule.source.id: one.rule for one in found if one.rule.source.id not in broken}
        within = self._within_throttle(content, matched.values(), standings) if matched else frozenset[str]()
        shadow: list[str] = []
        canary: list[str] = []
        counting: set[str] = set()
        for rule_id in matched:
            if rule_id in within:
                continue
            self.statistics.hit(rule_id, content.author_id)
            standing = standings[rule_id]
            if standing.stage == "live":
                counting.add(rule_id)
            elif standing.stage == "canary" and is_under_canary(rule_id, content.author_id, standing.share):
                counting.add(rule_id)
                canary.append(rule_id)
            else:
                shadow.append(rule_id)
        if broken:
            notes.append(RULE_FAILED)
        effective_hits = [one for one in found if one.rule.source.id in counting]
        return _together(effective_hits, notes, shadow, canary)

    def _within_throttle(
        self, content: Content, matched: Iterable[Rule], standings: Mapping[str, Standing]
    ) -> frozenset[str]:
        """Ids of the rules that do not count yet. Each group counts a content once."""
        within: set[str] = set()
        counted: set[tuple[str, int]] = set()
        for rule in matched:
            throttle = rule.throttle
            if throttle is None:
                continue
            key = "everyone" if throttle.by == "everyone" else content.author_id
            if self.throttles is None or key is None:
                within.add(rule.source.id)
                continue
            # Rules on trial count apart, so that they change nothing for those that are live.
            trial = "" if standings[rule.source.id].stage == "live" else "/trial"
            group = throttle.group + trial
            first = (group, throttle.per_seconds) not in counted
            counted.add((group, throttle.per_seconds))
            if self.throttles.is_within(
                group,
                str(key),
                at_most=throttle.at_most,
                per_seconds=throttle.per_seconds,
                count=1 if first else 0,
            ):
                within.add(rule.source.id)
        return frozenset(within)


def _any_open(gates: Sequence[Gate | None], facts: Facts) -> bool:
    try:
        return any(one is None or one(facts) for one in gates)
    except Exception:
        log.exception("screening.gate_failed")
        return True


def _key_hits(plan: _Plan, content: Content) -> frozenset[str]:
    """Names of the url, hash and media banks that hit."""
    names: set[str] = set()
    if plan.hash_banks:
        text = content.text[: limits.MAX_SCREENED_CHARACTERS]
        key = hash_key(canonical(text))
        names.update(bank.name for bank in plan.hash_banks if key in bank.keys)
    if content.media_hashes:
        names.update(bank.name for bank in plan.media_banks if media_hit(bank, content.media_hashes))
    if plan.url_banks:
        links = list(content.link_urls[: limits.MAX_LINKS])
        text = content.text[: limits.MAX_SCREENED_CHARACTERS]
        if "http" in text or "www." in text:
            links.extend(_LINK.findall(text)[: limits.MAX_LINKS])
        asked = {key for link in links for key in url_keys(link.lower())}
        names.update(bank.name for bank in plan.url_banks if not asked.isdisjoint(bank.keys))
    return frozenset(names)


def _together(
    found: Sequence[_Found], notes: Sequence[str], shadow: Sequence[str], canary: Sequence[str]
) -> Opinion:
    action: Action = "allow"
    lane: Lane | None = None
    reason: str | None = None
    scores: dict[str, float] = {}
    rules: dict[str, None] = {}
    evidence: set[tuple[int, int]] = set()
    for rule, rule_action, spans in found:
        source = rule.source
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
        shadow_rules=shadow,
        canary_rules=canary,
    )
