"""The notice desk: warnings from outside, each with its items, clocks, answers, and the record that it came."""

from ...pure.notices import ItemOutcome, NoticeOutcome, NoticeState, Step
from ..notice_clocks import ClockBreached, ClockView, ClockWarned
from ..notice_items import Addresses, CitedItem, Found, NoticeItem
from .add_message import add_message, note_delivery
from .errors import NoticeChanged, NoticeNotAllowed, NoticeNotForYou, NoticeNotThere
from .events import (
    GagEnded,
    NoticeAnswered,
    NoticeChangedState,
    NoticeClosed,
    NoticeDecided,
    NoticeItemSettled,
    NoticeMessageAdded,
    NoticeReceived,
    NoticeVerified,
)
from .model import (
    AUTHORITIES,
    Attachment,
    Capacity,
    Channel,
    Direction,
    Message,
    MessageKind,
    NewNotice,
    Notice,
    NoticeFilter,
    Received,
    Sender,
    TimelineEntry,
    Verification,
    Verified,
    leaf_about,
    recording_of,
)
from .queries import get_notice, lock_notice, progress_of, sees_sealed
from .reader import NoticeReader
from .receive import FLOOD_FROM, hold_notice, receive, status_token
from .settle import settle_item, settle_items, settle_whole, unsettle_item
from .store import (
    add_event,
    mark_seen,
    recount,
    set_assignee,
    set_hold_released,
    set_kind,
    set_unsealed,
    set_verification,
)
from .take_step import complete, not_ones_own, take_step, to_review

__all__ = [
    "AUTHORITIES", "add_event", "complete", "get_notice", "hold_notice", "leaf_about", "lock_notice", "mark_seen", "not_ones_own", "progress_of", "recording_of",
    "recount", "sees_sealed", "set_assignee", "set_hold_released", "set_kind", "set_unsealed", "set_verification", "settle_items", "to_review",
    "Addresses", "Attachment", "Capacity", "Channel", "CitedItem", "ClockBreached", "ClockView", "ClockWarned",
    "Direction", "FLOOD_FROM", "Found", "GagEnded", "ItemOutcome", "Message", "MessageKind", "NewNotice", "Notice", "NoticeAnswered", "NoticeChanged",
    "NoticeChangedState", "NoticeClosed", "NoticeDecided", "NoticeFilter", "NoticeItem", "NoticeItemSettled",
    "NoticeMessageAdded", "NoticeNotAllowed", "NoticeNotForYou", "NoticeNotThere", "NoticeOutcome", "NoticeReader",
    "NoticeReceived", "NoticeVerified", "NoticeState", "Received", "Sender", "Step", "TimelineEntry", "Verification", "Verified",
    "add_message", "note_delivery", "receive", "settle_item", "settle_whole", "status_token", "take_step", "unsettle_item",
]  # fmt: skip
