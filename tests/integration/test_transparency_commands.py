"""`holdfast transparency`: any log in a folder is verified and counted; the own ledger is exported and counted again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli import app
from holdfast.platform.config import Settings
from tests.support.access_ledger import grow_ledger
from tests.support.ledger_on_disk import LOG_KEY, write_ledger
from tests.support.rulings import case_about_post, decided, ruling, staff
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, freshness="database")) as opened:
        yield opened


async def typed(site: Site, *words: str) -> Result:
    settings = site.services.settings
    environment = {
        "HOLDFAST_DATABASE_URL": str(settings.database_url),
        "HOLDFAST_DATA": str(settings.data),
        "HOLDFAST_MASTER_KEY": str(settings.master_key),
        "COLUMNS": "200",
    }
    return await asyncio.to_thread(CliRunner().invoke, app, ["transparency", *words], env=environment)


def compute(*words: str) -> Result:
    return CliRunner().invoke(app, ["transparency", "compute", *words])


def test_a_log_in_a_folder_is_counted(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    write_ledger(tmp_path / "1", 300, 100)
    key = LOG_KEY.verifier.vkey
    done = compute("--from", str(tmp_path), "--vkey", key)
    assert done.exit_code == 0, (done.output, done.exception)
    assert json.loads(done.stdout)["records"] == 300
    assert "300 records, verified" in done.stderr
    assert compute("--from", str(tmp_path / "1"), "--vkey", key, "--format", "csv").stdout.startswith(
        "table,name"
    )
    assert compute("--from", str(tmp_path), "--vkey", key, "--format", "dsa").stdout.startswith(
        "part,indicator"
    )
    assert compute("--from", str(tmp_path)).exit_code == 1  # whose key?
    assert compute("--from", str(tmp_path), "--vkey", key, "--compare").exit_code == 1
    bundle = tmp_path / "1" / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes().replace(b'"v":1', b'"v":2', 1))
    assert compute("--from", str(tmp_path), "--vkey", key).exit_code == 1


async def test_the_own_ledger_is_counted_again_and_statements_are_written(site: Site, tmp_path: Path) -> None:
    author, moderator = await site.member("author"), await site.member("moderator", role="moderator")
    case_id = await case_about_post(site, author, await author.say("An insult."))
    await decided(site, staff(moderator), case_id, ruling("withdraw"))
    await grow_ledger(site)
    first = json.loads((await typed(site, "recount", "--json")).stdout)
    assert first["same"]
    assert first["records"] > 0
    assert "the same as what was kept" in (await typed(site, "recount")).stdout
    done = await typed(site, "statements", "--out", str(tmp_path), "--since", "1d", "--json")
    (batch,) = json.loads(done.stdout)
    assert len(json.loads((tmp_path / batch["name"]).read_bytes())["statements"]) == batch["statements"] == 1
    assert (await typed(site, "statements", "--out", str(tmp_path))).stdout == "nothing to export\n"
