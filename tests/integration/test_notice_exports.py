"""Notices as they are handed to others: each on record, and nobody named who writes for themselves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.pure.notices import ItemOutcome
from holdfast.trust.notices import Capacity, Channel, Sender
from tests.support.answered_notices import NOTES, sent, settled
from tests.support.bundles import sign
from tests.support.site import Member, Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    ours = msgspec.structs.replace(
        settings, mail_host="mail.example", notice_mail_addresses=("abuse@town.example=host.abuse",)
    )
    async with open_site(ours) as opened:
        yield opened


async def form(site: Site, keeper: Member, **given: Any) -> Any:
    body = {"recipient": "Counsel", "purpose": "advice", **given}
    return await keeper.request("POST", "/api/holdfast/v1/evidence/notices", json=body)


async def test_every_export_is_recorded_with_whom_it_was_for_and_what_it_was(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED, ItemOutcome.REFUSED)
    await sent(site, made.notice_id, notes=NOTES)
    await sign(site)
    keeper = await site.member("keeper", role="admin")
    ident = site.services.ids.encode(made.notice_id)
    page = await form(site, keeper, about="notice", id=ident)
    assert page.status_code == 200
    assert "sandbox" in page.headers["content-security-policy"]
    assert made.reference in page.text
    table = await form(site, keeper, about="sender", sender="abuse@host.example", form="items.csv")
    assert len(table.text.strip().split("\r\n")) == 3
    found = json.loads((await form(site, keeper, about="period", form="lumen.json")).text)
    assert found[0]["notice"]["action_taken"] == "Partial"
    listed = await keeper.get("/api/holdfast/v1/evidence/disclosures")
    assert [one["form"] for one in listed] == ["lumen.json", "items.csv", "summary.html"]
    assert listed[1]["of"] == "abuse@host.example"
    assert listed[2]["file_sha256"] == page.headers["x-evidence-sha256"]
    nobody = await form(site, keeper, about="sender", sender="nobody@x.example")
    assert nobody.status_code in (404, 422)
    mia = await site.member("mia", role="moderator")
    assert (await form(site, mia, about="notice", id=ident)).status_code == 403


async def test_private_people_are_not_named_in_what_is_about_many(site: Site) -> None:
    user = {"preset": "eu.dsa.art16", "capacity": Capacity.USER, "raw": None, "channel": Channel.FORM}
    made = await settled(
        site, ItemOutcome.ACTIONED, sender=Sender(name="Jane Roe", email="jane@roe.example"), text="I am Jane Roe", **user
    )  # fmt: skip
    await sign(site)
    keeper = await site.member("keeper", role="admin")
    many = await form(site, keeper, about="period", form="summary.txt")
    assert "Roe" not in many.text
    assert "roe.example" not in many.text
    one = await form(
        site, keeper, about="notice", id=site.services.ids.encode(made.notice_id), form="summary.txt"
    )
    assert "Jane Roe" in one.text
