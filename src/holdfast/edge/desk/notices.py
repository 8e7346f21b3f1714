"""The notice desk: the list by time left, one notice with its items, clocks, messages and timeline, steps and outcomes.

Sealed notices are missing for who may not see them. Pauses, counter-notices, referrals, readiness and presets: notice_work.py.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...records import ledger
from ...trust.notice_items import Addresses
from ...trust.notices import (
    Capacity,
    Channel,
    CitedItem,
    NewNotice,
    NoticeFilter,
    NoticeNotThere,
    NoticeReader,
    NoticeState,
    Sender,
    Verification,
    Verified,
    receive,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import RouteTable
from .notice_entities import (
    READ,
    WRITE,
    clock_entity,
    item_entity,
    notice_entity,
    number_of,
    one_of,
    timeline_entity,
    whole,
)
from .routes import API, id_of, limit_of, staff_of

routes = RouteTable()
NOTICES = f"{API}/desk/notices"
ONE = f"{NOTICES}/{{id}}"
_ITEMS_SHOWN = 200


class QueueQuery(msgspec.Struct):
    """Which notices; `after`: the last one of the page before. Of a flood only the first, unless `group` names it."""

    state: str = ""
    preset: str = ""
    channel: str = ""
    capacity: str = ""
    sender: str = ""
    breached: bool | None = None
    open: bool | None = True
    all: bool = False
    group: str = ""
    after: str = ""
    limit: int = 0


class ItemsQuery(msgspec.Struct):
    """From the item after number `after` on; `open`: without an outcome."""

    after: int = 0
    limit: int = 0
    open: bool = False


class EnterForm(msgspec.Struct):
    """A letter, a call, or anything else that somebody types in. `urls`: one a line. `received_at`: when it reached us."""

    preset: str = ""
    channel: str = "letter"
    capacity: str = "other"
    name: str = ""
    organisation: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    on_behalf_of: str = ""
    country: str = ""
    received_at: datetime | None = None
    language: str = ""
    subject: str = ""
    text: str = ""
    urls: str = ""
    legal_basis: str = ""
    reference: str = ""
    jurisdiction: str = ""
    contract_clause: str = ""
    stated_deadline: datetime | None = None
    sealed: bool = False
    sealed_until: datetime | None = None
    gag: bool = False
    verified: str = "none"


@routes.get(NOTICES, READ)
async def show_queue(call: Call) -> Answer:
    """Notices by the time that is left."""
    asked, services, staff = await call.params(QueueQuery), call.services, staff_of(call)
    reader = NoticeReader(services.database)
    after = id_of(services, asked.after, "after")
    group = id_of(services, asked.group, "group")
    wanted = NoticeFilter(
        open=asked.open, state=one_of(NoticeState, asked.state, "state"), preset=asked.preset or None,
        channel=one_of(Channel, asked.channel, "channel"), capacity=one_of(Capacity, asked.capacity, "capacity"),
        sender_key=asked.sender or None, breached=asked.breached, grouped=not asked.all, group_id=group,
    )  # fmt: skip
    last = None if after is None else await reader.notice(staff, after)
    found = await reader.queue(staff, wanted, limit=limit_of(asked.limit), after=last)
    clocks = await reader.clocks_of_many(staff, found, now=call.now)
    return json_answer(
        [
            {
                **notice_entity(services, one),
                "clocks": [clock_entity(services, clock) for clock in clocks[one.id]],
            }
            for one in found
        ]
    )


@routes.post(NOTICES, WRITE)
async def enter(call: Call) -> Answer:
    """Type one in."""
    asked, services, staff = await call.params(EnterForm), call.services, staff_of(call)
    lines = [line.strip() for line in asked.urls.splitlines() if line.strip()]
    new = NewNotice(
        preset=asked.preset, channel=one_of(Channel, asked.channel, "channel") or Channel.LETTER,
        capacity=one_of(Capacity, asked.capacity, "capacity") or Capacity.OTHER,
        sender=Sender(
            asked.name, asked.organisation, asked.email, asked.phone, asked.address, asked.on_behalf_of, asked.country
        ),
        verification=Verification(
            one_of(Verified, asked.verified, "verified") or Verified.NONE, {"entered_by_hand": True}
        ),
        received_at=asked.received_at or call.now, language=asked.language, subject=asked.subject, text=asked.text,
        legal_basis=asked.legal_basis, reference=asked.reference, jurisdiction=asked.jurisdiction,
        contract_clause=asked.contract_clause, stated_deadline=asked.stated_deadline, sealed=asked.sealed,
        sealed_until=asked.sealed_until, gag=asked.gag, items=tuple(CitedItem(line) for line in lines),
    )  # fmt: skip
    async with services.database.transaction() as tx:
        made = await receive(
            tx, new, addresses=Addresses.of(services.settings, services.ids), staff=staff,
            flood_from=services.settings.notice_flood_from, now=call.now,
        )  # fmt: skip
    return json_answer(
        {
            "id": services.ids.encode(made.notice_id),
            "reference": made.reference,
            "record_id": made.record_id,
            "status_token": made.status_token,
        }
    )


@routes.get(ONE, READ)
async def show(call: Call) -> Answer:
    """One, with its clocks, messages, and the steps that can be taken now."""
    return await whole(call, call.id_segment())


@routes.get(f"{ONE}/items", READ)
async def show_items(call: Call) -> Answer:
    """Its items, in order."""
    asked, services, staff, ident = (
        await call.params(ItemsQuery),
        call.services,
        staff_of(call),
        call.id_segment(),
    )
    reader = NoticeReader(services.database)
    found = await reader.items(
        staff,
        ident,
        after=max(asked.after, 0),
        limit=limit_of(asked.limit, _ITEMS_SHOWN),
        open_only=asked.open,
    )
    earlier = await reader.notices(staff, [one.before_notice_id for one in found if one.before_notice_id])
    return json_answer([item_entity(services, one, earlier) for one in found])


@routes.get(f"{ONE}/items/{{n}}/snapshot", READ)
async def show_snapshot(call: Call) -> Answer:
    """The content as it was when the notice came, with the hash that the ledger committed to."""
    services, staff, ident = call.services, staff_of(call), call.id_segment()
    found = await NoticeReader(services.database).items(staff, ident, after=number_of(call) - 1, limit=1)
    if not found or found[0].n != number_of(call) or found[0].snapshot_sha256 is None:
        raise NoticeNotThere("There is no snapshot of this item")
    opened = await ledger.openings(services.database, found[0].record_id, ["snapshot"])
    return json_answer(
        {
            "record_id": found[0].record_id,
            "sha256": found[0].snapshot_sha256.hex(),
            "content": msgspec.Raw(opened[0].opening.body),
        }
    )


@routes.get(f"{ONE}/timeline", READ)
async def show_timeline(call: Call) -> Answer:
    """All that happened."""
    services = call.services
    found = await NoticeReader(services.database).timeline(staff_of(call), call.id_segment())
    return json_answer([timeline_entity(services, one) for one in found])


@routes.get(f"{ONE}/messages/{{message}}/raw", READ)
async def show_raw(call: Call) -> Answer:
    """The exact bytes of a message, to be kept or looked at by other tools: never shown as a page of ours."""
    services, staff, ident = call.services, staff_of(call), call.id_segment()
    wanted = call.id_segment("message")
    messages = await NoticeReader(services.database).messages(staff, ident)
    one = next((one for one in messages if one.id == wanted and one.raw_sha256 is not None), None)
    if one is None:
        raise NoticeNotThere("There are no bytes of this message")
    opened = await ledger.openings(services.database, one.record_id, ["raw"])
    kind = "eml" if one.channel is Channel.EMAIL else "bin"
    headers = [
        (b"content-disposition", f'attachment; filename="{call.segment("message")}.{kind}"'.encode()),
        (b"cache-control", b"no-store"),
        (b"x-evidence-record", one.record_id.encode()),
    ]
    return Answer(200, opened[0].opening.body, b"application/octet-stream", headers)
