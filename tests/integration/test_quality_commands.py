"""`holdfast moderation quality|breaker|sample`, against a database that a server uses at the same time."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner

from holdfast.main.cli import app
from holdfast.screening.state import standings, take_head_step
from holdfast.trust.breaker import LaneReading, shipped_stages, watch
from tests.support.site import Site

pytestmark = pytest.mark.integration


async def typed(site: Site, *words: str) -> Any:
    settings = site.services.settings
    environment = {
        "HOLDFAST_DATA": str(settings.data), "HOLDFAST_DATABASE_URL": str(settings.database_url),
        "HOLDFAST_PUBLIC_URL": settings.public_url,
    }  # fmt: skip
    return await asyncio.to_thread(CliRunner().invoke, app, ["moderation", *words], env=environment)


async def printed(site: Site, *words: str) -> str:
    result = await typed(site, *words)
    assert result.exit_code == 0, result.output
    return str(result.output)


async def test_the_breaker_is_shown_and_paused(site: Site) -> None:
    assert "no stage" in await printed(site, "breaker")
    pressing = LaneReading("P1", 900, 14_400.0, None, 0.0)
    async with site.services.database.transaction() as tx:
        await watch(tx, shipped_stages(), [pressing], now=site.services.clock.now())
    shown = await printed(site, "breaker")
    assert "stage 1, tighter-limits" in shown
    assert "0 -> 1  tighter-limits  broken of P1" in shown
    assert (await typed(site, "breaker", "--pause", "2")).exception is not None
    paused = json.loads(await printed(site, "breaker", "--pause", "2", "--reason", "a drill", "--json"))
    assert (paused["stage"], paused["measures"], paused["steps"][0]["cause"]) == (0, [], "staff")
    assert paused["paused_until"]


async def test_samples_are_drawn_and_quality_is_told_with_intervals(site: Site) -> None:
    ann = await site.member("ann")
    for number in range(3):
        await ann.say(f"post number {number}")
    # Nothing is older than the last tree yet, or than a minute.
    drawn = json.loads(await printed(site, "sample", "--posts", "2", "--json"))
    assert drawn["drawn"] in (0, 2)
    shown = await printed(site, "quality")
    assert "too few to say" in shown
    assert "wrong among posts that nothing flagged: nothing is known yet" in shown
    report = json.loads(await printed(site, "quality", "--days", "7", "--json"))
    assert (report["prevalence"]["low"], report["prevalence"]["high"]) == (0.0, 1.0)


async def test_an_output_of_the_model_may_hide_again(site: Site) -> None:
    words = ("quality", "--restore-head", "model.incitement", "--reason", "a new threshold")
    assert (await typed(site, *words)).exception is not None
    async with site.services.database.transaction() as tx:
        await take_head_step(
            tx, "model.incitement", "rules@1 m/balanced", "shadow", taken_by="quality", reason="too much",
            now=site.services.clock.now(),
        )  # fmt: skip
    await printed(site, *words)
    found = (await standings(site.services.database))["model.incitement"]
    assert (found.stage, found.fingerprint) == ("live", "m/balanced")
