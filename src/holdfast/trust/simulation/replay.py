"""Judging stored posts by two rule sets, by the way that posting takes. CPU only; fit for a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from ...screening import Action, Lane, Rule, RuleEngine, RuleSet, Screen, Verdict, load_rules, read_rules
from ...screening.lifecycle import Standing
from ..history import StoredPost, content_of_stored

_WOULD_BE_LIVE: Final = ("draft", "simulate", "shadow", "canary")


class Side(msgspec.Struct, frozen=True, array_like=True):
    """What one rule set says of a post. `rules`: ids of those that hit, those without effect too."""

    action: Action
    lane: Lane | None
    rules: list[str]


class Replayed(msgspec.Struct, frozen=True, array_like=True):
    """A post judged by the rules that are tried (`tried`) and by those in force."""

    tried: Side
    in_force: Side


def rehearsed(rules: RuleSet) -> RuleSet:
    """The rule set as if every rule that is not retired were live."""
    return rules._replace(
        rules=tuple(_live(rule) if rule.source.stage in _WOULD_BE_LIVE else rule for rule in rules.rules)
    )


def make_replayer(
    tried: Path,
    in_force: Path | None,
    *,
    as_written: bool,
    standings: Mapping[str, Standing] | None = None,
) -> Callable[[list[StoredPost]], list[Replayed]]:
    """Load both rule files, whose problems were reported before, and judge posts by them. `standings`: recorded stages
    of the rules in force, which override those of their file."""
    loaded = load_rules(tried)
    one = _screen(loaded if as_written else rehearsed(loaded))
    other = _screen(load_rules(in_force), standings)

    def replay(posts: list[StoredPost]) -> list[Replayed]:
        contents = [content_of_stored(post) for post in posts]
        sides = zip(one.assess_many(contents), other.assess_many(contents), strict=True)
        return [Replayed(_side(tried), _side(in_force)) for tried, in_force in sides]

    return replay


def make_trier(
    in_force: Path | None, *, rule_id: str | None, source: str, standings: Mapping[str, Standing]
) -> Callable[[list[StoredPost]], list[Replayed]]:
    """Judge posts by the rules in force, and by those with one more as if it were live: one of theirs (`rule_id`), or
    those that `source` adds."""
    loaded = load_rules(in_force)
    one = _screen(with_rule(loaded, rule_id=rule_id, source=source), _without(standings, rule_id))
    other = _screen(loaded, standings)

    def replay(posts: list[StoredPost]) -> list[Replayed]:
        contents = [content_of_stored(post) for post in posts]
        sides = zip(one.assess_many(contents), other.assess_many(contents), strict=True)
        return [Replayed(_side(tried), _side(in_force)) for tried, in_force in sides]

    return replay


def with_rule(rules: RuleSet, *, rule_id: str | None, source: str) -> RuleSet:
    """These rules with one of them live, or with those of a rule file's text that are not among them, live."""
    if rule_id is not None:
        return rules._replace(
            rules=tuple(_live(rule) if rule.source.id == rule_id else rule for rule in rules.rules)
        )
    added = read_rules(source)
    known = {(rule.source.id, rule.fingerprint) for rule in rules.rules}
    new = {
        rule.source.id: _live(rule) for rule in added.rules if (rule.source.id, rule.fingerprint) not in known
    }
    kept = tuple(rule for rule in rules.rules if rule.source.id not in new)
    return RuleSet(added.version, {**rules.banks, **added.banks}, (*kept, *new.values()), added.problems)


def _without(standings: Mapping[str, Standing], rule_id: str | None) -> Mapping[str, Standing]:
    return {name: standing for name, standing in standings.items() if name != rule_id}


def _live(rule: Rule) -> Rule:
    return rule._replace(source=msgspec.structs.replace(rule.source, stage="live"))


def _screen(rules: RuleSet, standings: Mapping[str, Standing] | None = None) -> Screen:
    return Screen([RuleEngine(rules, standings=standings)], rules=rules)


def _side(verdict: Verdict) -> Side:
    hits = [rule for rule in (*verdict.rules, *verdict.shadow_rules) if not rule.startswith("note.")]
    return Side(verdict.action, verdict.lane, hits)
