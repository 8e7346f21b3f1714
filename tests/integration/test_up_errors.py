"""What stops `holdfast up` before it starts: one line on standard error, exit status 1."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from holdfast.main.datafolder import LAYOUT, open_data_folder
from holdfast.main.up import up
from holdfast.platform.config import load_settings
from holdfast.platform.passwords import verify_password
from holdfast.platform.postgres import check_reachable
from holdfast.platform.postgres.account import choose_account
from holdfast.pure.errors import HoldfastError
from tests.support.postgres import DatabaseServer
from tests.support.up_process import STANDIN, environment, free_port, holdfast

pytestmark = pytest.mark.integration


def failure(**settings: object) -> str:
    """The public text of what stops `up`."""
    with pytest.raises(HoldfastError) as caught:
        up(load_settings({"port": str(free_port()), **settings}, environment={}))
    assert "\n" not in caught.value.public
    return caught.value.public


def test_a_taken_port_is_named_with_a_free_one_before_the_database_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = failure(data=tmp_path / "data", port=str(port))
    assert f"port {port} on 127.0.0.1 is in use" in said
    assert "--port" in said
    assert not (tmp_path / "data" / "postgres").exists()


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    assert "192.0.2.1 is no address of this machine" in failure(data=tmp_path / "data", host="192.0.2.1")


def test_a_folder_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "layout").write_text(f"{LAYOUT + 1}\n")
    assert "was written by a newer Holdfast" in failure(data=tmp_path)
    assert (tmp_path / "layout").read_text() == f"{LAYOUT + 1}\n"


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "a file is in the way" in failure(data=tmp_path / "data")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    assert "cannot be written (permission denied)" in failure(data=tmp_path / "data")


def test_a_nearly_full_disk_is_refused_with_both_figures(tmp_path: Path) -> None:
    said = failure(data=tmp_path / "data", min_free_disk_mb="10000000")
    assert "is nearly full" in said
    assert "10000000 MiB wanted" in said


def test_a_cluster_of_another_major_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("15\n")
    said = failure(data=tmp_path)
    assert "was made by PostgreSQL 15" in said
    assert "runs PostgreSQL 18" in said


def test_a_folder_can_be_opened_once_at_a_time(tmp_path: Path) -> None:
    settings = load_settings({"data": tmp_path}, environment={})
    with open_data_folder(settings), pytest.raises(HoldfastError, match=f"pid {os.getpid()}"):
        open_data_folder(settings)
    with open_data_folder(settings):
        pass


def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    address = f"postgresql://me:hush-hush@127.0.0.1:{free_port()}/community"
    said = failure_of_process("--data", str(tmp_path / "data"), address=address)
    assert "the database at 127.0.0.1:" in said
    assert "/community cannot be reached: connection refused" in said
    assert "hush" not in said


def test_a_wrong_database_is_said_at_once(tmp_path: Path, database_url: str) -> None:
    said = failure_of_process(
        "--data", str(tmp_path / "data"), address=database_url.replace("/holdfast_test_", "/no_")
    )
    assert "does not exist" in said


async def test_a_database_that_cannot_keep_every_letter_is_refused(database_server: DatabaseServer) -> None:
    address = await asyncio.to_thread(database_server.empty_database, "LATIN1")
    try:
        with pytest.raises(HoldfastError, match="keeps text as LATIN1; make one with encoding UTF8"):
            await check_reachable(address, 5)
    finally:
        await asyncio.to_thread(database_server.drop_database, address)


def test_a_lost_master_key_is_not_replaced(tmp_path: Path, database_url: str) -> None:
    assert prepare(tmp_path / "first", database_url).returncode == 0
    again = prepare(tmp_path / "second", database_url)
    assert again.returncode == 1
    assert "master.key is missing; restore it" in again.stderr
    assert not (tmp_path / "second" / "secrets" / "master.key").exists()


def test_another_master_key_is_refused(tmp_path: Path, database_url: str) -> None:
    assert prepare(tmp_path / "first", database_url).returncode == 0
    again = prepare(tmp_path / "second", database_url, master_key="00" * 32)
    assert again.stderr == (
        "HOLDFAST_MASTER_KEY is not the master key that this database was made with; give it the right one\n"
    )


async def test_the_first_run_says_once_how_to_sign_in(tmp_path: Path, database_url: str) -> None:
    said = json.loads(prepare(tmp_path / "data", database_url).stdout.splitlines()[-1])["first_sign_in"]
    assert said.startswith("http://localhost:8420 as admin@localhost with password ")
    connection = await asyncpg.connect(database_url)
    user = await connection.fetchrow("SELECT role, password_hash FROM users")
    await connection.close()
    assert user["role"] == "owner"
    assert await verify_password(said.rsplit(" ", 1)[1], user["password_hash"])
    assert prepare(tmp_path / "data", database_url).stdout == ""


def prepare(data: Path, address: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What `up` does to the database, without serving."""
    data.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "holdfast.main.prepare"],
        env=environment(STANDIN, data=str(data), database_url=address, **settings),
        capture_output=True,
        text=True,
        check=False,
    )


def failure_of_process(*arguments: str, address: str) -> str:
    answer = holdfast(
        "up",
        *arguments,
        "--port",
        str(free_port()),
        database_url=address,
        database_connect_timeout_seconds="1",
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    return answer.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "settings", "expected"),
    [
        (
            ["--port", "abc"],
            {},
            "holdfast: --port on the command line: 'abc' is not a whole number between 1 and 65535\n",
        ),
        (
            [],
            {"port": "99999"},
            "holdfast: HOLDFAST_PORT in the environment: '99999' is not a whole number between 1 and 65535\n",
        ),
    ],
)
def test_a_bad_setting_names_itself_and_its_source(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], expected: str
) -> None:
    answer = holdfast("up", "--data", str(tmp_path / "data"), *arguments, standin=None, **settings)
    assert (answer.returncode, answer.stdout, answer.stderr) == (1, "", expected)
    assert not (tmp_path / "data").exists()


def test_an_unknown_command_is_wrong_usage() -> None:
    assert holdfast("upp").returncode == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
def test_root_is_told_when_the_account_for_postgresql_does_not_exist() -> None:
    check: Callable[[str], object] = choose_account
    with pytest.raises(HoldfastError, match="HOLDFAST_POSTGRES_USER"):
        check("no-such-user")
    with pytest.raises(HoldfastError, match="must not run as root"):
        check("root")
