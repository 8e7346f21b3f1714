"""Mails that no person wrote: bounces, receipts of reading, replies of machines, loops (RFC 3464, 3834, 8098).

None of them is thrown away: a host's notices are often sent by a machine. They are recorded, and get no automatic answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from .headers import MESSAGE_ID
from .mail import Mail

HOPS_MAX = 50
LOOP_HEADER = "X-Holdfast-Notice"
"""Ours bear it with the name of the site; what comes back with it went in a circle."""
_OWN_WORDS = re.compile(r"(mailer-daemon|postmaster)@", re.I)
_FIELD = re.compile(r"^([A-Za-z-]{1,40}):[ \t]{0,4}(.{1,1000})$", re.M)
_REPORTS_MAX = 100


class Automatic(StrEnum):
    """What kind of machine sent it."""

    NO = "no"
    DELIVERY_REPORT = "delivery_report"
    READ_RECEIPT = "read_receipt"
    REPLIED = "replied"
    GENERATED = "generated"
    LIST = "list"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a server says about one recipient. action: delivered, failed, delayed, relayed, expanded. status: 5.1.1."""

    recipient: str
    action: str
    status: str
    message_id: str


def automatic_kind(mail: Mail, *, own_addresses: Collection[str], site: str) -> Automatic:
    """Which of them a mail is. `own_addresses`: those from which the desk writes; `site`: what LOOP_HEADER says."""
    own = {one.lower() for one in own_addresses}
    from_us = mail.sender is not None and mail.sender.address.lower() in own
    if from_us or mail.count("received") > HOPS_MAX or mail.header(LOOP_HEADER).lower() == site.lower():
        return Automatic.LOOP
    if mail.content_type == "multipart/report":
        receipt = mail.report_type.lower() == "disposition-notification"
        return Automatic.READ_RECEIPT if receipt else Automatic.DELIVERY_REPORT
    if mail.return_path == "" or (mail.sender and _OWN_WORDS.match(mail.sender.address)):
        return Automatic.DELIVERY_REPORT
    said = mail.header("auto-submitted").partition(";")[0].strip().lower()
    precedence = mail.header("precedence").strip().lower()
    marks = ("x-autoreply", "x-autorespond", "x-auto-response-suppress")
    if said == "auto-replied" or precedence == "auto_reply" or any(mail.header(one) for one in marks[:2]):
        return Automatic.REPLIED
    if said not in ("", "no"):
        return Automatic.GENERATED
    if precedence in ("bulk", "list", "junk") or mail.header("list-id"):
        return Automatic.LIST
    return Automatic.NO


def may_answer_by_itself(mail: Mail, kind: Automatic) -> bool:
    """Whether a receipt may be sent without a person: only to one that a person wrote, and that says where to."""
    return kind is Automatic.NO and answer_address(mail) != "" and mail.return_path != ""


def answer_address(mail: Mail) -> str:
    """Where an answer goes: Reply-To, then From; "" where neither is an address."""
    chosen = mail.reply_to or mail.sender
    return chosen.address if chosen else ""


def delivery_reports(mail: Mail) -> tuple[DeliveryReport, ...]:
    """What a bounce says about each recipient, and which of our messages it is about."""
    found = list[DeliveryReport]()
    fields = [(name.lower(), value.strip()) for name, value in _FIELD.findall(mail.text)]
    about = next(
        (value for name, value in fields if name == "message-id" and MESSAGE_ID.fullmatch(value)), ""
    )
    recipient = action = ""
    for name, value in fields:
        if name in ("final-recipient", "original-recipient"):
            if name == "final-recipient" or not recipient:
                recipient = value.partition(";")[2].strip() or value
        elif name == "action":
            action = value.lower()
        elif name == "status" and recipient and len(found) < _REPORTS_MAX:
            found.append(DeliveryReport(recipient, action, value.split()[0], about))
            recipient = action = ""
    return tuple(found)
