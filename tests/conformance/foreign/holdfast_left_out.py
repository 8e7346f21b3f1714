"""A plugin of pytest that is copied beside a foreign suite: HOLDFAST_LEFT_OUT names tests and files, one a line.

`--deselect` would leave out every test whose name only begins alike.
"""

from __future__ import annotations

import os

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is named, with all its parameters, and nothing else."""
    named = set(os.environ["HOLDFAST_LEFT_OUT"].splitlines())
    gone = [item for item in items if {item.nodeid.partition("[")[0], item.nodeid.partition("::")[0]} & named]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]
