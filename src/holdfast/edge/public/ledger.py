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
from .translations import Speech, msg, speech
from .verifying import stamp_commands, ways_of

routes = RouteTable()

_STALE_SECONDS = 15 * 60
_UNITS = (
    (86_400, msg("{count} day ago"), msg("{count} days ago")),
    (3600, msg("{count} hour ago"), msg("{count} hours ago")),
    (60, msg("{count} minute ago"), msg("{count} minutes ago")),
    (1, msg("{count} second ago"), msg("{count} seconds ago")),
)
_TROUBLES = {
    "other history": msg("other history"),
    "ahead": msg("ahead"),
    "forgot": msg("forgot"),
    "unknown log": msg("unknown log"),
    "refused": msg("refused"),
    "unreachable": msg("unreachable"),
    "bad answer": msg("bad answer"),
}
_KINDS = {
    "report.received": msg("a report"),
    "notice.received": msg("a notice"),
    "notice.reply": msg("a reply to a notice"),
    "notice.closed": msg("the end of a notice"),
    "decision": msg("a decision"),
    "decision.reversed": msg("the reversal of a decision"),
    "sor.sent": msg("a statement of reasons"),
    "appeal.opened": msg("an appeal"),
    "appeal.decided": msg("the decision of an appeal"),
    "policy.published": msg("a policy"),
}


@routes.get("/transparency/ledger", Access.browser())
@page
async def ledger_page(call: Call, visit: Visit) -> Answer:
    """GET /transparency/ledger"""
    await viewer_of(call, visit)
    facts, say = await ledger_facts(call.services), speech(call, visit)
    about = Description(
        "/transparency/ledger", say("The evidence ledger"),
        say(
            "What {site} recorded, when, and how anybody can check that it was not changed.",
            site=call.services.settings.title,
        ),
    )  # fmt: skip
    return show(
        call, visit, "ledger.html", about, title=say("The evidence ledger"), facts=facts, troubles=_TROUBLES,
        ways=ways_of(facts, say) if facts else [], stamps=_stamps(call, facts) if facts else [],
        root=base64.b64encode(facts.checkpoint.root).decode() if facts else "",
        age=ago(facts.checkpoint.signed_at, call.now, say) if facts else "",
        stale=facts is not None and (call.now - facts.checkpoint.signed_at).total_seconds() > _STALE_SECONDS,
        ago=lambda when: ago(when, call.now, say),
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
    say = speech(call, visit)
    about = Description(
        f"/receipts/{record_id}",
        say("Receipt"),
        say("Proof that a record was made, and when."),
        indexed=False,
    )
    stamp = found.stamp
    return show(
        call, visit, "receipt.html", about, title=say("Receipt"), receipt=found,
        what=say(_KINDS.get(found.record.kind, msg("a record"))),
        proof_url=receipt_links(call.services, record_id)["proof_url"],
        file_name=f"{record_id}.tlog-proof",
        stamp_links=stamp_links(call.services, stamp.id) if stamp else None,
        policy_url=f"{call.services.base_url}/api/holdfast/v1/ledger/policy",
    )  # fmt: skip


def ago(when: Instant, now: Instant, say: Speech) -> str:
    """How long ago, in words: the largest unit that fits."""
    seconds = max(0, int((now - when).total_seconds()))
    for size, one, several in _UNITS:
        if seconds >= size:
            count = seconds // size
            return say(one if count == 1 else several, count=count)
    return say("now")


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
