"""What can go wrong with bans.

NotFound
└── BanNotThere              no ban of that kind has this id
Invalid
├── BanNotAllowed            no domain, no network, no hash; too wide; there already
├── OwnNetwork               it would shut out the one who sets it
└── MaterialBarred           a post has a link or a file that no post may carry
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class BanNotThere(NotFound):
    """There is none with this id."""


class BanNotAllowed(Invalid):
    """What is to be kept out cannot be, or is already."""

    def __init__(self, field: str, code: str, sentence: str) -> None:
        super().__init__(f"Validation failed: {field} {sentence}", details={field: [(code, sentence)]})


class OwnNetwork(BanNotAllowed):
    """A block of the network that it is set from."""

    def __init__(self) -> None:
        super().__init__("ip", "ERR_OWN", "is your own network: you could not come back to undo it")


class MaterialBarred(Invalid):
    """A post has a link or a file that no post may carry; says which of the two."""
