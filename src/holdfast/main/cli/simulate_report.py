"""How a simulation looks on a terminal."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from holdfast.trust.simulation import Decided, QueueLoad, Sample

if TYPE_CHECKING:
    from holdfast.main.cli.simulate import Answer

SHOWN_RULES = 30
SHOWN_OVERLAPS = 12
_SPARKS = "▁▂▃▄▅▆▇█"
_SPARK_WIDTH = 24
_COLOURS = {"allow": "green", "flag": "yellow", "hold": "red", "refuse": "magenta"}


def print_report(answer: Answer, console: Console | None = None) -> None:
    """Print everything; texts of members are shown as they are, never read as markup."""
    found = answer.simulation
    console = console or Console(highlight=False)
    console.print(
        Text.assemble(
            (found.tried_version, "bold"), " against ", (found.in_force_version, "bold"),
            f": {found.posts:,} posts in {found.seconds:,.1f} s, {found.posts_per_second:,.0f} posts/s",
        )
    )  # fmt: skip
    if found.first_at is None or found.last_at is None:
        console.print("no posts in this range")
        return
    console.print(f"written {found.first_at:%Y-%m-%d} to {found.last_at:%Y-%m-%d}")
    for table in (_moves(answer), _rules(answer), _overlap(answer), _queue(answer), _accounts(answer)):
        if table.row_count:
            console.print()
            console.print(table)
    console.print()
    _decisions(answer, console)
    _samples(answer, console, "Newly acted on", found.newly_acted_on, found.newly_samples)
    _samples(answer, console, "No longer acted on", found.no_longer_acted_on, found.no_longer_samples)


def sparkline(counts: list[int], width: int = _SPARK_WIDTH) -> str:
    """Counts over time as a line of at most `width` characters; neighbours are added up where there are more."""
    if len(counts) > width:
        edges = [len(counts) * n // width for n in range(width + 1)]
        counts = [sum(counts[low:high]) for low, high in pairwise(edges)]
    most = max(counts, default=0)
    return "".join(" " if not n else _SPARKS[(n * len(_SPARKS) - 1) // most] for n in counts)


def _share(decided: Decided | None) -> str:
    if decided is None:
        return "-"
    return f"{decided.withdrawn} of {decided.of} ({decided.low:.0%} to {decided.high:.0%})"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None)
    for name in columns:
        table.add_column(name.lstrip(">"), justify="right" if name.startswith(">") else "left")
    return table


def _moves(answer: Answer) -> Table:
    table = _table("Actions", "in force", "tried", ">posts")
    for move, posts in answer.simulation.moves.items():
        one, other = move.split(">")
        style = "" if one == other else "bold"
        table.add_row(Text(one, _COLOURS[one]), Text(other, _COLOURS[other]), f"{posts:,}", style=style)
    return table


def _rules(answer: Answer) -> Table:
    found = answer.simulation
    table = _table(
        f"Rules (over time: by {found.bucket})",
        "rule", "stage", "lane", "action", ">hits", ">alone", ">newly", ">accounts", "over time", "decided: withdrawn",
    )  # fmt: skip
    hit = [rule for rule in found.rules if rule.hits]
    for rule in hit[:SHOWN_RULES]:
        table.add_row(
            Text(rule.id), rule.stage, rule.lane, Text(rule.action, _COLOURS[rule.action]), f"{rule.hits:,}",
            f"{rule.alone:,}", f"{rule.newly:,}", f"{rule.accounts:,}", sparkline(rule.over_time), _share(rule.precision),
        )  # fmt: skip
    left = len(hit) - SHOWN_RULES
    more = f"{left} more rules hit (--json has all); " if left > 0 else ""
    table.caption = f"{more}{len(found.rules) - len(hit)} rules hit nothing"
    table.caption_justify = "left"
    return table


def _overlap(answer: Answer) -> Table:
    """Rules by rules: how many posts both hit; on the diagonal, all hits of the rule."""
    found = answer.simulation
    pairs = {(one, other): posts for one, other, posts in found.overlap}
    names = [rule.id for rule in found.rules if any(rule.id in pair for pair in pairs)][:SHOWN_OVERLAPS]
    hits = {rule.id: rule.hits for rule in found.rules}
    table = _table(
        "Overlap: posts that both rules hit", "", *(f">{number}" for number in range(1, len(names) + 1))
    )
    for number, one in enumerate(names, 1):
        cells = []
        for other in names:
            posts = hits[one] if one == other else pairs.get((min(one, other), max(one, other)), 0)
            cells.append(f"{posts:,}" if posts else "·")
        table.add_row(Text(f"{number} {one}"), *cells)
    return table


def _queue(answer: Answer) -> Table:
    found = answer.simulation
    table = _table(
        f"Queue, against {found.capacity_per_day:,} posts a day (moderation_capacity_per_day)",
        "", ">posts", ">mean a day", ">95 % of days", ">most", "busiest", ">days over", ">waiting at end", "lanes",
    )  # fmt: skip
    for name, load in (("in force", found.queue_in_force), ("tried", found.queue)):
        table.add_row(name, *_load(load))
    return table


def _load(load: QueueLoad) -> list[str]:
    lanes = ", ".join(f"{lane} {posts:,}" for lane, posts in load.by_lane.items())
    return [
        f"{load.posts:,}", f"{load.per_day_mean:,.1f}", f"{load.per_day_p95:,}", f"{load.per_day_most:,}",
        str(load.busiest_day or "-"), f"{load.days_over_capacity:,}", f"{load.waiting_at_end:,}", lanes,
    ]  # fmt: skip


def _accounts(answer: Answer) -> Table:
    found = answer.simulation
    table = _table(f"Accounts ({found.accounts:,}, {found.accounts_newly:,} only now)", "account", ">posts")
    table.min_width = len(str(table.title))
    for ident, posts in found.top_accounts:
        table.add_row(Text("@" + answer.handles.get(ident, "?")), f"{posts:,}")
    return table


def _decisions(answer: Answer, console: Console) -> None:
    found = answer.simulation
    if found.precision is None and found.precision_in_force is None and not found.withdrawn:
        console.print(
            "No person decided about any of these posts, so nothing can be said about how often the rules are right."
        )
        return
    console.print("Of the posts acted on that a person decided about, withdrawn (95 % Wilson interval):")
    console.print(f"  in force  {_share(found.precision_in_force)}")
    console.print(f"  tried     {_share(found.precision)}")
    console.print(
        f"  withdrawn by a person and not hit by the tried rules: {found.withdrawn_and_missed:,} of {found.withdrawn:,}"
    )
    console.print(
        "  People decide about posts that were held: other posts have no label and count in neither number.",
        style="dim",
    )


def _samples(answer: Answer, console: Console, title: str, total: int, samples: list[Sample]) -> None:
    if not total:
        return
    console.print()
    console.print(Text(f"{title}: {total:,} posts", "bold"))
    for sample in samples:
        decided = {True: ", withdrawn by a person", False: ", released by a person", None: ""}[sample.decided]
        console.print(
            Text.assemble(
                f"  {answer.ids.encode(sample.post_id)}  ", f"@{answer.handles.get(sample.account_id, '?')}  ",
                f"{sample.created_at:%Y-%m-%d}  {sample.action_in_force} > ", (sample.action, _COLOURS[sample.action]),
                f"  {', '.join(sample.rules)}  ({sample.state}{decided})",
            )
        )  # fmt: skip
        console.print(Text("    " + " ".join(sample.text.split()), "dim"))
