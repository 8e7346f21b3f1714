"""Policies: versioned documents that say what is not allowed, and that every decision names as `id@version`."""

from .differences import difference
from .errors import PolicyNotAllowed, PolicyNotThere
from .model import (
    Basis,
    Category,
    Lane,
    Policy,
    PolicyDocument,
    PolicyText,
    covers,
    in_language,
    read_reference,
    reference_of,
)
from .publish import publish_policy, publish_shipped
from .queries import current_policies, current_policy, policy_about, policy_version, policy_versions
from .shipped import read_documents, shipped_policies

__all__ = [
    "Basis", "Category", "Lane", "Policy", "PolicyDocument", "PolicyNotAllowed", "PolicyNotThere", "PolicyText", "covers",
    "current_policies", "current_policy", "difference", "in_language", "policy_about", "policy_version",
    "policy_versions", "publish_policy", "publish_shipped", "read_documents", "read_reference", "reference_of",
    "shipped_policies",
]  # fmt: skip
