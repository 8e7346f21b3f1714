"""Counts while the history is replayed. Memory grows with rules, buckets and accounts that are hit, not with posts."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from datetime import date
from hashlib import blake2b
from typing import Final, NamedTuple

from ...screening import RuleSet
from ..history import StoredPost
from .model import Buckets, Decided, QueueLoad, RuleFigures, Sample, Simulation, decided, queue_load
from .replay import Replayed, Side

SAMPLE_CHARACTERS: Final = 280
TOP_ACCOUNTS: Final = 10


class Frame(NamedTuple):
    """What is known before the first post."""

    tried: RuleSet
    in_force_version: str
    buckets: Buckets | None
    samples: int
    capacity_per_day: int


class _Samples:
    """The posts with the smallest hashes: a random choice that is the same on every run."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[int, int, Sample]] = []
        self.seen = 0

    def offer(self, post: StoredPost, replayed: Replayed, label: bool | None) -> None:
        self.seen += 1
        rank = -int.from_bytes(blake2b(post.id.to_bytes(8, "big"), digest_size=8).digest(), "big")
        if not self._most or (len(self._kept) == self._most and rank <= self._kept[0][0]):
            return
        tried, in_force = replayed.tried, replayed.in_force
        sample = Sample(
            post.id, post.account_id, post.created_at, post.state.name.lower(), post.text[:SAMPLE_CHARACTERS],
            tried.action, in_force.action, tried.rules if tried.action != "allow" else in_force.rules, label,
        )  # fmt: skip
        push = heapq.heappushpop if len(self._kept) == self._most else heapq.heappush
        push(self._kept, (rank, post.id, sample))

    def chosen(self) -> list[Sample]:
        return [sample for _, _, sample in sorted(self._kept, key=lambda kept: kept[1])]


class _RuleCounts:
    def __init__(self, buckets: int) -> None:
        self.hits = self.alone = self.newly = self.withdrawn = self.labelled = 0
        self.accounts: set[int] = set()
        self.over_time = [0] * buckets


class _Queue:
    def __init__(self) -> None:
        self.by_day: Counter[date] = Counter()
        self.by_lane: Counter[str] = Counter()
        self.withdrawn = self.labelled = 0

    def add(self, side: Side, post: StoredPost, label: bool | None) -> None:
        if side.action == "allow":
            return
        if side.action != "refuse":
            self.by_day[post.created_at.date()] += 1
            self.by_lane[side.lane or "none"] += 1
        if label is not None:
            self.labelled += 1
            self.withdrawn += label

    def precision(self) -> Decided | None:
        return decided(self.withdrawn, self.labelled)


class Tally:
    """Takes posts in their order with what both sides say, and gives the figures."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._bucket_count = len(frame.buckets.starts) if frame.buckets else 0
        self._rules = {rule.source.id: _RuleCounts(self._bucket_count) for rule in frame.tried.rules}
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._pairs_in_force: Counter[tuple[str, str]] = Counter()
        self._moves: Counter[str] = Counter()
        self._newly, self._no_longer = _Samples(frame.samples), _Samples(frame.samples)
        self._accounts: Counter[int] = Counter()
        self._accounts_in_force: set[int] = set()
        self._queue, self._queue_in_force = _Queue(), _Queue()
        self._withdrawn = self._missed = 0
        self._first: StoredPost | None = None
        self._last: StoredPost | None = None
        self.posts = 0

    def add(self, post: StoredPost, replayed: Replayed, label: bool | None) -> None:
        """Count one post; `label`: True a person withdrew it, False a person released it, None nobody decided."""
        tried, in_force = replayed.tried, replayed.in_force
        self.posts += 1
        self._first = self._first or post
        self._last = post
        self._moves[f"{in_force.action}>{tried.action}"] += 1
        self._queue.add(tried, post, label)
        self._queue_in_force.add(in_force, post, label)
        if label:
            self._withdrawn += 1
            self._missed += tried.action == "allow"
        if in_force.action != "allow":
            self._accounts_in_force.add(post.account_id)
        if tried.action != "allow":
            self._accounts[post.account_id] += 1
            if in_force.action == "allow":
                self._newly.offer(post, replayed, label)
        elif in_force.action != "allow":
            self._no_longer.offer(post, replayed, label)
        if tried.rules:
            self._add_hits(post, replayed, label)

    def _add_hits(self, post: StoredPost, replayed: Replayed, label: bool | None) -> None:
        hits = sorted(set(replayed.tried.rules))
        for number, rule in enumerate(hits):
            counts = self._rules.get(rule)
            if counts is None:
                continue
            counts.hits += 1
            counts.alone += len(hits) == 1
            counts.newly += replayed.in_force.action == "allow"
            counts.accounts.add(post.account_id)
            if self._frame.buckets is not None:
                counts.over_time[min(self._frame.buckets.index(post.created_at), self._bucket_count - 1)] += 1
            if label is not None:
                counts.labelled += 1
                counts.withdrawn += label
            self._pairs.update((rule, other) for other in hits[number + 1 :])
            self._pairs_in_force.update((rule, other) for other in set(replayed.in_force.rules))

    def simulation(self, seconds: float) -> Simulation:
        """The figures so far."""
        frame, buckets = self._frame, self._frame.buckets
        return Simulation(
            tried_version=frame.tried.version,
            in_force_version=frame.in_force_version,
            posts=self.posts,
            first_at=self._first.created_at if self._first else None,
            last_at=self._last.created_at if self._last else None,
            seconds=round(seconds, 3),
            posts_per_second=round(self.posts / seconds, 1) if seconds else 0.0,
            moves=dict(sorted(self._moves.items())),
            bucket=buckets.name if buckets else "day",
            buckets=list(buckets.starts) if buckets else [],
            rules=self._figures(),
            overlap=_by_count(self._pairs),
            overlap_in_force=_by_count(self._pairs_in_force),
            newly_acted_on=self._newly.seen,
            newly_samples=self._newly.chosen(),
            no_longer_acted_on=self._no_longer.seen,
            no_longer_samples=self._no_longer.chosen(),
            accounts=len(self._accounts),
            accounts_newly=len(self._accounts.keys() - self._accounts_in_force),
            top_accounts=sorted(self._accounts.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP_ACCOUNTS],
            capacity_per_day=frame.capacity_per_day,
            queue=self._load(self._queue),
            queue_in_force=self._load(self._queue_in_force),
            precision=self._queue.precision(),
            precision_in_force=self._queue_in_force.precision(),
            withdrawn_and_missed=self._missed,
            withdrawn=self._withdrawn,
        )

    def _figures(self) -> list[RuleFigures]:
        figures = []
        for rule in self._frame.tried.rules:
            source, counts = rule.source, self._rules[rule.source.id]
            figures.append(
                RuleFigures(
                    source.id,
                    source.title,
                    source.stage,
                    rule.action,
                    source.lane,
                    counts.hits,
                    counts.alone,
                    counts.newly,
                    len(counts.accounts),
                    counts.over_time,
                    decided(counts.withdrawn, counts.labelled),
                )
            )
        return sorted(figures, key=lambda one: (-one.hits, one.id))

    def _load(self, queue: _Queue) -> QueueLoad:
        first = self._first.created_at.date() if self._first else None
        last = self._last.created_at.date() if self._last else None
        return queue_load(queue.by_day, queue.by_lane, first, last, self._frame.capacity_per_day)


def _by_count(pairs: Counter[tuple[str, str]]) -> list[tuple[str, str, int]]:
    ordered: Sequence[tuple[tuple[str, str], int]] = sorted(
        pairs.items(), key=lambda item: (-item[1], item[0])
    )
    return [(one, other, posts) for (one, other), posts in ordered]
