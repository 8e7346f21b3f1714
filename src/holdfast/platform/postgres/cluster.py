"""The cluster's files: making them once, and checking that they can be used.

A cluster is made in a folder beside its place and renamed when complete, so that a first start that
was killed half-way leaves nothing that looks finished.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.platform.postgres.account import Account
from holdfast.platform.postgres.configuration import ADMIN_ROLE, APP_ROLE, DATABASE
from holdfast.platform.postgres.errors import ClusterUnusable, StartFailed

# An account that may not pass through the parents can still name the folder it stands in.
_STANDING_IN = "/proc/self/cwd"
_BUILTIN_LOCALES_SINCE = 17
_HAS_POSTGRES = "SELECT datname FROM pg_database WHERE datname = 'postgres';"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster's folder, the programs that serve it and the account that owns it."""

    folder: Path
    programs: Path
    account: Account

    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return (self.folder / "PG_VERSION").is_file()

    def arguments(self, program: str, *rest: str, folder: Path | None = None) -> list[str]:
        """A command line for one of the programs; run it with `launch_options`."""
        return [str(self.programs / program), "-D", self._name_of(folder or self.folder), *rest]

    def launch_options(self, folder: Path | None = None) -> dict[str, Any]:
        """Keyword arguments for `subprocess`: folder, environment and account."""
        options: dict[str, Any] = {"cwd": folder or self.folder, "env": _ENVIRONMENT}
        if self.account.drop:
            options |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": ()}
        return options

    def _name_of(self, folder: Path) -> str:
        if self.account.drop and not self.account.can_traverse(folder.parent):
            return _STANDING_IN
        return str(folder.resolve())

    def check(self, program_version: int) -> None:
        """Raise ClusterUnusable unless this version and this account can serve the files."""
        version = (self.folder / "PG_VERSION").read_text().strip()
        if version != str(program_version):
            raise ClusterUnusable(
                f"{self.folder} was made by PostgreSQL {version}, but this Holdfast runs PostgreSQL "
                f"{program_version}; set HOLDFAST_POSTGRES_BIN to the folder of PostgreSQL {version}, install the Holdfast that "
                "made it, or dump and restore the database"
            )
        owner = self.folder.stat().st_uid
        if owner == self.account.uid:
            return
        if not self.account.drop:
            raise ClusterUnusable(
                f"{self.folder} belongs to user id {owner}, not to {self.account.name}; "
                "start Holdfast as the same user as before"
            )
        _give(self.folder, self.account)

    def make(self, version: int, *, sync: bool = True) -> None:
        """Run initdb and create the application's role and database. `sync=False` is for tests."""
        staging = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700, parents=True)
        if self.account.drop:
            os.chown(staging, self.account.uid, self.account.gid)
        self._run(
            "making the database",
            self.arguments("initdb", *_initdb_options(version, sync=sync), folder=staging),
            staging,
        )
        # Only this process can reach the files now, so roles and database need no server.
        statements = (
            f"CREATE ROLE {APP_ROLE} LOGIN;\nCREATE DATABASE {DATABASE} OWNER {APP_ROLE};\n"
            f"REVOKE CONNECT ON DATABASE {DATABASE} FROM PUBLIC;\n"
        )
        self._alone("creating the database", staging, "postgres", statements.splitlines())
        staging.rename(self.folder)

    def adopt(self, database: str, role: str) -> None:
        """Have our roles and our database in a cluster that was made elsewhere, where they were called otherwise. Safe to repeat."""
        admin, app = _literal(ADMIN_ROLE), _literal(APP_ROLE)
        statements = [
            f"DO $do$ BEGIN IF to_regrole({admin}) IS NULL THEN CREATE ROLE {ADMIN_ROLE}; END IF; END $do$;",
            f"ALTER ROLE {ADMIN_ROLE} SUPERUSER REPLICATION LOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity';",
            f"DO $do$ BEGIN IF to_regrole({app}) IS NULL THEN CREATE ROLE {APP_ROLE}; END IF; END $do$;",
            f"ALTER ROLE {APP_ROLE} LOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity';",
        ]
        if role != APP_ROLE:
            # Membership gives an owner's rights; what the objects are called in old backups stays.
            name = _literal(role)
            statements.append(
                f"DO $do$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) THEN "
                f"EXECUTE format('GRANT %I TO {APP_ROLE}', {name}); END IF; END $do$;"
            )
        if database != DATABASE:
            name = _literal(database)
            statements.append(
                f"DO $do$ BEGIN IF EXISTS (SELECT FROM pg_database WHERE datname = {name}) THEN "
                f"EXECUTE format('ALTER DATABASE %I RENAME TO {DATABASE}', {name}); END IF; END $do$;"
            )
        statements.append(f"ALTER DATABASE {DATABASE} OWNER TO {APP_ROLE};")
        self._alone("taking over the database", self.folder, "template1", statements)
        # Commands that look at the cluster as a whole connect to this one.
        there = self._alone("taking over the database", self.folder, "template1", [_HAS_POSTGRES])
        if b'datname = "postgres"' not in there:
            self._alone("taking over the database", self.folder, "template1", ["CREATE DATABASE postgres;"])

    def _alone(self, doing: str, folder: Path, database: str, statements: Sequence[str]) -> bytes:
        """Run statements of one line each while no server runs."""
        single = [str(self.programs / "postgres"), "--single", "-D", self._name_of(folder), "-j", database]
        return b"".join(
            self._run(doing, single, folder, f"{statement}\n\n".encode()) for statement in statements
        )

    def _run(self, doing: str, command: Sequence[str], folder: Path, stdin: bytes = b"") -> bytes:
        done = subprocess.run(
            command,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            # Ctrl-C must not break it half-way by itself; the caller decides.
            process_group=0,
            **self.launch_options(folder),
        )
        if done.returncode != 0 or b"ERROR:" in done.stdout:
            last = done.stdout.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise StartFailed(f"{doing} failed: {last[0]}", private=done.stdout.decode(errors="replace"))
        return bytes(done.stdout)


def _literal(text: str) -> str:
    """A string as SQL writes it, on one line: a name of another server's may hold anything."""
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n").replace("$", "\\044")
    return f"E'{escaped}'"


def _initdb_options(version: int, *, sync: bool) -> list[str]:
    locale = (
        ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if version >= _BUILTIN_LOCALES_SINCE
        else ["--locale=C.UTF-8"]
    )
    options = [
        f"--username={ADMIN_ROLE}",
        "--auth=peer",
        "--encoding=UTF8",
        *locale,
        "--data-checksums",
        "--no-instructions",
    ]
    return options if sync else [*options, "--no-sync"]


def _give(folder: Path, account: Account) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
