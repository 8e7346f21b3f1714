"""POST /api/v1/reports: a member says that something is wrong."""

from __future__ import annotations

import msgspec

from ...social.accounts import AccountNotVisible
from ...social.posts import PostNotVisible
from ...trust.reports import NewReport, file_report
from ..answers import Answer, json_answer
from ..call import Call
from ..ledger_facts import receipt_header
from ..reporting import read_category, read_rule_ids, report_limits, spend_report
from ..routes import Access, RouteTable
from .render_admin import report_entities

routes = RouteTable()


class ReportForm(msgspec.Struct):
    """What is reported. `collection_ids` are not read: there are no collections here that could be reported."""

    account_id: str = ""
    status_ids: list[str] = msgspec.field(default_factory=list)
    comment: str = ""
    forward: bool = False
    category: str = ""
    rule_ids: list[str] = msgspec.field(default_factory=list)


@routes.post("/api/v1/reports", Access.member("write:reports"))
async def report(call: Call) -> Answer:
    """Report an account, with posts of it that the reporter can see."""
    asked, services, actor = await call.params(ReportForm), call.services, call.actor
    target_id = services.ids.decode(asked.account_id)
    target = await services.accounts.get(target_id) if target_id is not None else None
    if target is None or not target.shown:
        raise AccountNotVisible
    limits = report_limits(services)
    ids = [services.ids.decode(text) for text in dict.fromkeys(asked.status_ids[: limits.posts + 1])]
    known = [ident for ident in ids if ident is not None]
    posts = await services.posts.see(await call.viewer(), known)
    if len(posts) < len(ids):
        raise PostNotVisible
    rule_ids = read_rule_ids(asked.rule_ids)
    new = NewReport(
        target.id, posts, asked.comment, read_category(asked.category, rule_ids), rule_ids, asked.forward
    )
    spend_report(call, actor.account_id)
    async with services.database.transaction() as tx:
        filed = await file_report(tx, actor, new, limits=limits, now=call.now)
    headers = [receipt_header(services, filed.record_id)] if filed.record_id else []
    return json_answer((await report_entities(services, [filed]))[filed.id], headers=headers)
