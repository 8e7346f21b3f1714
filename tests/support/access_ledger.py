"""What the ledger answers to whom, and the objects that its routes are asked about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind, Subject
from holdfast.records.sequencing import LedgerFiles, Sequencer, SequencerLimits, fence
from holdfast.records.timestamps import Reason, Reply, StampOrder, record_stamp
from tests.support.access_rows import ANY, NOBODYS, Codes, Row

if TYPE_CHECKING:
    from tests.support.access_world import World
    from tests.support.site import Site

_LOG = "GET /.well-known/holdfast/evidence/{log}"
_API = "GET /api/holdfast/v1/ledger"

PUBLIC_LEDGER = frozenset(
    {
        f"{_LOG}/checkpoint", f"{_LOG}/tile/{{level}}/{{a}}", f"{_LOG}/tile/{{level}}/{{a}}/{{b}}",
        f"{_LOG}/tile/{{level}}/{{a}}/{{b}}/{{c}}", f"{_LOG}/tile/{{level}}/{{a}}/{{b}}/{{c}}/{{d}}",
        f"{_API}/status", f"{_API}/proof/{{record_id}}", f"{_API}/openings/{{record_id}}",
        f"{_LOG}/policy", f"{_API}/policy", f"{_API}/witnesses", f"{_API}/time-stamps", f"{_API}/time-stamps/{{id}}",
        f"{_API}/time-stamp-certificates", f"{_API}/receipts/{{record_id}}", "GET /relaunch.json",
    }
)  # fmt: skip

LEDGER_ROWS = {
    f"{_LOG}/checkpoint": Row({"ledger_log": ANY, "missing_log": NOBODYS}),
    f"{_LOG}/tile/{{level}}/{{a}}": Row({"unfilled_tile": NOBODYS}),
    f"{_LOG}/tile/{{level}}/{{a}}/{{b}}": Row({"partial_tile": ANY, "tile_to_come": NOBODYS}),
    f"{_LOG}/tile/{{level}}/{{a}}/{{b}}/{{c}}": Row({"far_tile": NOBODYS}),
    f"{_LOG}/tile/{{level}}/{{a}}/{{b}}/{{c}}/{{d}}": Row({"farther_tile": NOBODYS}),
    f"{_API}/status": Row({"": ANY}),
    f"{_LOG}/policy": Row({"ledger_log": ANY, "missing_log": NOBODYS}),
    f"{_API}/policy": Row({"ledger_log": ANY}),
    f"{_API}/witnesses": Row({"": ANY}),
    f"{_API}/time-stamps": Row({"": ANY}),
    f"{_API}/time-stamps/{{id}}": Row({"time_stamp": ANY, "missing_time_stamp": NOBODYS}),
    f"{_API}/time-stamp-certificates": Row({"": NOBODYS}),
    "GET /relaunch.json": Row({"": NOBODYS}),
    f"{_API}/receipts/{{record_id}}": Row(
        {"ledger_record": ANY, "secret_record": ANY, "missing_record": NOBODYS}
    ),
    f"{_API}/proof/{{record_id}}": Row({"ledger_record": ANY, "missing_record": NOBODYS}),
    f"{_API}/openings/{{record_id}}": Row(
        {
            "ledger_record": Codes(200, 404, 404, 404),
            "secret_record": NOBODYS,
            "missing_record": NOBODYS,
        }
    ),
}


async def grow_ledger(site: Site) -> None:
    """Give everything that waits its place, and sign."""
    services = site.services
    sequencer = Sequencer(
        services.database, services.clock, LedgerFiles(services.settings.data), services.settings.domain,
        SequencerLimits(),
    )  # fmt: skip
    async with fence(services.database, "test", now=services.clock.now()) as held:
        assert held is not None
        assert await sequencer.begin(held)
        await sequencer.step(held)
        await sequencer.sign(held)


async def _record(world: World, *, shown: bool) -> str:
    services = world.site.services
    entry = Entry(
        kind=Kind.DECISION,
        subject=Subject.account(world.owner.account_id),
        private={"reasons": "It broke a rule."},
        shown=frozenset({"reasons"}) if shown else frozenset(),
    )
    async with services.database.transaction() as tx:
        record_id = await ledger.append(tx, entry, now=services.clock.now())
    await grow_ledger(world.site)
    return record_id


async def _ledger_record(world: World) -> str:
    return await _record(world, shown=True)


async def _secret_record(world: World) -> str:
    return await _record(world, shown=False)


def _in_the_log(path: str) -> Callable[[World], Awaitable[str]]:
    async def make(world: World) -> str:
        await _ledger_record(world)
        return path

    return make


async def _time_stamp(world: World) -> str:
    services = world.site.services
    now = services.clock.now()
    async with services.database.transaction() as tx:
        stamp = await record_stamp(
            tx, StampOrder(Reason.HOURLY), Reply(b"reply", now), origin="here/evidence/1", size=1, note=b"note",
            authority="https://tsa.example", now=now,
        )  # fmt: skip
    return services.ids.encode(stamp.id)


LEDGER_THINGS: dict[str, Callable[[World], Awaitable[str]]] = {
    "ledger_record": _ledger_record,
    "secret_record": _secret_record,
    "missing_record": _in_the_log("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    "ledger_log": _in_the_log("1"),
    "time_stamp": _time_stamp,
    "missing_time_stamp": _in_the_log("12"),
    "missing_log": _in_the_log("7"),
    "unfilled_tile": _in_the_log("1/0/000"),
    "partial_tile": _in_the_log("1/entries/000.p/1"),
    "tile_to_come": _in_the_log("1/0/000.p/255"),
    "far_tile": _in_the_log("1/0/x001/x000/000"),
    "farther_tile": _in_the_log("1/0/x001/x000/000.p/1"),
}
