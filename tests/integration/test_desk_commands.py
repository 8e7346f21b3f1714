"""`holdfast moderation queue|case|log|rebuild`, against a database that a server uses at the same time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import msgspec
import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli import app
from holdfast.platform.config import Settings
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
    }
    return await asyncio.to_thread(CliRunner().invoke, app, ["moderation", *words], env=environment)


async def test_an_operator_reads_the_queue_a_case_and_the_log_and_rebuilds(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    assert "nothing waits" in (await typed(site, "queue")).stdout
    made = await bob.say("hello there")
    await ann.post("/api/v1/reports", account_id=bob.id, **{"status_ids[]": made["id"]})
    await site.settle()
    facts = json.loads((await typed(site, "queue", "--json")).stdout)
    assert [one["lane"] for one in facts["lanes"]] == ["P0", "P1", "P2", "P3", "P4"]
    ((ident,),) = [[one["id"] for one in facts["cases"]]]
    case = json.loads((await typed(site, "case", ident, "--json")).stdout)
    assert [one["text"] for one in case["items"]] == ["hello there"]
    assert "post.reported" in (await typed(site, "case", ident)).stdout
    log = json.loads((await typed(site, "log", "--case", ident, "--json")).stdout)
    assert [one["verb"] for one in log] == ["post.reported"]
    assert log[0]["actor"].startswith("reporter-")
    assert "reporter-" in (await typed(site, "log")).stdout
    assert (await typed(site, "rebuild", "--check")).exit_code == 0
    async with site.services.database.transaction() as tx:
        await tx.execute("delete from subject_status")
    assert (await typed(site, "rebuild", "--check")).exit_code == 1
    assert "1 were put right" in (await typed(site, "rebuild")).stdout
    assert json.loads((await typed(site, "rebuild", "--check", "--json")).stdout)["differing"] == 0
    for words in (("case", "1"), ("log", "--case", "1")):
        assert (await typed(site, *words)).exit_code != 0


async def test_what_is_released_by_hand_needs_nobody_at_the_desk(site: Site) -> None:
    ann = await site.member("ann")
    made = await ann.say("I will kill you tonight, mayor Smith")
    await site.settle()
    held = await site.services.database.fetchval("select state from posts where state <> 0")
    if held is None:  # the screen of the day let it through, flagged
        assert (await typed(site, "held", "withdraw", made["id"])).exit_code == 0
    else:
        assert (await typed(site, "held", "release", made["id"])).exit_code == 0
    assert json.loads((await typed(site, "queue", "--json")).stdout)["cases"] == []
    verbs = [one["verb"] for one in json.loads((await typed(site, "log", "--json")).stdout)]
    assert set(verbs) & {"post.release", "post.withdraw"}
    assert "case.close" in verbs
