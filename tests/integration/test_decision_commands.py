"""`holdfast policy` and `holdfast moderation decide, undo, bulk, run-plan, revert-rule`, beside a server at work."""

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
from tests.support.rulings import case_about_post, post_id
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
    return await asyncio.to_thread(CliRunner().invoke, app, list(words), env=environment)


async def printed(site: Site, *words: str) -> str:
    done = await typed(site, *words)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


async def test_policies_and_templates(site: Site, tmp_path: Path) -> None:
    assert "threats@1" in await printed(site, "policy", "list")
    text = await printed(site, "policy", "show", "spam")
    file = tmp_path / "spam.toml"
    file.write_text(text.replace("severity = 20", "severity = 25"))
    assert await printed(site, "policy", "publish", str(file)) == "published spam@2\n"
    assert "severity = 25" in await printed(site, "policy", "show", "spam@2")
    assert "+lane: P4  severity: 25" in await printed(site, "policy", "diff", "spam@1", "spam@2")
    assert json.loads(await printed(site, "policy", "list", "--json"))
    assert (await typed(site, "policy", "publish", str(tmp_path / "none.toml"))).exception is not None
    assert "warning-first@1" in await printed(site, "policy", "templates")
    own = tmp_path / "own.toml"
    own.write_text('[[templates]]\nid = "hello"\ntitle = "A greeting"\ntexts.en = "Good day."\n')
    assert await printed(site, "policy", "publish-template", str(own)) == "published hello@1\n"


async def test_the_operator_decides_and_takes_it_back(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    status = await ann.say("You are vermin")
    case = site.services.ids.encode(await case_about_post(site, ann, status))
    words = ("moderation", "decide", case, "--action", "withdraw", "--action", "strike:30", "--policy", "harassment",
             "--facts", "It insults a member.", "--until", "2099-01-01")  # fmt: skip
    assert json.loads(await printed(site, *words, "--preview", "--json"))["told"] == 1
    decision = (await printed(site, *words)).split()[1]
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
    await printed(site, "moderation", "undo", decision, "--reason", "a mistake", "--reopen")
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 200
    assert (await typed(site, "moderation", "undo", decision)).exception is not None
    assert (await typed(site, "moderation", "decide", case, "--action", "strike")).exception is not None


async def test_bulk_is_planned_run_and_undone(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    posts = [await ann.say(f"cheap coins {number}") for number in range(2)]
    await bob.say("cheap coins, says Ann")
    words = ("moderation", "bulk", "--action", "hide", "--policy", "spam", "--facts", "Spam.", "--account", "@ann",
             "--text", "coins")  # fmt: skip
    plan = (await printed(site, *words)).splitlines()
    assert plan[0] == "2 things of 1 accounts; 1 members would be told"
    run = plan[-1].split()[1:]
    decision = (await printed(site, *run)).split()[1].rstrip(":")
    states = "select count(*) from posts where state = 2"
    assert await site.services.database.fetchval(states) == 2
    await printed(site, "moderation", "undo", decision)
    assert await site.services.database.fetchval(states) == 0
    async with site.services.database.transaction() as tx:
        await tx.execute("update posts set state = 1 where id = $1", post_id(site, posts[0]))
        await tx.execute(
            "insert into post_verdicts (id, post_id, action, rules, scores, evidence, version, at)"
            " values (1, $1, 'hold', '{bad.rule}', '{}', '[]', 'rules@2+ab', now())",
            post_id(site, posts[0]),
        )
    reverted = json.loads(await printed(site, "moderation", "revert-rule", "bad.rule@2", "--yes", "--json"))
    assert reverted["found"] == 1
    assert reverted["decision"]
    assert await site.services.database.fetchval("select count(*) from posts where state = 1") == 0
