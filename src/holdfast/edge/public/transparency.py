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

routes = RouteTable()

_NEWEST_MONTHS: Final = 12
_API: Final = "/api/holdfast/v1/transparency"
_LANES: Final = {
    "P0": "threats to life", "P1": "urgent", "P2": "serious", "P3": "ordinary", "P4": "minor",
}  # fmt: skip
_WORDS: Final = {
    NOT_STATED: "not stated",
    "screening": "the local model or a bank",
    "rule": "a rule",
    "report": "a member's report",
    "anonymous": "a report without an account",
    "peer": "another server",
    "admin": "the team itself",
    "sample": "a random sample",
    "appeal": "an appeal",
    "review": "a second look",
    "copy": "a copy of what was decided about",
    "not_automated": "by a person alone",
    "partially": "partly by a program",
    "fully": "by a program",
    "illegal": "against the law",
    "incompatible": "against the terms",
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
    about = Description(
        "/transparency", "Transparency",
        f"What moderation does on {call.services.settings.title}, in figures that anybody can compute again.",
    )  # fmt: skip
    return show(
        call, visit, "transparency.html", about, title="Transparency", facts=facts, figures=figures,
        tables=_tables(figures), backlog=backlog_chart(figures.backlog), by_month=months_chart(figures.months),
        width=WIDTH, height=HEIGHT, lanes=_LANES, small=SMALL_CELL, breaker=await breaker_now(call.services),
        counted_ago=ago(facts.counted_at, call.now) if facts.counted_at else "", waits=_waits(facts.logs),
        percent=percent, lasted=lasted, words=words, links={
            "json": f"{_API}{query}", "csv": f"{_API}.csv{query}", "dsa": f"{_API}/dsa.csv{query}",
        },
    )  # fmt: skip


def words(token: str) -> str:
    """A code of the ledger as people say it; as it is where there is nothing shorter to say."""
    return _WORDS.get(token, token.replace("_", " "))


def percent(share: Share) -> str:
    """`12.5 % (10 to 15)`, or that there is nothing to tell of."""
    if share.share is None:
        return "nothing yet"
    return f"{share.share * 100:.1f} % ({share.low * 100:.1f} to {share.high * 100:.1f})"


def lasted(seconds: int | None) -> str:
    """A time in its largest fitting unit; a dash for what is not told."""
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds} s"


def _waits(logs: list[Any]) -> int:
    return sum(max(0, one.signed - one.counted) for one in logs)


def _tables(figures: Figures) -> list[dict[str, Any]]:
    decisions = figures.decisions
    return [
        _table("By what found it", decisions.by_source),
        _table("By policy", decisions.by_policy, policies=True),
        _table("By action", decisions.by_action),
        _table("By outcome", decisions.by_outcome),
        _table("By who decided", decisions.by_automation),
        _table("By ground", decisions.by_ground),
    ]


def _table(title: str, counts: Mapping[str, int], *, policies: bool = False) -> dict[str, Any]:
    """Rows, the largest first, each with its share of the largest in permille, for a bar."""
    rows = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    most = rows[0][1] if rows else 1
    return {
        "title": title,
        "rows": [
            {"name": name, "words": words(name), "count": count, "permille": count * 1000 // max(most, 1),
             "link": f"/policies/{name}" if policies and "@" in name else ""}
            for name, count in rows
        ],
    }  # fmt: skip
