"""What came of a report that was made without an account: for whoever has its reference and its secret."""

from __future__ import annotations

import base64
import hmac

from ...pure.errors import NotFound
from ...trust.appeals import reports_with_outcome
from ...trust.reports import Channel, get_report
from ..answers import Answer
from ..call import Call
from ..routes import Access, RouteTable
from .browser import Visit
from .pages import page, render
from .translations import msg, speech

routes = RouteTable()
_BYTES = 16
_OUTCOMES = {
    "waits": msg("It waits for a person to look at it."),
    "actioned": msg("What you reported was found to break the rules, and something was done about it."),
    "no_violation": msg("A person looked at what you reported and found that it does not break the rules."),
    "closed": msg("Your report was closed without a decision about what you reported."),
}


def outcome_path(call: Call, report_id: int) -> str:
    """The address that tells what came of a report: whoever has it may know, so it is shown to its reporter alone."""
    return f"/report/{call.services.ids.encode(report_id)}/{_secret(call, report_id)}"


def _secret(call: Call, report_id: int) -> str:
    key = call.services.keyring.derive("report outcomes")
    return (
        base64.urlsafe_b64encode(hmac.digest(key, str(report_id).encode(), "sha256")[:_BYTES])
        .rstrip(b"=")
        .decode()
    )


@routes.get("/report/{id}/{secret}", Access.browser())
@page
async def outcome(call: Call, visit: Visit) -> Answer:
    """GET /report/{id}/{secret}: whether it waits, and what was decided. Never who decided."""
    report_id = call.id_segment()
    if not hmac.compare_digest(call.segment("secret").encode(), _secret(call, report_id).encode()):
        raise NotFound
    report = await get_report(call.services.database, report_id)
    if report.source is not Channel.ANONYMOUS:
        raise NotFound
    found = (await reports_with_outcome(call.services.database, [report_id]))[report_id]
    return render(
        call, visit, "report_outcome.html", title=speech(call, visit)("Your report"), report=found, outcomes=_OUTCOMES
    )  # fmt: skip
