"""How the desk writes cases and what they are about. Whoever reported is named to those alone who may know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ...pure.entities import Url, find_entities
from ...social.bans import link_forms
from ...social.graph import Viewer
from ...social.posts import PostView, Seen, ancestors
from ...trust.cases import REVIEW, Case, CaseMember, CaseSignal
from ...trust.reports import Report
from ...trust.staff_actions import StaffAction, Status, SubjectKind
from ..call import Call
from ..links import post_path
from ..ports import Services
from .routes import iso, names_of, public_id, subject_entity

_THREAD_SHOWN = 20


async def case_entities(services: Services, cases: Sequence[Case], call: Call) -> list[dict[str, Any]]:
    """Cases as a list shows them."""
    names = await names_of(
        services,
        [ident for case in cases for ident in (case.subject.account_id, case.claimed_id, case.assigned_id)],
    )
    return [_case(services, case, names, call) for case in cases]


def _case(services: Services, case: Case, names: Mapping[int, Any], call: Call) -> dict[str, Any]:
    now = call.now
    holder = case.held_by(now)
    hidden = case.track == REVIEW and case.closed_at is None
    return {
        "id": services.ids.encode(case.id),
        "track": case.track,
        "state": "closed" if case.closed_at else "escalated" if case.escalated_at else "open",
        "lane": case.lane,
        "priority": case.priority,
        "explain": case.explain,
        "source": case.source.value,
        "category": case.category,
        "policy": case.policy,
        "language": case.language,
        "queue": case.queue,
        "subject": subject_entity(services, case.subject),
        "account": names.get(case.subject.account_id or 0),
        "version": case.version,
        "signals": case.signals,
        "members": case.members,
        "severity": round(case.severity, 3),
        "opened_at": iso(case.opened_at),
        "age_seconds": round((now - case.opened_at).total_seconds()),
        "due_at": iso(case.due_at),
        "claimed_by": names.get(holder or 0),
        "claimed_by_me": holder is not None and holder == call.actor.account_id,
        "lease_until": iso(case.lease_until) if holder is not None else None,
        # Of second looks it would tell which are gold.
        "assigned_to": None if hidden else names.get(case.assigned_id or 0),
        "closed_at": iso(case.closed_at),
        "outcome": case.outcome,
        "decision_id": public_id(services, case.decision_id),
        "parent_id": None if hidden else public_id(services, case.parent_id),
        "record_id": case.record_id,
    }


def signal_entity(services: Services, signal: CaseSignal, *, reporter: Any = None) -> dict[str, Any]:
    """Why a case is there. `reporter`: named to whoever may know."""
    return {
        "id": services.ids.encode(signal.id),
        "source": signal.source.value,
        "subject": subject_entity(services, signal.subject),
        "lane": signal.lane,
        "category": signal.category,
        "severity": round(signal.severity, 3),
        "rules": signal.rules,
        "version": signal.version,
        "report_id": public_id(services, signal.report_id),
        "reporter": reporter,
        "at": iso(signal.at),
    }


def report_entity(services: Services, report: Report, *, reporter: Any) -> dict[str, Any]:
    """What a report says. `reporter` None: it may not be told, or is not known."""
    return {
        "id": services.ids.encode(report.id),
        "category": report.category.value,
        "comment": report.comment,
        "rule_ids": [str(number) for number in report.rule_ids],
        "channel": report.source.value,
        "reporter": reporter,
        "resolved": report.resolved_at is not None,
        "created_at": iso(report.created_at),
    }


def member_entity(
    services: Services, member: CaseMember, item: Mapping[str, Any] | None, account: Any
) -> dict[str, Any]:
    """One of the subjects that a decision is for; `item`: the post, where it is one and is there."""
    return {
        "subject": subject_entity(services, member.subject),
        "account": account,
        "joined_as": member.joined_as.value,
        "after_decision": member.after_decision,
        "joined_at": iso(member.joined_at),
        "gone": item is None and member.subject.kind is SubjectKind.POST,
        "post": item,
    }


async def items(services: Services, viewer: Viewer, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Posts as the staff reads them: held and withdrawn ones too. Text first; no file is loaded by this."""
    wanted = list(dict.fromkeys(ids))
    reading = msgspec.structs.replace(viewer, as_staff=frozenset(wanted))
    return {one.post.id: _item(services, one) for one in await services.posts.see(reading, wanted)}


def _item(services: Services, seen: Seen) -> dict[str, Any]:
    post = seen.post
    return {
        "id": services.ids.encode(post.id),
        "account_id": services.ids.encode(post.account_id),
        "acct": seen.author.acct,
        "path": post_path(services, seen.author.acct, post.id),
        "text": post.text,
        "spoiler": post.spoiler,
        "language": post.language,
        "visibility": post.visibility.name.lower(),
        "state": post.state.name.lower(),
        "sensitive": post.sensitive,
        "created_at": iso(post.created_at),
        "edited_at": iso(post.edited_at),
        "in_reply_to_id": public_id(services, post.in_reply_to_id),
        "poll_options": None if post.poll is None else post.poll.options,
        "media": _media(services, post),
        "links": links_in(post.text),
        "replies": post.replies,
        "boosts": post.boosts,
        "favourites": post.favourites,
    }


def links_in(text: str) -> list[str]:
    """What the addresses in a text would be barred as."""
    found = [
        forms[-1] for one in find_entities(text) if isinstance(one, Url) and (forms := link_forms(one.value))
    ]
    return list(dict.fromkeys(found))


def _media(services: Services, post: PostView) -> list[dict[str, Any]]:
    return [
        {
            "id": services.ids.encode(one.id),
            "kind": one.kind.name.lower(),
            "description": one.description,
            "blurhash": one.blurhash,
            "preview": None if one.small is None else f"/media/{one.small}",
            "original": None if one.original is None else f"/media/{one.original}",
        }
        for one in post.media
    ]


async def thread_before(services: Services, viewer: Viewer, post_id: int) -> list[dict[str, Any]]:
    """What a post replies to, the first post first."""
    ids = await ancestors(services.database, post_id, most=_THREAD_SHOWN)
    found = await items(services, viewer, ids)
    return [found[ident] for ident in ids if ident in found]


def event_entity(
    services: Services, event: StaffAction, *, names: Mapping[int, Any], named: bool
) -> dict[str, Any]:
    """One event of the log. `named`: whether to say who of the staff it was besides the pseudonym."""
    return {
        "id": services.ids.encode(event.id),
        "verb": event.verb,
        "actor": {
            "kind": event.actor_kind.value,
            "role": event.actor_role or None,
            "name": event.actor_name,
            "account": names.get(event.actor_id or 0) if named else None,
        },
        "subject": subject_entity(services, event.subject),
        "reason": event.why.reason,
        "told": event.why.policy,
        "report_id": public_id(services, event.why.report_id),
        "case_id": public_id(services, event.case_id),
        "decision_id": public_id(services, event.decision_id),
        "policy": event.versions.policy,
        "rule": event.versions.rule,
        "model": event.versions.model,
        "record_id": event.record_id,
        "at": iso(event.at),
    }


def status_entity(services: Services, status: Status, call: Call) -> dict[str, Any]:
    """What follows from a subject's events."""
    return {
        "review_state": status.review_state.value,
        "lane": status.lane,
        "takedown": status.takedown.value,
        "appealed": status.appealed,
        "muted_until": iso(status.muted_until),
        "strikes": status.strikes_at(call.now),
        "labels": list(status.labels),
        "reports": status.reports,
        "reviewed_at": iso(status.reviewed_at),
        "reviewed_by": status.reviewed_by,
        "decision_id": public_id(services, status.decision_id),
        "events": status.seq,
    }
