"""What was decided about a member and why, for the member alone: also while the account is suspended or disabled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...pure.window import Window
from ...trust.appeals import (
    Appeal,
    AppealNotAllowed,
    add,
    appeal_decision,
    appeals_of_decisions,
    in_time,
    messages_of,
)
from ...trust.decisions import StatementReader
from ...trust.statements import Statement
from ..answers import Answer, redirect
from ..appealing import appeal_limits
from ..call import Call
from ..routes import Access, RouteTable
from .appeal_words import AppealWords, standing
from .browser import Visit
from .held import held_posts
from .pages import closed_form, closed_page, render
from .translations import msg, speech

routes = RouteTable()
_SHOWN = 50
_WORDS = AppealWords(
    ask=msg("Appeal this decision"),
    why=msg("Why the decision is wrong"),
    outcomes={
        "upheld": msg("The decision stays."),
        "partial": msg("Your appeal was partly right: something milder was decided."),
        "overturned": msg("Your appeal was right: the decision was taken back."),
        "settled": msg("The decision was taken back before the appeal was answered."),
    },
)


@routes.get("/statements", Access.browser())
@closed_page
async def statements(call: Call, visit: Visit) -> Answer:
    """GET /statements: all of them, the newest first."""
    member, database = visit.member(), call.services.database
    found = await StatementReader(database).page(member.account_id, Window(_SHOWN))
    appeals = await appeals_of_decisions(database, member.account_id, [one.decision_id for one in found])
    return render(
        call, visit, "statements.html", title=speech(call, visit)("Decisions about your account"), closed=visit.closed,
        statements=[_line(call, one, appeals.get(one.decision_id)) for one in found],
        held=[] if visit.closed else await held_posts(call, member.account_id),
    )  # fmt: skip


@routes.get("/statements/{id}", Access.browser())
@closed_page
async def statement(call: Call, visit: Visit) -> Answer:
    """GET /statements/{id}: one, as it was sent."""
    member = visit.member()
    reader = StatementReader(call.services.database)
    found = await reader.one(member.account_id, call.id_segment(), now=call.now)
    return await _page(call, visit, found)


@routes.post("/statements/{id}", Access.browser())
@closed_form
async def appeal(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """POST /statements/{id}: appeal the decision, or add something to the appeal that is open."""
    member, services = visit.member(), call.services
    found = await StatementReader(services.database).one(member.account_id, call.id_segment(), now=call.now)
    limits, text = appeal_limits(services), fields.get("text", "")
    there = await appeals_of_decisions(services.database, member.account_id, [found.decision_id])
    try:
        async with services.database.transaction() as tx:
            if found.decision_id in there:
                await add(
                    tx, member.account_id, there[found.decision_id].id, text=text, limits=limits, now=call.now
                )
            else:
                await appeal_decision(
                    tx, member.account_id, found.decision_id, reason=text, limits=limits, now=call.now
                )
    except AppealNotAllowed as error:
        return await _page(call, visit, found, said=text, error=error.public)
    return redirect(f"/statements/{services.ids.encode(found.id)}#appeal")


async def _page(call: Call, visit: Visit, found: Statement, *, said: str = "", error: str = "") -> Answer:
    database, limits = call.services.database, appeal_limits(call.services)
    there = (await appeals_of_decisions(database, found.account_id, [found.decision_id])).get(
        found.decision_id
    )
    messages = [] if there is None else (await messages_of(database, [there.id]))[there.id]
    may_file = (
        there is None and found.reverses_id is None and found.reversed_by_id is None
        and in_time(found.sent_at, call.now, limits)
    )  # fmt: skip
    return render(
        call, visit, "statement.html", title=found.subject, closed=visit.closed, statement=_line(call, found, there),
        language=found.language, parts=list(parts_of(found.text)), record_id=found.record_id, appeal=there,
        messages=messages, may_file=may_file, words=_WORDS, said=said, error=error, most=limits.characters, status=422 if error else 200,
    )  # fmt: skip


def parts_of(text: str) -> Iterator[dict[str, Any]]:
    """The text as headings, paragraphs and lists: what begins with `##` and `-` in it."""
    for block in text.split("\n\n"):
        rows: list[str] = []
        for line in block.splitlines():
            if line.startswith("- "):
                rows.append(line[2:])
                continue
            if rows:
                yield {"kind": "list", "rows": rows}
                rows = []
            heading = line.startswith("## ")
            yield {"kind": "heading" if heading else "text", "text": line[3:] if heading else line}
        if rows:
            yield {"kind": "list", "rows": rows}


def summary_of(one: Statement) -> str:
    """What was decided, in the first words that say it: the subject of all statements is the same."""
    return next((part["rows"][0] for part in parts_of(one.text) if part["kind"] == "list"), one.subject)


def _line(call: Call, one: Statement, appeal: Appeal | None) -> dict[str, Any]:
    ids = call.services.ids
    return {
        "id": ids.encode(one.id), "subject": one.subject, "summary": summary_of(one), "sent_at": one.sent_at, "read": one.read_at is not None,
        "appeal": "" if appeal is None or one.reverses_id is not None else standing(appeal), "language": one.language, "reverses": None if one.reverses_id is None else ids.encode(one.reverses_id),
        "reversed_by": None if one.reversed_by_id is None else ids.encode(one.reversed_by_id),
    }  # fmt: skip
