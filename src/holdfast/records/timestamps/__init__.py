"""RFC 3161 time stamps on checkpoints of the ledger: somebody else's clock says that they were there.

A checkpoint covers every record below its size, so one stamp dates them all: each was recorded no later than that.
"""

from .errors import StampNotTrusted, StampRefused, TimeStampError
from .model import STAMP_CHECKPOINT, Reason, StampOrder, TimeStamp
from .queries import covering_stamp, newest_stamp, newest_stamps, stamp_by_id, stamps_between
from .record import record_stamp
from .stamp import order_hourly, stamp_now
from .tokens import (
    QUERY_TYPE,
    REPLY_MAX_BYTES,
    REPLY_TYPE,
    Reply,
    Request,
    check_reply,
    make_request,
    read_certificates,
    verify_stamp,
)

__all__ = [
    "QUERY_TYPE",
    "REPLY_MAX_BYTES",
    "REPLY_TYPE",
    "STAMP_CHECKPOINT",
    "Reason",
    "Reply",
    "Request",
    "StampNotTrusted",
    "StampOrder",
    "StampRefused",
    "TimeStamp",
    "TimeStampError",
    "check_reply",
    "covering_stamp",
    "make_request",
    "newest_stamp",
    "newest_stamps",
    "order_hourly",
    "read_certificates",
    "record_stamp",
    "stamp_by_id",
    "stamp_now",
    "stamps_between",
    "verify_stamp",
]
