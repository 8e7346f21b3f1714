"""Rule files that a command is to work with: one that cannot be used at all is an error, lesser problems are said."""

from __future__ import annotations

import sys
from pathlib import Path

import structlog

from holdfast.pure.errors import Invalid
from holdfast.screening import SHIPPED_MODEL, ModelChoice, RuleSet, Screen, load_rules, load_screen


def usable_rules(path: Path | None) -> RuleSet:
    """The rules of a file, None: the default ones; what is skipped of it goes to standard error. Raises Invalid."""
    loaded = load_rules(path)
    if any(problem.where == "file" for problem in loaded.problems):
        raise Invalid("; ".join(str(problem) for problem in loaded.problems if problem.where == "file"))
    for problem in loaded.problems:
        sys.stderr.write(f"holdfast: {problem}\n")
    return loaded


def usable_screen(path: Path | None, model: ModelChoice | None = SHIPPED_MODEL) -> Screen:
    """The screen that these rules and this model make. Raises Invalid."""
    # What is wrong with the model is logged; standard output belongs to what the command prints.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    usable_rules(path)
    return load_screen(path, model=model, log_problems=False)
