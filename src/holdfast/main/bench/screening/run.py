"""Finds the posts, starts the process that measures, and makes its answer a report."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from holdfast.main.bench.data import Progress
from holdfast.main.bench.screening.model import (
    Answer,
    Lengths,
    Measured,
    ScreeningOptions,
    ScreeningPlan,
    ScreeningReport,
    Step,
    ratios_to_rules,
)
from holdfast.main.bench.screening.texts import drawn_texts, read_texts
from holdfast.main.bench.usage import machine
from holdfast.pure.errors import Unavailable
from holdfast.screening.classifier import ModelFile

_COMMAND = (sys.executable, "-m", "holdfast.main.bench.screening.measure")
# The threads of numpy's linear algebra are made when it is imported.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def run_screening_bench(options: ScreeningOptions, progress: Progress) -> ScreeningReport:
    """Measure. Raises Invalid for texts or a model that cannot be used, Unavailable when measuring fails."""
    ModelFile(Path(options.model) if options.model is not None else None)
    rounds = posts_by_round(options)
    plan = ScreeningPlan(
        rounds=rounds, rules=options.rules, model=options.model, audit_share=options.audit_percent / 100
    )
    measured = _measured_apart(plan, progress)
    return ScreeningReport(
        bench="screening",
        machine=machine(),
        options=options,
        lengths=Lengths.of(text for posts in rounds for text in posts),
        measured=measured,
        ratios=dict(ratios_to_rules(measured.figures)),
    )


def posts_by_round(options: ScreeningOptions) -> list[list[str]]:
    """Other posts in every round, as long as a file has enough of them; then from its beginning again."""
    wanted = options.posts * options.rounds
    texts = read_texts(Path(options.texts), wanted) if options.texts is not None else drawn_texts(wanted)
    posts = min(options.posts, len(texts))
    return [
        [texts[(number * posts + at) % len(texts)] for at in range(posts)] for number in range(options.rounds)
    ]


def _measured_apart(plan: ScreeningPlan, progress: Progress) -> Measured:
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as complaints,
    ):
        given.write(msgspec.json.encode(plan))
        given.seek(0)
        measured: Measured | None = None
        with subprocess.Popen(
            _COMMAND,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, **_ONE_THREAD},
        ) as child:
            for line in child.stdout or ():
                said: Step | Answer = msgspec.json.decode(line, type=Step | Answer)
                if isinstance(said, Step):
                    progress(said.what, said.done, said.total)
                else:
                    measured = said.measured
        if child.returncode != 0 or measured is None:
            complaints.seek(0)
            lines = complaints.read().decode("utf-8", "replace").strip().splitlines() or ["it gave no reason"]
            raise Unavailable(f"the measurement failed: {lines[-1]}")
    return measured
