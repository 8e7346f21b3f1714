"""What the sender of a notice may know of it: for the page, and for the API. Whoever has the token has it."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.limits import Rate
from ...pure.deadlines import Bound, ClockState, Purpose
from ...pure.errors import Invalid, NotFound
from ...pure.notices import NoticeState, Step
from ...records import ledger
from ...trust.notices import (
    Channel,
    ClockView,
    Direction,
    Found,
    Message,
    MessageKind,
    Notice,
    NoticeItem,
    NoticeReader,
    Verified,
    add_message,
    take_step,
)
from ...trust.staff_actions import CLOCK
from ..budgets import spend
from ..call import Call
from .words import Words

ITEMS_PER_PAGE = 200
_TOKEN_MAX_CHARACTERS = 200
# What was written for the team is not for the sender, nor is what servers say of mails.
_SHOWN = frozenset({MessageKind.QUESTION, MessageKind.INFO, MessageKind.ANSWER, MessageKind.COUNTER})
_DISPUTABLE = frozenset({NoticeState.ANSWERED, NoticeState.CLOSED})


class NoNotice(NotFound):
    """The address leads to no notice."""

    public = "There is no notice at this address. Look whether all of it was copied."


class ItemLine(msgspec.Struct, frozen=True):
    """One thing that was named. outcome: of `pure/notices`, or open, or elsewhere."""

    n: int
    address: str
    outcome: str
    settled_at: Instant | None


class ClockLine(msgspec.Struct, frozen=True):
    """A clock in words. late: it was due and nothing had happened."""

    name: str
    label: str
    says: str
    bound: str
    state: str
    due_at: Instant | None
    late: bool


class StatusFacts(msgspec.Struct, frozen=True):
    """All that the sender may know. slowed: it waits for those of others, since the sender was hardly ever right."""

    notice: Notice
    proven: bool
    clocks: list[ClockLine]
    items: list[ItemLine]
    more_after: int | None
    messages: list[Message]
    may_add: bool
    may_dispute: bool
    forged: bool
    slowed: bool = False


async def status_facts(call: Call, token: str, words: Words, *, after: int = 0) -> StatusFacts:
    """The facts. after: the number of the last item of the page before. Raises NoNotice."""
    reader = NoticeReader(call.services.database)
    notice = await _notice(reader, token)
    items = await reader.items(CLOCK, notice.id, after=after, limit=ITEMS_PER_PAGE + 1)
    clocks = await reader.clocks(CLOCK, notice.id, now=call.now)
    messages = [one for one in await reader.messages(CLOCK, notice.id) if one.kind in _SHOWN]
    proof = await ledger.proof(call.services.database, notice.record_id)
    return StatusFacts(
        notice=notice,
        proven=proof is not None,
        clocks=[line for one in clocks if (line := _clock_line(one, words)) is not None],
        items=[_item_line(one) for one in items[:ITEMS_PER_PAGE]],
        more_after=items[ITEMS_PER_PAGE - 1].n if len(items) > ITEMS_PER_PAGE else None,
        messages=messages,
        may_add=True,
        may_dispute=notice.state in _DISPUTABLE,
        forged=notice.verification.how is Verified.FORGED,
        slowed=any(one.what == "slowed" for one in await reader.timeline(CLOCK, notice.id)),
    )


async def add_to_notice(
    call: Call, token: str, text: str, words: Words, *, dispute: bool, channel: Channel
) -> Notice:
    """Keep what the sender adds; a dispute has it looked at again. Raises NoNotice, Invalid, LimitReached, StepNotPossible."""
    services, now = call.services, call.now
    settings = services.settings
    said = text.strip()
    if not said:
        raise Invalid(words("errors/blank"), details={"text": [("ERR_BLANK", words("errors/blank"))]})
    if len(said) > settings.notice_form_characters:
        sentence = words("errors/too_long", most=settings.notice_form_characters)
        raise Invalid(sentence, details={"text": [("ERR_TOO_LONG", sentence)]})
    reader = NoticeReader(services.database)
    notice = await _notice(reader, token)
    spend(call, "notice", Rate(settings.rate_notices, settings.rate_notices_window_seconds))
    async with services.database.transaction() as tx:
        message = await add_message(
            tx, notice.id, direction=Direction.IN, kind=MessageKind.INFO, channel=channel, raw=said.encode(), text=said,
            now=now,
        )  # fmt: skip
        if dispute:
            await take_step(tx, CLOCK, notice.id, Step.DISPUTE, evidence=message.record_id, now=now)
        elif notice.state is NoticeState.NEEDS_INFO:
            await take_step(tx, CLOCK, notice.id, Step.RECEIVE_INFO, evidence=message.record_id, now=now)
    return notice


async def _notice(reader: NoticeReader, token: str) -> Notice:
    found = await reader.by_token(token) if 0 < len(token) <= _TOKEN_MAX_CHARACTERS else None
    if found is None:
        raise NoNotice
    return found


def _item_line(one: NoticeItem) -> ItemLine:
    outcome = one.outcome.value if one.outcome else "open"
    if one.outcome is None and one.found is Found.ELSEWHERE:
        outcome = "elsewhere"
    return ItemLine(one.n, one.as_given, outcome, one.settled_at)


def _clock_line(view: ClockView, words: Words) -> ClockLine | None:
    clock = view.clock
    label = words.find(f"clocks/{clock.name}") or words("clocks/other")
    bound = words(
        f"status/{ {Bound.LAW: 'law', Bound.CONTRACT: 'contract', Bound.TARGET: 'target'}[clock.bound] }"
    )
    says = _says(view, words)
    if says is None:
        return None
    late = view.state is ClockState.BREACHED
    state = "waiting" if view.state is None else view.state.value
    return ClockLine(clock.name, label, says, bound, state, view.due_at, late)


def _says(view: ClockView, words: Words) -> str | None:
    """What a clock shows, in words; None for one that says nothing to the sender."""
    clock, state = view.clock, view.state
    if clock.ended_at is not None:
        return None
    if state is None:
        return words("clocks/waiting") if clock.starts_at is None else None
    if state in (ClockState.MET, ClockState.MET_LATE) and clock.met_at is not None:
        return words("clocks/met", at=_time(clock.met_at))
    if state is ClockState.PAUSED:
        since = next((one.since for one in reversed(clock.pauses)), None)
        return words("clocks/paused", at=_time(since)) if since else None
    if state is ClockState.BREACHED and clock.due_at is not None:
        return words("clocks/breached", at=_time(clock.due_at))
    if state is ClockState.OPEN_ENDED:
        return words("clocks/no_figure", words=clock.preset.words)
    if clock.purpose is Purpose.KEEP:
        return words("clocks/kept", at=_time(view.due_at)) if view.due_at else None
    until = words("clocks/until", at=_time(view.due_at)) if view.due_at else None
    if clock.opens_at is not None and until is not None:
        return f"{words('clocks/not_before', at=_time(clock.opens_at))}, {until}"
    return until


def _time(at: Instant) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
