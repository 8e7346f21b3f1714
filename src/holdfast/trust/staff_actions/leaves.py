"""What of an event goes into its leaf of the evidence ledger: codes in public, all else as a commitment. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ...records import ledger
from .model import ActorKind, LogActor, Subject, Versions, Why
from .projection import Change

_CODE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+:-]{0,63}")
_HASH_LIKE: Final = re.compile(r"[0-9a-fA-F]{32}")
_AUTOMATIC: Final = frozenset({ActorKind.RULES, ActorKind.MODEL, ActorKind.CLOCK})
_SUBJECTS_NAMED: Final = 1000


class Happened(msgspec.Struct, frozen=True):
    """An event before it has an id."""

    actor: LogActor
    verb: str
    subjects: tuple[Subject, ...]
    why: Why
    versions: Versions
    change: Change
    details: Mapping[str, Any]


def code_of(text: str | None) -> str | None:
    """The text, if it is a code that a leaf may show; None for anything else."""
    if text and _CODE.fullmatch(text) and not _HASH_LIKE.search(text):
        return text
    return None


def public_of(**given: str | None) -> dict[str, str]:
    """Those of the fields that are codes."""
    return {name: code for name, text in given.items() if (code := code_of(text)) is not None}


def entry_of(event: Happened) -> ledger.Entry:
    """The leaf of an event. What it was about, why, and its details are committed to, not shown."""
    lane = event.change.lane
    public = public_of(
        action=event.verb, automation="full" if event.actor.kind in _AUTOMATIC else "none",
        role=event.actor.role or event.actor.kind.value, policy=event.versions.policy, rule=event.versions.rule,
        model=event.versions.model, lane=lane if isinstance(lane, str) else None,
    )  # fmt: skip
    accounts = {one.account_id for one in event.subjects}
    owner = accounts.pop() if len(accounts) == 1 else None
    body = {
        "subjects": [[one.kind.value, one.key] for one in event.subjects[:_SUBJECTS_NAMED]],
        "actor": event.actor.name, "reason": event.why.reason, "policy": event.why.policy,
        "details": dict(event.details),
    }  # fmt: skip
    return ledger.Entry(
        kind=ledger.Kind.ACTION_TAKEN,
        subject=None if owner is None else ledger.Subject.account(owner),
        public=public,
        private={"event": msgspec.json.encode(body, order="deterministic").decode()},
    )
