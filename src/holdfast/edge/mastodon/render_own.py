"""What a member is told of what concerns them: warnings with the appeal against them, and what came of own reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ...trust.appeals import Outcome, Warned, in_time, reports_with_outcome, warned
from ...trust.staff_actions import AccountWarning
from ..appealing import appeal_limits
from ..ports import Services
from .render_account import account_raw
from .times import iso, iso_or_none

# The API knows three states. What was replaced by something milder, or taken back in another way, did not stay.
_STATES: Final = {
    None: "pending",
    Outcome.UPHELD: "rejected",
    Outcome.PARTIAL: "approved",
    Outcome.OVERTURNED: "approved",
    Outcome.SETTLED: "approved",
}


async def warning_entities(
    services: Services, account_id: int, warnings: Iterable[AccountWarning]
) -> dict[int, dict[str, Any]]:
    """AccountWarning entities by id, for the member who was warned. Who decided is not said.

    `holdfast`: the statement of reasons that goes with it, and whether and until when its decision can be appealed.
    """
    rows = list(warnings)
    targets = await services.accounts.get_many({warning.account_id for warning in rows})
    stands = await warned(services.database, account_id, [warning.id for warning in rows])
    return {
        warning.id: {
            "id": services.ids.encode(warning.id),
            "action": warning.action.value,
            "text": warning.text,
            "status_ids": [services.ids.encode(ident) for ident in warning.post_ids] or None,
            "target_account": account_raw(services, targets[warning.account_id]),
            "appeal": _appeal(stands.get(warning.id)),
            "created_at": iso(warning.created_at),
            **_statement(services, stands.get(warning.id)),
        }
        for warning in rows
        if warning.account_id in targets
    }


def _appeal(one: Warned | None) -> dict[str, str] | None:
    if one is None or one.appeal_text is None:
        return None
    return {"text": one.appeal_text, "state": _STATES[one.outcome]}


def _statement(services: Services, one: Warned | None) -> dict[str, Any]:
    if one is None:
        return {}
    open_to_appeal = not one.reversal and not one.reversed and one.appeal_text is None
    ident = services.ids.encode(one.statement_id)
    own = {
        "statement_id": ident,
        "url": f"{services.base_url}/statements/{ident}",
        "reversal": one.reversal,
        "reversed": one.reversed,
        "can_appeal": open_to_appeal and in_time(one.sent_at, services.clock.now(), appeal_limits(services)),
        "appeal_outcome": None if one.outcome is None else one.outcome.value,
        "appeal_due_at": iso_or_none(one.due_at),
    }
    return {"holdfast": own}


async def outcome_entities(
    services: Services, account_id: int, report_ids: list[int]
) -> dict[int, dict[str, Any]]:
    """What came of reports of this member, by id; those of others are left out."""
    found = await reports_with_outcome(services.database, report_ids)
    targets = await services.accounts.get_many({one.target_id for one in found.values()})
    return {
        one.id: {
            "report_id": services.ids.encode(one.id),
            "about": targets[one.target_id].acct if one.target_id in targets else None,
            "outcome": one.outcome.value,
            "decided_at": iso_or_none(one.decided_at),
            "can_appeal": one.can_appeal,
        }
        for one in found.values()
        if one.account_id == account_id
    }
