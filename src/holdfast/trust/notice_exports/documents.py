"""What bundles hold of notices: a file for each, the mails themselves, tables, Lumen's JSON, statements of reasons, a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Row
from ...platform.ids import PublicIds
from ...pure.notice_exports import (
    NoticeFacts,
    clocks_csv,
    items_csv,
    lumen,
    messages_csv,
    notices_csv,
    score,
    summary_html,
    summary_text,
)
from ...records import ledger
from .facts import notice_facts
from .model import ExportFile, Form
from .places import covering_of, places_of
from .select import cited_by, private_records, records_of_notices

_EVENTS_SQL = """
select notice_id, at, what, actor_kind, note, details::text as details, record_id from notice_events
where notice_id = any($1::bigint[]) order by notice_id, id
"""
_REPORTED_SQL = (
    "select reported::text as reported from statements where decision_id = any($1::bigint[]) and reverses_id is null"
    " order by id"
)
_RAW_SQL = """
select n.id, n.reference, 0 as at, 'received' as direction, n.channel, n.record_id, n.received_at as happened from notices n
where n.id = any($1::bigint[]) and n.raw_sha256 is not null
union all
select m.notice_id, n.reference, m.id, m.direction, m.channel, m.record_id, m.at from notice_messages m join notices n on n.id = m.notice_id
where m.notice_id = any($1::bigint[]) and m.raw_sha256 is not null and m.kind <> 'original' and m.direction <> 'note'
order by 2, 3
"""
_NOTES: Final = (
    (
        "Each time above is that of a record in the log that the line names. How to check a record without this server is told in"
        " verify/INDEPENDENT.md of the bundle. A record without a time stamp is dated by this server's clock alone."
    ),
)


async def notice_files(
    reader: ledger.KeyedReader, ids: PublicIds, notice_ids: Sequence[int], *, about: str, site: str, named: bool,
    checkpoint_size: int | None = None,
) -> list[ExportFile]:  # fmt: skip
    """The files of these notices. named: private people by their names, and what they wrote."""
    facts = await notice_facts(reader, ids, notice_ids, named=named, checkpoint_size=checkpoint_size)
    if not facts:
        return []
    events = await reader.fetch(_EVENTS_SQL, list(notice_ids))
    happened: dict[int, list[Row]] = {}
    for row in events:
        happened.setdefault(row["notice_id"], []).append(row)
    by_reference = {row["reference"]: row["id"] for row in await reader.fetch(
        "select id, reference from notices where id = any($1::bigint[])", list(notice_ids)
    )}  # fmt: skip
    found = [_notice(one, happened.get(by_reference[one.reference], [])) for one in facts]
    found += await _mails(reader, notice_ids, named=named)
    for form, content in (
        await forms(reader, ids, notice_ids, facts, about=about, site=site, checkpoint_size=checkpoint_size)
    ).items():
        folder = "" if form in (Form.SUMMARY_HTML, Form.SUMMARY_TEXT) else "notices/"
        found.append(ExportFile(f"{folder}{form.value}", _TITLES[form], form.media_type, content, "notices"))
    return found


_TITLES: Final[Mapping[Form, str]] = {
    Form.SUMMARY_HTML: "What came, and what was done: on a page",
    Form.SUMMARY_TEXT: "The same in plain text",
    Form.ITEMS: "Everything that was named, with what became of it",
    Form.NOTICES: "The notices",
    Form.MESSAGES: "What was said, and whether it arrived",
    Form.CLOCKS: "Deadlines",
    Form.LUMEN: "The notices as the Lumen database takes them",
    Form.DSA: "Statements of reasons as the transparency database of the DSA takes them",
}


async def forms(
    reader: ledger.KeyedReader, ids: PublicIds, notice_ids: Sequence[int], facts: Sequence[NoticeFacts], *, about: str, site: str,
    checkpoint_size: int | None = None, only: Form | None = None,
) -> dict[Form, bytes]:  # fmt: skip
    """Each form's bytes. only: just that one."""
    _, decided, _ = await cited_by(reader, notice_ids)
    _, checkpoint = await places_of(
        reader, await records_of_notices(reader, notice_ids), checkpoint_size=checkpoint_size
    )
    made_at = checkpoint.signed_at if checkpoint is not None else max(one.received_at for one in facts)
    covering = covering_of(checkpoint, site=site, about=about, made_at=made_at, notes=_NOTES)
    rows = await reader.fetch(_REPORTED_SQL, sorted(decided))
    made: dict[Form, bytes] = {
        Form.SUMMARY_HTML: summary_html(covering, facts).encode("utf-8", "surrogatepass"),
        Form.SUMMARY_TEXT: summary_text(covering, facts).encode("utf-8", "surrogatepass"),
        Form.ITEMS: items_csv(facts),
        Form.NOTICES: notices_csv(facts),
        Form.MESSAGES: messages_csv(facts),
        Form.CLOCKS: clocks_csv(facts),
        Form.LUMEN: _json([lumen(one, recipient=site) for one in facts]),
        Form.DSA: _json([json.loads(row["reported"]) for row in rows]),
    }
    return made if only is None else {only: made[only]}


def _notice(one: NoticeFacts, events: Sequence[Row]) -> ExportFile:
    tree = _tree(one)
    tree["timeline"] = [
        {
            "at": _iso(row["at"]), "what": row["what"], "by": row["actor_kind"], "details": json.loads(row["details"]),
            "record_id": row["record_id"],
        }
        for row in events
    ]  # fmt: skip
    kept = [record.record_id for item in one.items for record in item.records]
    kept += [part.record.record_id for part in one.messages if part.record is not None]
    kept += [record.record_id for record in (one.record, one.closed_record) if record is not None]
    return ExportFile(
        f"notices/{one.reference}.json", f"Notice {one.reference}", "application/json", _json(tree), "notice",
        one.received_at, tuple(dict.fromkeys(kept)),
    )  # fmt: skip


def _tree(one: NoticeFacts) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(msgspec.json.encode(one, enc_hook=str))
    tree["score"] = json.loads(msgspec.json.encode(score([one])))
    return tree


async def _mails(reader: ledger.KeyedReader, notice_ids: Sequence[int], *, named: bool) -> list[ExportFile]:
    """The messages as they came and went, byte for byte: also the bodies of their records, where they can be checked."""
    private = frozenset[str]() if named else await private_records(reader, notice_ids)
    found, counts = [], dict[str, int]()
    for row in await reader.fetch(_RAW_SQL, list(notice_ids)):
        if row["record_id"] in private:
            continue
        opened = {
            one.opening.name: one.opening.body for one in await ledger.openings(reader, row["record_id"])
        }
        if "raw" not in opened:
            continue
        reference = row["reference"]
        counts[reference] = number = counts.get(reference, 0) + 1
        mail = row["channel"] == "email"
        found.append(
            ExportFile(
                f"notices/{reference}-{number:02d}-{row['direction']}.{'eml' if mail else 'txt'}",
                f"{reference}: {row['direction']} at {_iso(row['happened'])}", "message/rfc822" if mail else "text/plain",
                opened["raw"], "mail", row["happened"], (row["record_id"],), "raw",
            )
        )  # fmt: skip
    return found


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def _iso(at: Instant) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
