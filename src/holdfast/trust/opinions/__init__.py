"""Second opinions on queued posts: who may be asked about what, within which budget, and the record of it all."""

from .begin import begin_request
from .errors import AlreadyAnswered, AskedTooOften, BudgetSpent, MayNotBeSent, NotInQueue
from .model import OpinionRequest, OpinionView, Terms
from .queries import latest_opinions, opinions, spent_on
from .record import record_reading

__all__ = [
    "AlreadyAnswered", "AskedTooOften", "BudgetSpent", "MayNotBeSent", "NotInQueue", "OpinionRequest", "OpinionView",
    "Terms", "begin_request", "latest_opinions", "opinions", "record_reading", "spent_on",
]  # fmt: skip
