"""Notices as they come in: mails taken before they are read, so that none is lost; receipts; urgent ones stamped.


taken = await take_mail(tx, NewMail(...), hour_max=..., now=now)      commit, then say 250
... later, from its bytes: ...
await file_mail(tx, mail, understood(raw, mail, rules), reader, addresses=..., now=now)
"""

from .errors import MailNotThere, TooManyMails
from .events import NoticeMailTaken, ReceiptOrdered
from .file import file_mail
from .jobs import stamp_urgent_notice
from .letter import ReceiptFacts, receipt_letter
from .model import Letter, LetterStatus, MailState, NewMail, TakenMail, Via, capacity_of, preset_of
from .order_receipt import order_receipt
from .queries import (
    fetched_until,
    letter_of,
    letters_to,
    mail_of_notice,
    raw_of,
    taken_mail,
    token_of_letter,
    unsettled_mails,
)
from .store import forget_kept, hand_over_letter, note_fetched, note_letter_made, settle_letter
from .take import take_mail
from .understand import MailRules, Understood, answer_language, understood, unreadable

__all__ = [
    "Letter", "LetterStatus", "MailNotThere", "MailRules", "MailState", "NewMail", "NoticeMailTaken", "ReceiptFacts", "ReceiptOrdered",
    "TakenMail", "TooManyMails", "Understood", "Via", "answer_language", "capacity_of", "fetched_until", "file_mail",
    "forget_kept", "hand_over_letter", "letter_of", "letters_to", "mail_of_notice", "note_fetched", "note_letter_made",
    "order_receipt", "preset_of", "raw_of", "receipt_letter", "settle_letter", "stamp_urgent_notice", "take_mail", "taken_mail", "token_of_letter", "understood",
    "unreadable", "unsettled_mails",
]  # fmt: skip
