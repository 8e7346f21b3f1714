"""The files around the evidence: what a person reads, what a program reads, where everything came from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from ... import __version__
from ...pure.bundles import REDACTIONS, encode_csv, encode_unopened
from ...pure.evidence import format_leaf_time
from .ledgers import LedgerPart, ProvedRecord
from .model import Document, ExportQuery, ExportTerms, Root, encoded, instant

_CARRIED = Path(__file__).parent / "carried"
_VERIFIERS = ("holdfast_verify.py", "verify.html", "INDEPENDENT.md")


@cache
def _carried(name: str) -> bytes:
    return (_CARRIED / name).read_bytes()


def name_of(query: ExportQuery, terms: ExportTerms, part: LedgerPart) -> str:
    """The name of the bag: the same for the same query and the same state of the ledger."""
    asked = encoded([msgspec.to_builtins(query), msgspec.to_builtins(terms)])
    root = part.checkpoint.root if part.checkpoint else b""
    return f"evidence-{hashlib.sha256(asked + root).hexdigest()[:16]}"


def around(
    name: str,
    query: ExportQuery,
    terms: ExportTerms,
    part: LedgerPart,
    documents: Sequence[Document],
    *,
    shown_id: str,
) -> dict[str, bytes]:
    """Files by path below the bag's folder, without what BagIt itself adds. `shown_id`: of the thing asked for."""
    asked = _asked(query, shown_id)
    files = {f"verify/{one}": _carried(one) for one in _VERIFIERS}
    files["data/index.json"] = encoded(_index(name, asked, part, documents))
    files["data/index.csv"] = _timeline(part, documents)
    files["data/stats/records.csv"] = _statistics(part)
    files["data/custody/custody.csv"] = _custody(terms, part, documents)
    files[REDACTIONS] = encode_unopened(part.unopened)
    marks = {
        "NAME": name, "ORIGIN": part.origin, "VERSION": __version__,
        "SIZE": str(part.checkpoint.size if part.checkpoint else 0),
    }  # fmt: skip
    files["data/cert/certification.txt"] = _filled("certification.txt", marks)
    marks["FACTS"] = _facts(asked, terms, part, documents)
    files["data/README.html"] = _filled(
        "README.html", {**{k: escape(v) for k, v in marks.items()}, "FACTS": marks["FACTS"]}
    )
    files["data/ro-crate-metadata.json"] = encoded(_crate(name, part, documents, files))
    return files


def _filled(name: str, marks: Mapping[str, str]) -> bytes:
    text = _carried(name).decode()
    for mark, value in marks.items():
        text = text.replace(f"@{mark}@", value)
    return text.encode()


def _asked(query: ExportQuery, shown_id: str) -> dict[str, Any]:
    found: dict[str, Any] = {"about": query.root.value}
    if query.root is Root.KINDS:
        found["kinds"] = list(query.kinds)
    elif query.root is Root.SENDER:
        found["sender"] = query.sender
    elif query.root is not Root.PERIOD:
        found["id"] = shown_id
    found["since"], found["before"] = instant(query.since), instant(query.before)
    return found


def _index(
    name: str, asked: dict[str, Any], part: LedgerPart, documents: Sequence[Document]
) -> dict[str, Any]:
    of_record: dict[str, list[str]] = {}
    for one in documents:
        for record_id in one.records:
            of_record.setdefault(record_id, []).append(one.path)
    checkpoint = part.checkpoint
    return {
        "v": 1, "bundle": name, "query": asked,
        "checkpoint": {
            "origin": part.origin, "size": checkpoint.size, "root": checkpoint.root.hex(),
            "signed_at": instant(checkpoint.signed_at),
        } if checkpoint else None,
        "records": [
            {
                "id": one.record_id, "log": one.log, "index": one.index, "kind": one.leaf.kind,
                "at": format_leaf_time(one.leaf.at), "public": dict(one.leaf.public), "opened": list(one.opened),
                "leaf": _leaf_path(one), "documents": of_record.get(one.record_id, []),
            }
            for one in part.records
        ],
        "documents": [
            {
                "path": one.path, "title": one.title, "kind": one.kind, "type": one.media_type, "at": instant(one.at),
                "records": list(one.records), "bytes": one.length,
            }
            for one in documents
        ],
    }  # fmt: skip


def _leaf_path(one: ProvedRecord) -> str:
    return f"{one.folder.removeprefix('data/')}leaves/{one.index}.json"


def _timeline(part: LedgerPart, documents: Sequence[Document]) -> bytes:
    rows: list[tuple[str, str, str, str, str]] = [
        (format_leaf_time(one.leaf.at), "record", one.leaf.kind, one.record_id, _leaf_path(one))
        for one in part.records
    ]
    rows += [(instant(one.at) or "", "document", one.kind, one.title, one.path) for one in documents]
    return encode_csv(("time", "what", "kind", "name", "path"), sorted(rows))


def _statistics(part: LedgerPart) -> bytes:
    counted = Counter(one.leaf.kind for one in part.records)
    times: dict[str, list[str]] = {}
    for one in part.records:
        times.setdefault(one.leaf.kind, []).append(format_leaf_time(one.leaf.at))
    return encode_csv(
        ("kind", "records", "first", "last"),
        [(kind, count, min(times[kind]), max(times[kind])) for kind, count in sorted(counted.items())],
    )


_CUSTODY = (
    "evidence_id", "description", "sha256", "collected_at", "collector", "tool", "source_system", "reason", "authority",
    "transferred_to", "storage", "alterations",
)  # fmt: skip


def _custody(terms: ExportTerms, part: LedgerPart, documents: Sequence[Document]) -> bytes:
    """One row for each document and each opening, after ISO/IEC 27037. The columns of transfers go on by hand."""
    at, tool = instant(part.signed_at), f"holdfast {__version__}"
    described = [
        (one.path, one.title, one.blob.hex() if one.blob else hashlib.sha256(one.content).hexdigest())
        for one in documents
    ]
    described += [
        (path.removeprefix("data/"), "From the ledger", hashlib.sha256(content).hexdigest())
        for path, content in part.files.items()
    ]
    rows = [
        (
            path, title, digest, at, "the server itself", tool, part.origin, terms.purpose, terms.authority,
            terms.recipient, "", "none",
        )
        for path, title, digest in sorted(described)
    ]  # fmt: skip
    return encode_csv(_CUSTODY, rows)


def _facts(asked: dict[str, Any], terms: ExportTerms, part: LedgerPart, documents: Sequence[Document]) -> str:
    about = f"{asked['about']} {asked.get('id') or asked.get('sender') or ', '.join(asked.get('kinds', ()))}"
    span = " to ".join(one for one in (asked["since"], asked["before"]) if one)
    rows = [
        ("About", f"{about} {span}".strip()),
        ("For", terms.recipient),
        ("Purpose", terms.purpose),
        ("Authority", terms.authority or "none named"),
        ("State of", instant(part.signed_at) or ""),
        ("Log", f"{part.origin}, {part.checkpoint.size if part.checkpoint else 0} leaves"),
        ("Records", str(len(part.records))),
        ("Documents", str(len(documents))),
        ("Closed", f"{len(part.unopened)} texts (custody/redactions.csv)" if part.unopened else "nothing"),
    ]
    return "\n".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)


def _crate(
    name: str, part: LedgerPart, documents: Sequence[Document], files: Mapping[str, bytes]
) -> dict[str, Any]:
    """RO-Crate 1.1: the documents and the pages beside them, as linked data."""
    parts = [
        {
            "@id": one.path, "@type": "File", "name": one.title, "encodingFormat": one.media_type,
            "contentSize": str(one.length),
        }
        for one in documents
    ]  # fmt: skip
    parts += [
        {"@id": path.removeprefix("data/"), "@type": "File", "name": path.rsplit("/", 1)[-1], "contentSize": str(len(content))}
        for path, content in sorted({**part.files, **files}.items())
        if path.startswith("data/")
    ]  # fmt: skip
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {
                "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            },
            {
                "@id": "./", "@type": "Dataset", "name": name, "description": f"Evidence recorded by {part.origin}",
                "datePublished": instant(part.signed_at), "license": "Not licensed: evidence",
                "hasPart": [{"@id": one["@id"]} for one in parts],
            },
            *parts,
        ],
    }  # fmt: skip
