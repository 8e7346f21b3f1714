"""Reading what records committed to: openings, each without the others.

Who may see an opening is decided by the caller; `owner` says whose each body is, and a sealed record says since when
anybody may.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...pure.evidence import Leaf, Opening, parse_leaf
from .errors import Erased
from .keys import open_body, open_key
from .model import Form, Subject, SubjectKind
from .queries import record_of
from .views import KeyedReader, OpenedBody

_BODIES = """
select b.name, b.form, b.sealed, b.shown, s.kind, s.subject_id, s.sealed_key
from ledger_bodies b join ledger_subjects s on s.id = b.owner where b.record_id = $1 order by b.name
"""


async def openings(
    reader: KeyedReader, record_id: str, fields: Sequence[str] | None = None
) -> list[OpenedBody]:
    """The openings of these commitments of a record; of all that are left when `fields` is None.

    Of a sealed record: `sealed`, whose body is the leaf that it hides, and those of that leaf.
    Raises NoSuchRecord; Erased when one that is asked for by name is not there (any more).
    """
    record = await record_of(reader, record_id)
    found = {}
    for row in await reader.fetch(_BODIES, record.record_id):
        owner = Subject(SubjectKind(row["kind"]), row["subject_id"])
        key = open_key(owner, row["sealed_key"], reader.keyring)
        salt, body = open_body(key, row["sealed"], record_id=record_id, name=row["name"])
        opening = Opening(record_id, row["name"], salt, body)
        found[row["name"]] = OpenedBody(opening, Form(row["form"]), owner, row["shown"])
    if fields is None:
        return list(found.values())
    missing = [name for name in fields if name not in found]
    if missing:
        raise Erased(private=f"{record_id}: {', '.join(missing)}")
    return [found[name] for name in dict.fromkeys(fields)]


async def erased_fields(reader: KeyedReader, record_id: str) -> frozenset[str]:
    """Names that a record committed to and that nobody can open any more."""
    record = await record_of(reader, record_id)
    rows = await reader.fetch("select name from ledger_bodies where record_id = $1", record_id)
    return frozenset(parse_leaf(record.leaf).commitments) - {row[0] for row in rows}


def hidden_leaf(opened: OpenedBody) -> Leaf:
    """The leaf that a sealed record hides, from its opening."""
    return parse_leaf(opened.opening.body.rstrip(b" "))
