"""The people of the desk: what each of them saw, when a break is due, and how they want to see cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from ...platform.db import Reader
from ...pure.permissions import Permission
from ...trust.reviewers import (
    Preferences,
    allowed,
    day_of,
    exposure_of,
    preferences_of,
    set_preferences,
    skips_by_category,
    team_exposure,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .claims import bounds_of
from .routes import API, ScopedAccess, iso, names_of
from .team import permissions_of

routes = RouteTable()
_ME = f"{API}/reviewers/me"
_DAYS = 14
_DAYS_MOST = 366
_TEAM = Access.staff(Permission.MANAGE_SETTINGS, "admin:read:reports")


class PreferencesForm(msgspec.Struct):
    """How the caller wants to see cases; what is left out stays as it is."""

    opt_outs: list[str] | None = None
    blur: bool | None = None
    greyscale: bool | None = None
    mute_media: bool | None = None
    text_first: bool | None = None


class DaysQuery(msgspec.Struct):
    """How far back."""

    days: int = _DAYS


@routes.get(_ME, ScopedAccess.read)
async def show_me(call: Call) -> Answer:
    """What the caller saw, what is left of today, whether a break is due, and the preferences."""
    return json_answer(await _me(call, call.services.database))


@routes.put(_ME, ScopedAccess.write)
async def save_me(call: Call) -> Answer:
    """Change how the caller sees cases. Nobody else is told."""
    asked, me = await call.params(PreferencesForm), call.actor.account_id
    async with call.services.database.transaction() as tx:
        before = await preferences_of(tx, me)
        given = {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not None}
        if "opt_outs" in given:
            given["opt_outs"] = tuple(given["opt_outs"])
        await set_preferences(tx, me, msgspec.structs.replace(before, **given), now=call.now)
        answer = await _me(call, tx)
    return json_answer(answer)


@routes.get(f"{API}/reviewers", _TEAM)
async def show_team(call: Call) -> Answer:
    """What each of the team saw, those with the most heavy cases first; how often cases are passed on, by category alone."""
    asked, services = await call.params(DaysQuery), call.services
    since = call.now - timedelta(days=min(max(asked.days, 1), _DAYS_MOST) - 1)
    found = await team_exposure(services.database, since)
    names = await names_of(services, [row["account_id"] for row in found])
    people = [
        {**row, "account_id": services.ids.encode(row["account_id"]), "account": names.get(row["account_id"])}
        for row in found
    ]
    return json_answer({"people": people, "skips": await skips_by_category(services.database, since)})


async def _me(call: Call, reader: Reader) -> dict[str, Any]:
    me, bounds = call.actor.account_id, await bounds_of(reader, call)
    day, may = await day_of(reader, me, call.now), await allowed(reader, me, bounds, now=call.now)
    wanted: Preferences = await preferences_of(reader, me)
    rows = await exposure_of(reader, me, call.now - timedelta(days=_DAYS - 1))
    return {
        "today": {"items": day.items, "heavy": day.heavy, "seconds": round(day.seconds)},
        "most": {
            "items": bounds.daily_items, "heavy": bounds.daily_heavy, "seconds": bounds.daily_minutes * 60,
            "break_after_seconds": bounds.break_after_minutes * 60, "break_seconds": bounds.break_minutes * 60,
        },
        "heavy_categories": sorted(bounds.heavy_categories),
        "break_due": may.why or None,
        "until": iso(may.until),
        "may": permissions_of(call.actor.role),
        "preferences": {**msgspec.structs.asdict(wanted), "opt_outs": list(wanted.opt_outs)},
        "days": [{**row, "day": row["day"].isoformat(), "seconds": round(row["seconds"])} for row in rows],
    }  # fmt: skip
