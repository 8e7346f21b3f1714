"""Work on notices: what decisions, appeals and reports mean for them, counter-notices, referrals, readiness."""

from .by_hand import (
    NewKind,
    assign,
    complete_notice,
    look_at,
    open_case_by_hand,
    reclassify,
    resolve_by_hand,
    verify_by_hand,
)
from .cases import open_notice_cases, raise_notice_cases, take_legal_report
from .clocks import extend, meet, pause, resume, watch_clocks
from .counters import (
    Counter,
    counters_of,
    file_counter,
    forward_counter,
    note_suit,
    put_back_due,
)
from .decided import (
    note_appeal,
    note_appeal_decided,
    note_held_statement,
    settle_closed_case,
    settle_notice_items,
    unsettle_reversed,
)
from .pages import PAGE_STAFF, Facts, Page, PageRow, Planned, Ways, note_page, pages_of, plan_pages
from .readiness import (
    CHECKS,
    DRILL_FRESH,
    ReadinessFacts,
    ReadinessItem,
    last_drill,
    mark_ready,
    open_readiness,
    open_readiness_of,
    readiness_of,
)
from .referrals import NewReferral, Referral, mark_referral_sent, refer, referrals_page
from .upkeep import release_notice_holds, unseal_notices

__all__ = [
    "PAGE_STAFF", "Facts", "Page", "PageRow", "Planned", "Ways", "note_page", "pages_of", "plan_pages",
    "CHECKS", "Counter", "DRILL_FRESH", "last_drill", "NewKind", "NewReferral", "ReadinessFacts", "ReadinessItem", "Referral", "assign", "complete_notice",
    "counters_of", "extend", "file_counter", "forward_counter", "look_at", "mark_ready", "mark_referral_sent", "meet",
    "note_appeal", "note_appeal_decided", "note_held_statement", "note_suit", "open_case_by_hand", "open_notice_cases", "open_readiness", "open_readiness_of",
    "pause", "put_back_due", "raise_notice_cases", "readiness_of", "reclassify", "refer", "referrals_page",
    "release_notice_holds", "resolve_by_hand", "resume", "settle_closed_case", "settle_notice_items", "take_legal_report",
    "unseal_notices", "unsettle_reversed", "verify_by_hand", "watch_clocks",
]  # fmt: skip
