"""The process that measures: `python -m holdfast.main.bench.screening.measure`, on one core.

Reads one `ScreeningPlan` as JSON from standard input; writes a line of JSON for each step, and `Answer` as the
last one.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import structlog

from holdfast.main.bench.model import MemoryUse
from holdfast.main.bench.screening.model import (
    Answer,
    Measured,
    ScreeningPlan,
    Step,
    Timing,
    asked_of,
    figures_from,
    part_of,
)
from holdfast.main.bench.screening.passes import WHOLE, Parts, timed, ways_of
from holdfast.main.bench.usage import memory_of
from holdfast.pure.errors import HoldfastError
from holdfast.screening import Content, RuleEngine, Screen, load_rules
from holdfast.screening.classifier import LocalModel, ModelFile
from holdfast.screening.tiers import NgramModel, Reader

_WARM_UP_POSTS = 64


class _Loading:
    """Loads one part after the other, and keeps what each took: milliseconds, and the memory after it."""

    def __init__(self) -> None:
        self.memory = [self._memory("before loading")]
        self.milliseconds: dict[str, float] = {}

    def timed(self, what: str, load: Callable[[], object]) -> None:
        """Load, and note what it took."""
        began = time.perf_counter()
        load()
        self.milliseconds[what] = (time.perf_counter() - began) * 1000
        self.note(what)

    def note(self, when: str) -> None:
        """The memory now."""
        self.memory.append(self._memory(when))

    def _memory(self, when: str) -> MemoryUse:
        gc.collect()
        return memory_of(when, [psutil.Process()])


class _Loaded:
    """Rules and model, loaded as a web process loads them."""

    def __init__(self, plan: ScreeningPlan, loading: _Loading) -> None:
        self._plan = plan
        loading.timed("rules", self._load_rules)
        loading.timed("first tier", self._load_model)
        # Through posting's own way, because the first post that needs the second tier waits for its loading.
        loading.timed("second tier", lambda: self.model.second)

    def _load_rules(self) -> None:
        self.engine = RuleEngine(load_rules(_path(self._plan.rules)))

    def _load_model(self) -> None:
        self.file = ModelFile(_path(self._plan.model))
        self.model = LocalModel(self.file, audit_share=self._plan.audit_share)

    def parts(self) -> Parts:
        """The parts by themselves; builds some a second time."""
        thorough = LocalModel(self.file, audit_share=self._plan.audit_share, thorough=True)
        return Parts(
            rules=Screen([self.engine]),
            reader=Reader(self.file.entry("lexicon.txt").decode().split()),
            first=NgramModel(self.file.entry("ngrams.npz")),
            second=self.model.second,
            whole=self.whole(),
            thorough=Screen([self.engine, thorough]),
        )

    def whole(self) -> Screen:
        """The screen that posting asks."""
        return Screen([self.engine, self.model])


def measure(plan: ScreeningPlan, tell: Callable[[str, int, int], None]) -> Measured:
    """Load, then judge the posts of every round in every way, the ways in turns."""
    loading = _Loading()
    tell("loading", 0, 1)
    loaded = _Loaded(plan, loading)
    rounds = [[Content(text=text) for text in texts] for texts in plan.rounds]
    loaded.whole().assess_many(rounds[0])
    loading.note(f"{len(rounds[0])} posts later")
    ways = ways_of(loaded.parts())
    tell("loading", 1, 1)

    passes: dict[str, list[Timing]] = {way.what: [] for way in ways}
    flags: list[bool] = []
    enough, asked = [], []
    for way in ways:
        timed(way, rounds[0][:_WARM_UP_POSTS])
    steps = len(rounds) * len(ways)
    for number, posts in enumerate(rounds):
        for at, way in enumerate(ways):
            tell("judging", number * len(ways) + at, steps)
            passes[way.what].append(timed(way, posts))
        were_asked = [loaded.model.read(post).asked_second for post in posts]
        flags.extend(were_asked)
        enough.append(part_of(passes[WHOLE][-1], [not one for one in were_asked]))
        asked.append(part_of(passes[WHOLE][-1], were_asked))
    tell("judging", steps, steps)

    figures = [figures_from(way.what, passes[way.what], way.note) for way in ways]
    at = next(at for at, way in enumerate(ways) if way.what == WHOLE) + 1
    figures[at:at] = [
        figures_from(f"{WHOLE}, second tier not asked", enough, "part of the above"),
        figures_from(f"{WHOLE}, second tier asked", asked, "part of the above, audit included"),
    ]
    return Measured(
        version=loaded.whole().version,
        figures=[one for one in figures if one is not None],
        asked=asked_of(flags),
        memory=loading.memory,
        loading_ms=loading.milliseconds,
    )


def _path(name: str | None) -> Path | None:
    return Path(name) if name is not None else None


def _use_one_core() -> None:
    """Where the system can: stay on one of the cores that this process may use."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _say(line: Step | Answer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def main() -> int:
    """The benchmark's child."""
    _use_one_core()
    # Standard output belongs to the answer.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=ScreeningPlan)
    try:
        _say(Answer(measure(plan, lambda what, done, total: _say(Step(what, done, total)))))
    except HoldfastError as error:
        sys.stderr.write(f"{error.public}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
