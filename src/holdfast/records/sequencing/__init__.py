"""The log of the evidence ledger: indices, tiles, checkpoints, and what keeps it from ever having two histories."""

from .census import (
    Census,
    Source,
    SourceCount,
    count,
    last_census_matches,
    take_census,
)
from .fence import FENCE_LOCK, Fence, fence
from .files import LedgerFiles
from .keys import (
    Generation,
    Rotation,
    current_keys,
    generations,
    rotate_key,
    rotation_text,
    signing_key,
    verifier_keys,
)
from .model import Answers, Finding, Known, Place, SequencerLimits, Standing, Step
from .ports import AllPeers, DurableHere, DurableUpTo, NoPeers, PeerAnswers, Peers, SeenCheckpoint
from .sequencer import Sequencer
from .sign import check_continues
from .start import origin_of
from .store import allow_resuming

__all__ = [
    "AllPeers", "Answers", "Census", "DurableHere", "DurableUpTo", "FENCE_LOCK", "Fence", "Finding", "Generation",
    "Known", "LedgerFiles", "NoPeers", "PeerAnswers", "Peers", "Place", "Rotation", "SeenCheckpoint", "Sequencer",
    "SequencerLimits", "Source", "SourceCount", "Standing", "Step", "allow_resuming", "check_continues", "count",
    "current_keys", "fence", "generations", "last_census_matches", "origin_of", "rotate_key", "rotation_text",
    "signing_key", "take_census", "verifier_keys",
]  # fmt: skip
