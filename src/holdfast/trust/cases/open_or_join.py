"""Use case: a reason to look opens a case, or joins the one that is there."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.permissions import Permission
from ...screening import Lane
from ..case_order import LANE_SEVERITY, TARGET_SECONDS, Facts, order
from ..copies import KNOWN_DAYS, Content, JoinedAs, Match, contents, find_match, says_still
from ..routing import Traits, queues, route
from ..staff_actions import CLOCK, Staff, Subject, SubjectKind
from . import log, store
from .errors import CaseChanged
from .events import CaseClosed, CaseJoined, CaseOpened, CopyArrived
from .model import FROM_PEOPLE, MAIN, WITHOUT_EFFECT, CaseId, Signal, Source, key_of, lane_of
from .queries import (
    case_signals,
    first_is_withdrawn,
    last_decided_of,
    lock_case,
    members,
    open_case_of,
)
from .reorder import reorder_cases


async def open_or_join(tx: Tx, signal: Signal, *, now: Instant) -> CaseId:
    """Keep the signal and return its case.

    In this order: the open case of the subject; what was decided of it, when nothing about it is new; an open case
    that it is a copy for; a decided one, to whose decision it is linked (CopyArrived); else a new case. What joins makes
    no new work.
    """
    await _alone_with(tx, signal)
    kind, key = key_of(signal.subject)
    lane = lane_of(signal)
    content = await _content(tx, signal)
    if content is not None and signal.language is None:
        signal = msgspec.structs.replace(signal, language=content.language)
    found = await open_case_of(tx, kind, key, track=signal.track)
    if found is not None:
        await _join(tx, found, signal, lane, now=now)
        return CaseId(found)
    if signal.track == MAIN and not signal.fresh and not signal.hidden:
        decided = await _decided_before(tx, signal, lane, content)
        if decided is not None:
            await _join(tx, decided, signal, lane, now=now)
            return CaseId(decided)
    if signal.track == MAIN and content is not None and not signal.fresh:
        match = await find_match(tx, content, now - timedelta(days=KNOWN_DAYS))
        if match is not None and await _takes(tx, match, signal, lane):
            await _join_as_copy(tx, match, signal, lane, content, now)
            return CaseId(match.case_id)
    return await _open(tx, signal, lane, content, now)


async def link_copy(tx: Tx, signal: Signal, *, now: Instant) -> CaseId | None:
    """Look whether a post that nobody flagged is a copy of something; the case that it belongs to now, if any.

    It joins what is open, and is linked to what was decided. It never opens a case.
    """
    kind, key = key_of(signal.subject)
    content = await _content(tx, signal)
    if content is None or (content.mark.words == 0 and not content.media):
        return None
    match = await find_match(tx, content, now - timedelta(days=KNOWN_DAYS))
    if match is None or match.outcome in WITHOUT_EFFECT or await _belongs(tx, match.case_id, kind, key):
        return None
    await _alone_with(tx, signal)
    if await open_case_of(tx, kind, key) is not None:
        return None
    await _join_as_copy(tx, match, signal, None, content, now)
    return CaseId(match.case_id)


async def note_edited(tx: Tx, signal: Signal, *, now: Instant) -> CaseId | None:
    """A post was edited: its open case, if it has one, is about what it says now.

    Alone in its case, it moves the version, so that nobody decides about what is not there any more. One of several that
    says something else now leaves them, and with what was said of it opens a case of its own. `signal`: of the subject.
    """
    kind, key = key_of(signal.subject)
    case_id = await open_case_of(tx, kind, key)
    content = await _content(tx, signal)
    if case_id is None or content is None or await says_still(tx, content, case_id):
        return None if case_id is None else CaseId(case_id)
    case = await lock_case(tx, case_id)
    if case.members <= 1:
        await store.move_version(tx, case_id)
        await store.remove_print(tx, case_id, kind, key)
        if not content.blank:
            await _keep_print(tx, case_id, signal, content, first=True, now=now)
        return CaseId(case_id)
    said = next((one for one in await case_signals(tx, case_id, limit=200) if one.subject.key == key), None)
    await store.detach_member(tx, case_id, kind, key)
    if said is None:
        return None
    again = msgspec.structs.replace(
        signal, source=said.source, category=said.category, severity=said.severity, report_id=said.report_id,
        rules=tuple(said.rules), version=said.version,
    )  # fmt: skip
    return await _open(tx, again, said.lane, content, now)


async def _takes(tx: Tx, match: Match, signal: Signal, lane: Lane) -> bool:
    """Whether the case takes the copy: an open one always, a decided one where its decision goes for this too.

    What is hidden is only left to a decision that shows such posts, or took the first one away: never to one that would
    leave it hidden with nobody to look.
    """
    if match.closed_at is None:
        return True
    if _outweighs(signal, lane, match.lane):
        return False
    if not signal.hidden:
        return True
    if match.decision_id is None:
        return False
    return match.outcome in ("no_violation", "dismissed") or await first_is_withdrawn(tx, match.case_id)


async def gather(tx: Tx, case_id: int, signal: Signal, *, now: Instant) -> CaseId:
    """A signal of a subject that has no open case joins this one, which gathers what belongs together for another reason
    than its looks: a campaign. One whose subject has an open case joins that."""
    await _alone_with(tx, signal)
    lane = lane_of(signal)
    found = await open_case_of(tx, *key_of(signal.subject), track=signal.track)
    if found is None:
        await store.insert_member(tx, case_id, signal, JoinedAs.TOGETHER, now=now)
        if await store.insert_signal(tx, case_id, signal, lane, now):
            await store.join_case(tx, case_id, signal, lane, members=1, signals=1, now=now)
            await log.joined(tx, case_id, signal, lane, now=now)
        tx.emit(CaseJoined(case_id))
        return CaseId(case_id)
    await _join(tx, found, signal, lane, now=now)
    return CaseId(found)


async def fold(tx: Tx, case_id: int, into: int, *, now: Instant) -> None:
    """A case turns out to be part of another one: all that it holds waits there, and it needs nobody any more."""
    case = await lock_case(tx, case_id)
    if case.closed_at is None and case_id != into:
        await store.fold(tx, case_id, into, now)
        await log.about_case(tx, CLOCK, "fold", case_id, now=now, into=str(into))
        tx.emit(CaseClosed(case_id, None))
        tx.emit(CaseJoined(into))


async def take_out(
    tx: Tx, staff: Staff, case_id: int, subject: Subject, *, reason: str, now: Instant
) -> CaseId:
    """One of several is not like the others: it waits in a case of its own. Raises RoleLacks, CaseNotThere, CaseChanged
    when the case is closed or holds nothing else."""
    staff.require(Permission.MANAGE_REPORTS)
    case = await lock_case(tx, case_id)
    key = key_of(subject)
    there = next((one for one in await members(tx, case_id) if key_of(one.subject) == key), None)
    if case.closed_at is not None or case.members < 2 or there is None or there.after_decision:
        raise CaseChanged
    said = next(
        (one for one in await case_signals(tx, case_id, limit=200) if one.subject.key == key[1]), None
    )
    await store.detach_member(tx, case_id, *key)
    await log.about_case(tx, staff, "take_out", case_id, reason=reason, now=now, taken=" ".join(key))
    signal = Signal(
        source=Source.ADMIN if said is None else said.source, subject=there.subject,
        category=case.category if said is None else said.category, lane=case.lane, policy=case.policy,
        report_id=None if said is None else said.report_id, language=case.language, parent_id=case_id,
    )  # fmt: skip
    return await _open(tx, signal, case.lane, await _content(tx, signal), now)


async def _alone_with(tx: Tx, signal: Signal) -> None:
    """Two signals of one subject, or of copies, come one after the other, so that they find each other's case."""
    await tx.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 0))", " ".join(key_of(signal.subject))
    )


async def _content(tx: Tx, signal: Signal) -> Content | None:
    if signal.subject.kind is not SubjectKind.POST or signal.subject.id is None:
        return None
    content = (await contents(tx, [signal.subject.id])).get(signal.subject.id)
    if content is not None and signal.track == MAIN and not content.blank:
        await tx.execute(
            "select pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 1))",
            content.mark.slotted or content.mark.exact,
        )
    return content


async def _belongs(tx: Tx, case_id: int, kind: str, key: str) -> bool:
    return bool(
        await tx.fetchval(
            "select exists (select 1 from case_members where case_id = $1 and subject_kind = $2 and subject_key = $3)",
            case_id, kind, key,
        )
    )  # fmt: skip


async def _decided_before(tx: Tx, signal: Signal, lane: Lane, content: Content | None) -> int | None:
    """The case in which this was decided, when the subject is what it was then and nobody says anything worse of it.

    An account goes on acting, so what is said of one is always news.
    """
    if content is None:
        return None
    last = await last_decided_of(tx, *key_of(signal.subject))
    if last is None:
        return None
    case_id, closed_at, decided_lane, _ = last
    if (content.edited_at or content.created_at) > closed_at or _outweighs(signal, lane, decided_lane):
        return None
    return case_id


def _outweighs(signal: Signal, lane: Lane, decided: str) -> bool:
    """Whether a signal asks for a more urgent lane than was decided in. Members cannot reopen by choosing a category."""
    return signal.source not in FROM_PEOPLE and lane < decided


async def _join(tx: Tx, case_id: int, signal: Signal, lane: Lane, *, now: Instant) -> None:
    if not await store.insert_signal(tx, case_id, signal, lane, now):
        return
    await store.join_case(tx, case_id, signal, lane, members=0, signals=1, now=now)
    await log.joined(tx, case_id, signal, lane, now=now)
    tx.emit(CaseJoined(case_id))


async def _join_as_copy(
    tx: Tx, match: Match, signal: Signal, lane: Lane | None, content: Content, now: Instant
) -> None:
    """The subject becomes a member. `lane` None: nobody said anything of it."""
    late = match.closed_at is not None
    new = await store.insert_member(tx, match.case_id, signal, match.how, late=late, now=now)
    said = lane is not None and await store.insert_signal(tx, match.case_id, signal, lane, now)
    if lane is not None and said:
        await log.joined(tx, match.case_id, signal, lane, now=now)
    await store.join_case(
        tx, match.case_id, signal, lane or "P4", members=int(new), signals=int(said), now=now
    )
    if match.how is not JoinedAs.EXACT:
        await _keep_print(tx, match.case_id, signal, content, first=False, now=now)
    tx.emit(CaseJoined(match.case_id))
    if late and new and match.decision_id is not None:
        tx.emit(CopyArrived(match.case_id, content.post_id, match.decision_id))


async def _open(tx: Tx, signal: Signal, lane: Lane, content: Content | None, now: Instant) -> CaseId:
    case_id = CaseId(new_id(now))
    traits = Traits(signal.track, lane, signal.source.value, signal.category, signal.language, signal.policy)
    facts = Facts(max(signal.severity, LANE_SEVERITY[lane]), now, TARGET_SECONDS[lane])
    queue = route(await queues(tx), traits)
    record_id = await log.opened(tx, case_id, signal, lane, now=now)
    await store.insert_case(
        tx, case_id, signal, lane, order(facts, now), queue=queue, record_id=record_id, now=now
    )
    await store.insert_member(tx, case_id, signal, JoinedAs.FIRST, now=now)
    await store.insert_signal(tx, case_id, signal, lane, now)
    if content is not None and signal.track == MAIN and not content.blank:
        await _keep_print(tx, case_id, signal, content, first=True, now=now)
    await reorder_cases(tx, [case_id], new=True, now=now)
    tx.emit(CaseOpened(case_id))
    return case_id


async def _keep_print(
    tx: Tx, case_id: int, signal: Signal, content: Content, *, first: bool, now: Instant
) -> None:
    await store.insert_print(
        tx, case_id, signal, content.mark, first=first, thread_id=content.thread_id, link=content.link,
        media=list(content.media), now=now,
    )  # fmt: skip
