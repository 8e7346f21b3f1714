"""Members and visitors see openly when what they write is on one machine alone, or when this server is no longer the site."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from holdfast.continuity import shipping
from holdfast.continuity.standing import mark_unheld, unmark_unheld
from holdfast.platform.config import Settings
from holdfast.pure.mirror import Durability
from tests.support.site import Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(settings) as opened:
        yield opened


async def told(site: Site, language: str = "en") -> tuple[dict[str, str | None], str]:
    """What the API says, and a page of this server."""
    instance = (await site.client.get("/api/v2/instance")).json()
    page = await site.client.get("/policies", headers={"accept-language": language})
    return instance["holdfast"]["mirror"], page.text


async def test_everybody_is_told_how_safe_what_is_written_here_is(site: Site) -> None:
    folder = site.services.settings.data / "mirror"
    now = site.services.clock.now()
    assert (await told(site))[0] == {"state": "none", "since": None, "moved_to": None}
    folder.mkdir(exist_ok=True)
    (folder / "setup").touch()
    well = shipping.ShipperState(
        written_at=now, epoch=1, run="", durability=Durability.MIRRORED, degraded_since=None, cause="", needed=1, safe_lsn=9,
        server_lsn=9, retained_bytes=0, cap_bytes=1, needs_base=False, superseded_by=None,
    )  # fmt: skip
    shipping.write_state(site.services.settings.data, well)
    entity, page = await told(site)
    assert entity["state"] == "mirrored"
    assert "this machine alone" not in page
    shipping.write_state(
        site.services.settings.data,
        replace(
            well, durability=Durability.DEGRADED, degraded_since=now, cause="no answer from a secret host"
        ),
    )
    entity, page = await told(site)
    assert entity["state"] == "degraded"
    assert str(entity["since"]).startswith(f"{now:%Y-%m-%dT%H:%M:%S}")
    assert "this machine alone" in page
    assert "secret host" not in page + json.dumps(entity)
    assert "que sur cette machine" in (await told(site, "fr"))[1]


async def test_a_server_that_may_not_be_written_to_says_why_and_where_the_site_is(site: Site) -> None:
    data = site.services.settings.data
    mark_unheld(data, 2)
    entity, page = await told(site)
    assert entity["state"] == "unheld"
    assert "brought back just now" in page
    unmark_unheld(data)
    shipping.mark_superseded(data, 2, "another", site.services.clock.now())
    assert (await told(site))[0] == {"state": "superseded", "since": None, "moved_to": None}
    (data / "mirror" / "moved.json").write_text(json.dumps({"address": "https://new.example"}))
    entity, page = await told(site)
    assert entity["moved_to"] == "https://new.example"
    assert 'href="https://new.example"' in page
