"""Use case: a bundle is made, recorded, and only then handed out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from ... import __version__
from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import PublicIds, new_id
from ...records import ledger
from ..notice_exports import Form, forms, notice_facts
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action
from .assemble import around, name_of
from .disclosures import insert_disclosure
from .documents import documents_about
from .errors import BundleTooLarge, ExportNotAllowed, NothingToExport
from .ledgers import LedgerPart, ledger_part
from .model import (
    EXPORTING,
    NOTICE_ROOTS,
    Disclosure,
    Document,
    ExportQuery,
    ExportTerms,
    Root,
    check,
    is_closed,
)
from .scope import closed_records, records_about, resolve, titled
from .snapshots import snapshots_about
from .writing import (
    Content,
    ExportPorts,
    check_recipient,
    clear_left_over,
    encrypt,
    file_digest,
    write_bag,
)


@dataclass(frozen=True, slots=True)
class MadeBundle:
    """A bundle that lies in a file and is not recorded yet. `not_covered`: records that no checkpoint covers so far."""

    query: ExportQuery
    terms: ExportTerms
    name: str
    path: Path
    manifest_sha256: bytes
    records: int
    documents: int
    closed: int
    not_covered: int


async def make_bundle(
    reader: ledger.KeyedReader,
    staff: Staff,
    query: ExportQuery,
    terms: ExportTerms,
    *,
    ports: ExportPorts,
    now: Instant,
) -> MadeBundle:
    """Build it in the folder of the ports. Nothing may leave the server before `record_export` has committed.

    Raises RoleLacks, ExportNotAllowed, NothingToExport, NothingSigned, BundleTooLarge.
    """
    staff.require(EXPORTING)
    check(query, terms)
    check_recipient(terms.encrypt_to)
    clear_left_over(ports.folder, now)
    scope = await resolve(reader, query)
    found = [
        *await documents_about(reader, ports.ids, scope),
        *await snapshots_about(reader, ports.ids, scope),
    ]
    documents = [one for one in found if not is_closed(one, terms)]
    about = await records_about(reader, scope, most=ports.records_max + 1)
    record_ids = list(dict.fromkeys([*about, *(one for document in documents for one in document.records)]))
    _check_size(record_ids, documents, ports)
    if not record_ids and not documents:
        raise NothingToExport
    part = await ledger_part(
        reader, query, record_ids, redacted=terms.redacted, trusting=ports.trusting,
        closed=await closed_records(reader, scope),
    )  # fmt: skip
    name = name_of(query, terms, part)
    path = ports.folder / f"{name}-{new_id(now)}.zip"
    manifest = await _write(path, name, query, terms, part=part, documents=documents, ports=ports, now=now)
    if terms.encrypt_to:
        sealed = path.with_suffix(".zip.age")
        try:
            await encrypt(path, sealed, terms.encrypt_to)
        finally:
            path.unlink()
        path = sealed
    return MadeBundle(
        query, terms, name, path, bytes.fromhex(manifest), len(part.records), len(documents), len(part.unopened),
        len(part.not_covered),
    )  # fmt: skip


def _check_size(record_ids: list[str], documents: Sequence[Document], ports: ExportPorts) -> None:
    if len(record_ids) > ports.records_max:
        raise BundleTooLarge(
            f"That is more than {ports.records_max} records: ask for a shorter time, or raise evidence_records_max."
        )
    size = sum(one.length for one in documents)
    if size > ports.bytes_max:
        raise BundleTooLarge(
            f"That is {size >> 20} MB: ask for a shorter time, or raise evidence_bundle_max_mb."
        )


async def _write(
    path: Path, name: str, query: ExportQuery, terms: ExportTerms, *, part: LedgerPart, documents: Sequence[Document],
    ports: ExportPorts, now: Instant,
) -> str:  # fmt: skip
    shown_id = ports.ids.encode(query.id) if query.id else ""
    files: dict[str, Content] = {**part.files}
    files |= {f"data/{one.path}": one if one.blob else one.content for one in documents}
    files |= around(name, query, terms, part, documents, shown_id=shown_id)
    facts = [
        ("Source-Organization", part.origin.split("/", 1)[0]),
        ("Bagging-Date", f"{now:%Y-%m-%d}"),
        ("External-Identifier", name),
        ("External-Description", f"Evidence recorded by {part.origin}"),
        ("Bag-Software-Agent", f"holdfast {__version__}"),
    ]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _private(path) as out:
        return await write_bag(out, name, files, facts, ports.blobs)


def _private(path: Path) -> BinaryIO:
    """A new file that its owner alone can read."""
    path.touch(mode=0o600, exist_ok=False)
    return path.open("wb")


@dataclass(frozen=True, slots=True)
class MadeForm:
    """Notices as one file that is no bundle, which is not recorded yet."""

    query: ExportQuery
    terms: ExportTerms
    form: Form
    name: str
    content: bytes
    notices: int


async def make_form(
    reader: ledger.KeyedReader,
    staff: Staff,
    query: ExportQuery,
    terms: ExportTerms,
    form: Form,
    *,
    ids: PublicIds,
) -> MadeForm:
    """A table, a page or JSON of notices. Nothing may leave the server before `record_form` has committed.

    Raises RoleLacks, ExportNotAllowed, NothingToExport.
    """
    staff.require(EXPORTING)
    check(query, terms)
    if query.root not in NOTICE_ROOTS or terms.encrypt_to:
        raise ExportNotAllowed(
            "about", "must be a notice, a sender or a period, not encrypted; else make a bundle"
        )
    scope = await resolve(reader, query)
    if not scope.notices:
        raise NothingToExport
    site, about = await titled(reader, scope)
    named = query.root is Root.NOTICE
    facts = await notice_facts(reader, ids, scope.notices, named=named, checkpoint_size=query.checkpoint_size)
    made = await forms(
        reader,
        ids,
        scope.notices,
        facts,
        about=about,
        site=site,
        checkpoint_size=query.checkpoint_size,
        only=form,
    )
    name = facts[0].reference if len(facts) == 1 else f"notices-{len(facts)}"
    return MadeForm(query, terms, form, f"{name}-{form.value}", made[form], len(facts))


async def record_form(tx: Tx, staff: Staff, made: MadeForm, *, now: Instant) -> Disclosure:
    """Record that it was made and for whom. Raises RoleLacks."""
    digest = hashlib.sha256(made.content).digest()
    return await _record(
        tx, staff, made.query, made.terms, form=made.form.value, manifest=digest, file=digest, items=made.notices,
        closed=0, now=now,
    )  # fmt: skip


async def record_export(tx: Tx, staff: Staff, made: MadeBundle, *, now: Instant) -> Disclosure:
    """Record that the bundle was made and for whom: a leaf, a row of disclosures, a row of the moderation log.

    Raises RoleLacks.
    """
    return await _record(
        tx, staff, made.query, made.terms, form="bundle", manifest=made.manifest_sha256, file=await file_digest(made.path),
        items=made.records, closed=made.closed, now=now,
    )  # fmt: skip


async def _record(
    tx: Tx, staff: Staff, query: ExportQuery, terms: ExportTerms, *, form: str, manifest: bytes, file: bytes, items: int,
    closed: int, now: Instant,
) -> Disclosure:  # fmt: skip
    staff.require(EXPORTING)
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.EXPORT_MADE,
            public={
                "scope": query.root.value, "basis": form, "items": items, "redactions": closed,
                "encrypted": bool(terms.encrypt_to), "digest": base64.b64encode(manifest).decode(),
            },
            private={
                "recipient": terms.recipient, "purpose": terms.purpose, "authority": terms.authority,
                "query": msgspec.json.encode(query).decode(), "file": file.hex(),
            },
        ),
        now=now,
    )  # fmt: skip
    disclosure = Disclosure(
        new_id(now), terms.recipient, terms.purpose, terms.authority, query, manifest, file, items, closed,
        terms.encrypt_to, staff.account_id, record_id, now, form,
    )  # fmt: skip
    await insert_disclosure(tx, disclosure)
    await record_action(
        tx, staff, "evidence.export", Subject(SubjectKind.EVIDENCE, disclosure.id), why=Why(terms.purpose), now=now,
        record_id=record_id, scope=query.root.value, recipient=terms.recipient,
    )  # fmt: skip
    return disclosure
