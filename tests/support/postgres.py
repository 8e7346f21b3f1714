"""One PostgreSQL per test run, and a fresh copy of a migrated database for every test that wants one.

The first pytest process that asks starts a keeper process, which serves the embedded PostgreSQL from
a temporary folder until the run ends. The migrations run once, into a template database; the rest is
`CREATE DATABASE ... TEMPLATE`. With HOLDFAST_TEST_DATABASE_URL set to a superuser's address on another
server, that server is used instead and only the databases are ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from holdfast.migrations.runner import upgrade
from holdfast.platform.postgres import EmbeddedPostgres

OWNER = "holdfast"
# Nothing in a test outlives the machine, so nothing has to reach the disk.
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
RUN_FOLDER = "HOLDFAST_TEST_RUN_FOLDER"
EXTERNAL = "HOLDFAST_TEST_DATABASE_URL"
_ROOM_BYTES = 2 << 30


class DatabaseServer:
    """The server of this run. Addresses name the application's role, which is no superuser."""

    def __init__(self, admin: str, app: str, template: str) -> None:
        self._admin, self._app, self._template = admin, app, template
        # A loop of our own: fixtures must not disturb the loops of the tests.
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection[Any] | None = None

    def clone_database(self) -> str:
        """A new database with the newest schema and no rows; returns its address."""
        # Copying files costs less than the default, which takes every block through a log that nothing here needs.
        return self._create(self._template, "STRATEGY FILE_COPY")

    def empty_database(self, encoding: str = "UTF8") -> str:
        """A new database without any schema; returns its address."""
        return self._create("template0", f"ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C'")

    def drop_database(self, address: str) -> None:
        """Drop it, ending whatever is still connected."""
        name = urlsplit(address).path.removeprefix("/")
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def make_template(self) -> None:
        """Make the database that `clone_database` copies."""
        self._execute(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}')"
            f" THEN CREATE ROLE {OWNER} LOGIN; END IF; END $$"
        )
        self._execute(f'CREATE DATABASE "{self._template}" TEMPLATE template0 OWNER "{OWNER}"')
        self._loop.run_until_complete(upgrade(self._address(self._template)))

    def drop_template(self) -> None:
        """For a server that stays when the run ends."""
        self.drop_database(self._address(self._template))

    def close(self) -> None:
        """Close the connection that creates and drops databases."""
        if self._connection is not None:
            self._loop.run_until_complete(self._connection.close())
        self._loop.close()

    def _create(self, template: str, more: str = "") -> str:
        name = f"holdfast_test_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{OWNER}" {more}')
        return self._address(name)

    def _address(self, database: str) -> str:
        return urlunsplit(urlsplit(self._app)._replace(path=f"/{database}"))

    def _execute(self, statement: str) -> None:
        async def work() -> None:
            if self._connection is None:
                self._connection = await asyncpg.connect(self._admin)
            await self._connection.execute(statement)

        self._loop.run_until_complete(work())


def open_run() -> None:
    """Called once by the controlling pytest process before any worker starts."""
    os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="holdfast-tests-", dir=_memory())
    os.chmod(os.environ[RUN_FOLDER], 0o711)


def _memory() -> Path | None:
    """Where files are in memory, when there is room. A database is some nine hundred files: on a disk, making one for each
    test takes up to half a second of computing, here a hundredth of one."""
    place = Path("/dev/shm")
    try:
        room = shutil.disk_usage(place).free if os.access(place, os.W_OK) else 0
    except OSError:
        room = 0
    return place if room >= _ROOM_BYTES else None


def close_run() -> None:
    """Called once by the controlling pytest process when everything has run."""
    folder = Path(os.environ.pop(RUN_FOLDER))
    with contextlib.suppress(FileNotFoundError):
        server = json.loads((folder / "server.json").read_text())
        if server["keeper"]:
            os.kill(server["keeper"], signal.SIGTERM)
            return
        left = DatabaseServer(server["admin"], server["app"], server["template"])
        left.drop_template()
        left.close()
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def run_server() -> Iterator[DatabaseServer]:
    """The server of this run, started by whoever comes first."""
    folder = Path(os.environ[RUN_FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        record = folder / "server.json"
        first = not record.exists()
        where = (_external() or _start_keeper(folder)) if first else json.loads(record.read_text())
        server = DatabaseServer(where["admin"], where["app"], where["template"])
        if first:
            server.make_template()
            record.write_text(json.dumps(where))
    try:
        yield server
    finally:
        server.close()


def _external() -> dict[str, Any] | None:
    address = os.environ.get(EXTERNAL)
    if not address:
        return None
    template = f"holdfast_template_{uuid.uuid4().hex[:8]}"
    # The same account owns and connects: an external server's access rules are not ours to change.
    return {"admin": address, "app": address, "template": template, "keeper": None}


def _start_keeper(folder: Path) -> dict[str, Any]:
    # The controlling process: workers are its children, and it outlives them all.
    watched = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    command = [sys.executable, "-m", "tests.support.postgres", str(folder), str(watched)]
    keeper = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert keeper.stdout is not None
    answer = keeper.stdout.readline()
    if not answer:
        raise RuntimeError("the test run's PostgreSQL did not start")
    return {**json.loads(answer), "template": "holdfast_template", "keeper": keeper.pid}


async def _keep(folder: Path, watched_pid: int) -> None:
    server = EmbeddedPostgres(folder, max_connections=200, options=THROWAWAY)
    await server.start(sync=False)
    sys.stdout.write(json.dumps({"admin": server.admin_dsn(), "app": server.dsn}) + "\n")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_reader(os.pidfd_open(watched_pid), ended.set)
    await ended.wait()
    await server.stop(grace_seconds=5)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(_keep(Path(sys.argv[1]), int(sys.argv[2])))
