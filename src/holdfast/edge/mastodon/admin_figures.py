"""The staff's figures: measures, dimensions and retention, counted when they are asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from ...pure.errors import Invalid
from ...pure.permissions import Permission
from ...trust.figures import IN_BYTES, Frequency, Period, dimension, measure, period, retention
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .times import iso

routes = RouteTable()

_DASHBOARD = Access.staff(Permission.VIEW_DASHBOARD, "admin:read")
_KEYS_MAX = 20
_ROWS_MAX = 100
_FIRST_YEAR, _LAST_YEAR = 1971, 9000


class FiguresForm(msgspec.Struct):
    """What is asked, of what days. Beside these, `KEY[id]` or `KEY[domain]` says what a measure is about."""

    keys: list[str] = msgspec.field(default_factory=list)
    start_at: str = ""
    end_at: str = ""
    limit: int = 10
    frequency: str = "day"


def _span(asked: FiguresForm) -> Period:
    return period(_instant("start_at", asked.start_at), _instant("end_at", asked.end_at))


def _instant(name: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"Validation failed: {name} must be a date such as 2026-01-31",
            details={name: [("ERR_INVALID", "must be a date such as 2026-01-31")]},
        ) from None
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise Invalid(f"{name} must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


async def _asked(call: Call) -> tuple[FiguresForm, Period]:
    asked = await call.params(FiguresForm)
    if not 1 <= len(asked.keys) <= _KEYS_MAX:
        raise Invalid(f"keys must name between 1 and {_KEYS_MAX} figures")
    return asked, _span(asked)


async def _subject(call: Call, key: str) -> str | None:
    """What a figure is about: the internal id of a tag, or a domain."""
    named = (await call.tree()).get(key)
    if not isinstance(named, dict):
        return None
    if isinstance(named.get("id"), str | int):
        internal = call.services.ids.decode(str(named["id"]))
        return None if internal is None else str(internal)
    domain = named.get("domain")
    # PostgreSQL's text cannot hold NUL: no domain has it.
    return domain.strip().lower().replace("\0", "") if isinstance(domain, str) else None


def _day(day: date) -> str:
    return iso(datetime(day.year, day.month, day.day, tzinfo=UTC))


@routes.post("/api/v1/admin/measures", _DASHBOARD)
async def measures(call: Call) -> Answer:
    """Numbers per day, with the total and that of the period before."""
    asked, span = await _asked(call)
    found = [
        await measure(call.services.database, key, span, await _subject(call, key)) for key in asked.keys
    ]
    return json_answer(
        [
            {
                "key": one.key,
                "unit": "bytes" if one.key in IN_BYTES else None,
                "total": str(one.total),
                "human_value": f"{one.total} bytes" if one.key in IN_BYTES else None,
                "previous_total": str(one.previous_total),
                "data": [{"date": _day(day), "value": str(value)} for day, value in one.by_day.items()],
            }
            for one in found
        ]
    )


@routes.post("/api/v1/admin/dimensions", _DASHBOARD)
async def dimensions(call: Call) -> Answer:
    """What there is most of."""
    asked, span = await _asked(call)
    limit = min(max(asked.limit, 1), _ROWS_MAX)
    found: list[dict[str, Any]] = []
    for key in asked.keys:
        shares = await dimension(
            call.services.database, key, span, limit=limit, subject=await _subject(call, key),
            own_domain=call.services.settings.domain,
        )  # fmt: skip
        data = [
            {
                "key": share.key,
                "human_key": share.label,
                "value": share.value,
                **({"unit": share.unit, "human_value": f"{share.value} bytes"} if share.unit else {}),
            }
            for share in shares
        ]
        found.append({"key": key, "data": data})
    return json_answer(found)


@routes.post("/api/v1/admin/retention", _DASHBOARD)
async def cohorts(call: Call) -> Answer:
    """Of those who came in each day or month: how many were still here later."""
    asked = await call.params(FiguresForm)
    frequencies: dict[str, Frequency] = {"day": "day", "month": "month"}
    if asked.frequency not in frequencies:
        raise Invalid("frequency must be day or month")
    frequency = frequencies[asked.frequency]
    found = await retention(call.services.database, _span(asked), frequency)
    return json_answer(
        [
            {
                "period": _day(cohort.begins),
                "frequency": frequency,
                "data": [
                    {
                        "date": _day(later),
                        "rate": remaining / cohort.size if cohort.size else 0.0,
                        "value": str(remaining),
                    }
                    for later, remaining in cohort.remaining
                ],
            }
            for cohort in found
        ]
    )
