"""Notices: received once and whole, found, held, settled, never closed with something open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from holdfast.platform.config import Settings
from holdfast.pure.notices import ItemOutcome, Step, StepNotPossible
from holdfast.trust.notices import (
    Addresses,
    Capacity,
    Channel,
    CitedItem,
    Found,
    NewNotice,
    NoticeReader,
    NoticeState,
    Received,
    Sender,
    Verification,
    Verified,
    receive,
    settle_item,
    take_step,
)
from holdfast.trust.staff_actions import CLOCK, OPERATOR
from tests.support.site import Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(settings) as opened:
        yield opened


def addresses(site: Site) -> Addresses:
    return Addresses.of(site.services.settings, site.services.ids)


def mail(site: Site, *urls: str, **more: object) -> NewNotice:
    facts: dict[str, object] = {
        "preset": "host.abuse", "channel": Channel.EMAIL, "sender": Sender(name="Abuse", email="abuse@host.example"),
        "capacity": Capacity.HOST, "received_at": site.services.clock.now(), "text": "Remove these",
        "verification": Verification(Verified.DKIM), "items": tuple(CitedItem(one) for one in urls),
    }  # fmt: skip
    return NewNotice(**{**facts, **more})  # type: ignore[arg-type]


async def arrive(site: Site, new: NewNotice) -> Received:
    async with site.services.database.transaction() as tx:
        return await receive(tx, new, addresses=addresses(site), now=site.services.clock.now())


async def test_a_notice_is_found_held_and_clocked(site: Site) -> None:
    alice = await site.member("alice")
    post = await alice.say("something")
    base = site.services.base_url
    new = mail(
        site, f"{base}/@alice/{post['id']}", f"{base}/@alice", f"{base}/@alice/{post['id']}?x=1", "https://elsewhere.example/1",
        f"{base}/@alice/12345", raw=b"From: x\n\nRemove", external_id="<1@host>",
    )  # fmt: skip
    first = await arrive(site, new)
    again = await arrive(site, new)
    assert (again.notice_id, again.status_token, again.new) == (first.notice_id, first.status_token, False)
    reader = NoticeReader(site.services.database)
    items = await reader.items(CLOCK, first.notice_id)
    assert [one.found for one in items] == [Found.POST, Found.ACCOUNT, Found.POST, Found.ELSEWHERE, Found.UNRESOLVED]
    assert items[2].duplicate_of == 1
    assert items[0].snapshot_sha256 is not None
    notice = await reader.notice(CLOCK, first.notice_id)
    assert notice.state is NoticeState.VERIFIED
    assert notice.hold_id is not None
    assert notice.due_at == new.received_at + timedelta(hours=24)
    assert (await reader.by_token(first.status_token)) == notice
    assert [one.id for one in await reader.queue(OPERATOR)] == [first.notice_id]
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await take_step(tx, CLOCK, first.notice_id, Step.ACKNOWLEDGE, now=now)
        for n in (1, 2, 4, 5):
            await settle_item(tx, OPERATOR, first.notice_id, n, ItemOutcome.REFUSED, reason="no", now=now)
    items = await reader.items(CLOCK, first.notice_id)
    assert items[2].outcome is ItemOutcome.DUPLICATE
    async with site.services.database.transaction() as tx:
        await take_step(tx, OPERATOR, first.notice_id, Step.DECIDE, now=now)
        await take_step(tx, OPERATOR, first.notice_id, Step.ANSWER, now=now)
        await take_step(tx, OPERATOR, first.notice_id, Step.CLOSE, now=now)
    with pytest.raises(StepNotPossible):
        async with site.services.database.transaction() as tx:
            await take_step(tx, OPERATOR, first.notice_id, Step.CLOSE, now=now)
