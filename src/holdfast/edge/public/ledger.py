"""The evidence ledger for people: how it stands, who confirms it, how to verify it, and what it cannot prove."""

from __future__ import annotations

import base64

from ...platform.clock import Instant
from ...pure.errors import NotFound
from ..answers import Answer
from ..call import Call
from ..ledger_facts import LedgerFacts, ledger_facts, receipt_links, receipt_of, stamp_links
from ..routes import Access, RouteTable
from .browser import Visit
from .pages import page
from .reading import Description, show, viewer_of
from .verifying import stamp_commands, ways_of

routes = RouteTable()

_STALE_SECONDS = 15 * 60
_KINDS = {
    "report.received": "a report",
    "notice.received": "a notice",
    "notice.reply": "a reply to a notice",
    "notice.closed": "the end of a notice",
    "decision": "a decision",
    "decision.reversed": "the reversal of a decision",
    "sor.sent": "a statement of reasons",
    "appeal.opened": "an appeal",
    "appeal.decided": "the decision of an appeal",
    "policy.published": "a policy",
}


@routes.get("/transparency/ledger", Access.browser())
@page
async def ledger_page(call: Call, visit: Visit) -> Answer:
    """GET /transparency/ledger"""
    await viewer_of(call, visit)
    facts = await ledger_facts(call.services)
    about = Description(
        "/transparency/ledger", "The evidence ledger",
        f"What {call.services.settings.title} recorded, when, and how anybody can check that it was not changed.",
    )  # fmt: skip
    return show(
        call, visit, "ledger.html", about, title="The evidence ledger", facts=facts,
        ways=ways_of(facts) if facts else [], stamps=_stamps(call, facts) if facts else [],
        root=base64.b64encode(facts.checkpoint.root).decode() if facts else "",
        age=ago(facts.checkpoint.signed_at, call.now) if facts else "",
        stale=facts is not None and (call.now - facts.checkpoint.signed_at).total_seconds() > _STALE_SECONDS,
        ago=lambda when: ago(when, call.now),
    )  # fmt: skip


@routes.get("/receipts/{record_id}", Access.browser())
@page
async def receipt_page(call: Call, visit: Visit) -> Answer:
    """GET /receipts/ID: what somebody holds who was told that something arrived."""
    await viewer_of(call, visit)
    record_id = call.segment("record_id")
    if not record_id.isascii() or not record_id.isalnum():
        raise NotFound
    found = await receipt_of(call.services, record_id)
    about = Description(
        f"/receipts/{record_id}", "Receipt", "Proof that a record was made, and when.", indexed=False
    )
    stamp = found.stamp
    return show(
        call, visit, "receipt.html", about, title="Receipt", receipt=found, what=_KINDS.get(found.record.kind, "a record"),
        proof_url=receipt_links(call.services, record_id)["proof_url"],
        file_name=f"{record_id}.tlog-proof",
        stamp_links=stamp_links(call.services, stamp.id) if stamp else None,
        policy_url=f"{call.services.base_url}/api/holdfast/v1/ledger/policy",
    )  # fmt: skip


def ago(when: Instant, now: Instant) -> str:
    """How long ago, in words: the largest unit that fits."""
    seconds = max(0, int((now - when).total_seconds()))
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "now"


def _stamps(call: Call, facts: LedgerFacts) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for one in facts.stamps:
        reply, checkpoint = stamp_links(call.services, one.id)
        found.append(
            {
                "size": one.size,
                "at": one.stamped_at,
                "authority": one.authority,
                "reply": reply,
                "checkpoint": checkpoint,
                "commands": stamp_commands(reply, checkpoint),
            }
        )
    return found
