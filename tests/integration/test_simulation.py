"""`holdfast moderation simulate` over a real history."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli.moderation import app
from holdfast.platform.config import Settings
from holdfast.social.posts import PostState, decide_post
from holdfast.trust.history import History, Range, StoredPost, human_decisions
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration

IN_FORCE = """
name = "in force"
version = 1
[banks.threats]
kind = "words"
entries = ["i will kill you"]
[[rules]]
id = "threat"
title = "Threats"
lane = "P1"
action = "hold"
stage = "live"
when = 'bank("threats")'
"""
RULES = (
    IN_FORCE.replace("in force", "trial")
    + """
[banks.plums]
kind = "words"
entries = ["plum"]
[[rules]]
id = "plum.new"
title = "Plums of new accounts"
lane = "P3"
action = "flag"
when = 'bank("plums") && author.post_count < 2'
[[rules]]
id = "plum.all"
title = "Plums"
lane = "P2"
action = "hold"
when = 'bank("plums")'
"""
)


@pytest.fixture
async def site(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("HOLDFAST_DATA", str(settings.data))
    monkeypatch.setenv("HOLDFAST_MASTER_KEY", "5a" * 32)
    in_force = tmp_path / "in_force.toml"
    in_force.write_text(IN_FORCE)
    monkeypatch.setenv("HOLDFAST_SCREENING_RULES_FILE", str(in_force))
    async with open_site(settings) as site:
        yield site


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(RULES)
    return path


async def _simulate(*arguments: str | Path) -> Result:
    # The command runs a loop of its own.
    words = ["simulate", *(str(argument) for argument in arguments)]
    return await asyncio.to_thread(CliRunner().invoke, app, words)


async def _walk(site: Site) -> list[StoredPost]:
    history = History(site.services.database, Range(0, (1 << 63) - 1), page_posts=2)
    return [post async for page in history.pages() for post in page.posts]


async def test_a_history_is_replayed_with_the_facts_of_then(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await ann.say("one")
    await bob.say("two", in_reply_to_id=first["id"])
    await bob.request("POST", f"/api/v1/statuses/{first['id']}/reblog")
    await ann.say("I will kill you")  # held: the next post does not count it
    await ann.say("three")
    await bob.say("four")
    await bob.request("PUT", f"/api/v1/statuses/{first['id']}", data={"status": "not hers to change"})
    await ann.request("PUT", f"/api/v1/statuses/{first['id']}", data={"status": "one, changed"})
    database = site.services.database
    await database.fetch("update posts set imported = '{}' where text = 'four'")
    await database.fetch(
        "update accounts set created_at = created_at - $1::interval where username = 'ann'", timedelta(days=3)
    )
    posts = {post.text: post for post in await _walk(site)}
    assert list(posts) == ["one, changed", "two", "I will kill you", "three", "four"]
    assert [post.author_post_count for post in posts.values()] == [0, 0, 1, 1, None]
    assert [post.author_posts_this_hour for post in posts.values()] == [0, 0, 1, 2, None]
    assert [post.is_reply for post in posts.values()] == [False, True, False, False, False]
    assert posts["I will kill you"].state is PostState.HELD
    assert posts["three"].author_age_days == pytest.approx(3, abs=0.1)
    assert posts["four"].author_age_days is None
    assert posts["I will kill you"].version == site.services.screen.version


async def test_only_decisions_about_what_a_post_says_are_labels(site: Site) -> None:
    ann = await site.member("ann")
    texts = ["released", "withdrawn", "released and edited", "withdrawn and edited", "undecided"]
    for text in texts:
        await ann.say(f"I will kill you, {text}")
    await ann.say("harmless")
    database = site.services.database
    ids = {row["text"]: row["id"] for row in await database.fetch("select id, text from posts")}
    for text in texts[:4]:
        state = PostState.VISIBLE if text.startswith("released") else PostState.WITHDRAWN
        async with database.transaction() as tx:
            await decide_post(tx, ids[f"I will kill you, {text}"], state)
    for text in ("released and edited", "withdrawn and edited"):
        public = site.services.ids.encode(ids[f"I will kill you, {text}"])
        answer = await ann.request("PUT", f"/api/v1/statuses/{public}", data={"status": f"peace, {text}"})
        assert answer.status_code == 200
    assert await human_decisions(database, list(ids.values())) == {
        ids["I will kill you, released"]: False,
        ids["I will kill you, withdrawn"]: True,
    }


async def test_the_command_prints_all_figures(site: Site, rules: Path) -> None:
    ann, bob = await site.members("ann", "bob")
    for text in ("a plum", "a pear", "a plum [bold]again[/bold]", "I will kill you"):
        await ann.say(text)
    await bob.say("plum jam")
    database = site.services.database
    held = await database.fetchval("select id from posts where state = 1")
    async with database.transaction() as tx:
        await decide_post(tx, held, PostState.WITHDRAWN)
    before = await database.fetchval("select count(*) from post_verdicts")

    result = await _simulate(rules, "--json", "--samples", "2")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["posts"] == 5
    assert found["moves"] == {"allow>allow": 1, "allow>hold": 3, "hold>hold": 1}
    by_id = {rule["id"]: rule for rule in found["rules"]}
    # The author's third post is no longer that of a newcomer.
    assert (by_id["plum.all"]["hits"], by_id["plum.new"]["hits"]) == (3, 2)
    assert by_id["plum.all"]["precision"] is None
    assert found["overlap"][0] == {"rule": "plum.all", "with": "plum.new", "posts": 2}
    assert (found["newly_acted_on"], len(found["newly_samples"]), found["no_longer_acted_on"]) == (3, 2, 0)
    assert (found["precision"]["withdrawn"], found["precision"]["of"]) == (1, 1)
    assert found["precision"]["low"] < 0.21
    assert {row["account"] for row in found["top_accounts"]} == {"ann", "bob"}
    assert found["queue"]["posts"] == 4
    assert found["queue"]["by_lane"] == {"P1": 1, "P2": 3}

    limited = json.loads((await _simulate(rules, "--json", "--limit", "1")).stdout)
    assert (limited["posts"], limited["moves"]) == (1, {"allow>hold": 1})
    drafts = json.loads((await _simulate(rules, "--json", "--as-written")).stdout)
    assert drafts["moves"] == {"allow>allow": 4, "hold>hold": 1}
    back = json.loads((await _simulate(rules, "--json", "--against", rules, "--as-written")).stdout)
    assert back["newly_acted_on"] == back["no_longer_acted_on"] == 0

    shown = await _simulate(rules)
    assert shown.exit_code == 0, shown.output
    for words in ("Newly acted on: 3 posts", "plum.all", "[bold]again[/bold]", "1 of 1 (21% to 100%)"):
        assert words in shown.output
    assert "false" not in shown.output.lower()
    assert await database.fetchval("select count(*) from post_verdicts") == before


async def test_wrong_ranges_and_files_say_so(site: Site, rules: Path, tmp_path: Path) -> None:
    missing = await _simulate(tmp_path / "none.toml")
    assert missing.exit_code == 1
    backwards = await _simulate(rules, "--since", "2026-01-02", "--until", "2026-01-01")
    assert backwards.exit_code == 1
    assert "later than --since" in str(backwards.exception)
    empty = await _simulate(rules, "--until", "2001-01-01")
    assert empty.exit_code == 0
    assert "no posts in this range" in empty.output
