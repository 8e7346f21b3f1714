"""What a bundle is asked for, and what it is made of."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from ...platform.clock import Instant
from ...pure.permissions import Permission
from ...records.ledger import Kind
from .errors import ExportNotAllowed

EXPORTING: Final = Permission.DELETE_USER_DATA
"""Who may let data of people leave the server: the same as who may remove it."""
MAX_WORDS: Final = 500
JSON: Final = "application/json"


class Root(StrEnum):
    """What a query begins with."""

    REPORT = "report"
    CASE = "case"
    DECISION = "decision"
    ACCOUNT = "account"
    NOTICE = "notice"  # a notice from outside
    SENDER = "sender"  # all notices of one sender
    PERIOD = "period"  # all notices of a time, and how the desk did
    KINDS = "kinds"  # records of these kinds, whatever they are about


NOTICE_ROOTS: Final = frozenset({Root.NOTICE, Root.SENDER, Root.PERIOD})


class ExportQuery(msgspec.Struct, frozen=True):
    """What the bundle is about. `since`, `before`: of an account or of kinds, only what was recorded in between; of a
    sender or a period, notices that came in between. sender: the key of one.

    checkpoint_size: the state of the ledger that it is proved against; None: the newest that witnesses cosigned.
    """

    root: Root
    id: int = 0
    since: Instant | None = None
    before: Instant | None = None
    kinds: tuple[str, ...] = ()
    checkpoint_size: int | None = None
    sender: str = ""


class ExportTerms(msgspec.Struct, frozen=True):
    """For whom it is, and why. `redacted`: names of commitments that stay closed, each `field` or `kind:field`.

    encrypt_to: an age recipient (age1...); empty: not encrypted.
    """

    recipient: str
    purpose: str
    authority: str = ""
    redacted: tuple[str, ...] = ()
    encrypt_to: str = ""


class Document(msgspec.Struct, frozen=True):
    """A file of the bundle, below data/. `records`: ids of the records of the ledger that it belongs to.

    blob: the content lies in the blob store under this SHA-256 instead of in `content`. shows: the commitment that it shows
    the content of; it is left out where that stays closed.
    """

    path: str
    title: str
    media_type: str
    content: bytes
    kind: str
    at: Instant | None = None
    records: tuple[str, ...] = ()
    blob: bytes | None = None
    size_bytes: int = 0
    shows: str = ""

    @property
    def length(self) -> int:
        """How many bytes the file has."""
        return self.size_bytes if self.blob else len(self.content)


class Scope(msgspec.Struct, frozen=True):
    """What was found to belong to a query: ids by kind of thing."""

    query: ExportQuery
    reports: tuple[int, ...] = ()
    cases: tuple[int, ...] = ()
    decisions: tuple[int, ...] = ()
    posts: tuple[int, ...] = ()
    account_id: int | None = None
    notices: tuple[int, ...] = ()


class Disclosure(msgspec.Struct, frozen=True):
    """That something left the server: for whom, of what, and the SHA-256 of the manifest of a bundle and of the file as it was
    handed out. form: bundle, or the name of another form."""

    id: int
    recipient: str
    purpose: str
    authority: str
    query: ExportQuery
    manifest_sha256: bytes
    file_sha256: bytes
    items: int
    redactions: int
    encrypted_to: str
    made_by: int | None
    record_id: str
    made_at: Instant
    form: str = "bundle"


def encoded(value: Any) -> bytes:
    """JSON that a person can read, the same bytes for the same value."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def is_closed(document: Document, terms: ExportTerms) -> bool:
    """Whether a file shows what is to stay closed."""
    named = {one.rpartition(":")[2] for one in terms.redacted}
    return bool(document.shows) and document.shows in named


_TIMED: Final = frozenset({Root.ACCOUNT, Root.SENDER, Root.PERIOD, Root.KINDS})


def check(query: ExportQuery, terms: ExportTerms) -> None:
    """Raises ExportNotAllowed."""
    if query.root is Root.KINDS:
        known = {kind.value for kind in Kind}
        unknown = [kind for kind in query.kinds if kind not in known]
        if unknown or not query.kinds:
            raise ExportNotAllowed("kinds", f"must be of {', '.join(sorted(known))}")
    elif query.kinds:
        raise ExportNotAllowed("kinds", "go with no other query")
    if (query.since or query.before) and query.root not in _TIMED:
        raise ExportNotAllowed("since", "goes with an account, a sender, a period, or with kinds")
    if (query.root is Root.SENDER) != bool(query.sender):
        raise ExportNotAllowed("sender", "names whose notices they are, and goes with nothing else")
    if query.since and query.before and query.since >= query.before:
        raise ExportNotAllowed("since", "must be earlier than the end of the stretch of time")
    for name in ("recipient", "purpose", "authority"):
        words = getattr(terms, name)
        if len(words) > MAX_WORDS or (name != "authority" and not words.strip()):
            raise ExportNotAllowed(name, f"must say something, in at most {MAX_WORDS} characters")
        if not words.isprintable():
            raise ExportNotAllowed(name, "must be one line")
