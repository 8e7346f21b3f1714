"""What a notice says: mails from raw bytes, addresses they cite, what those mean here, and the course of a notice."""

from __future__ import annotations

from .automatic import (
    LOOP_HEADER,
    Automatic,
    DeliveryReport,
    answer_address,
    automatic_kind,
    delivery_reports,
    may_answer_by_itself,
)
from .cited import CITED_MAX, Citation, Citations, Mark, cited_addresses, normal_address
from .errors import MailTooLarge, StepNotPossible
from .headers import ADDRESS, MESSAGE_ID, is_address, message_ids, one_line, plain_words, reply_headers
from .hosts import HostReport, host_report
from .mail import RAW_MAX_BYTES, Address, Attachment, Mail, MailWarning, read_mail
from .our_addresses import (
    AccountReference,
    MediaReference,
    PostReference,
    Reference,
    RemoteReference,
    TagReference,
    UnknownPage,
    resolve_address,
)
from .progress import (
    NEED_OUTCOMES,
    STEPS,
    ItemOutcome,
    NoticeOutcome,
    NoticeState,
    Progress,
    Step,
    add_item,
    outcome_of,
    possible_steps,
    settle_item,
    settle_whole,
    take_step,
    unsettle_item,
)

__all__ = [
    "ADDRESS", "CITED_MAX", "LOOP_HEADER", "MESSAGE_ID", "NEED_OUTCOMES", "RAW_MAX_BYTES", "STEPS",
    "AccountReference", "Address", "Attachment", "Automatic", "Citation", "Citations", "DeliveryReport", "HostReport",
    "ItemOutcome", "Mail", "MailWarning", "Mark", "MediaReference", "NoticeOutcome", "NoticeState", "PostReference",
    "Progress", "Reference", "RemoteReference", "Step", "TagReference", "UnknownPage",
    "MailTooLarge", "StepNotPossible",
    "add_item", "answer_address", "automatic_kind", "cited_addresses", "delivery_reports", "host_report", "is_address",
    "may_answer_by_itself", "message_ids", "normal_address", "one_line", "outcome_of", "plain_words", "possible_steps", "read_mail",
    "reply_headers", "resolve_address", "settle_item", "settle_whole", "take_step", "unsettle_item",
]  # fmt: skip
