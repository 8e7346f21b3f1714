"""What is recorded: entries as the rest of the house writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Self

from ...pure.evidence import Relation
from .kinds import Kind

NUMBER = "n"
"""The public field that the sequencer adds: the how manyeth record of its kind it is, from 1, over all origins."""

SEALED_BUCKET_BYTES = 4096
"""All sealed leaves say this length, unless what they hold is longer: then the next power of two."""


class SubjectKind(StrEnum):
    """Whom or what a body can be about: whose erasure takes it along."""

    SERVER = "server"  # nobody: what stays for ever
    ACCOUNT = "account"
    CASE = "case"
    NOTICE = "notice"
    REPORT = "report"


class Subject(NamedTuple):
    """Whom a record is about. Its key makes the pseudonym in the leaf, and seals the bodies."""

    kind: SubjectKind
    id: int

    @classmethod
    def account(cls, account_id: int) -> Self:
        """A member, or an account of elsewhere."""
        return cls(SubjectKind.ACCOUNT, account_id)

    @classmethod
    def case(cls, case_id: int) -> Self:
        """A case of the moderation desk."""
        return cls(SubjectKind.CASE, case_id)

    @classmethod
    def notice(cls, notice_id: int) -> Self:
        """A notice from outside, and with it whoever sent it."""
        return cls(SubjectKind.NOTICE, notice_id)

    @classmethod
    def report(cls, report_id: int) -> Self:
        """A report, and with it whoever filed it."""
        return cls(SubjectKind.REPORT, report_id)


NOBODY = Subject(SubjectKind.SERVER, 0)
"""Owns the bodies of entries without a subject."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A private value that belongs to somebody else than the entry's subject: erased with its owner, not with the subject."""

    value: Any
    owner: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record.

    public: what the leaf says; only fields that `kinds.py` allows this kind.
    private: bodies by name (text, bytes, or anything that is JSON; `Owned` where it is somebody else's); the leaf
    holds commitments to them, and each can be opened without the others.
    shown: names of bodies that their owner may have opened, such as the reasons that a member was told; no others.
    related: records that were there before.
    sealed: the leaf says nothing but that there was something, until `unseal`.
    """

    kind: Kind
    subject: Subject | None = None
    public: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()
    related: tuple[tuple[Relation, str], ...] = ()
    sealed: bool = False


class Form(StrEnum):
    """What the bytes of a body are."""

    TEXT = "text"
    BYTES = "bytes"
    JSON = "json"
    LEAF = "leaf"  # of a sealed record: the leaf that would have been published


class Body(NamedTuple):
    """A body as it is stored. `sealed`: salt and bytes under the owner's key. `shown`: the owner may have it opened."""

    name: str
    owner: int
    form: Form
    sealed: bytes
    shown: bool


class SubjectKey(NamedTuple):
    """A subject's row and its key, opened."""

    row: int
    key: bytes
