"""Intake: what screening flags and people report becomes signals of cases, and what became of those goes back."""

from .by_hand import settle_by_hand
from .copies import link_copies, link_edited
from .flags import take_flagged
from .held import HeldNow, held_now, keep_promise
from .mute import SUBJECT_MUTE_DAYS_MOST, mute_subject, unmute_subject
from .reports import SETTLED, settle_reports, settle_share, take_report
from .verdicts import LastVerdict, last_verdicts

__all__ = [
    "SETTLED", "SUBJECT_MUTE_DAYS_MOST", "HeldNow", "LastVerdict", "held_now", "keep_promise", "last_verdicts", "link_copies", "link_edited",
    "mute_subject", "settle_by_hand", "settle_reports", "settle_share", "take_flagged", "take_report", "unmute_subject",
]  # fmt: skip
