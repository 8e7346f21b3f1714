"""What a bundle is asked for, and what it is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.permissions import Permission
from ...records.ledger import Kind
from .errors import ExportNotAllowed

EXPORTING: Final = Permission.DELETE_USER_DATA
"""Who may let data of people leave the server: the same as who may remove it."""
MAX_WORDS: Final = 500


class Root(StrEnum):
    """What a query begins with."""

    REPORT = "report"
    CASE = "case"
    DECISION = "decision"
    ACCOUNT = "account"
    KINDS = "kinds"  # records of these kinds, whatever they are about


class ExportQuery(msgspec.Struct, frozen=True):
    """What the bundle is about. `since`, `before`: of an account or of kinds, only what was recorded in between.

    checkpoint_size: the state of the ledger that it is proved against; None: the newest that witnesses cosigned.
    """

    root: Root
    id: int = 0
    since: Instant | None = None
    before: Instant | None = None
    kinds: tuple[str, ...] = ()
    checkpoint_size: int | None = None


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

    blob: the content lies in the blob store under this SHA-256 instead of in `content`.
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


class Disclosure(msgspec.Struct, frozen=True):
    """That a bundle was made: for whom, of what, and the SHA-256 of its manifest and of the file as it was handed out."""

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


def check(query: ExportQuery, terms: ExportTerms) -> None:
    """Raises ExportNotAllowed."""
    if query.root is Root.KINDS:
        known = {kind.value for kind in Kind}
        unknown = [kind for kind in query.kinds if kind not in known]
        if unknown or not query.kinds:
            raise ExportNotAllowed("kinds", f"must be of {', '.join(sorted(known))}")
    elif query.kinds:
        raise ExportNotAllowed("kinds", "go with no other query")
    if (query.since or query.before) and query.root not in (Root.ACCOUNT, Root.KINDS):
        raise ExportNotAllowed("since", "goes with an account or with kinds")
    if query.since and query.before and query.since >= query.before:
        raise ExportNotAllowed("since", "must be earlier than the end of the stretch of time")
    for name in ("recipient", "purpose", "authority"):
        words = getattr(terms, name)
        if len(words) > MAX_WORDS or (name != "authority" and not words.strip()):
            raise ExportNotAllowed(name, f"must say something, in at most {MAX_WORDS} characters")
        if not words.isprintable():
            raise ExportNotAllowed(name, "must be one line")
