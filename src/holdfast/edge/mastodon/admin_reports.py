"""The staff's reports: what members say is wrong, and whose work it is."""

from __future__ import annotations

import msgspec

from ...pure.permissions import Permission
from ...trust.reports import (
    ReportFilter,
    assign_report,
    get_report,
    list_reports,
    recategorise_report,
    resolve_report,
)
from ...trust.staff_actions import Staff
from ..answers import Answer, json_answer
from ..call import Call
from ..reporting import read_category, read_rule_ids
from ..routes import Access, RouteTable
from .admin_accounts import staff_page
from .paging import PageQuery, link_header
from .render_admin import admin_reports

routes = RouteTable()

_READ = Access.staff(Permission.MANAGE_REPORTS, "admin:read:reports")
_WRITE = Access.staff(Permission.MANAGE_REPORTS, "admin:write:reports")
_ONE = "/api/v1/admin/reports/{id}"


class ReportsQuery(PageQuery):
    """Which reports: those that are not resolved, unless `resolved` asks for the others."""

    resolved: bool = False
    account_id: str = ""
    target_account_id: str = ""


class ReportUpdate(msgspec.Struct):
    """What a report is about; what is absent stays."""

    category: str = ""
    rule_ids: list[str] | None = None


@routes.get("/api/v1/admin/reports", _READ)
async def show_page(call: Call) -> Answer:
    """Reports by filters, newest first."""
    asked, services = await call.params(ReportsQuery), call.services
    bounds = staff_page(call, asked)

    def account(text: str) -> int | None:
        return services.ids.decode(text) or -1 if text else None

    wanted = ReportFilter(asked.resolved, account(asked.account_id), account(asked.target_account_id))
    reports = await list_reports(services.database, bounds, wanted)
    entities = await admin_reports(services, reports, await call.viewer())
    return json_answer(entities, headers=link_header(call, [report.id for report in reports], bounds))


@routes.get(_ONE, _READ)
async def show(call: Call) -> Answer:
    """One report."""
    return await _entity(call, call.id_segment())


@routes.put(_ONE, _WRITE)
async def update(call: Call) -> Answer:
    """Put it into another category."""
    report_id, asked = call.id_segment(), await call.params(ReportUpdate)
    rule_ids = None if asked.rule_ids is None else list(read_rule_ids(asked.rule_ids))
    async with call.services.database.transaction() as tx:
        await recategorise_report(
            tx, Staff.of(call.actor), report_id,
            category=read_category(asked.category, ()) if asked.category else None, rule_ids=rule_ids,
            rules=len(call.services.settings.rules), now=call.now,
        )  # fmt: skip
    return await _entity(call, report_id)


@routes.post(f"{_ONE}/assign_to_self", _WRITE)
async def assign_to_self(call: Call) -> Answer:
    """Make it the caller's work."""
    report_id, actor = call.id_segment(), call.actor
    async with call.services.database.transaction() as tx:
        await assign_report(tx, Staff.of(actor), report_id, actor.account_id, now=call.now)
    return await _entity(call, report_id)


@routes.post(f"{_ONE}/unassign", _WRITE)
async def unassign(call: Call) -> Answer:
    """Make it nobody's work."""
    report_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        await assign_report(tx, Staff.of(call.actor), report_id, None, now=call.now)
    return await _entity(call, report_id)


@routes.post(f"{_ONE}/resolve", _WRITE)
async def resolve(call: Call) -> Answer:
    """Close it."""
    return await _set_resolved(call, resolved=True)


@routes.post(f"{_ONE}/reopen", _WRITE)
async def reopen(call: Call) -> Answer:
    """Open it again."""
    return await _set_resolved(call, resolved=False)


async def _set_resolved(call: Call, *, resolved: bool) -> Answer:
    report_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        await resolve_report(tx, Staff.of(call.actor), report_id, resolved=resolved, now=call.now)
    return await _entity(call, report_id)


async def _entity(call: Call, report_id: int) -> Answer:
    report = await get_report(call.services.database, report_id)
    return json_answer((await admin_reports(call.services, [report], await call.viewer()))[0])
