"""What a mail to the notice desk says, from its bytes: no I/O."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from ...platform.mail_signatures import Proof
from ...pure.notices import (
    Automatic,
    Citation,
    Citations,
    DeliveryReport,
    Mail,
    Mark,
    answer_address,
    automatic_kind,
    cited_addresses,
    delivery_reports,
    may_answer_by_itself,
    message_ids,
    read_mail,
)
from ..notices import Attachment, Channel, CitedItem, NewNotice, Sender, Verification, Verified
from .model import TakenMail, capacity_of, preset_of

TEXT_CHARACTERS: Final = 200_000
_SHORT_CHARACTERS: Final = 900
_ATTACHMENTS_MOST: Final = 200
_THEIR_REFERENCE = re.compile(
    r"\b(?:case|ticket|reference|ref|abuse(?: case)?|report|incident|request|order|aktenzeichen|r[ée]f[ée]rence|dossier)"
    r"[ \t]*(?:id|no|nr|number|num[ée]ro|n°|\#)?[ \t]*[.:#][ \t]*\#?([A-Za-z0-9][A-Za-z0-9/_.-]{3,60})",
    re.I,
)
_OUR_REFERENCE = re.compile(r"\b[A-Z]{1,4}-[A-Z0-9]{2,}(?:-[A-Z0-9]{2,}){0,4}\b")
_REFERENCES_MOST = 10
_FRENCH = frozenset(
    "le la les des une est sur dans vous nous votre notre que qui pas pour avec ce cette au aux du et".split()
)
_ENGLISH = frozenset(
    "the of and to in is this that you your our we for with not on are have has please at by it".split()
)


class MailRules(msgspec.Struct, frozen=True):
    """How the operator wants mails read. own_hosts, media_hosts: names of this server; own_addresses: those that the desk
    writes from; by_address, by_sender: kinds of notices by recipient, and by domain of the sender."""

    own_hosts: tuple[str, ...]
    media_hosts: tuple[str, ...]
    own_addresses: tuple[str, ...]
    site: str
    by_address: Mapping[str, str]
    by_sender: Mapping[str, str]
    default: str


class Understood(msgspec.Struct, frozen=True):
    """A mail as it was read. answer_to: where an answer goes, in `language` (en, fr); why_no_receipt: the reason why none
    may be sent without a person, "" where one may. answers: ids of the mails that it goes on from; references: what may be one of ours in its
    subject; ours_cited: whether it names something of this server."""

    automatic: Automatic
    notice: NewNotice
    answer_to: str
    language: str
    why_no_receipt: str
    answers: tuple[str, ...]
    references: tuple[str, ...]
    reports: tuple[DeliveryReport, ...]
    about: tuple[str, ...]
    is_report: bool
    ours_cited: bool


def understood(raw: bytes, taken: TakenMail, rules: MailRules) -> Understood:
    """The mail in `raw`, which was read_mail's to bound. Raises MailTooLarge and nothing else."""
    mail = read_mail(raw)
    if taken.envelope_sender is not None:
        # Who handed it over said where to bounce; a header of that name can be anybody's.
        mail = _with_return_path(mail, taken.envelope_sender)
    automatic = automatic_kind(mail, own_addresses=rules.own_addresses, site=rules.site)
    found = cited_addresses(mail.subject, mail.text, mail.html_text, own_hosts=_all_hosts(rules))
    items, others = _items(found, rules)
    notice = _notice(mail, raw, taken, rules, items=items, left_out=found.left_out, others=others)
    reports = delivery_reports(mail) if automatic is Automatic.DELIVERY_REPORT else ()
    return Understood(
        automatic=automatic,
        notice=notice,
        answer_to=answer_address(mail),
        language=answer_language(notice.language, mail.words),
        why_no_receipt=_why_no_receipt(mail, automatic, taken),
        answers=_thread(mail),
        references=tuple(dict.fromkeys(_OUR_REFERENCE.findall(mail.subject)))[:_REFERENCES_MOST],
        reports=reports,
        about=tuple(dict.fromkeys(message_ids(mail.text)))[:_REFERENCES_MOST] if reports else (),
        is_report=mail.content_type == "multipart/report",
        ours_cited=any(_is_ours(one, rules) for one in found.items),
    )


def unreadable(raw: bytes, taken: TakenMail, rules: MailRules, why: str) -> Understood:
    """What there is to say of a mail that the program cannot read: a person has to, from its bytes."""
    notice = NewNotice(
        preset=rules.default, channel=Channel.EMAIL, sender=Sender(email=taken.from_address),
        received_at=taken.received_at, verification=_verification(taken, {"not_read": why[:_SHORT_CHARACTERS]}),
        external_id=external_id(taken), raw=raw, subject="A mail that could not be read",
        text="The program could not read this mail. Its bytes are kept; read them by hand.",
    )  # fmt: skip
    return Understood(
        Automatic.NO,
        notice,
        "",
        "en",
        "it could not be read",
        (),
        (),
        (),
        (),
        is_report=False,
        ours_cited=False,
    )


def answer_language(said: str, text: str) -> str:
    """In which of our languages somebody is answered: the one that they name, else the one whose small words they use."""
    if said[:2] in ("en", "fr"):
        return said[:2]
    words = re.findall(r"[a-zà-ÿ]+", text[:4000].lower())
    french = sum(one in _FRENCH for one in words)
    return "fr" if french > 3 and french > sum(one in _ENGLISH for one in words) else "en"


def external_id(taken: TakenMail) -> str:
    """What makes a mail the same when it is delivered twice: its Message-ID, and the hash of its bytes."""
    return f"{taken.message_id[:_SHORT_CHARACTERS]}#{taken.raw_sha256.hex()}"


def their_reference(mail: Mail) -> str:
    """The number under which the sender keeps it, as far as it is written in a usual way; "" for none."""
    found = _THEIR_REFERENCE.search(mail.subject) or _THEIR_REFERENCE.search(mail.words[:4000])
    return found[1].rstrip(".-_/") if found and re.search(r"[0-9]", found[1]) else ""


def _notice(
    mail: Mail, raw: bytes, taken: TakenMail, rules: MailRules, *, items: tuple[CitedItem, ...], left_out: int,
    others: int,
) -> NewNotice:  # fmt: skip
    sender = mail.sender
    address = sender.address if sender else ""
    preset = preset_of(
        taken.recipients,
        address,
        by_address=rules.by_address,
        by_sender=rules.by_sender,
        default=rules.default,
    )
    details: dict[str, Any] = {"warnings": [one.value for one in mail.warnings]}
    if mail.reply_to and mail.reply_to.address != address:
        details["reply_to"] = mail.reply_to.address
    if others:
        details["other_addresses"] = others
    if taken.cut:
        details["cut_from_bytes"] = taken.size_bytes
    return NewNotice(
        preset=preset,
        channel=Channel.EMAIL,
        sender=Sender(name=sender.name[:_SHORT_CHARACTERS] if sender else "", email=address),
        received_at=taken.received_at,
        capacity=capacity_of(preset),
        verification=_verification(taken, details),
        external_id=external_id(taken),
        raw=raw,
        language=_language(mail),
        subject=mail.subject[:_SHORT_CHARACTERS],
        text=mail.words[:TEXT_CHARACTERS],
        reference=their_reference(mail),
        items=items,
        items_left_out=left_out,
        attachments=tuple(
            Attachment(one.name, one.content_type[:100], one.sha256, len(one.content))
            for one in mail.attachments[:_ATTACHMENTS_MOST]
        ),
    )


def _why_no_receipt(mail: Mail, automatic: Automatic, taken: TakenMail) -> str:
    if taken.sender_check.proof is Proof.REFUTED:
        return "the sender is not proven to be who it says, so a receipt may reach somebody else"
    if not may_answer_by_itself(mail, automatic):
        return (
            f"a machine wrote it ({automatic.value})"
            if automatic is not Automatic.NO
            else "nobody can be answered"
        )
    return ""


def _verification(taken: TakenMail, details: dict[str, Any]) -> Verification:
    check = taken.sender_check
    how = {Proof.PROVEN: Verified.DKIM, Proof.REFUTED: Verified.FORGED}.get(check.proof, Verified.NONE)
    told = {
        "via": taken.via, "envelope_sender": taken.envelope_sender or "", "recipients": taken.recipients[:50],
        "sender": msgspec.to_builtins(check), **details,
    }  # fmt: skip
    return Verification(how, told)


def _items(found: Citations, rules: MailRules) -> tuple[tuple[CitedItem, ...], int]:
    """What is cited of this server, or looks like it, or cannot be told; and how much else. Only where nothing of that is
    cited, everything counts: links to terms and help pages of the sender are no items."""
    ours = [one for one in found.items if _is_ours(one, rules)]
    if not ours or len(ours) == len(found.items):
        return tuple(CitedItem.of(one) for one in found.items), 0
    places = {one.n: place for place, one in enumerate(ours, 1)}
    return (
        tuple(
            msgspec.structs.replace(CitedItem.of(one), duplicate_of=places.get(one.duplicate_of or 0))
            for one in ours
        ),
        len(found.items) - len(ours),
    )


def _is_ours(one: Citation, rules: MailRules) -> bool:
    if one.marks & {Mark.SUSPICIOUS_HOST, Mark.SHORTENER}:
        return True
    hosts = {host.lower() for host in _all_hosts(rules)}
    return any(urlsplit(reading).netloc.lower() in hosts for reading in one.readings)


def _all_hosts(rules: MailRules) -> Collection[str]:
    return (*rules.own_hosts, *rules.media_hosts)


def _thread(mail: Mail) -> tuple[str, ...]:
    """The ids of what it answers, the nearest first."""
    earlier = reversed(message_ids(mail.header("references")))
    return tuple(dict.fromkeys((*message_ids(mail.header("in-reply-to")), *earlier)))


def _language(mail: Mail) -> str:
    said = mail.header("content-language").strip().lower()[:2]
    return said if re.fullmatch(r"[a-z]{2}", said) else ""


def _with_return_path(mail: Mail, envelope_sender: str) -> Mail:
    return dataclasses.replace(mail, return_path=envelope_sender)
