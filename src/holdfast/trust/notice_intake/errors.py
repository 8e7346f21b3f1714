"""What can keep a mail from being taken.

LimitReached
└── TooManyMails    more in an hour than are taken; the sending server keeps it and comes again
NotFound
└── MailNotThere    no such mail, or its bytes are with its notice already
"""

from __future__ import annotations

from ...pure.errors import LimitReached, NotFound


class TooManyMails(LimitReached):
    """Nothing is lost: mail servers try again for days."""

    public = "More mail came within the hour than is taken at once; yours is taken later."


class MailNotThere(NotFound):
    """There is none of this id, or nothing is left of it here."""

    public = "There is no such mail"
