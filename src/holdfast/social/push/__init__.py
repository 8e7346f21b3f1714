"""Web Push: which apps of a member want to be told of what, and messages that only the device can read."""

from .change_alerts import change_alerts
from .errors import NoSubscription, PushNotAllowed
from .jobs import SEND_PUSH, PushErrand, queue_pushes
from .model import (
    Alerts,
    Delivery,
    NewSubscription,
    Outcome,
    PushPolicy,
    Subscription,
    outcome_of,
    read_device_keys,
    read_retry_after,
    retry_seconds,
)
from .queries import delivery, subscription_of
from .record import record_delivery
from .subscribe import PushLimits, subscribe
from .unsubscribe import unsubscribe

__all__ = [
    "SEND_PUSH", "Alerts", "Delivery", "NewSubscription",
    "NoSubscription", "Outcome", "PushErrand", "PushLimits", "PushNotAllowed", "PushPolicy", "Subscription",
    "change_alerts", "delivery", "outcome_of", "queue_pushes", "read_device_keys", "read_retry_after",
    "record_delivery", "retry_seconds", "subscribe", "subscription_of", "unsubscribe",
]  # fmt: skip
