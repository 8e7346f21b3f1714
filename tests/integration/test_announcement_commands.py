"""`holdfast announcement`, against a database that a server uses at the same time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import msgspec
import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli import app
from holdfast.platform.config import Settings
from holdfast.pure.errors import HoldfastError
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
    return await asyncio.to_thread(CliRunner().invoke, app, ["announcement", *words], env=environment)


async def test_an_operator_announces_lists_and_removes(site: Site) -> None:
    (ann,) = await site.members("ann")
    assert (await typed(site, "list")).stdout == "nothing is announced\n"
    said = await typed(site, "add", "We move on Friday", "--ends", "2040-01-01T12:00")
    assert said.exit_code == 0, said.exception
    ident = said.stdout.split()[-1]
    [row] = await ann.get("/api/v1/announcements")
    assert (row["id"], row["content"]) == (ident, "<p>We move on Friday</p>")
    assert row["ends_at"] == "2040-01-01T12:00:00.000Z"
    later = await typed(
        site, "add", "A fair", "--publish-at", "2039-01-01", "--starts", "2039-05-01", "--all-day"
    )
    assert later.exit_code == 0, later.exception
    assert len(await ann.get("/api/v1/announcements")) == 1
    await ann.request("PUT", f"/api/v1/announcements/{ident}/reactions/👍")
    rows = json.loads((await typed(site, "list", "--json")).stdout)
    assert [(one["text"], one["state"]) for one in rows] == [
        ("A fair", "waiting"),
        ("We move on Friday", "published"),
    ]
    assert (rows[0]["all_day"], rows[1]["reactions"]) == (True, {"👍": 1})
    assert "published" in (await typed(site, "list")).stdout
    assert (await typed(site, "remove", ident)).stdout == f"announcement {ident} is removed\n"
    assert await ann.get("/api/v1/announcements") == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", " "), "needs a text"),
        (("add", "x", "--ends", "2020-01-01"), "give a later end"),
        (("add", "x", "--starts", "soon"), "--starts 'soon' is no time"),
        (("remove", "12"), "12 is not the id"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_reason(
    site: Site, words: tuple[str, ...], why: str
) -> None:
    refused = (await typed(site, *words)).exception
    assert isinstance(refused, HoldfastError)
    assert why in refused.public
