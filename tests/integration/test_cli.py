"""The command line itself: help, versions, configuration, and reaching the database."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest

from holdfast import __version__
from holdfast.main.datafolder import DataFolderError
from holdfast.main.running_database import running_database
from holdfast.migrations import runner
from holdfast.platform.config import Settings, load_settings
from tests.support.up_process import holdfast

pytestmark = pytest.mark.integration


def test_the_version_is_printed() -> None:
    answer = holdfast("--version", standin=None)
    assert (answer.returncode, answer.stdout) == (0, f"holdfast {__version__}\n")


def test_help_lists_the_commands() -> None:
    answer = holdfast("--help", standin=None)
    assert answer.returncode == 0
    for command in ("up", "web", "worker", "config"):
        assert f" {command} " in answer.stdout


def test_config_show_prints_values_with_sources_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "holdfast.toml").write_text('title = "Ours"\n')
    answer = holdfast(
        "config", "show", "--json", "--data", str(tmp_path), port="9000", master_key="ab" * 32, prot="1"
    )
    rows = json.loads(answer.stdout)
    assert rows["title"]["value"] == "Ours"
    assert rows["title"]["source"] == str(tmp_path / "holdfast.toml")
    assert (rows["port"]["value"], rows["port"]["source"]) == (9000, "environment")
    assert rows["data"]["source"] == "command line"
    assert rows["master_key"]["value"] == "(hidden)"
    assert answer.stderr == "warning: HOLDFAST_PROT in the environment is no setting and is ignored\n"
    plain = holdfast("config", "show", "--data", str(tmp_path), standin=None).stdout
    assert f'title = "Ours"  # {tmp_path / "holdfast.toml"}\n' in plain


async def count_accounts(settings: Settings) -> int:
    connection = await asyncpg.connect(settings.database_url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM accounts"))
    finally:
        await connection.close()


async def test_a_command_starts_the_database_of_a_folder_for_itself_or_shares_it(tmp_path: Path) -> None:
    settings = load_settings({"data": tmp_path / "data"}, environment={})
    with pytest.raises(DataFolderError, match="is no data folder of Holdfast"):
        async with running_database(settings):
            pass
    async with running_database(settings, create=True) as first:
        assert first.freshness == "shared_memory"
        assert await count_accounts(first) == 0
        # Somebody else at the same time: the same server, found through the data folder.
        async with running_database(settings) as second:
            assert second.database_url == first.database_url
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()


async def test_an_empty_external_database_gets_its_schema(tmp_path: Path, database_server) -> None:
    address = await asyncio.to_thread(database_server.empty_database)
    settings = load_settings({"data": tmp_path, "database_url": address}, environment={})
    async with running_database(settings) as ready:
        assert ready.freshness == "database"
        assert await count_accounts(ready) == 0
    connection = await asyncpg.connect(address)
    assert await runner.current(connection) == runner.head()
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    with pytest.raises(runner.SchemaUnknown, match="has schema 9999"):
        await runner.upgrade(address)
    await asyncio.to_thread(database_server.drop_database, address)
