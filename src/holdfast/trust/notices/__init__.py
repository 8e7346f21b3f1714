"""The notice desk: warnings from outside, each with its items, clocks, answers, and the record that it came."""

from ...pure.notices import ItemOutcome, NoticeOutcome, NoticeState, Step
from ..notice_clocks import ClockBreached, ClockView, ClockWarned
from ..notice_items import Addresses, CitedItem, Found, NoticeItem
from .add_message import add_message, note_delivery
from .errors import NoticeChanged, NoticeNotAllowed, NoticeNotForYou, NoticeNotThere
from .events import (
    NoticeAnswered,
    NoticeChangedState,
    NoticeClosed,
    NoticeDecided,
    NoticeItemSettled,
    NoticeMessageAdded,
    NoticeReceived,
)
from .model import (
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
)
from .reader import NoticeReader
from .receive import FLOOD_FROM, receive, status_token
from .settle import settle_item, settle_whole, unsettle_item
from .take_step import take_step

__all__ = [
    "Addresses", "Attachment", "Capacity", "Channel", "CitedItem", "ClockBreached", "ClockView", "ClockWarned",
    "Direction", "FLOOD_FROM", "Found", "ItemOutcome", "Message", "MessageKind", "NewNotice", "Notice", "NoticeAnswered", "NoticeChanged",
    "NoticeChangedState", "NoticeClosed", "NoticeDecided", "NoticeFilter", "NoticeItem", "NoticeItemSettled",
    "NoticeMessageAdded", "NoticeNotAllowed", "NoticeNotForYou", "NoticeNotThere", "NoticeOutcome", "NoticeReader",
    "NoticeReceived", "NoticeState", "Received", "Sender", "Step", "TimelineEntry", "Verification", "Verified",
    "add_message", "note_delivery", "receive", "settle_item", "settle_whole", "status_token", "take_step", "unsettle_item",
]  # fmt: skip
