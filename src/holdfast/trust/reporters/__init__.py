"""Reporters: how often what somebody reported was found right, who reports together, and whose reports raise nothing."""

from .brigades import Filing, Together, dependence, together
from .campaigns import CAMPAIGN, Campaign, FreshNotice, is_campaign, keep_campaign, note_fresh
from .jobs import count_decided, count_report, count_reversed
from .model import NEUTRAL, Handled, Record, ReporterRecord, abuses, outcome_of
from .mute import is_muted, mute_reporter, unmute_reporter
from .queries import filings_of_cases, muted_reporters, record_of, records_of

__all__ = [
    "CAMPAIGN", "NEUTRAL", "Campaign", "Filing", "FreshNotice", "Handled", "Record", "ReporterRecord", "Together", "abuses",
    "count_decided", "count_report", "count_reversed", "dependence", "filings_of_cases", "is_campaign", "is_muted",
    "keep_campaign", "mute_reporter", "muted_reporters", "note_fresh", "outcome_of", "record_of", "records_of", "together",
    "unmute_reporter",
]  # fmt: skip
