"""Policies: whose notifications a member wants, whose are kept apart, and whose are not made at all."""

from .allow import allow_sender
from .model import DEFAULT_POLICY, NotificationPolicy, PolicyChange, Sender, Standing, Treatment, treatment
from .queries import policy_of
from .set_policy import set_policy

__all__ = [
    "DEFAULT_POLICY", "NotificationPolicy", "PolicyChange", "Sender", "Standing", "Treatment", "allow_sender",
    "policy_of", "set_policy", "treatment",
]  # fmt: skip
