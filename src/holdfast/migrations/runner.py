"""Bringing a database to the newest schema.

Migrations are SQL files in `versions/`, named `NNNN_what_it_does.sql` and run in that order, each in
a transaction of its own. Alembic keeps the book (table `alembic_version`). A file that was released
never changes: a correction is a new file.

The common case, nothing to do, costs one query and imports neither Alembic nor SQLAlchemy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from holdfast.pure.errors import Conflict

if TYPE_CHECKING:
    from alembic.script import Script
    from sqlalchemy import Connection

VERSIONS = Path(__file__).parent / "versions"
_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
# Starters of the same database wait for each other on this lock; the number only has to be ours.
_LOCK = 0x686F6C64

Progress = Callable[[str], None]


class SchemaUnknown(Conflict):
    """The database was written by another, usually newer, version of Holdfast."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number as text ("0001"), its name and its SQL."""

    revision: str
    name: str
    sql: str


def migrations() -> list[Migration]:
    """Every migration in order. Raises ValueError when the numbers have a gap or a double."""
    steps: list[Migration] = []
    for path in sorted(VERSIONS.glob("*.sql")):
        found = _FILE_NAME.fullmatch(path.name)
        if found is None or int(found[1]) != len(steps) + 1:
            raise ValueError(f"{path} does not continue the numbering of the migrations")
        steps.append(Migration(found[1], path.stem[5:], path.read_text(encoding="utf-8")))
    return steps


def head() -> str:
    """The number of the newest migration."""
    return max(path.name[:4] for path in VERSIONS.glob("*.sql"))


async def current(connection: asyncpg.Connection[Any]) -> str | None:
    """The number of the last migration this database has seen, or None for an empty database."""
    if await connection.fetchval("SELECT to_regclass('alembic_version') IS NULL"):
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision


async def upgrade(dsn: str, progress: Progress | None = None) -> int:
    """Run what is missing; returns how many migrations ran. Safe to call from several machines at once.

    Raises SchemaUnknown when the database holds a revision that this version does not know.
    """
    connection = await asyncpg.connect(dsn)
    try:
        if await current(connection) == head():
            return 0
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        # Another starter may have done the work while this one waited.
        return await _upgrade_from(dsn, await current(connection), progress)
    finally:
        await connection.close()


async def _upgrade_from(dsn: str, revision: str | None, progress: Progress | None) -> int:
    steps = migrations()
    known = [step.revision for step in steps]
    if revision is not None and revision not in known:
        raise SchemaUnknown(
            f"the database has schema {revision}, but this Holdfast knows only up to {known[-1]}; "
            "start the newer Holdfast that wrote it"
        )
    missing = steps[known.index(revision) + 1 :] if revision else steps
    if missing:
        await _run(dsn, steps, missing, progress)
    return len(missing)


async def _run(dsn: str, steps: list[Migration], missing: list[Migration], progress: Progress | None) -> None:
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script.revision import RevisionMap
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    names = {step.revision: step.name.replace("_", " ") for step in missing}

    def tell(**event: Any) -> None:
        if progress is not None:
            revision = event["step"].up_revision_id
            progress(f"schema {revision}: {names[revision]}")

    def migrate(connection: Connection) -> None:
        before: list[str | None] = [None, *(step.revision for step in steps)]
        scripts = {
            step.revision: _script(step, previous, connection)
            for step, previous in zip(steps, before, strict=False)
        }
        chain = RevisionMap(scripts.values)
        # Asking for anything links the scripts to each other.
        _ = chain.heads

        def work(heads: Any, context: MigrationContext) -> list[RevisionStep]:
            return [RevisionStep(chain, scripts[step.revision], is_upgrade=True) for step in missing]

        context = MigrationContext.configure(
            connection,
            opts={"fn": work, "transaction_per_migration": True, "on_version_apply_callbacks": (tell,)},
        )
        context.run_migrations()

    # SQLAlchemy must not take the address apart: asyncpg itself understands it.
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn), poolclass=NullPool
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


def _script(step: Migration, previous: str | None, connection: Connection) -> Script:
    """An Alembic script whose upgrade is the SQL text of one file."""
    import types

    from alembic.script import Script
    from sqlalchemy import text
    from sqlalchemy.util import await_only

    def apply() -> None:
        # A statement of SQLAlchemy's own opens the transaction ...
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        driver: Any = connection.connection.driver_connection
        # ... and the file, which is many statements, needs the driver's simple protocol, which fails on none at all.
        if any(line.strip() and not line.startswith("--") for line in step.sql.splitlines()):
            await_only(driver.execute(step.sql))

    module = types.ModuleType(f"holdfast_schema_{step.revision}")
    module.__dict__.update(revision=step.revision, down_revision=previous, upgrade=apply)
    module.__doc__ = step.name
    return Script(module, step.revision, str(VERSIONS / f"{step.revision}_{step.name}.sql"))
