"""What bundles hold besides: notices, what authorities were told, what left the server, how the desk did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

from ...platform.ids import PublicIds
from ...pure.bundles import encode_csv
from ...records import ledger
from ..notice_exports import notice_files
from ..quality import quality_report
from .model import JSON, NOTICE_ROOTS, Document, Root, Scope, encoded, instant

_CSV: Final = "text/csv; charset=utf-8"
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def about_notices(reader: ledger.KeyedReader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    """Notices, the mails, tables, and the page that sums them up."""
    if not scope.notices:
        return
    site, about = await titled(reader, scope)
    query = scope.query
    files = await notice_files(
        reader, ids, scope.notices, about=about, site=site, named=query.root is Root.NOTICE,
        checkpoint_size=query.checkpoint_size,
    )  # fmt: skip
    for one in files:
        yield Document(
            one.path, one.title, one.media_type, one.content, one.kind, one.at, one.records, shows=one.shows
        )


async def titled(reader: ledger.KeyedReader, scope: Scope) -> tuple[str, str]:
    """What the server is called, by its log, and what is asked for, in words."""
    newest = await ledger.latest_checkpoint(reader)
    return newest.note.split("/", 1)[0] if newest is not None else "", _about(scope)


def _about(scope: Scope) -> str:
    query = scope.query
    if query.root is Root.NOTICE:
        return "A notice, and what was done"
    whose = f"Notices of {query.sender}" if query.root is Root.SENDER else "Notices"
    bounds = [(" from ", query.since), (" to ", query.before)]
    return whose + "".join(f"{word}{at:%Y-%m-%d}" for word, at in bounds if at is not None)


_REFERRALS_SQL = """
select r.id, n.reference, r.item_n, r.member_state, r.authority, r.offence, r.known_at, r.placed_at, r.sent_via, r.sent_at,
       r.their_reference, r.record_id, r.sent_record_id
from notice_referrals r left join notices n on n.id = r.notice_id
where not r.sealed and (r.notice_id = any($1::bigint[]) or ($2::boolean
   and r.placed_at >= coalesce($3::timestamptz, '-infinity') and r.placed_at < coalesce($4::timestamptz, 'infinity')))
order by r.id
"""


async def about_referrals(
    reader: ledger.KeyedReader, ids: PublicIds, scope: Scope
) -> AsyncIterator[Document]:
    """That authorities were told, when and by what way; not of whom. What is sealed is not among it."""
    query = scope.query
    if query.root not in NOTICE_ROOTS:
        return
    rows = await reader.fetch(
        _REFERRALS_SQL, list(scope.notices), query.root is Root.PERIOD, query.since, query.before
    )
    for row in rows:
        facts = {
            "id": ids.encode(row["id"]), "notice": row["reference"], "item": row["item_n"],
            "member_state": row["member_state"], "authority": row["authority"], "offence": row["offence"],
            "known_at": instant(row["known_at"]), "placed_at": instant(row["placed_at"]), "sent_via": row["sent_via"],
            "sent_at": instant(row["sent_at"]), "their_reference": row["their_reference"], "record_id": row["record_id"],
            "sent_record_id": row["sent_record_id"],
        }  # fmt: skip
        kept = tuple(one for one in (row["record_id"], row["sent_record_id"]) if one)
        yield Document(
            f"referrals/{facts['id']}.json", f"Referral {facts['id']}", JSON, encoded(facts), "referral",
            row["placed_at"], kept,
        )  # fmt: skip


_DISCLOSURES_SQL = """
select made_at, form, query->>'root' as about, recipient, purpose, authority, encrypted_to, encode(file_sha256, 'hex') as sha256,
       items, record_id
from disclosures
where made_at >= coalesce($1::timestamptz, '-infinity') and made_at < coalesce($2::timestamptz, 'infinity') order by made_at, id
"""


async def about_disclosures(
    reader: ledger.KeyedReader, ids: PublicIds, scope: Scope
) -> AsyncIterator[Document]:
    """What left the server in the time: to whom, what for, and its SHA-256."""
    query = scope.query
    if query.root is not Root.PERIOD:
        return
    rows = await reader.fetch(_DISCLOSURES_SQL, query.since, query.before)
    head = (
        "made_at",
        "form",
        "about",
        "recipient",
        "purpose",
        "authority",
        "encrypted_to",
        "sha256",
        "items",
        "record_id",
    )
    content = encode_csv(head, [(instant(row["made_at"]), *tuple(row)[1:]) for row in rows])
    kept = tuple(row["record_id"] for row in rows)
    yield Document("custody/disclosures.csv", "What left the server", _CSV, content, "disclosure", None, kept)


_SAMPLES_SQL = """
select at, lane, open, claimed, oldest_seconds, target_seconds, arrived_hour, closed_hour from backlog_samples
where at >= coalesce($1::timestamptz, '-infinity') and at < coalesce($2::timestamptz, 'infinity') order by at, lane
"""
_ATTAINED_SQL = """
select coalesce(c.lane, '') as lane, count(*) as closed, count(*) filter (where c.closed_at - c.opened_at <= make_interval(secs => s.target)) as within
from cases c join (select lane, max(target_seconds) as target from backlog_samples group by lane) s on s.lane = c.lane
where c.closed_at >= coalesce($1::timestamptz, '-infinity') and c.closed_at < coalesce($2::timestamptz, 'infinity')
group by 1 order by 1
"""


async def about_figures(reader: ledger.KeyedReader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    """How the desk did in the time: the backlog every five minutes, how much was answered in time, and how well."""
    query = scope.query
    if query.root is not Root.PERIOD:
        return
    rows = await reader.fetch(_SAMPLES_SQL, query.since, query.before)
    head = (
        "at",
        "lane",
        "open",
        "claimed",
        "oldest_seconds",
        "target_seconds",
        "arrived_hour",
        "closed_hour",
    )
    content = encode_csv(head, [(instant(row["at"]), *tuple(row)[1:]) for row in rows])
    yield Document("stats/backlog.csv", "The backlog, as it was measured", _CSV, content, "figures")
    attained = await reader.fetch(_ATTAINED_SQL, query.since, query.before)
    yield Document(
        "stats/in_time.csv", "Cases that were closed within the target of their lane", _CSV,
        encode_csv(("lane", "closed", "within_target"), [tuple(row) for row in attained]), "figures",
    )  # fmt: skip
    quality = await quality_report(reader, query.since or _BEGINNING)
    yield Document(
        "stats/quality.json", "Agreement, prevalence, what was overturned", JSON, encoded(quality), "figures"
    )
