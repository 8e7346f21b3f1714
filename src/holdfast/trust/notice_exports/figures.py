"""What bundles hold besides the notices: what authorities were told, what left the server, how the desk did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from ...platform.clock import Instant
from ...platform.db import Reader
from ...platform.ids import PublicIds
from ...pure.bundles import encode_csv
from ..quality import quality_report
from .model import ExportFile

_JSON: Final = "application/json"
_CSV: Final = "text/csv; charset=utf-8"
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_REFERRALS_SQL = """
select r.id, n.reference, r.item_n, r.member_state, r.authority, r.offence, r.known_at, r.placed_at, r.sent_via, r.sent_at,
       r.their_reference, r.record_id, r.sent_record_id
from notice_referrals r left join notices n on n.id = r.notice_id
where not r.sealed and (r.notice_id = any($1::bigint[]) or ($2::boolean
   and r.placed_at >= coalesce($3::timestamptz, '-infinity') and r.placed_at < coalesce($4::timestamptz, 'infinity')))
order by r.id
"""


async def referral_files(
    reader: Reader, ids: PublicIds, notice_ids: Sequence[int], *, whole_time: bool, since: Instant | None, before: Instant | None
) -> list[ExportFile]:  # fmt: skip
    """That authorities were told, when and by what way; not of whom. What is sealed is not among it. whole_time: also
    referrals that go back to no notice."""
    rows = await reader.fetch(_REFERRALS_SQL, list(notice_ids), whole_time, since, before)
    found = []
    for row in rows:
        facts = {
            "id": ids.encode(row["id"]), "notice": row["reference"], "item": row["item_n"],
            "member_state": row["member_state"], "authority": row["authority"], "offence": row["offence"],
            "known_at": _iso(row["known_at"]), "placed_at": _iso(row["placed_at"]), "sent_via": row["sent_via"],
            "sent_at": _iso(row["sent_at"]), "their_reference": row["their_reference"], "record_id": row["record_id"],
            "sent_record_id": row["sent_record_id"],
        }  # fmt: skip
        kept = tuple(one for one in (row["record_id"], row["sent_record_id"]) if one)
        found.append(
            ExportFile(
                f"referrals/{facts['id']}.json", f"Referral {facts['id']}", _JSON, _encoded(facts), "referral",
                row["placed_at"], kept,
            )
        )  # fmt: skip
    return found


_DISCLOSURES_SQL = """
select made_at, form, query->>'root' as about, recipient, purpose, authority, encrypted_to, encode(file_sha256, 'hex') as sha256,
       items, record_id
from disclosures
where made_at >= coalesce($1::timestamptz, '-infinity') and made_at < coalesce($2::timestamptz, 'infinity') order by made_at, id
"""


async def disclosure_file(reader: Reader, *, since: Instant | None, before: Instant | None) -> ExportFile:
    """What left the server in the time: to whom, what for, and its SHA-256."""
    rows = await reader.fetch(_DISCLOSURES_SQL, since, before)
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
    content = encode_csv(head, [(_iso(row["made_at"]), *tuple(row)[1:]) for row in rows])
    kept = tuple(row["record_id"] for row in rows)
    return ExportFile(
        "custody/disclosures.csv", "What left the server", _CSV, content, "disclosure", None, kept
    )


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


async def figure_files(reader: Reader, *, since: Instant | None, before: Instant | None) -> list[ExportFile]:
    """How the desk did in the time: the backlog every five minutes, how much was answered in time, and how well."""
    rows = await reader.fetch(_SAMPLES_SQL, since, before)
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
    backlog = encode_csv(head, [(_iso(row["at"]), *tuple(row)[1:]) for row in rows])
    attained = await reader.fetch(_ATTAINED_SQL, since, before)
    in_time = encode_csv(("lane", "closed", "within_target"), [tuple(row) for row in attained])
    quality = _encoded(await quality_report(reader, since or _BEGINNING))
    return [
        ExportFile("stats/backlog.csv", "The backlog, as it was measured", _CSV, backlog, "figures"),
        ExportFile(
            "stats/in_time.csv",
            "Cases that were closed within the target of their lane",
            _CSV,
            in_time,
            "figures",
        ),
        ExportFile(
            "stats/quality.json", "Agreement, prevalence, what was overturned", _JSON, quality, "figures"
        ),
    ]


def _encoded(value: Any) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def _iso(at: Instant | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
