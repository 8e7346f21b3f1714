"""The files that steer the embedded PostgreSQL: written anew at every start.

An operator's own lines go into `local.conf` beside them, which is read last.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

from holdfast.platform.postgres.account import Account

ADMIN_ROLE = "holdfast_admin"
APP_ROLE = "holdfast"
DATABASE = "holdfast"
_NOTE = "# Written by Holdfast at every start; put lines of your own into local.conf.\n"


# Parameters that older versions do not know, and would refuse to start with.
_SINCE = {"io_method": 18, "summarize_wal": 17}
# What another server was configured with. Its own paths, modules and commands are not here.
_FILES_OF_OTHERS = (
    "postgresql.conf",
    "postgresql.auto.conf",
    "postgresql.base.conf",
    "pg_hba.conf",
    "pg_ident.conf",
    "local.conf",
)


def known_options(options: Mapping[str, str], version: int) -> dict[str, str]:
    """Those of the parameters that this major version has."""
    return {name: value for name, value in options.items() if _SINCE.get(name, 0) <= version}


def set_aside_foreign(cluster: Path, account: Account) -> bool:
    """Whether another PostgreSQL than ours made this cluster (`*.before` files tell); its configuration is set aside the first time."""
    written = cluster / "postgresql.conf"
    ours = written.is_file() and written.read_text(encoding="utf-8", errors="replace").startswith(_NOTE)
    marker = cluster / "pg_ident.conf.before"
    if not ours:
        # The marker last: killed before it, all is done again.
        for name in _FILES_OF_OTHERS:
            if name != "pg_ident.conf" and (cluster / name).exists():
                (cluster / name).rename(cluster / f"{name}.before")
        if (cluster / "pg_ident.conf").exists():
            (cluster / "pg_ident.conf").rename(marker)
        else:
            _write(marker, "", account)
        (cluster / "standby.signal").unlink(missing_ok=True)
        _write(cluster / "postgresql.auto.conf", "", account)
        _write(written, _NOTE, account)
    return marker.exists()


def server_options(socket_folder: Path, *, shared_buffers_mb: int, max_connections: int) -> dict[str, str]:
    """Name -> value of every server parameter that differs from PostgreSQL's own default."""
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": str(max_connections),
        "shared_buffers": f"{shared_buffers_mb}MB",
        "effective_cache_size": f"{shared_buffers_mb * 4}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        # Short statements only: compiling one costs more than running it.
        "jit": "off",
        "random_page_cost": "1.1",
        "max_parallel_workers_per_gather": "1",
        "max_parallel_maintenance_workers": "1",
        # One process less per worker at rest; the working set is in memory.
        "io_method": "sync",
        "wal_level": "replica",
        "max_wal_senders": "5",
        "max_replication_slots": "5",
        "max_wal_size": "1GB",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "autovacuum_naptime": "30s",
        "idle_in_transaction_session_timeout": "60s",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_min_messages": "warning",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] ",
        "cluster_name": "holdfast",
    }


def write_configuration(cluster: Path, account: Account, options: Mapping[str, str]) -> None:
    """Write postgresql.conf, pg_hba.conf and pg_ident.conf into the cluster's folder."""
    lines = [f"{name} = '{_quoted(value)}'\n" for name, value in options.items()]
    _write(
        cluster / "postgresql.conf", _NOTE + "".join(lines) + "include_if_exists = 'local.conf'\n", account
    )
    # The socket's folder keeps other accounts out; the kernel vouches for who is at the other end.
    rules = "local all all peer map=holdfast\nlocal replication all peer map=holdfast\n"
    _write(cluster / "pg_hba.conf", _NOTE + rules, account)
    people = {account.name, pwd.getpwuid(os.geteuid()).pw_name}
    pairs = [f'holdfast "{person}" {role}\n' for person in sorted(people) for role in (ADMIN_ROLE, APP_ROLE)]
    _write(cluster / "pg_ident.conf", _NOTE + "".join(pairs), account)


def let_commits_go(cluster: Path, account: Account) -> None:
    """Commits of the server that starts next wait for no standby, whatever was set while it ran: none will be there."""
    path = cluster / "postgresql.auto.conf"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    kept = [line for line in lines if not line.startswith("synchronous_standby_names")]
    if kept != lines:
        _write(path, "".join(kept), account)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _write(path: Path, text: str, account: Account) -> None:
    staging = path.with_name(path.name + ".new")
    staging.write_text(text, encoding="utf-8")
    staging.chmod(0o600)
    if account.drop:
        os.chown(staging, account.uid, account.gid)
    staging.rename(path)
