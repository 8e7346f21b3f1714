"""The mirror: what keeps the site at stores of other owners (ADR 0035).

setup      which stores, whose keys, how many must hold something; a sealed file of the data folder
probe      what a store does when it is tried
model      what that means
custody    the identity that opens the mirrors, in shares; the authority that opens epochs
"""

from .custody import (
    AuthorityWrong,
    NewIdentity,
    authority_key,
    join_identity,
    make_identity,
    open_authority,
    seal_authority,
    signer_key,
)
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
from .setup import (
    FOLDER,
    MirrorSetup,
    MirrorSetupUnreadable,
    Policy,
    SignedEpoch,
    StoreSetup,
    open_stores,
    read_setup,
    setup_facts,
    setup_from_facts,
    write_setup,
)

__all__ = [
    "FOLDER", "MAX_CLOCK_SKEW", "AfterDelete", "AuthorityWrong", "Code", "Finding", "MirrorSetup", "MirrorSetupUnreadable",
    "NewIdentity", "Outcome", "Policy", "Severity", "SignedEpoch", "StoreFacts", "StoreJudgement", "StoreSetup",
    "authority_key", "join_identity", "judge_store", "make_identity", "open_authority", "open_stores", "probe_store",
    "read_setup", "seal_authority", "setup_facts", "setup_from_facts", "signer_key", "write_setup",
]  # fmt: skip
