"""Notices that somebody answers."""

from __future__ import annotations

from typing import Any

from holdfast.pure.notices import ItemOutcome
from holdfast.trust.answers import Answer, approve_and_send, place_of, prepare
from holdfast.trust.notices import (
    Addresses,
    Capacity,
    Channel,
    CitedItem,
    NewNotice,
    Received,
    Sender,
    Step,
    Verification,
    Verified,
    receive,
    settle_item,
    take_step,
)
from holdfast.trust.staff_actions import CLOCK, OPERATOR, Staff
from tests.support.site import Site

RAW = (
    b"From: Abuse <abuse@host.example>\r\nReply-To: tickets@host.example\r\nTo: abuse@town.example\r\n"
    b"Subject: =?utf-8?q?Report=0D=0ABcc=3A_all=40victim.example?=\r\nMessage-ID: <1@host.example>\r\n\r\nRemove these\r\n"
)
NOTES = {"prevention": "A rule holds such posts.", "dispute": "The second one is a poem."}


async def arrive(site: Site, *urls: str, **more: Any) -> Received:
    given: dict[str, Any] = {
        "preset": "host.abuse", "channel": Channel.EMAIL, "sender": Sender(name="Abuse", email="abuse@host.example"),
        "capacity": Capacity.HOST, "received_at": site.services.clock.now(), "text": "Remove these", "raw": RAW,
        "verification": Verification(Verified.DKIM), "items": tuple(CitedItem(one) for one in urls), **more,
    }  # fmt: skip
    async with site.services.database.transaction() as tx:
        made = await receive(
            tx, NewNotice(**given), addresses=Addresses.of(site.services.settings, site.services.ids),
            now=site.services.clock.now(),
        )  # fmt: skip
        if given["channel"] is Channel.EMAIL:
            await take_step(tx, CLOCK, made.notice_id, Step.ACKNOWLEDGE, now=site.services.clock.now())
    return made


async def settled(site: Site, *outcomes: ItemOutcome, **more: Any) -> Received:
    """A notice whose items have these outcomes."""
    made = await arrive(site, *(f"https://elsewhere.example/{n}" for n in range(len(outcomes))), **more)
    async with site.services.database.transaction() as tx:
        for n, outcome in enumerate(outcomes, 1):
            await settle_item(
                tx,
                OPERATOR,
                made.notice_id,
                n,
                outcome,
                reason="It is a poem.",
                now=site.services.clock.now(),
            )
    return made


async def sent(site: Site, notice_id: int, *, staff: Staff = OPERATOR, **more: Any) -> Answer:
    place, again = place_of(site.services.settings), more.pop("again", False)
    ready = await prepare(site.services.database, staff, notice_id, place=place, **more)
    async with site.services.database.transaction() as tx:
        return await approve_and_send(
            tx,
            staff,
            ready,
            digest=ready.draft.digest,
            place=place,
            again=again,
            now=site.services.clock.now(),
        )
