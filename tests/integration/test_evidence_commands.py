"""`holdfast hold`, `holdfast evidence` and `holdfast verify`, as an operator types them."""

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
from holdfast.pure.errors import HoldfastError
from tests.support.bundles import affair, sign
from tests.support.site import Site, open_site


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
    }
    return await asyncio.to_thread(CliRunner().invoke, app, list(words), env=environment)


async def test_an_operator_places_lists_and_releases_holds(site: Site) -> None:
    [ann] = await site.members("ann")
    post = await ann.say("evidence")
    assert (await typed(site, "hold", "list")).stdout == "no holds\n"
    placed = await typed(
        site, "hold", "place", "--account", "ann", "--since", "30d", "--reason", "order 1", "--authority", "a court"
    )  # fmt: skip
    assert placed.exit_code == 0, placed.exception
    assert (await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")).status_code == 200
    [row] = json.loads((await typed(site, "hold", "list", "--json")).stdout)
    assert (row["scope"], row["of"], row["reason"], row["authority"], row["waiting"]) == (
        "account", ann.id, "order 1", "a court", 1,
    )  # fmt: skip
    assert row["id"] in placed.stdout
    assert "1 erasures wait" in (await typed(site, "hold", "list")).stdout
    released = await typed(site, "hold", "release", row["id"], "--reason", "over")
    assert released.exit_code == 0, released.exception
    await site.settle()
    assert await site.services.database.fetchval("select count(*) from posts") == 0
    for wrong in (
        ("place", "--reason", "x"),
        ("place", "--reason", "x", "--account", "ann", "--post", post["id"]),
        ("place", "--reason", "x", "--account", "nobody"),
        ("place", "--reason", "x", "--thread", "1"),
        ("release", row["id"], "--reason", "again"),
    ):
        failed = await typed(site, "hold", *wrong)
        assert isinstance(failed.exception, HoldfastError), wrong


async def test_an_operator_exports_a_bundle_that_the_command_verifies(site: Site, tmp_path: Path) -> None:
    found = await affair(site)
    await sign(site)
    out = tmp_path / "bundle.zip"
    case = site.services.ids.encode(found.case_id)
    words = ("evidence", "export", "--for", "a court", "--purpose", "21-cv-31", "--out", str(out))
    made = await typed(site, *words, "--case", case, "--json")
    assert made.exit_code == 0, made.exception
    facts = json.loads(made.stdout)
    assert facts["records"] >= 4
    assert not list((site.services.settings.data.resolve() / "run" / "exports").iterdir())
    verified = await typed(site, "verify", str(out))
    assert verified.exit_code == 10
    assert "not enough" in verified.stdout.lower()
    report = json.loads((await typed(site, "verify", str(out), "--json")).stdout)
    assert report["facts"]["manifest_sha256"] == facts["manifest_sha256"]
    out.write_bytes(out.read_bytes()[:-1] + b"\1")
    assert (await typed(site, "verify", str(out))).exit_code == 30
    [row] = json.loads((await typed(site, "evidence", "disclosures", "--json")).stdout)
    assert (row["recipient"], row["file_sha256"]) == ("a court", facts["file_sha256"])
    assert isinstance((await typed(site, *words, "--case", case)).exception, HoldfastError), (
        "it is there already"
    )
    out.unlink()
    for wrong in ((), ("--case", case, "--account", "ann"), ("--account", "nobody"), ("--query", "nonsense")):
        assert isinstance((await typed(site, *words, *wrong)).exception, HoldfastError), wrong
        assert not out.exists()
    assert (await typed(site, *words, "--query", "decision,report.received")).exit_code == 0
