"""Reads: a notice as far as an answer speaks of it, the mail that is answered, and where the answer goes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ...platform.clock import Instant
from ...platform.db import Database, Reader
from ...platform.settings import Settings
from ...pure.notice_answers import (
    AddressNotUsable,
    AnsweredMail,
    AnswerFacts,
    ItemAnswer,
    check_address,
)
from ...pure.notices import ItemOutcome, Mail, answer_address, read_mail
from ...records import ledger
from ..notices import (
    Channel,
    Direction,
    Message,
    MessageKind,
    Notice,
    NoticeItem,
    NoticeReader,
    Verified,
    status_token,
)
from ..policies import policy_version
from ..staff_actions import Staff

_AUTOMATION = {
    "AUTOMATED_DECISION_NOT_AUTOMATED": "not",
    "AUTOMATED_DECISION_PARTIALLY": "partially",
    "AUTOMATED_DECISION_FULLY": "fully",
}
_DECISIONS_SQL = (
    "select id, policy_id, policy_version, ruling::text as ruling, automation, automated_detection, made_at, undone_at"
    " from decisions where id = any($1::bigint[])"
)


class Place(NamedTuple):
    """Where answers come from and point to. sender: "" where this server sends no mail; status_pages: the address that the
    secret of a notice's page is added to, "" for none."""

    site: str
    sender: str
    complaint_page: str = ""
    status_pages: str = ""


def place_of(settings: Settings) -> Place:
    """Where answers of this server come from. Without a mail server they are on the status page alone."""
    domain = settings.domain.partition(":")[0]
    sender = settings.notice_from or settings.mail_from or f"no-reply@{domain}"
    pages = f"{settings.public_url.rstrip('/')}/notice/status/"
    return Place(settings.domain, sender if settings.mail_host else "", status_pages=pages)


class Ground(NamedTuple):
    """What a decision rests on, as far as outsiders are told."""

    measures: tuple[str, ...]
    policy: str
    titles: Mapping[str, str]
    law: bool
    ground: str
    automation: str
    detected: bool
    made_at: Instant


class Whole(NamedTuple):
    """All that an answer is made from. items: as `notices` has them."""

    notice: Notice
    items: Sequence[NoticeItem]
    messages: Sequence[Message]
    decisions: Mapping[int, Ground]
    token: str


async def whole_notice(database: Database, staff: Staff, notice_id: int) -> Whole:
    """The notice and what belongs to it. Raises NoticeNotThere."""
    reader = NoticeReader(database)
    notice = await reader.notice(staff, notice_id)
    items = await reader.items(staff, notice_id)
    messages = await reader.messages(staff, notice_id)
    decisions = await grounds(database, [one.decision_id for one in items if one.decision_id is not None])
    return Whole(notice, items, messages, decisions, status_token(database.keyring, notice.id))


async def grounds(reader: Reader, decision_ids: Sequence[int]) -> dict[int, Ground]:
    """What decisions rest on, by id."""
    found: dict[int, Ground] = {}
    policies: dict[tuple[str, int], tuple[Mapping[str, str], bool]] = {}
    for row in await reader.fetch(_DECISIONS_SQL, sorted(set(decision_ids))):
        ruling = json.loads(row["ruling"])
        reference, law = "", False
        titles: Mapping[str, str] = {}
        if row["policy_id"] is not None:
            key = (row["policy_id"], row["policy_version"])
            if key not in policies:
                policy = await policy_version(reader, *key)
                titles = {language: text.title for language, text in policy.document.texts.items()}
                policies[key] = (titles, policy.document.basis.value == "law")
            titles, law = policies[key]
            reference = f"{key[0]}@{key[1]}"
        found[row["id"]] = Ground(
            _measures(ruling), reference, titles, law, ruling.get("ground", ""),
            _AUTOMATION.get(row["automation"], "not"), bool(row["automated_detection"]), row["made_at"],
        )  # fmt: skip
    return found


def _measures(ruling: Mapping[str, Any]) -> tuple[str, ...]:
    """What was done, without what is sealed."""
    return tuple(one["kind"] for one in ruling.get("actions", ()) if not one.get("sealed"))


def facts_for(whole: Whole, place: Place, language: str, notes: Mapping[str, str]) -> AnswerFacts:
    """What the answer says, in the terms of `pure/notice_answers`."""
    notice = whole.notice
    by_n = {one.n: one for one in whole.items}
    return AnswerFacts(
        place.site, notice.reference, notice.received_at, subject=notice.subject,
        sender_reference=notice.their_reference,
        status_page=f"{place.status_pages}{whole.token}" if place.status_pages else "",
        items=tuple(_item(one, by_n, whole.decisions, language) for one in whole.items),
        complaint_page=place.complaint_page, notes=dict(notes),
    )  # fmt: skip


def _item(
    item: NoticeItem, by_n: Mapping[int, NoticeItem], decisions: Mapping[int, Ground], language: str
) -> ItemAnswer:
    ground = decisions.get(item.decision_id) if item.decision_id is not None else None
    title = ""
    if ground is not None and ground.titles:
        title = ground.titles.get(language) or ground.titles.get("en") or next(iter(ground.titles.values()))
    # What was taken away before the notice came was acted on then.
    decided = ground is not None and item.outcome is ItemOutcome.ACTIONED
    acted_at = ground.made_at if ground is not None and decided else item.actioned_at
    looks = [
        item.first_seen_at,
        ground.made_at if ground is not None and ground.automation != "fully" else None,
    ]
    seen_at = min((at for at in looks if at is not None), default=None)
    first = by_n.get(item.duplicate_of) if item.duplicate_of is not None else None
    return ItemAnswer(
        item.n, item.as_given, item.outcome, seen_at, acted_at,
        ground.measures if ground else (), ground.policy if ground else "", title,
        ground.law if ground else False, ground.ground if ground else "", item.reason,
        ground.automation if ground else "not", ground.detected if ground else False,
        f"{first.n}. {first.as_given}" if first else "",
    )  # fmt: skip


_OF_THE_SENDER: Final = frozenset({MessageKind.ORIGINAL, MessageKind.INFO, MessageKind.COUNTER})


async def answered_mail(reader: ledger.KeyedReader, whole: Whole) -> tuple[AnsweredMail, str]:
    """The newest mail of the sender, as far as threads need it, and the address that asks for the answer; empty where the
    notice did not come by mail.

    The address is that of the notice itself: who writes into the thread later does not turn the answer to somewhere else.
    """
    came = [
        one for one in whole.messages
        if one.direction is Direction.IN and one.kind in _OF_THE_SENDER and one.channel is Channel.EMAIL and one.raw_bytes
    ]  # fmt: skip
    if not came:
        return AnsweredMail(), ""
    newest = await _mail_of(reader, came[-1])
    first = newest if len(came) == 1 else await _mail_of(reader, came[0])
    answered = (
        AnsweredMail(newest.subject, newest.message_id, newest.header("references"))
        if newest
        else AnsweredMail()
    )
    return answered, answer_address(first) if first and came[0].kind is MessageKind.ORIGINAL else ""


async def _mail_of(reader: ledger.KeyedReader, message: Message) -> Mail | None:
    opened = await ledger.openings(reader, message.record_id)
    body = next((one.opening.body for one in opened if one.opening.name == "raw"), None)
    return None if body is None else read_mail(body)


def recipient_of(whole: Whole, asked_for: str) -> tuple[str, str]:
    """Where an answer goes by mail, and why nowhere: (address, ""), or ("", why)."""
    notice = whole.notice
    if notice.verification.how is Verified.FORGED:
        # It would reach somebody who never wrote to us.
        return "", "the sender was forged"
    address = asked_for or notice.sender.email.strip()
    if not address:
        return "", "the sender left no address"
    try:
        check_address(address)
    except AddressNotUsable:
        return "", "the address of the sender cannot be written to"
    return address, ""
