"""What can be wrong with evidence.

EvidenceInvalid (Invalid)
├── Malformed                  the bytes are not in the format: nothing was verified
│   ├── MalformedTile          a hash tile, an entry bundle, or the path of one
│   ├── MalformedKey           a verifier key (vkey), a seed, a key name
│   ├── MalformedNote          a signed note
│   ├── MalformedCheckpoint    the text of a checkpoint
│   ├── MalformedProof         a .tlog-proof file
│   ├── MalformedPolicy        a tlog-policy file
│   ├── MalformedLeaf          a leaf; also one of an unknown version
│   └── MalformedOpening       an opening of a commitment, or its parts
└── Rejected                   well-formed, and does not verify
    ├── SignatureRejected      no signature of a known key, or one that is wrong
    ├── ProofRejected          an inclusion or consistency proof, a root, a leaf that is another one
    ├── CommitmentRejected     the opening is not what was committed to
    └── SplitView              two signed checkpoints that no one log can have
"""

from __future__ import annotations

from holdfast.pure.errors import Invalid


class EvidenceInvalid(Invalid):
    """Evidence that is not accepted."""

    public = "This evidence is not valid."


class Malformed(EvidenceInvalid):
    """Not in the format."""


class MalformedTile(Malformed):
    """A hash tile, an entry bundle, or the path of one."""


class MalformedKey(Malformed):
    """A key or its name."""


class MalformedNote(Malformed):
    """A signed note."""


class MalformedCheckpoint(Malformed):
    """The text of a checkpoint."""


class MalformedProof(Malformed):
    """A proof file."""


class MalformedPolicy(Malformed):
    """A trust policy."""


class MalformedLeaf(Malformed):
    """A leaf, or one of a version that is not known here."""


class MalformedOpening(Malformed):
    """An opening of a commitment."""


class Rejected(EvidenceInvalid):
    """Read, and found to be wrong."""


class SignatureRejected(Rejected):
    """No signature by a known key, or a wrong one."""


class ProofRejected(Rejected):
    """The hashes do not lead to the root."""


class CommitmentRejected(Rejected):
    """The opening does not fit."""


class SplitView(Rejected):
    """One log, two histories."""
