"""Facts about reports, in the past tense. None says who reported: that is read where it may be known."""

from __future__ import annotations

from ...platform.outbox import Event


class ReportFiled(Event, frozen=True):
    """Somebody reported an account, perhaps with posts of it."""

    report_id: int
    target_id: int
    post_ids: list[int]


class LegalReportFiled(Event, frozen=True):
    """Somebody says that something is against the law: the notice desk's business, besides ReportFiled."""

    report_id: int


class ReportChanged(Event, frozen=True):
    """A report was assigned, resolved, opened again, or put into another category."""

    report_id: int
