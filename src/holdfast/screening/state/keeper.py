"""Keeps a running rule engine true to the database, and the database told of what its rules do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

import structlog

from holdfast.platform.clock import Clock, Instant
from holdfast.platform.db import Database, Tx
from holdfast.platform.limits import Rate, RateLimits
from holdfast.platform.stamps import Kind, slot
from holdfast.pure.errors import HoldfastError
from holdfast.screening.classifier import LocalModel
from holdfast.screening.lifecycle import (
    BreakerLimits,
    Did,
    Span,
    quiet_heads,
    runs_away,
    usual_rate,
)
from holdfast.screening.rules import Rule, RuleEngine
from holdfast.screening.state import store
from holdfast.screening.state.labels import (
    DOMAIN_LABELS,
    AuthorFacts,
    Expiring,
    forget_ended_labels,
    labels_of_account,
    labels_of_domains,
    unexpired,
)
from holdfast.screening.state.queries import standings
from holdfast.screening.state.store import BREAKER

log = structlog.get_logger(__name__)

_ACCOUNTS_KEPT: Final = 20_000
_POSTS: Final = Rate(most=2**31, seconds=3_600)
_NOTHING_DONE: Final = Did(0, 0, 0, 0, 0)


class KeeperLimits(NamedTuple):
    """Every number is a setting. `slice_seconds`: figures are kept in slices this long, and the breaker compares the
    current slice and the one before it with all earlier ones."""

    flush_seconds: int = 60
    slice_seconds: int = 600
    figures_days: int = 30
    breaker: BreakerLimits = BreakerLimits()


class RuleKeeper:
    """One for each process that screens. `facts` before each post; `keep` as a task for as long as it runs."""

    def __init__(
        self,
        database: Database,
        engine: RuleEngine,
        rates: RateLimits,
        clock: Clock,
        limits: KeeperLimits,
        model: LocalModel | None = None,
    ) -> None:
        self._database = database
        self._engine = engine
        self._model = model
        self._rates = rates
        self._clock = clock
        self._limits = limits
        self._rules: dict[str, Rule] = {rule.source.id: rule for rule in engine.rules.rules}
        self._standings_stamp: int | None = None
        self._domains_stamp: int | None = None
        self._domains: Mapping[str, tuple[Expiring, ...]] = {}
        self._accounts: dict[int, tuple[int, tuple[Expiring, ...]]] = {}
        self._reloading = asyncio.Lock()
        self._tidied_on: date | None = None

    async def facts(self, account_id: int, now: Instant) -> AuthorFacts:
        """What rules may know of an author about to post. Counts the post, and lets steps of rules taken anywhere
        count in this process from here on."""
        wanted = (
            slot(Kind.SCREENING, store.RULE_STANDINGS),
            slot(Kind.SCREENING, DOMAIN_LABELS),
            slot(Kind.SCREENING, account_id),
        )
        rules, domains, account = await self._database.stamps.read(wanted)
        if rules != self._standings_stamp:
            await self._reload(rules)
        if domains != self._domains_stamp:
            self._domains = await labels_of_domains(self._database)
            self._domains_stamp = domains
        kept = self._accounts.get(account_id)
        if kept is None or kept[0] != account:
            kept = (account, await labels_of_account(self._database, account_id))
            self._accounts.pop(account_id, None)
            self._accounts[account_id] = kept
            if len(self._accounts) > _ACCOUNTS_KEPT:
                del self._accounts[next(iter(self._accounts))]
        spent = self._rates.spend("screening:posts", account_id, _POSTS, now)
        return AuthorFacts(
            account_id, spent.limit - spent.remaining, unexpired(kept[1], now), self._domains, now
        )

    async def refresh(self) -> None:
        """Let steps of rules that were taken anywhere count in this process."""
        (stamp,) = await self._database.stamps.read((slot(Kind.SCREENING, store.RULE_STANDINGS),))
        if stamp != self._standings_stamp:
            await self._reload(stamp)

    async def _reload(self, stamp: int) -> None:
        async with self._reloading:
            if stamp == self._standings_stamp:
                return
            recorded = await standings(self._database)
            # Compiling the banks of rules that start to run takes a moment: not in the loop.
            await asyncio.to_thread(self._engine.apply, recorded)
            if self._model is not None:
                self._model.quiet = quiet_heads(recorded, self._model.version)
            self._standings_stamp = stamp

    async def keep(self) -> None:
        """Write down what the rules did, again and again, until cancelled; then once more."""
        try:
            while True:
                await asyncio.sleep(self._limits.flush_seconds)
                await self._flush_safely()
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await self._flush_safely()

    async def _flush_safely(self) -> None:
        try:
            await self.flush()
        except (HoldfastError, OSError, TimeoutError) as error:
            log.warning("screening.figures_lost", error=str(error))
        except Exception:
            log.exception("screening.figures_failed")

    async def flush(self) -> None:
        """Add this process's counts to the figures, and send rules that run away to shadow."""
        posts, did = self._engine.statistics.drain()
        if posts == 0:
            return
        now = self._clock.now()
        length = self._limits.slice_seconds
        slice_at = datetime.fromtimestamp(now.timestamp() // length * length, UTC)
        running = self._engine.running
        everything = {rule_id: did.get(rule_id, _NOTHING_DONE) for rule_id in running}
        async with self._database.transaction() as tx:
            tx.relaxed()
            await store.add_figures(tx, slice_at, posts, everything)
            if self._tidied_on != now.date():
                self._tidied_on = now.date()
                await store.forget_figures(tx, now - timedelta(days=self._limits.figures_days))
                await forget_ended_labels(tx, now - timedelta(days=self._limits.figures_days))
        suspects = [
            rule_id for rule_id in running if rule_id in did and running[rule_id].stage in ("live", "canary")
        ]
        if suspects:
            async with self._database.transaction() as tx:
                await self._break(tx, suspects, slice_at - timedelta(seconds=length), now)
            await self.refresh()

    async def _break(self, tx: Tx, suspects: list[str], since: Instant, now: Instant) -> None:
        rows = await tx.fetch(
            "select rule_id, coalesce(sum(posts) filter (where slice_at >= $2), 0)::bigint as posts_now,"
            " coalesce(sum(authors) filter (where slice_at >= $2), 0)::bigint as authors_now,"
            " coalesce(sum(posts) filter (where slice_at < $2), 0)::bigint as posts_before,"
            " coalesce(sum(authors) filter (where slice_at < $2), 0)::bigint as authors_before"
            " from screening_rule_figures where rule_id = any($1::text[]) group by rule_id order by rule_id",
            suspects, since,
        )  # fmt: skip
        recorded = await standings(tx)
        for row in rows:
            current = Span(row["posts_now"], row["authors_now"])
            before = Span(row["posts_before"], row["authors_before"])
            rule = self._rules[row["rule_id"]]
            stands = recorded.get(rule.source.id)
            if stands is not None and stands.stage not in ("live", "canary"):
                continue  # another process, or a person, was faster
            if not runs_away(current, before, self._limits.breaker):
                continue
            usual = usual_rate(before, self._limits.breaker)
            reason = (
                f"matched {current.authors} authors in {current.posts} posts, usual are {usual:.4%} of posts"
            )
            to_shadow = rule.source.runaway == "shadow"
            log.error("screening.rule_runaway", rule=rule.source.id, to_shadow=to_shadow, reason=reason)
            if to_shadow:
                await store.take_step(tx, rule, "shadow", taken_by=BREAKER, reason=reason, now=now)
