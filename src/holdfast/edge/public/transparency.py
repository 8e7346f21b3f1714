"""What moderation does here, in figures that anybody can compute again from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from ...pure.transparency import NOT_STATED, SMALL_CELL, Figures, Share
from ..answers import Answer
from ..breaking import breaker_now
from ..call import Call
from ..routes import Access, RouteTable
from ..transparency_facts import transparency_facts
from .browser import Visit, text_of
from .charts import HEIGHT, WIDTH, backlog_chart, months_chart
from .ledger import ago
from .pages import page
from .reading import Description, show, viewer_of
from .translations import Speech, msg, speech

routes = RouteTable()

_NEWEST_MONTHS: Final = 12
_API: Final = "/api/holdfast/v1/transparency"
_LANES: Final = {
    "P0": msg("threats to life"), "P1": msg("urgent"), "P2": msg("serious"), "P3": msg("ordinary"), "P4": msg("minor"),
}  # fmt: skip
_WORDS: Final = {
    NOT_STATED: msg("not stated"),
    "screening": msg("the local model or a bank"),
    "rule": msg("a rule"),
    "report": msg("a member's report"),
    "anonymous": msg("a report without an account"),
    "peer": msg("another server"),
    "admin": msg("the team itself"),
    "sample": msg("a random sample"),
    "appeal": msg("an appeal"),
    "review": msg("a second look"),
    "copy": msg("a copy of what was decided about"),
    "not_automated": msg("by a person alone"),
    "partially": msg("partly by a program"),
    "fully": msg("by a program"),
    "actioned": msg("something was done"),
    "no_violation": msg("no violation"),
    "dismissed": msg("dismissed"),
    "restored": msg("restored"),
    "withdraw": msg("taken away"),
    "hide": msg("hidden"),
    "label": msg("labelled"),
    "mark_sensitive": msg("marked as sensitive"),
    "limit_reach": msg("spread less"),
    "restrict_replies": msg("replies closed"),
    "freeze": msg("account read-only"),
    "limit": msg("account limited"),
    "sensitize": msg("all posts marked as sensitive"),
    "disable": msg("account closed to its owner"),
    "suspend": msg("account suspended"),
    "warn": msg("warned"),
    "strike": msg("strike"),
    "refer": msg("told to an authority"),
    "block_link": msg("link blocked"),
    "block_image": msg("file blocked"),
    "restrict_sign_ups": msg("sign-ups restricted"),
    "restore": msg("given back"),
    "dismiss": msg("dismissed"),
    "illegal": msg("against the law"),
    "incompatible": msg("against the terms"),
}


@routes.get("/transparency", Access.browser())
@page
async def transparency(call: Call, visit: Visit) -> Answer:
    """GET /transparency: the newest months, or those that are asked for."""
    await viewer_of(call, visit)
    tree = await call.tree()
    facts = await transparency_facts(
        call.services, since=text_of(tree, "since"), until=text_of(tree, "until"), newest=_NEWEST_MONTHS
    )
    figures = facts.figures
    asked = {"since": figures.since, "until": figures.until} if figures.since else {}
    query = f"?{urlencode(asked)}" if asked else ""
    say = speech(call, visit)
    about = Description(
        "/transparency", say("Transparency"),
        say(
            "What moderation does on {site}, in figures that anybody can compute again.",
            site=call.services.settings.title,
        ),
    )  # fmt: skip
    return show(
        call, visit, "transparency.html", about, title=say("Transparency"), facts=facts, figures=figures,
        tables=_tables(figures, say), backlog=backlog_chart(figures.backlog, say), by_month=months_chart(figures.months, say),
        width=WIDTH, height=HEIGHT, lanes=_LANES, small=SMALL_CELL, breaker=await breaker_now(call.services),
        counted_ago=ago(facts.counted_at, call.now, say) if facts.counted_at else "", waits=_waits(facts.logs),
        percent=lambda share: percent(share, say), lasted=lambda seconds: lasted(seconds, say),
        words=lambda token: words(token, say), links={
            "json": f"{_API}{query}", "csv": f"{_API}.csv{query}", "dsa": f"{_API}/dsa.csv{query}",
        },
    )  # fmt: skip


def words(token: str, say: Speech) -> str:
    """A code of the ledger as people say it; as it is where there is nothing shorter to say."""
    return say(_WORDS[token]) if token in _WORDS else say(token.replace("_", " "))


def percent(share: Share, say: Speech) -> str:
    """`12.5 % (10 to 15)`, or that there is nothing to tell of."""
    if share.share is None:
        return say("nothing yet")
    return say(
        "{share} % ({low} to {high})", share=_decimal(share.share * 100, say), low=_decimal(share.low * 100, say),
        high=_decimal(share.high * 100, say),
    )  # fmt: skip


def lasted(seconds: int | None, say: Speech) -> str:
    """A time in its largest fitting unit; a dash for what is not told."""
    if seconds is None:
        return "–"
    for size, unit in ((86_400, msg("d")), (3600, msg("h")), (60, msg("min"))):
        if seconds >= 2 * size:
            return f"{_decimal(seconds / size, say)} {say(unit)}"
    return f"{seconds} s"


def _decimal(number: float, say: Speech) -> str:
    """One digit after the point, or after what stands there in the language."""
    return f"{number:.1f}".replace(".", say("."))


def _waits(logs: list[Any]) -> int:
    return sum(max(0, one.signed - one.counted) for one in logs)


def _tables(figures: Figures, say: Speech) -> list[dict[str, Any]]:
    decisions = figures.decisions
    return [
        _table(say, msg("By what found it"), msg("What found it"), decisions.by_source),
        _table(say, msg("By policy"), msg("Policy"), decisions.by_policy, policies=True),
        _table(say, msg("By action"), msg("Action"), decisions.by_action),
        _table(say, msg("By outcome"), msg("Outcome"), decisions.by_outcome),
        _table(say, msg("By who decided"), msg("Who decided"), decisions.by_automation),
        _table(say, msg("By ground"), msg("Ground"), decisions.by_ground),
    ]


def _table(
    say: Speech, title: str, head: str, counts: Mapping[str, int], *, policies: bool = False
) -> dict[str, Any]:
    """Rows, the largest first, each with its share of the largest in permille, for a bar."""
    rows = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    most = rows[0][1] if rows else 1
    return {
        "title": title,
        "head": head,
        "rows": [
            {"name": name, "words": words(name, say), "count": count, "permille": count * 1000 // max(most, 1),
             "link": f"/policies/{name}" if policies and "@" in name else ""}
            for name, count in rows
        ],
    }  # fmt: skip
