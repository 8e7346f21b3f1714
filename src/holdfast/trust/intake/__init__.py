"""Intake: what screening flags and people report becomes signals of cases, and what became of those goes back."""

from .copies import link_copies, link_edited
from .flags import take_flagged
from .reports import settle_reports, settle_share, take_report

__all__ = ["link_copies", "link_edited", "settle_reports", "settle_share", "take_flagged", "take_report"]
