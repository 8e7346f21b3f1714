"""Reports: what members say is wrong, for the staff to read. Who reported is never shown to anybody else."""

from .assign import assign_report
from .errors import PostOfAnother, ReportNotAllowed, ReportNotThere
from .events import LegalReportFiled, ReportChanged, ReportFiled
from .file import file_report
from .file_from_outside import file_report_from_outside
from .jobs import notify_reported
from .model import Category, Channel, NewReport, Report, ReportFilter, ReportLimits
from .queries import get_report, list_reports, lock_report, open_reports_about, reported_posts, reports_by_id
from .recategorise import recategorise_report
from .resolve import resolve_report

__all__ = [
    "Category", "Channel", "LegalReportFiled", "NewReport", "PostOfAnother", "Report", "ReportChanged", "ReportFiled",
    "ReportFilter", "ReportLimits", "ReportNotAllowed", "ReportNotThere", "assign_report",
    "file_report", "file_report_from_outside", "get_report", "list_reports", "notify_reported", "lock_report", "open_reports_about", "recategorise_report",
    "reported_posts", "reports_by_id", "resolve_report",
]  # fmt: skip
