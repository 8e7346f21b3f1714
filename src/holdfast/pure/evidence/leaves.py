"""Leaves, version 1: what the log says of one record, as canonical JSON of at most 65,535 bytes.

    {"c":{name:{"alg":"hmac-sha256","d":base64url,"n":bytes}},   commitments to bodies kept elsewhere
     "id":ULID, "k":kind, "p":{public fields},
     "r":[{"id":ULID,"rel":"about"|"answers"|"reverses"|"supersedes"}],
     "s":pseudonym or null, "t":"2026-01-31T12:00:00.000Z", "v":1}

All eight members always stand there. A leaf of the kind `sealed` has no subject, no public fields, no relations, and
one commitment of the name `sealed`: it says that something was recorded, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from holdfast.pure.canonical_json import CanonicalJsonInvalid, encode_canonical, parse_canonical

from .commitments import Commitment, Opening, check_commitment_name, decode_base64url, verify_opening
from .errors import CommitmentRejected, MalformedLeaf, MalformedOpening
from .tiles import MAX_ENTRY_BYTES

VERSION = 1
MAX_LEAF_BYTES = MAX_ENTRY_BYTES
SEALED = "sealed"
# Public fields are codes and numbers; nothing longer has a reason to stand in a leaf.
MAX_PUBLIC_TEXT_CHARACTERS = 512

_KIND = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_MEMBERS = {"v", "t", "k", "id", "s", "p", "c", "r"}
_MAX_KIND_CHARACTERS = 64


class Relation(StrEnum):
    """How a record relates to an older one."""

    ABOUT = "about"
    REVERSES = "reverses"
    ANSWERS = "answers"
    SUPERSEDES = "supersedes"


@dataclass(frozen=True, slots=True)
class Related:
    """One relation to the record of that id."""

    relation: Relation
    record_id: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One record as the log shows it. `at` is UTC with milliseconds; `subject` a pseudonym or None."""

    at: datetime
    kind: str
    record_id: str
    subject: str | None = None
    public: Mapping[str, Any] = field(default_factory=dict)
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    related: tuple[Related, ...] = ()

    def __post_init__(self) -> None:
        """Raises MalformedLeaf."""
        _check_names(self)
        _check_public(self.public)
        if self.kind == SEALED and (
            self.subject or self.public or self.related or set(self.commitments) != {SEALED}
        ):
            raise MalformedLeaf("A sealed leaf says nothing but its one commitment.")

    def encode(self) -> bytes:
        """The leaf's bytes. Raises MalformedLeaf where they are too many, or a public field cannot be written."""
        value = {
            "v": VERSION,
            "t": format_leaf_time(self.at),
            "k": self.kind,
            "id": self.record_id,
            "s": self.subject,
            "p": self.public,
            "c": {name: one.to_json() for name, one in self.commitments.items()},
            "r": [{"rel": one.relation.value, "id": one.record_id} for one in self.related],
        }
        try:
            data = encode_canonical(value)
        except CanonicalJsonInvalid as error:
            raise MalformedLeaf(error.public) from None
        if len(data) > MAX_LEAF_BYTES:
            raise MalformedLeaf(f"A leaf has at most {MAX_LEAF_BYTES} bytes.")
        return data


def parse_leaf(data: bytes) -> Leaf:
    """Read a leaf strictly: canonical bytes, this version, no further members. Raises MalformedLeaf."""
    if len(data) > MAX_LEAF_BYTES:
        raise MalformedLeaf(f"A leaf has at most {MAX_LEAF_BYTES} bytes.")
    try:
        value = parse_canonical(data)
    except CanonicalJsonInvalid as error:
        raise MalformedLeaf(error.public) from None
    if not isinstance(value, dict):
        raise MalformedLeaf("A leaf is a JSON object.")
    if type(value.get("v")) is not int or value["v"] != VERSION:
        raise MalformedLeaf("This leaf is of a version that is not known here.")
    if set(value) != _MEMBERS:
        raise MalformedLeaf("A leaf has the members v, t, k, id, s, p, c and r.")
    return Leaf(
        at=_parse_time(value["t"]),
        kind=_text(value["k"]),
        record_id=_text(value["id"]),
        subject=None if value["s"] is None else _text(value["s"]),
        public=_mapping(value["p"]),
        commitments={name: _commitment(one) for name, one in _mapping(value["c"]).items()},
        related=_related(value["r"]),
    )


def open_commitment(leaf: Leaf, opening: Opening) -> bytes:
    """The body that the leaf committed to. Raises CommitmentRejected if the opening is another leaf's or wrong."""
    commitment = leaf.commitments.get(opening.name)
    if opening.record_id != leaf.record_id or commitment is None:
        raise CommitmentRejected("The opening belongs to another record.")
    verify_opening(commitment, opening.name, opening.body, opening.salt)
    return opening.body


def format_leaf_time(at: datetime) -> str:
    """`2026-01-31T12:00:00.000Z`. Raises MalformedLeaf for a time that is not UTC."""
    if at.tzinfo is None or at.utcoffset() != timedelta(0):
        raise MalformedLeaf("The time of a leaf is UTC.")
    return f"{at.year:04d}-{at:%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def check_record_id(record_id: str) -> None:
    """Raises MalformedLeaf unless it is a ULID."""
    if not _ULID.fullmatch(record_id):
        raise MalformedLeaf("The id of a record is a ULID.")


def _check_names(leaf: Leaf) -> None:
    format_leaf_time(leaf.at)
    if not _KIND.fullmatch(leaf.kind) or len(leaf.kind) > _MAX_KIND_CHARACTERS:
        raise MalformedLeaf("The kind of a leaf is lower-case words with dots between.")
    for record_id in (leaf.record_id, *(one.record_id for one in leaf.related)):
        check_record_id(record_id)
    if leaf.subject is not None and len(decode_base64url(leaf.subject) or b"") != 32:
        raise MalformedLeaf("The subject of a leaf is a pseudonym of 32 bytes.")
    try:
        for name in leaf.commitments:
            check_commitment_name(name)
    except MalformedOpening as error:
        raise MalformedLeaf(error.public) from None


def _check_public(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_public(key)
            _check_public(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_public(item)
    elif isinstance(value, str):
        if len(value) > MAX_PUBLIC_TEXT_CHARACTERS:
            raise MalformedLeaf(f"A public field has at most {MAX_PUBLIC_TEXT_CHARACTERS} characters.")
    elif isinstance(value, float) or not (value is None or isinstance(value, int)):
        raise MalformedLeaf(
            "The public fields of a leaf are text, whole numbers, truth values, lists and objects."
        )


def _parse_time(value: Any) -> datetime:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise MalformedLeaf("The time of a leaf is written 2026-01-31T12:00:00.000Z.")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        raise MalformedLeaf("The time of a leaf is one that there is.") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedLeaf("Kind, id and subject of a leaf are text.")
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedLeaf("Public fields and commitments of a leaf are objects.")
    return value


def _commitment(value: Any) -> Commitment:
    try:
        return Commitment.from_json(value)
    except MalformedOpening as error:
        raise MalformedLeaf(error.public) from None


def _related(value: Any) -> tuple[Related, ...]:
    if not isinstance(value, list):
        raise MalformedLeaf("The relations of a leaf are a list.")
    made = []
    for one in value:
        if not isinstance(one, dict) or set(one) != {"rel", "id"} or one["rel"] not in tuple(Relation):
            raise MalformedLeaf("A relation says how, and to which record.")
        made.append(Related(Relation(one["rel"]), _text(one["id"])))
    return tuple(made)
