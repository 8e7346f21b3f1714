"""Notices as they leave the server: facts with their places in the log, tables, pages, files for bundles, scorecards."""

from .documents import forms, notice_files
from .facts import notice_facts, shown_sender
from .figures import disclosure_file, figure_files, referral_files
from .model import FROM_A_MEMBER, PRIVATE, ExportFile, Form, Wanted, key_of
from .places import covering_of, places_of
from .scorecards import SenderRow, scorecard, senders
from .select import cited_by, private_records, records_of_notices, wanted_notices

__all__ = [
    "FROM_A_MEMBER", "PRIVATE", "ExportFile", "Form", "SenderRow", "Wanted", "cited_by", "covering_of", "disclosure_file", "figure_files", "forms", "key_of",
    "notice_facts", "notice_files", "places_of", "private_records", "records_of_notices", "referral_files", "scorecard", "senders",
    "shown_sender", "wanted_notices",
]  # fmt: skip
