"""Which rooms contribute which documents. A room that has something to add to bundles adds a row to `CONTRIBUTORS`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from ...platform.db import Reader, Row
from ...platform.ids import PublicIds
from ...pure.markup import clean_text
from ...records.ledger import KeyedReader
from ..notice_exports import ExportFile, disclosure_file, figure_files, notice_files, referral_files
from ..policies import Policy, policy_version
from .model import JSON, NOTICE_ROOTS, Document, Root, Scope, encoded, instant
from .scope import titled

Contributor = Callable[[KeyedReader, PublicIds, Scope], AsyncIterator[Document]]

_TEXT: Final = "text/plain; charset=utf-8"


def facts_of(
    row: Row, ids: PublicIds, *, public: tuple[str, ...], raw: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A row as JSON: those columns, ids as outsiders know them, documents as they are. `raw`: columns of JSON text."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name in raw:
            found[name] = json.loads(value) if value is not None else None
        elif name in public:
            found[name] = _public(value, ids)
        elif isinstance(value, datetime):
            found[name] = instant(value)
        elif isinstance(value, bytes):
            found[name] = value.hex()
        else:
            found[name] = list(value) if isinstance(value, list | tuple) else value
    return found


def _public(value: Any, ids: PublicIds) -> Any:
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return [ids.encode(one) for one in value]
    return ids.encode(int(value))


def names_sealed(ruling: bytes) -> bool:
    """Whether a ruling, as JSON, tells an authority of something that must not be told to others."""
    return any(one.get("sealed") for one in json.loads(ruling).get("actions", ()))


def _without_sealed(ruling: dict[str, Any]) -> dict[str, Any]:
    """A ruling as others may read it: without what is sealed."""
    return {**ruling, "actions": [one for one in ruling.get("actions", ()) if not one.get("sealed")]}


def records(*found: str | None) -> tuple[str, ...]:
    """Those that there are."""
    return tuple(one for one in found if one)


_REPORTS_SQL = """
select r.id, r.target_id, r.category, r.comment, r.rule_ids, r.forward, r.source, r.created_at, r.resolved_at, r.record_id,
       (select array_agg(p.post_id order by p.post_id) from report_posts p where p.report_id = r.id) as post_ids
from reports r where r.id = any($1::bigint[]) order by r.id
"""


async def _reports(reader: Reader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    """Who reported is not among the columns: a bundle tells what was reported, to nobody by whom."""
    for row in await reader.fetch(_REPORTS_SQL, list(scope.reports)):
        facts = facts_of(row, ids, public=("id", "target_id", "post_ids"))
        yield Document(
            f"reports/{facts['id']}.json", f"Report {facts['id']}", JSON, encoded(facts), "report", row["created_at"],
            records(row["record_id"]),
        )  # fmt: skip


_CASES_SQL = """
select c.id, c.track, c.lane, c.source, c.category, c.policy, c.language, c.queue, c.account_id, c.opened_at, c.closed_at,
       c.decision_id, c.outcome, c.parent_id, c.record_id,
       (select jsonb_agg(jsonb_build_object('kind', m.subject_kind, 'key', m.subject_key, 'joined_as', m.joined_as,
                'at', m.joined_at) order by m.joined_at, m.subject_kind, m.subject_key)
          from case_members m where m.case_id = c.id)::text as members,
       (select jsonb_agg(jsonb_build_object('source', s.source, 'lane', s.lane, 'category', s.category,
                'rules', s.rules, 'version', s.version, 'at', s.at) order by s.id)
          from case_signals s where s.case_id = c.id)::text as signals
from cases c where c.id = any($1::bigint[]) order by c.id
"""


async def _cases(reader: Reader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    for row in await reader.fetch(_CASES_SQL, list(scope.cases)):
        facts = facts_of(
            row, ids, public=("id", "account_id", "decision_id", "parent_id"), raw=("members", "signals")
        )
        for member in facts["members"] or ():
            if member["kind"] in ("post", "account") and str(member["key"]).isdigit():
                member["key"] = ids.encode(int(member["key"]))
        yield Document(
            f"cases/{facts['id']}.json", f"Case {facts['id']}", JSON, encoded(facts), "case", row["opened_at"],
            records(row["record_id"]),
        )  # fmt: skip


_DECISIONS_SQL = """
select id, kind, case_id, parent_id, actor_role, made_by, rule_id, rule_version, model_version, policy_id, policy_version,
       outcome, ruling::text as ruling, subjects, lane, source_type, automated_detection, automation, record_id, made_at,
       undone_at, undone_reason, undo_record_id
from decisions where id = any($1::bigint[]) order by id
"""


async def _decisions(reader: Reader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    for row in await reader.fetch(_DECISIONS_SQL, list(scope.decisions)):
        facts = facts_of(row, ids, public=("id", "case_id", "parent_id"), raw=("ruling",))
        facts["ruling"] = _without_sealed(facts["ruling"])
        yield Document(
            f"decisions/{facts['id']}.json", f"Decision {facts['id']}", JSON, encoded(facts), "decision",
            row["made_at"], records(row["record_id"], row["undo_record_id"]),
        )  # fmt: skip


async def _policies(reader: Reader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    """The policies as they were when decisions named them."""
    rows = await reader.fetch(
        "select distinct policy_id, policy_version from decisions where id = any($1::bigint[]) and policy_id is not null"
        " order by 1, 2",
        list(scope.decisions),
    )
    for row in rows:
        policy = await policy_version(reader, row["policy_id"], row["policy_version"])
        path = f"policies/{policy.id}@{policy.version}"
        kept = records(policy.record_id)
        document = msgspec.to_builtins(policy.document)
        facts = {
            "version": policy.version,
            "effective_from": instant(policy.effective_from),
            "document": document,
        }
        title = f"Policy {policy.reference}"
        yield Document(f"{path}.json", title, JSON, encoded(facts), "policy", policy.published_at, kept)
        yield Document(f"{path}.txt", title, _TEXT, _readable(policy), "policy", policy.published_at, kept)


def _readable(policy: Policy) -> bytes:
    parts = [f"{policy.reference}\n"]
    for language, text in sorted(policy.document.texts.items()):
        parts.append(f"[{language}] {text.title}\n\n{text.body}\n")
        if text.examples:
            parts.append("Covered:\n" + "".join(f"- {one}\n" for one in text.examples))
        if text.counterexamples:
            parts.append("Not covered:\n" + "".join(f"- {one}\n" for one in text.counterexamples))
    return "\n".join(parts).encode()


_STATEMENTS_SQL = """
select s.id, s.decision_id, s.account_id, s.language, s.subject, s.body, s.post_ids, s.reported::text as reported, s.puid,
       s.record_id, s.reverses_id, s.sent_at, s.read_at, m.status as mail_status, m.answer as mail_answer,
       m.settled_at as mail_settled_at, m.message
from statements s left join statement_mails m on m.statement_id = s.id
where s.decision_id = any($1::bigint[]) and ($2::bigint is null or s.account_id = $2) order by s.id
"""


async def _statements(reader: Reader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    for row in await reader.fetch(_STATEMENTS_SQL, list(scope.decisions), scope.account_id):
        facts = facts_of(
            row, ids, public=("id", "decision_id", "account_id", "post_ids", "reverses_id"), raw=("reported",)
        )
        message = facts.pop("message")
        path, title = f"statements/{facts['id']}", f"Statement of reasons {facts['id']}"
        kept = records(row["record_id"])
        yield Document(f"{path}.json", title, JSON, encoded(facts), "statement", row["sent_at"], kept)
        if message is not None:
            yield Document(
                f"{path}.eml", f"{title}, as mailed", "message/rfc822", bytes(row["message"]), "statement",
                row["sent_at"], kept,
            )  # fmt: skip


_APPEALS_SQL = """
select a.id, a.kind, a.account_id, a.decision_id, a.post_id, a.report_id, a.case_id, a.policy, a.language, a.record_id,
       a.filed_at, a.due_at, a.breached_at, a.outcome, a.answer, a.decided_at, a.decided_record_id, a.new_decision_id,
       (select coalesce(jsonb_agg(jsonb_build_object('from_staff', m.from_staff, 'text', m.text, 'at', m.at) order by m.id),
                        '[]') from appeal_messages m where m.appeal_id = a.id)::text as messages
from appeals a
where (a.decision_id = any($1::bigint[]) or a.report_id = any($2::bigint[]) or a.about_case_id = any($3::bigint[]))
  and ($4::bigint is null or a.account_id = $4) order by a.id
"""


async def _appeals(reader: Reader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    rows = await reader.fetch(
        _APPEALS_SQL, list(scope.decisions), list(scope.reports), list(scope.cases), scope.account_id
    )
    for row in rows:
        named = ("id", "account_id", "decision_id", "post_id", "report_id", "case_id", "new_decision_id")
        facts = facts_of(row, ids, public=named, raw=("messages",))
        kept = records(row["record_id"], row["decided_record_id"])
        path = f"appeals/{facts['id']}.json"
        yield Document(path, f"Appeal {facts['id']}", JSON, encoded(facts), "appeal", row["filed_at"], kept)


_LOG_SQL = """
select id, at, actor_kind, actor_name, actor_role, verb, subject_kind, subject_id, subject_name, subject_seq, reason, policy,
       details::text as details, change::text as change, policy_version, rule_version, model_version, case_id, decision_id,
       report_id, prior_state, record_id
from moderation_actions
where case_id = any($1::bigint[]) or decision_id = any($2::bigint[]) or report_id = any($3::bigint[])
   or ($4::bigint is not null and account_id = $4 and at >= coalesce($5::timestamptz, '-infinity')
       and at < coalesce($6::timestamptz, 'infinity'))
order by id
"""


async def _log(reader: Reader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    """The moderation log: one line for each event, actors by their pseudonym."""
    query = scope.query
    rows = await reader.fetch(
        _LOG_SQL, list(scope.cases), list(scope.decisions), list(scope.reports), scope.account_id, query.since,
        query.before,
    )  # fmt: skip
    lines = []
    for row in rows:
        facts = facts_of(
            row,
            ids,
            public=("id", "subject_id", "case_id", "decision_id", "report_id"),
            raw=("details", "change"),
        )
        lines.append(json.dumps(facts, sort_keys=True, ensure_ascii=False))
    if lines:
        content = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
        kept = tuple(dict.fromkeys(row["record_id"] for row in rows if row["record_id"]))
        yield Document(
            "log/events.jsonl", "The moderation log", "application/jsonl", content, "log", None, kept
        )


_WARNINGS_SQL = """
select w.id, w.account_id, w.action, w.text, w.post_ids, w.report_id, w.created_at
from account_warnings w join moderation_actions a on a.id = w.action_id
where a.case_id = any($1::bigint[]) or a.decision_id = any($2::bigint[]) or w.report_id = any($3::bigint[])
   or ($4::bigint is not null and w.account_id = $4 and w.created_at >= coalesce($5::timestamptz, '-infinity')
       and w.created_at < coalesce($6::timestamptz, 'infinity'))
order by w.id
"""


async def _warnings(reader: Reader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    query = scope.query
    rows = await reader.fetch(
        _WARNINGS_SQL, list(scope.cases), list(scope.decisions), list(scope.reports), scope.account_id, query.since,
        query.before,
    )  # fmt: skip
    for row in rows:
        facts = facts_of(row, ids, public=("id", "account_id", "post_ids", "report_id"))
        yield Document(
            f"warnings/{facts['id']}.json", f"What the member was told, {clean_text(row['action'])}", JSON,
            encoded(facts), "warning", row["created_at"],
        )  # fmt: skip


def _as_document(one: ExportFile) -> Document:
    return Document(
        one.path, one.title, one.media_type, one.content, one.kind, one.at, one.records, shows=one.shows
    )


async def _notices(reader: KeyedReader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    """Notices, the mails, tables, the page that sums them up, and what authorities were told."""
    query = scope.query
    if query.root not in NOTICE_ROOTS:
        return
    site, about = await titled(reader, scope)
    found = await notice_files(
        reader, ids, scope.notices, about=about, site=site, named=query.root is Root.NOTICE,
        checkpoint_size=query.checkpoint_size,
    )  # fmt: skip
    found += await referral_files(
        reader,
        ids,
        scope.notices,
        whole_time=query.root is Root.PERIOD,
        since=query.since,
        before=query.before,
    )
    for one in found:
        yield _as_document(one)


async def _of_the_time(reader: KeyedReader, ids: PublicIds, scope: Scope) -> AsyncIterator[Document]:
    """What left the server, and how the desk did."""
    query = scope.query
    if query.root is Root.PERIOD:
        yield _as_document(await disclosure_file(reader, since=query.since, before=query.before))
        for one in await figure_files(reader, since=query.since, before=query.before):
            yield _as_document(one)


CONTRIBUTORS: Final[Mapping[str, Contributor]] = {
    "reports": _reports,
    "cases": _cases,
    "decisions": _decisions,
    "policies": _policies,
    "statements": _statements,
    "appeals": _appeals,
    "log": _log,
    "warnings": _warnings,
    "notices": _notices,
    "time": _of_the_time,
}
"""Room -> its documents about a scope, in the order of their ids."""


async def documents_about(reader: KeyedReader, ids: PublicIds, scope: Scope) -> list[Document]:
    """What every room has to say, sorted by path."""
    found = [one for contribute in CONTRIBUTORS.values() async for one in contribute(reader, ids, scope)]
    return sorted(found, key=lambda one: one.path)
