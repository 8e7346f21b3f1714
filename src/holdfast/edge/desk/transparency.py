"""Figures of moderation, for everybody: JSON, a table for spreadsheets, and the report of the Digital Services Act."""

from __future__ import annotations

import msgspec

from ...pure.transparency import DSA_COLUMNS, csv_of, dsa_rows, rows_of
from ..answers import Answer, Header, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from ..transparency_facts import TransparencyFacts, as_json, transparency_facts
from .routes import API, iso

routes = RouteTable()

_CSV = b"text/csv; charset=utf-8"
_COLUMNS = ("table", "name", "measure", "value")
_MINUTE: Header = (b"cache-control", b"public, max-age=60")


class MonthsQuery(msgspec.Struct):
    """From which month to which, both included; all where they are empty."""

    since: str = ""
    until: str = ""


@routes.get(f"{API}/transparency", Access.anyone())
async def figures(call: Call) -> Answer:
    """The figures, and from which records of the ledger they were counted."""
    facts = await _facts(call)
    return json_answer({**as_json(facts), "counted_at": iso(facts.counted_at)}, headers=[_MINUTE])


@routes.get(f"{API}/transparency.csv", Access.anyone())
async def table(call: Call) -> Answer:
    """Every number of the figures as a row."""
    facts = await _facts(call)
    return _csv(csv_of(_COLUMNS, rows_of(facts.figures)), f"transparency{_span(facts)}.csv")


@routes.get(f"{API}/transparency/dsa.csv", Access.anyone())
async def report(call: Call) -> Answer:
    """The report of Articles 15 and 24 of the Digital Services Act, with what this server knows."""
    facts = await _facts(call)
    rows = dsa_rows(facts.figures, service=call.services.settings.domain)
    return _csv(csv_of(DSA_COLUMNS, rows), f"dsa-report{_span(facts)}.csv")


async def _facts(call: Call) -> TransparencyFacts:
    asked = await call.params(MonthsQuery)
    return await transparency_facts(call.services, since=asked.since, until=asked.until)


def _csv(text: str, name: str) -> Answer:
    disposition = (b"content-disposition", f'attachment; filename="{name}"'.encode())
    return Answer(200, text.encode(), _CSV, [_MINUTE, disposition])


def _span(facts: TransparencyFacts) -> str:
    found = facts.figures
    return f"-{found.since}-{found.until}" if found.since else ""
