"""What somebody who watches a transparency log can find, and what is remembered from one look to the next. No I/O."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from .errors import Invalid
from .evidence import (
    Checkpoint,
    EvidenceInvalid,
    ProofRejected,
    ReadNode,
    consistency_proof,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    tree_root,
    verify_consistency,
)

FORMAT = "holdfast-ledger-watch/1"


class Finding(IntEnum):
    """What a look came to, the worst last within its hundred. The value is the exit status of the command."""

    FINE = 0
    UNWITNESSED = 10  # all is right, but too few witnesses have cosigned it lately
    BAD_SIGNATURE = 30  # signed by nobody known, or the tiles are not what was signed
    SPLIT_VIEW = 40  # two histories, both signed
    ROLLBACK = 41  # less than was there before
    STALLED = 42  # nothing new for too long
    UNREACHABLE = 43


ALARMS = frozenset({Finding.BAD_SIGNATURE, Finding.SPLIT_VIEW, Finding.ROLLBACK})
"""After these there is nothing to wait for: people must look."""


class WatchStateInvalid(Invalid):
    """The file of what was remembered is not one."""


@dataclass(frozen=True)
class Remembered:
    """What the watcher knows of a log. note: the newest checkpoint that was found right. Times in seconds since 1970.

    grown_at: when it was first seen at this size.
    """

    url: str
    vkeys: tuple[str, ...]
    note: bytes
    grown_at: int
    looked_at: int

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says."""
        return parse_checkpoint(parse_note(self.note).text)

    def encode(self) -> bytes:
        """The file."""
        value = {
            "format": FORMAT,
            "url": self.url,
            "vkeys": list(self.vkeys),
            "checkpoint": self.note.decode(),
            "grown_at": self.grown_at,
            "looked_at": self.looked_at,
        }
        return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def read_remembered(data: bytes) -> Remembered:
    """Read the file, and check that what it remembers was signed. Raises WatchStateInvalid."""
    try:
        value: Any = json.loads(data)
        if value["format"] != FORMAT:
            raise ValueError(value["format"])
        found = Remembered(
            str(value["url"]), tuple(str(one) for one in value["vkeys"]), str(value["checkpoint"]).encode(),
            int(value["grown_at"]), int(value["looked_at"]),
        )  # fmt: skip
        open_checkpoint(found.note, [parse_vkey(one) for one in found.vkeys])
    except (ValueError, KeyError, TypeError, EvidenceInvalid) as error:
        raise WatchStateInvalid(f"this is no state of a watcher: {error}") from None
    return found


def fits_tiles(checkpoint: Checkpoint, read_node: ReadNode) -> bool:
    """Whether the tiles lead to the root that was signed."""
    return tree_root(read_node, checkpoint.size) == checkpoint.root


def is_prefix(old: Checkpoint, new: Checkpoint, read_node: ReadNode) -> bool:
    """Whether the history of `new`, of whose tree `read_node` reads, begins with that of `old`."""
    if old.size > new.size:
        return False
    if old.size == 0:
        return True
    try:
        verify_consistency(
            old.size, new.size, consistency_proof(read_node, old.size, new.size),
            old_root=old.root, new_root=new.root,
        )  # fmt: skip
    except ProofRejected:
        return False
    return True


def has_stalled(remembered: Remembered, *, now: int, stall_seconds: int) -> bool:
    """Whether the log has been the same for too long."""
    return now - remembered.grown_at > stall_seconds
