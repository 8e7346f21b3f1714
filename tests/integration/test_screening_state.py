"""Stages, trial hits, labels, throttles and figures of rules: kept in the database, true in running servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import msgspec
import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli import app
from holdfast.main.wiring import keeper_of
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.limits import RateLimits
from holdfast.pure.errors import HoldfastError
from holdfast.screening import Content, RuleEngine, Screen, load_screen
from holdfast.screening.lifecycle.stages import is_under_canary
from holdfast.screening.state import figures, standings, steps, take_step
from tests.support.people import NOW
from tests.support.site import Site, open_site

RULES = """
name = "town"
version = 1
[banks.fruit]
kind = "words"
entries = ["quince"]
[banks.veg]
kind = "words"
entries = ["turnip"]
[banks.nut]
kind = "words"
entries = ["walnut"]
[[rules]]
id = "fruit"
title = "Fruit"
lane = "P3"
action = "hold"
reason = "Fruit is read by a person first."
when = 'bank("fruit")'
[[rules]]
id = "veg"
title = "Vegetables of those who are known for them"
lane = "P3"
action = "hold"
stage = "live"
when = 'bank("veg") && (label("author", "grower") || label("domain", "market"))'
[[rules]]
id = "nut"
title = "Too many nuts"
lane = "P3"
action = "hold"
stage = "live"
when = 'bank("nut") && author.posts_this_hour > 1'
throttle = { group = "nuts", at_most = 1, per = "1d" }
"""


@pytest.fixture
def rule_settings(settings: Settings, tmp_path: Path) -> Settings:
    path = tmp_path / "rules.toml"
    path.write_text(RULES)
    # Two programs on one external database keep their stamps in it.
    return msgspec.structs.replace(settings, screening_rules_file=path, freshness="database")


@pytest.fixture
async def site(rule_settings: Settings) -> AsyncIterator[Site]:
    async with open_site(rule_settings) as opened:
        yield opened


async def typed(site: Site, *words: str) -> Result:
    settings = site.services.settings
    environment = {
        "HOLDFAST_DATABASE_URL": str(settings.database_url),
        "HOLDFAST_DATA": str(settings.data),
        "HOLDFAST_SCREENING_RULES_FILE": str(settings.screening_rules_file),
    }
    return await asyncio.to_thread(CliRunner().invoke, app, ["moderation", *words], env=environment)


async def says(site: Site, *words: str) -> str:
    result = await typed(site, *words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout.strip()


async def refuses(site: Site, *words: str) -> str:
    result = await typed(site, *words)
    assert isinstance(result.exception, HoldfastError), (result.output, result.exception)
    return result.exception.public


async def is_held(site: Site, post: dict[str, object]) -> bool:
    return (await site.client.get(f"/api/v1/statuses/{post['id']}")).status_code == 404


def stage_of(engine: RuleEngine) -> str:
    return engine.running["fruit"].stage


def step(to: str, *more: str) -> tuple[str, ...]:
    return ("rules", "stage", "fruit", "--to", to, "--reason", "a test", *more)


async def test_a_rule_goes_its_way_in_a_running_server(site: Site) -> None:
    people = await site.members(*(f"p{number}" for number in range(6)))
    assert "it can go to simulate, retired" in await refuses(site, *step("live"))
    await says(site, *step("simulate"))
    assert not await is_held(site, await people[0].say("a quince"))
    await says(site, *step("shadow"))
    assert not await is_held(site, await people[0].say("a quince"))
    assert "needs --share" in await refuses(site, *step("canary"))
    await says(site, *step("canary", "--share", "0.5"))
    ids = [site.services.ids.decode(person.id) for person in people]
    chosen = [is_under_canary("fruit", ident, 0.5) for ident in ids]
    held = [await is_held(site, await person.say("a quince")) for person in people]
    assert held == chosen
    await says(site, *step("live", "--by", "ada"))
    assert await is_held(site, await people[0].say("a quince"))
    await says(site, *step("retired"))
    assert not await is_held(site, await people[0].say("a quince"))
    history = json.loads(await says(site, "rules", "history", "fruit", "--json"))
    assert [row["stage"] for row in history] == ["retired", "live", "canary", "shadow", "simulate"]
    assert (history[1]["taken_by"], history[2]["share"], history[0]["reason"]) == ("ada", 0.5, "a test")
    rows = await site.services.database.fetch(
        "select stage, count(*)::int as hits from screening_rule_hits where rule_id = 'fruit' group by 1 order by 1"
    )
    trial = {row["stage"]: row["hits"] for row in rows}
    assert trial.get("canary", 0) == sum(chosen)
    assert trial["shadow"] == 1 + len(people) - sum(chosen)


async def test_recorded_steps_survive_a_restart_and_are_never_changed(
    site: Site, rule_settings: Settings
) -> None:
    for to in ("simulate", "shadow"):
        await says(site, *step(to))
    database = site.services.database
    assert (await standings(database))["fruit"].stage == "shadow"
    with pytest.raises(asyncpg.RaiseError, match="only ever added"):
        await database.fetch("delete from screening_rule_stages returning id")
    await says(site, *step("canary", "--share", "0.99999"))
    await says(site, *step("live"))
    async with open_site(rule_settings) as again:
        (eve,) = await again.members("eve")
        assert await is_held(again, await eve.say("a quince"))


async def test_labels_count_while_they_hold(site: Site) -> None:
    (ann,) = await site.members("ann")
    assert not await is_held(site, await ann.say("a turnip"))
    await says(site, "label", "add", "@ann", "grower", "--for", "7d", "--reason", "sells them")
    assert await is_held(site, await ann.say("a turnip again"))
    listed = json.loads(await says(site, "label", "list", "--json"))
    assert [(row["account"], row["label"], row["reason"]) for row in listed] == [
        ("ann", "grower", "sells them")
    ]
    later = await site.services.rule_keeper.facts(
        site.services.ids.decode(ann.id) or 0, site.services.clock.now() + timedelta(days=8)
    )
    assert later.labels == frozenset()
    await says(site, "label", "remove", "@ann", "grower")
    assert not await is_held(site, await ann.say("a third turnip"))
    await says(site, "label", "add", "market.example", "market")
    assert await is_held(site, await ann.say("a turnip at https://www.market.example/stall"))
    assert not await is_held(site, await ann.say("a turnip at https://supermarket.example/"))
    assert "carries no label" in await refuses(site, "label", "remove", "@ann", "grower")
    assert "no account" in await refuses(site, "label", "add", "@nobody", "grower")
    assert "no label" in await refuses(site, "label", "add", "@ann", "Grower!")
    assert "no domain" in await refuses(site, "label", "add", "market", "grower")
    assert "is no time" in await refuses(site, "label", "add", "@ann", "grower", "--for", "soon")


async def test_rates_and_throttles_count_each_author(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    held = [await is_held(site, await ann.say(f"walnut {number}")) for number in range(4)]
    assert held == [False, False, True, True], (
        "the first is no second post, the second is within the throttle"
    )
    assert not await is_held(site, await bob.say("walnut"))


async def test_a_rule_that_runs_away_goes_to_shadow_by_itself(site: Site, rule_settings: Settings) -> None:
    clock = FixedClock(NOW)
    settings = msgspec.structs.replace(rule_settings, rule_breaker_min_posts=50)
    screen: Screen = load_screen(settings.screening_rules_file)
    database = site.services.database
    keeper = keeper_of(settings, database, screen, RateLimits(None), clock)
    engine = screen.rule_engine
    assert engine is not None
    fruit = engine.rules.rules[0]
    for to in ("simulate", "shadow", "canary", "live"):
        async with database.transaction() as tx:
            await take_step(
                tx, fruit, to, share=0.5 if to == "canary" else 1.0, taken_by="ada", reason="a test", now=clock.now()
            )  # fmt: skip
    await keeper.refresh()

    def posts(hits: int, others: int) -> None:
        for author in range(hits):
            assert screen.assess(Content(text="a quince", author_id=author)).action == "hold"
        screen.assess_many([Content(text="bread")] * others)

    clock.advance(timedelta(days=-40))
    posts(1, 9)
    await keeper.flush()
    assert [row.posts for row in await figures(database, NOW - timedelta(days=50))] == [10, 10, 10]
    clock.advance(timedelta(days=40))
    posts(3, 500)
    await keeper.flush()
    assert [row.posts for row in await figures(database, NOW - timedelta(days=50))] == [503, 503, 503]
    assert stage_of(engine) == "live"
    clock.advance(timedelta(hours=2))
    posts(100, 20)
    await keeper.flush()
    assert stage_of(engine) == "shadow"
    assert screen.assess(Content(text="a quince")).shadow_rules == ["fruit"]
    (last,) = await steps(database, "fruit", limit=1)
    assert (last.stage, last.taken_by) == ("shadow", "breaker")
    assert "100 authors in 120 posts" in last.reason
    (found,) = [row for row in await figures(database, NOW - timedelta(hours=1)) if row.rule_id == "fruit"]
    assert (found.posts, found.hits, found.authors, found.errors) == (623, 103, 103, 0)
    shown = json.loads(await says(site, "rules", "stats", "--since", "3650d", "--json"))
    assert [(row["stage"], row["hits"]) for row in shown if row["id"] == "fruit"] == [("shadow", 103)]
