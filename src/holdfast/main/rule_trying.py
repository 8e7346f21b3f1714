"""Trials of rules from the desk: an errand that replays the newest posts in processes of their own and keeps what it found."""

from __future__ import annotations

import time
from functools import partial
from typing import Final

import msgspec
import structlog

from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.ids import id_at
from ..screening import load_rules
from ..screening.state import standings
from ..trust.history import Range, last_posts_start
from ..trust.simulation import HeldDecisions, Options, Simulation, make_trier, simulate, with_rule
from ..trust.trials import Trial, TrialOrder, settle_trial, take_trial
from .judging_pool import CHUNKS_PER_WORKER, judging

log = structlog.get_logger(__name__)

LEASE_SECONDS: Final = 1800.0
_SAMPLES: Final = 20
_PROCESSES: Final = 2
"""So that the worker itself goes on; more would take the machine from members."""


class RuleTrier:
    """Does trials, one after the other."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings, self._database, self._clock = settings, database, clock

    async def errand(self, payload: bytes) -> Instant | None:
        """One trial."""
        order = msgspec.json.decode(payload, type=TrialOrder)
        async with self._database.transaction() as tx:
            trial = await take_trial(tx, order.trial_id)
        if trial is None:
            return None
        result, problem = None, self._problem(trial)
        if not problem:
            result = msgspec.json.encode(await self._tried(trial)).decode()
        async with self._database.transaction() as tx:
            await settle_trial(tx, trial.id, result=result, problem=problem, now=self._clock.now())
        return None

    def _problem(self, trial: Trial) -> str:
        """Why it cannot be done; empty when it can."""
        known = load_rules(self._settings.screening_rules_file)
        if trial.rule_id is not None:
            there = any(rule.source.id == trial.rule_id for rule in known.rules)
            return "" if there else "this rule is not in the rule file any more"
        tried = with_rule(known, rule_id=None, source=trial.source)
        before = {(rule.source.id, rule.fingerprint) for rule in known.rules}
        if all((rule.source.id, rule.fingerprint) in before for rule in tried.rules):
            return "\n".join(map(str, tried.problems)) or "no rule in it differs from those in force"
        return ""

    async def _tried(self, trial: Trial) -> Simulation:
        settings, database = self._settings, self._database
        whole = Range(0, id_at(self._clock.now()) - 1)
        stretch = whole._replace(after_id=await last_posts_start(database, whole, limit=trial.posts))
        recorded = await standings(database)
        known = load_rules(settings.screening_rules_file)
        options = Options(
            with_rule(known, rule_id=trial.rule_id, source=trial.source), known.version, stretch, _SAMPLES,
            settings.moderation_capacity_per_day, _PROCESSES * CHUNKS_PER_WORKER, time.monotonic,
        )  # fmt: skip
        make = partial(
            make_trier,
            settings.screening_rules_file,
            rule_id=trial.rule_id,
            source=trial.source,
            standings=recorded,
        )
        with judging(make, _PROCESSES, items=trial.posts) as replay:
            return await simulate(database, replay, HeldDecisions(), options, lambda done: None)
