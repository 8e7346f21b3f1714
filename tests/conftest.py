"""Fixtures for every test: a fresh, migrated database, and settings to go with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from holdfast.platform.config import Settings, load_settings
from tests.support import postgres


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.close_run()


def pytest_runtest_setup() -> None:
    # The stream that a test captures with is closed after it; what a command made in between would still write to it.
    structlog.reset_defaults()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))


@pytest.fixture(scope="session")
def database_server() -> Iterator[postgres.DatabaseServer]:
    """The PostgreSQL of this run: `clone_database()`, `empty_database()`, `drop_database(address)`."""
    with postgres.run_server() as server:
        yield server


@pytest.fixture
def database_url(database_server: postgres.DatabaseServer) -> Iterator[str]:
    """The address of a fresh database with the newest schema, dropped after the test."""
    address = database_server.clone_database()
    yield address
    database_server.drop_database(address)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Default settings over a fresh data folder and database; nothing is read from the environment."""
    return load_settings({"data": str(tmp_path / "data"), "database_url": database_url}, environment={})
