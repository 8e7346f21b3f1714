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
                f"{program_version}; install the Holdfast that made it, or dump and restore the database"
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

    def make(self, *, sync: bool = True) -> None:
        """Run initdb and create the application's role and database. `sync=False` is for tests."""
        staging = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700, parents=True)
        if self.account.drop:
            os.chown(staging, self.account.uid, self.account.gid)
        self._run(
            "making the database",
            self.arguments("initdb", *_initdb_options(sync=sync), folder=staging),
            staging,
        )
        # Only this process can reach the files now, so roles and database need no server.
        statements = (
            f"CREATE ROLE {APP_ROLE} LOGIN;\nCREATE DATABASE {DATABASE} OWNER {APP_ROLE};\n"
            f"REVOKE CONNECT ON DATABASE {DATABASE} FROM PUBLIC;\n"
        )
        single = [str(self.programs / "postgres"), "--single", "-D", self._name_of(staging), "-j", "postgres"]
        for statement in statements.splitlines():
            self._run("creating the database", single, staging, f"{statement}\n\n".encode())
        staging.rename(self.folder)

    def _run(self, doing: str, command: Sequence[str], folder: Path, stdin: bytes = b"") -> None:
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


def _initdb_options(*, sync: bool) -> list[str]:
    options = [
        f"--username={ADMIN_ROLE}",
        "--auth=peer",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
    ]
    return options if sync else [*options, "--no-sync"]


def _give(folder: Path, account: Account) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
