"""The operating system's PostgreSQL over TLS: mirrored, killed, and back in a folder of its own on programs of the same version."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.platform.postgres import (
    BUNDLED_VERSION,
    DatabaseUnreachable,
    backup_programs,
    check_reachable,
    client_programs,
)
from holdfast.platform.replication import ReplicationAway, WalStream, ask_server
from tests.fault.publishers import until
from tests.fault.test_relaunch_whole import PATIENCE_SECONDS, read, say
from tests.support.external_postgres import MIRROR_ROLE, SITE_ROLE, ExternalPostgres, system_postgres
from tests.support.mirror_at_work import is_mirrored
from tests.support.mirrored import memory_folder
from tests.support.up_process import COMMAND, environment
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault


@pytest.fixture
def folder() -> Iterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def postgres(folder: Path) -> Iterator[ExternalPostgres]:
    server = ExternalPostgres(folder / "theirs", system_postgres())
    yield server
    server.close()


def relaunched(data: Path, key: Path, store: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "relaunch", "--from", f"file://{store}", "--key", str(key), "--data", str(data), "--no-serve", "--json"],
        env=environment(None, **settings), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip


def unencrypted(postgres: ExternalPostgres) -> list[str]:
    """What the server noted of sessions of our two roles that were not encrypted."""
    lines = (postgres.folder / "log").read_text().splitlines()
    ours = [
        one
        for one in lines
        if f"authorized: user={SITE_ROLE} " in one or f"authorized: user={MIRROR_ROLE} " in one
    ]
    assert ours, lines
    return [one for one in ours if "SSL enabled (protocol=TLSv1." not in one]


def test_every_driver_verifies_the_server(postgres: ExternalPostgres, folder: Path) -> None:
    """asyncpg, psycopg2 and pg_basebackup: another authority, a name that the certificate does not have, no TLS at all."""
    good = postgres.url(MIRROR_ROLE)
    asyncio.run(check_reachable(good, 5))
    WalStream(good, "a-test").close()
    server = ask_server(good)
    assert server.encrypted
    assert server.major == postgres.major
    programs = client_programs(server.major, encrypted=True)

    def basebackup(url: str) -> int:
        command = [
            str(programs / "pg_basebackup"),
            "-D",
            "-",
            "-Ft",
            "-X",
            "none",
            "-c",
            "fast",
            "-w",
            "-d",
            url,
        ]
        return subprocess.run(
            command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"}
        ).returncode

    assert basebackup(good) == 0
    other = ExternalPostgres(folder / "other", postgres.programs)
    other.kill()
    wrong = {
        "authority": postgres.url(MIRROR_ROLE, authority=other.authority),
        "name": good.replace("@localhost:", "@127.0.0.1:"),
        "no TLS": postgres.url(MIRROR_ROLE, mode="disable"),
    }
    for why, url in wrong.items():
        with pytest.raises(DatabaseUnreachable):
            asyncio.run(check_reachable(url, 1))
        with pytest.raises(ReplicationAway):
            WalStream(url, "a-test")
        assert basebackup(url) != 0, why
    assert not unencrypted(postgres)


def test_a_site_on_it_is_mirrored_and_comes_back(postgres: ExternalPostgres, folder: Path) -> None:
    stores = (folder / "one", folder / "two")
    first = WholeServer(
        folder / "first", database_url=postgres.url(SITE_ROLE), mirror_database_url=postgres.url(MIRROR_ROLE)
    )
    try:
        first.wait_ready()
        key = folder / "identity"
        first.command("mirror", "init", "--key-out", str(key))
        for store in stores:
            store.mkdir()
            first.command("mirror", "add", store.name, f"file://{store}")
        first.add_member("ann")
        token = first.token("ann")
        until(lambda: is_mirrored(first.data), "the mirror holds what is written")
        sender = postgres.psql(
            "postgres",
            "select s.ssl, s.version, r.sync_state, r.usename from pg_stat_replication r join pg_stat_ssl s using (pid)"
            " where r.application_name = 'holdfast_mirror'",
        )
        assert sender in (f"t|TLSv1.3|sync|{MIRROR_ROLE}", f"t|TLSv1.2|sync|{MIRROR_ROLE}")
        posts = [say(first, token, "before the backup")]
        # Without a word it is a full one where the server knows no other (before 17).
        first.command("mirror", "backup")
        said = first.command("mirror", "backup", "--incremental", "--json")
        assert ('"incremental": false' in said) == (postgres.major < 17)
        posts += [say(first, token, f"after the backup {number}") for number in range(5)]
        first.command("mirror", "kit", "--out", str(folder / "kit.html"))
        postgres.kill()
        first.kill_everything()
    finally:
        first.close()
    log = (postgres.folder / "log").read_text()
    assert "application_name=pg_basebackup SSL enabled" in log
    assert "application_name=holdfast_mirror SSL enabled" in log
    assert not unencrypted(postgres)
    shutil.rmtree(first.data)

    done = relaunched(folder / "second", key, stores[1])
    assert done.returncode == 0, done.stderr
    second = WholeServer(folder / "second", port=first.port)
    try:
        second.wait_ready()
        for post in posts:
            assert read(second, token, post).status_code == 200
        assert say(second, token, "and it goes on")
        assert str(second.sql("show server_version")).startswith(f"{postgres.major}.")
        assert second.sql("show archive_mode") == "off"
        until(lambda: is_mirrored(second.data), "the mirror goes on with it")
    finally:
        second.close()


def test_programs_of_another_version_are_named_before_anything_is_fetched(
    postgres: ExternalPostgres, folder: Path
) -> None:
    """The ones that come with Holdfast cannot read what an older server wrote, and the text says what to install."""
    if postgres.major == BUNDLED_VERSION:
        pytest.skip(f"NOT TESTED: the system's PostgreSQL is {BUNDLED_VERSION} too")
    store = folder / "one"
    first = WholeServer(
        folder / "first", database_url=postgres.url(SITE_ROLE), mirror_database_url=postgres.url(MIRROR_ROLE)
    )
    try:
        first.wait_ready()
        key = folder / "identity"
        first.command("mirror", "init", "--key-out", str(key))
        store.mkdir()
        first.command("mirror", "add", store.name, f"file://{store}")
        first.command("mirror", "backup")
    finally:
        first.close()
    done = relaunched(folder / "second", key, store, postgres_bin=str(backup_programs()))
    assert done.returncode != 0
    assert f"The backups are of PostgreSQL {postgres.major}" in done.stderr
    assert f"apt install postgresql-{postgres.major}" in done.stderr
    assert not (folder / "second" / "postgres").exists()
