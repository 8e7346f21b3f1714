"""One page that a lawyer can hand over: what came, when, what was done about each item, when, under which policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from .model import Covering, ItemFacts, NoticeFacts, RecordFacts
from .scores import Scorecard, score, span_text
from .tables import iso

_ITEMS_ON_THE_PAGE = 200
_ADDRESS_CHARACTERS = 120


def summary_text(covering: Covering, notices: Sequence[NoticeFacts]) -> str:
    """In plain text."""
    lines = [f"{covering.site}: {covering.about}", ""]
    lines += [f"{name}: {value}" for name, value in _facts(covering, notices)]
    for one in notices:
        lines += ["", f"{one.reference}  {one.title}", "-" * 40]
        lines += [f"{name}: {value}" for name, value in _notice_rows(one)]
        lines += [f"  {_item_line(item)}" for item in one.items[:_ITEMS_ON_THE_PAGE]]
        if len(one.items) > _ITEMS_ON_THE_PAGE:
            lines.append(f"  and {len(one.items) - _ITEMS_ON_THE_PAGE} more (items.csv)")
    lines += ["", *covering.notes]
    return "\n".join(lines).rstrip() + "\n"


def summary_html(covering: Covering, notices: Sequence[NoticeFacts]) -> str:
    """In HTML, without anything from elsewhere; prints well."""
    parts = [
        "<!doctype html>", '<html lang="en"><meta charset="utf-8">',
        f"<title>{escape(covering.about)}</title>", f"<style>{_STYLE}</style>",
        f"<h1>{escape(covering.site)}: {escape(covering.about)}</h1>", _table(_facts(covering, notices)),
    ]  # fmt: skip
    for one in notices:
        parts += [f"<h2>{escape(one.reference)} {escape(one.title)}</h2>", _table(_notice_rows(one))]
        if one.items:
            parts.append(_items_table(one))
    parts += [f"<p>{escape(note)}</p>" for note in covering.notes]
    return "\n".join(parts) + "\n"


_STYLE = (
    "body{font:10pt/1.35 sans-serif;max-width:60em;margin:1em auto;padding:0 1em;overflow-wrap:anywhere}h1{font-size:14pt}"
    "h2{font-size:11pt;margin:1em 0 .3em}table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.15em .4em;"
    "text-align:left;vertical-align:top}th{background:#eee}@media print{h2{break-after:avoid}tr{break-inside:avoid}}"
)


def _table(rows: Iterator[tuple[str, str]]) -> str:
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows
    )
    return f"<table>{body}</table>"


def _items_table(notice: NoticeFacts) -> str:
    head = "".join(
        f'<th scope="col">{one}</th>'
        for one in ("", "Item", "Outcome", "First looked at", "Acted", "Under", "Decision", "In the log")
    )
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(item)) + "</tr>"
        for item in notice.items[:_ITEMS_ON_THE_PAGE]
    )
    more = len(notice.items) - _ITEMS_ON_THE_PAGE
    return f"<table><tr>{head}</tr>{rows}</table>" + (
        f"<p>and {more} more (items.csv)</p>" if more > 0 else ""
    )


def _cells(item: ItemFacts) -> tuple[str, ...]:
    return (
        str(item.n), item.address[:_ADDRESS_CHARACTERS], _outcome(item), iso(item.seen_at), iso(item.acted_at), item.policy,
        item.decision, ", ".join(_place(one) for one in item.records),
    )  # fmt: skip


def _item_line(item: ItemFacts) -> str:
    _, address, outcome, seen, acted, policy, decision, places = _cells(item)
    said = [
        outcome,
        f"looked at {seen}" if seen else "",
        f"acted {acted}" if acted else "",
        policy,
        decision,
        places,
    ]
    return f"{item.n}. {address}: " + "; ".join(part for part in said if part)


def _outcome(item: ItemFacts) -> str:
    said = str(item.outcome or "open").replace("_", " ")
    if item.measures:
        said += f" ({', '.join(item.measures)})"
    if item.duplicate_of:
        said += f" of {item.duplicate_of}"
    return said + (f"; undone {iso(item.undone_at)}" if item.undone_at else "")


def _place(record: RecordFacts) -> str:
    where = f"leaf {record.index}" if record.index is not None else "not in the log yet"
    return f"{record.kind} {where}"


def _facts(covering: Covering, notices: Sequence[NoticeFacts]) -> Iterator[tuple[str, str]]:
    yield "Made", iso(covering.made_at)
    yield from _score_rows(score(notices))
    if covering.checkpoint_size is not None:
        yield (
            "Checkpoint",
            f"{covering.origin}, size {covering.checkpoint_size}, signed {iso(covering.checkpoint_at)}",
        )
        yield "Root of the tree", covering.checkpoint_root
    if covering.bundle:
        yield "Proofs", covering.bundle


def _score_rows(card: Scorecard) -> Iterator[tuple[str, str]]:
    yield (
        "Notices",
        f"{card.notices}, from {iso(card.first_at)} to {iso(card.last_at)}" if card.notices else "0",
    )
    counted = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in card.outcomes.items())
    yield "Items", f"{card.items}: {counted or 'none decided'}, open {card.open_items}"
    if card.upheld.n:
        low, high = card.upheld.interval
        yield (
            "Upheld",
            f"{card.upheld.k} of {card.upheld.n} that were judged (95 % interval {low:.0%} to {high:.0%})",
        )
    for name, took in (("First look", card.first_look), ("Acted", card.act), ("Answered", card.answer)):
        if took.of or took.open:
            words = f"median {span_text(took.median)}, slowest {span_text(took.slowest)}, {took.of} done"
            yield name, words + (f", {took.open} not" if took.open else "")
    yield "Deadlines", f"{card.clocks} clocks, {card.late} missed"


def _notice_rows(one: NoticeFacts) -> Iterator[tuple[str, str]]:
    who = (
        f"{one.sender} ({one.capacity}), sender {'not verified' if one.verified == 'none' else one.verified}"
    )
    yield "From", who
    came = f"{iso(one.received_at)} by {one.channel}"
    yield "Received", came + (f", {one.raw_bytes} bytes, sha256 {one.raw_sha256}" if one.raw_sha256 else "")
    if one.record is not None:
        yield "Recorded", _recorded(one.record)
    if one.their_reference:
        yield "Their reference", one.their_reference
    if one.contract_clause:
        yield "Clause", one.contract_clause
    for clock in one.clocks:
        due = f"due {iso(clock.due_at)}" if clock.due_at else "no fixed end"
        met = f", met {iso(clock.met_at)}" if clock.met_at else ", not met"
        late = f", missed {iso(clock.breached_at)}" if clock.breached_at else ""
        more = f", extended to {iso(clock.extended_to)}" if clock.extended_to else ""
        yield f"Clock {clock.name}", due + more + met + late
    for message in one.messages:
        if message.direction == "out":
            sent = f"{iso(message.at)} by {message.channel}, {message.delivery or 'not by mail'}"
            done = f" {iso(message.delivered_at)}" if message.delivered_at else ""
            detail = f" ({message.delivery_detail})" if message.delivery_detail else ""
            yield f"Sent: {message.kind}", sent + done + detail
    yield (
        "Outcome",
        f"{one.outcome or 'open'}; {one.state}" + (f", closed {iso(one.closed_at)}" if one.closed_at else ""),
    )


def _recorded(record: RecordFacts) -> str:
    if record.index is None:
        return f"record {record.record_id}, not under a signed checkpoint yet"
    said = f"record {record.record_id}, leaf {record.index}"
    if record.checkpoint_size is not None:
        said += f", covered by the checkpoint of size {record.checkpoint_size}"
    return said + (f", time stamp {iso(record.stamped_at)}" if record.stamped_at else ", no time stamp")
