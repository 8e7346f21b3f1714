"""The mirror: what keeps the site at stores of other owners (ADR 0035).

begin      the keys and the first epoch of a new mirror
join       a store joins; rotate: other people hold the identity
spread     one small object to all stores
standing   whether another server holds the site by now
verify     random reads
setup      which stores, whose keys, how many must hold something; a sealed file of the data folder
probe      what a store does when it is tried
model      what that means
custody    the identity that opens the mirrors, in shares; the authority that opens epochs
"""

from .begin import Begun, LogPlace, StoreHoldsAnother, add_epoch, begin_mirror, bring_epochs, sign_epoch
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
from .join import Joined, StoreKnown, StoreNotFit, join_store, try_store
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
from .rotate import Rotated, rotate_identity
from .setup import (
    FOLDER,
    MirrorSetup,
    MirrorSetupUnreadable,
    Policy,
    SignedEpoch,
    StoreSetup,
    is_configured,
    open_stores,
    read_setup,
    setup_facts,
    setup_from_facts,
    write_setup,
)
from .spread import TooFewHold, spread
from .standing import standing_at
from .verify import Verified, Wrong, kind_of, known_epochs, signers_of, verify_store

__all__ = [
    "AfterDelete", "AuthorityWrong", "Begun", "Code", "FOLDER", "Finding", "Joined", "LogPlace", "MAX_CLOCK_SKEW",
    "MirrorSetup", "MirrorSetupUnreadable", "NewIdentity", "Outcome", "Policy", "Rotated", "Severity", "SignedEpoch",
    "StoreFacts", "StoreHoldsAnother", "StoreJudgement", "StoreKnown", "StoreNotFit", "StoreSetup", "TooFewHold",
    "Verified", "Wrong", "add_epoch", "authority_key", "begin_mirror", "bring_epochs", "is_configured", "join_identity", "join_store",
    "judge_store", "kind_of", "known_epochs", "make_identity", "open_authority", "open_stores", "probe_store",
    "read_setup", "rotate_identity", "seal_authority", "setup_facts", "setup_from_facts", "sign_epoch", "signer_key", "signers_of",
    "spread", "standing_at", "try_store", "verify_store", "write_setup",
]  # fmt: skip
