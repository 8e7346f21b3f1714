"""What can be wrong with notices.

Invalid
└── MailTooLarge      more bytes than are read; nothing of it is looked at
Conflict
└── StepNotPossible   the notice does not stand where this step begins
"""

from __future__ import annotations

from ..errors import Conflict, Invalid


class MailTooLarge(Invalid):
    """The sending server is told before the message is taken, so that it tells the sender."""

    public = "This message is larger than 50 MB. Send the list of addresses without the files, or in several messages."


class StepNotPossible(Conflict):
    """The table of states has no such step from here; the text says what is missing."""

    public = "This step is not possible as the notice stands."
