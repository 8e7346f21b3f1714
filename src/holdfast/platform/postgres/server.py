"""One embedded PostgreSQL server: start, wait until it serves, stop.

The caller holds the lock of the data folder, so at most one `EmbeddedPostgres` acts on it. The
server gets a fast-shutdown signal from the kernel when this process dies.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from holdfast.platform.postgres.account import Account, choose_account
from holdfast.platform.postgres.cluster import Cluster
from holdfast.platform.postgres.configuration import (
    ADMIN_ROLE,
    APP_ROLE,
    DATABASE,
    known_options,
    let_commits_go,
    server_options,
    set_aside_foreign,
    write_configuration,
)
from holdfast.platform.postgres.errors import ClusterUnusable, StartFailed
from holdfast.platform.postgres.programs import find_programs, major_version_of
from holdfast.platform.processes import death_request, end_process, is_alive, wait_exit

# The kernel's limit for a socket's path is 108 bytes with its final zero, 104 on BSD.
_SOCKET_PATH_MAX_BYTES = 100
_SOCKET_NAME = ".s.PGSQL.5432"
_LOG_MAX_BYTES = 16 * 1024 * 1024
_READY_POLL_SECONDS = 0.02
_PROGRESS_AFTER_SECONDS = 2.0
# Orphaned backends of a killed server hold its shared memory until they notice.
_ORPHANS_PATIENCE_SECONDS = 15.0
_LEFTOVER_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))

Progress = Callable[[str], None]


def _silent(message: str) -> None:
    """Progress that nobody watches."""


def dsn_for(socket_folder: Path | str, role: str = APP_ROLE, database: str = DATABASE) -> str:
    """The address of a database behind a socket folder; holds no password."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder), safe='')}"


def running_socket_folder(data: Path) -> Path | None:
    """The socket folder of the server that serves this data folder now, or None."""
    try:
        folder = Path(json.loads((data / "run" / "postgres.json").read_text())["socket_folder"])
    except (OSError, ValueError, KeyError):
        return None
    return folder if (folder / _SOCKET_NAME).exists() else None


class EmbeddedPostgres:
    """The PostgreSQL of one data folder. `options` override server parameters."""

    def __init__(
        self,
        data: Path,
        *,
        user: str = "",
        programs: Path | None = None,
        shared_buffers_mb: int = 64,
        max_connections: int = 50,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self._data = data.resolve()
        self._account = choose_account(user)
        found = find_programs(self._account, programs)
        self._version = major_version_of(found)
        self._cluster = Cluster(self._data / "postgres", found, self._account)
        self._shared_buffers_mb = shared_buffers_mb
        self._max_connections = max_connections
        self._options = dict(options or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.socket_folder = self._choose_socket_folder()
        self.log_file = self._data / "log" / "postgres.log"

    @property
    def programs(self) -> Path:
        """Folder of the PostgreSQL programs (pg_basebackup, pg_dump ...), as the account reaches them."""
        return self._cluster.programs

    @property
    def cluster(self) -> Cluster:
        """The cluster's files."""
        return self._cluster

    @property
    def dsn(self) -> str:
        """The application's database, as its unprivileged role."""
        return dsn_for(self.socket_folder)

    def admin_dsn(self, database: str = "postgres") -> str:
        """Any database, as the superuser: for backup, replication and tests."""
        return dsn_for(self.socket_folder, ADMIN_ROLE, database)

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server, to watch it; None when it was not started or is stopped."""
        return self._process

    async def start(self, progress: Progress = _silent, *, sync: bool = True, mirrored: bool = False) -> bool:
        """Make the cluster when there is none, start the server and wait until it accepts queries.

        `mirrored`: somebody ships its log, so that commits may go on waiting for that as they did before.
        Crash recovery may take as long as it needs; `progress` hears of it. Returns True when the
        cluster is new. Raises PostgresError.
        """
        created = not self._cluster.exists()
        if created:
            progress("making the database")
            self._cluster.make(self._version, sync=sync)
        self._cluster.check(self._version)
        self._end_leftover(progress)
        if not created:
            set_aside_foreign(self._cluster.folder, self._account)
        self._prepare_folders()
        options = server_options(
            self.socket_folder,
            shared_buffers_mb=self._shared_buffers_mb,
            max_connections=self._max_connections,
        )
        if mirrored:
            # Incremental backups need to know which blocks changed.
            options["summarize_wal"] = "on"
        known = known_options(options | self._options, self._version)
        write_configuration(self._cluster.folder, self._account, known)
        if not mirrored:
            let_commits_go(self._cluster.folder, self._account)
        loop = asyncio.get_running_loop()
        orphans_deadline = loop.time() + _ORPHANS_PATIENCE_SECONDS
        while True:
            log_start = self.log_file.stat().st_size if self.log_file.exists() else 0
            process = self._process = self._launch()
            if await self._until_ready(process, progress):
                break
            self._process = None
            reason = self._last_complaint(log_start)
            if "shared memory block" not in reason or loop.time() > orphans_deadline:
                raise StartFailed(f"PostgreSQL did not start: {reason} (see {self.log_file})")
            await asyncio.sleep(0.2)
        self._record(process.pid)
        return created

    @property
    def version(self) -> int:
        """The major version of the programs."""
        return self._version

    def adopt(self, database: str, role: str) -> None:
        """A cluster that another PostgreSQL had gets the roles and the name of the database that are expected here; one of ours is left
        alone. Not while it runs, nor before its recovery ended. `database`, `role`: what they were called there. Safe to repeat. Blocks.
        """
        self._end_leftover(_silent)
        if set_aside_foreign(self._cluster.folder, self._account):
            self._cluster.adopt(database, role)

    async def stop(self, grace_seconds: float = 30.0) -> None:
        """Stop cleanly: end sessions, write a checkpoint. Past the grace, stop without the checkpoint."""
        process, self._process = self._process, None
        if process is None:
            return
        for number, patience in (
            (signal.SIGINT, grace_seconds),
            (signal.SIGQUIT, 5.0),
            (signal.SIGKILL, None),
        ):
            if process.poll() is None:
                process.send_signal(number)
            if await wait_exit(process, patience) is not None:
                break
        (self._data / "run" / "postgres.json").unlink(missing_ok=True)
        if self._data not in self.socket_folder.parents:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def rotate_log(self) -> None:
        """Keep one old log file once the current one is large. Call it now and then."""
        try:
            if self.log_file.stat().st_size < _LOG_MAX_BYTES:
                return
            # The server keeps writing (appending) to the same file, so it is emptied, not renamed.
            shutil.copyfile(self.log_file, self.log_file.with_suffix(".log.1"))
            os.truncate(self.log_file, 0)
        except FileNotFoundError:
            return

    def _choose_socket_folder(self) -> Path:
        inside = self._data / "run" / "postgres"
        near = len(os.fsencode(inside / _SOCKET_NAME)) <= _SOCKET_PATH_MAX_BYTES
        if near and (not self._account.drop or self._account.can_traverse(_existing(inside.parent))):
            return inside
        tag = sha256(os.fsencode(self._data)).hexdigest()[:12]
        return _runtime_folder(self._account) / f"holdfast-{self._account.uid}-{tag}"

    def _prepare_folders(self) -> None:
        self.log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._data / "run").mkdir(mode=0o711, parents=True, exist_ok=True)
        try:
            self.socket_folder.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            if self._account.drop:
                os.chown(self.socket_folder, self._account.uid, self._account.gid)
        info = self.socket_folder.lstat()
        # A folder in a shared place could have been put there by somebody else.
        if not stat.S_ISDIR(info.st_mode) or info.st_uid != self._account.uid or info.st_mode & 0o077:
            raise ClusterUnusable(
                f"{self.socket_folder} is not a private folder of {self._account.name}; remove it"
            )

    def _launch(self) -> subprocess.Popen[bytes]:
        # Opened here, so that the account needs no access to the folder; O_APPEND suits rotate_log.
        log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                self._cluster.arguments("postgres"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own group: Ctrl-C on the terminal must reach it through the supervisor only.
                process_group=0,
                # One system call on a library that is loaded already, so threads cannot harm it.
                preexec_fn=death_request(signal.SIGINT),  # noqa: PLW1509
                **self._cluster.launch_options(),
            )
        finally:
            os.close(log)
        return process

    async def _until_ready(self, process: subprocess.Popen[bytes], progress: Progress) -> bool:
        """True once the server accepts queries, False when it ended instead."""
        loop = asyncio.get_running_loop()
        tell_at = loop.time() + _PROGRESS_AFTER_SECONDS
        while process.poll() is None:
            lines = self._pid_file_lines()
            if lines[7:8] == ["ready"] and lines[0] == str(process.pid):
                return True
            if loop.time() > tell_at:
                progress("recovering the database after an unclean stop; this can take a while")
                tell_at = loop.time() + 30.0
            await asyncio.sleep(_READY_POLL_SECONDS)
        return False

    def _pid_file_lines(self) -> list[str]:
        try:
            text = (self._cluster.folder / "postmaster.pid").read_text()
        except FileNotFoundError:
            return []
        return [line.strip() for line in text.splitlines()]

    def _end_leftover(self, progress: Progress) -> None:
        """Stop a server that outlived its supervisor; drop a stale pid file whose id was reused."""
        lines = self._pid_file_lines()
        if not lines:
            return
        pid = int(lines[0]) if lines[0].isdecimal() else 0
        if pid and is_alive(pid) and _stands_in(pid, self._cluster.folder):
            progress("stopping a PostgreSQL left over from an earlier run")
            if not end_process(pid, _LEFTOVER_STEPS):
                raise ClusterUnusable(
                    f"a PostgreSQL left over from an earlier run (pid {pid}) does not stop; end it"
                )
        # PostgreSQL itself would refuse when an unrelated process has the recorded id by now.
        (self._cluster.folder / "postmaster.pid").unlink(missing_ok=True)

    def _last_complaint(self, log_start: int) -> str:
        with self.log_file.open("rb") as log:
            log.seek(log_start)
            lines = log.read().decode(errors="replace").splitlines()
        for mark in ("PANIC:", "FATAL:", "ERROR:"):
            for line in reversed(lines):
                if mark in line:
                    return line.split(mark, 1)[1].strip()
        return lines[-1].strip() if lines else "it gave no reason"

    def _record(self, pid: int) -> None:
        record = {"pid": pid, "socket_folder": str(self.socket_folder)}
        path = self._data / "run" / "postgres.json"
        staging = path.with_suffix(".new")
        staging.write_text(json.dumps(record))
        staging.rename(path)


def _runtime_folder(account: Account) -> Path:
    """A short path for what lives only as long as the server, where others cannot put things if possible."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    place = Path("/run") if account.drop else Path(own) if own else None
    if place is not None and place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        return place
    return Path(tempfile.gettempdir())


def _existing(folder: Path) -> Path:
    """The nearest folder upwards that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _stands_in(pid: int, folder: Path) -> bool:
    """Whether the process is a PostgreSQL whose working folder this is."""
    import psutil

    try:
        process = psutil.Process(pid)
        return Path(process.cwd()) == folder and "postgres" in process.name()
    except psutil.Error:
        return False
