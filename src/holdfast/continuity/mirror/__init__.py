"""The mirror: what keeps the site at stores of other owners. Here so far: trying a store, and the custody of its keys (ADR 0035).

probe      what a store does when it is tried
model      what that means
custody    the identity that opens the mirrors, in shares
"""

from .custody import NewIdentity, join_identity, make_identity
from .model import (
    MAX_CLOCK_SKEW,
    AfterDelete,
    Code,
    Finding,
    Outcome,
    Severity,
    StoreFacts,
    StoreJudgement,
    judge_store,
)
from .probe import probe_store

__all__ = [
    "MAX_CLOCK_SKEW", "AfterDelete", "Code", "Finding", "NewIdentity", "Outcome", "Severity", "StoreFacts",
    "StoreJudgement", "join_identity", "judge_store", "make_identity", "probe_store",
]  # fmt: skip
