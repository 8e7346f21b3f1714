"""Evidence bundles, and whom they were made for. For administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from ...pure.window import NEWEST, Window
from ...trust.evidence import (
    EXPORTING,
    Disclosure,
    ExportQuery,
    ExportTerms,
    Form,
    Root,
    disclosures,
    export_ports,
    handed_out,
    make_bundle,
    make_form,
    record_export,
    record_form,
)
from ..answers import Answer, FileAnswer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .routes import API, id_of, iso, limit_of, public_id, staff_of

routes = RouteTable()
_READ = Access.staff(EXPORTING, "admin:read:reports")
_WRITE = Access.staff(EXPORTING, "admin:write:reports")
_ZIP, _AGE = b"application/zip", b"application/octet-stream"


class BundleForm(msgspec.Struct):
    """What the bundle is about, for whom, and why."""

    about: Literal["report", "case", "decision", "account", "notice", "sender", "period", "kinds"] = "case"
    id: str = ""
    sender: str = ""
    kinds: list[str] = msgspec.field(default_factory=list)
    since: datetime | None = None
    before: datetime | None = None
    checkpoint: int | None = None
    recipient: str = ""
    purpose: str = ""
    authority: str = ""
    redact: list[str] = msgspec.field(default_factory=list)
    encrypt_to: str = ""


class DisclosuresQuery(msgspec.Struct):
    """Part of the list. `after`: the last one of the page before."""

    after: str = ""
    limit: int = 0


@routes.post(f"{API}/evidence/bundles", _WRITE)
async def create(call: Call) -> FileAnswer:
    """Make a bundle and hand it out: the ZIP itself, or the age file. That it was made is recorded before."""
    asked, services, staff = await call.params(BundleForm), call.services, staff_of(call)
    query = ExportQuery(
        Root(asked.about), id_of(services, asked.id, "id") or 0, asked.since, asked.before, tuple(asked.kinds),
        asked.checkpoint, asked.sender.strip(),
    )  # fmt: skip
    terms = ExportTerms(
        asked.recipient, asked.purpose, asked.authority, tuple(asked.redact), asked.encrypt_to.strip()
    )
    ports = export_ports(services.settings, services.keyring)
    made = await make_bundle(services.database, staff, query, terms, ports=ports, now=call.now)
    try:
        async with services.database.transaction() as tx:
            recorded = await record_export(tx, staff, made, now=call.now)
    except BaseException:
        # What is not recorded does not leave the server.
        made.path.unlink(missing_ok=True)
        raise
    name = f"{made.name}.zip{'.age' if asked.encrypt_to else ''}"
    headers = [
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        (b"cache-control", b"no-store"),
        (b"x-evidence-record", recorded.record_id.encode()),
        (b"x-evidence-sha256", recorded.file_sha256.hex().encode()),
    ]
    kind = _AGE if asked.encrypt_to else _ZIP
    return FileAnswer(200, handed_out(made.path), made.path.stat().st_size, kind, headers)


class FormsForm(msgspec.Struct):
    """Which notices, as what, for whom, and why."""

    about: Literal["notice", "sender", "period"] = "notice"
    id: str = ""
    sender: str = ""
    since: datetime | None = None
    before: datetime | None = None
    form: Literal[
        "summary.html",
        "summary.txt",
        "items.csv",
        "notices.csv",
        "messages.csv",
        "clocks.csv",
        "lumen.json",
        "dsa.json",
    ] = "summary.html"
    recipient: str = ""
    purpose: str = ""
    authority: str = ""


@routes.post(f"{API}/evidence/notices", _WRITE)
async def create_form(call: Call) -> Answer:
    """Hand notices out as one file: a page, a table, JSON for a database of others. That it was made is recorded before."""
    asked, services, staff = await call.params(FormsForm), call.services, staff_of(call)
    query = ExportQuery(
        Root(asked.about),
        id_of(services, asked.id, "id") or 0,
        asked.since,
        asked.before,
        sender=asked.sender.strip(),
    )
    terms = ExportTerms(asked.recipient, asked.purpose, asked.authority)
    made = await make_form(services.database, staff, query, terms, Form(asked.form), ids=services.ids)
    async with services.database.transaction() as tx:
        recorded = await record_form(tx, staff, made, now=call.now)
    headers = [
        (b"content-disposition", f'attachment; filename="{made.name}"'.encode()),
        (b"cache-control", b"no-store"),
        # Nothing in it is ours to run, whatever a sender wrote.
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        (b"x-evidence-record", recorded.record_id.encode()),
        (b"x-evidence-sha256", recorded.file_sha256.hex().encode()),
    ]
    return Answer(200, made.content, made.form.media_type.encode(), headers)


@routes.get(f"{API}/evidence/disclosures", _READ)
async def show_disclosures(call: Call) -> Answer:
    """Bundles that were made, the newest first."""
    asked, services = await call.params(DisclosuresQuery), call.services
    page = Window(limit_of(asked.limit), id_of(services, asked.after, "after") or NEWEST)
    return json_answer([_entity(services, one) for one in await disclosures(services.database, page)])


def _entity(services: Services, one: Disclosure) -> dict[str, Any]:
    query = one.query
    return {
        "id": public_id(services, one.id),
        "about": query.root.value,
        "form": one.form,
        "of": query.sender or (public_id(services, query.id) if query.id else None),
        "kinds": list(query.kinds),
        "since": iso(query.since),
        "before": iso(query.before),
        "recipient": one.recipient,
        "purpose": one.purpose,
        "authority": one.authority,
        "records": one.items,
        "closed": one.redactions,
        "encrypted_to": one.encrypted_to,
        "manifest_sha256": one.manifest_sha256.hex(),
        "file_sha256": one.file_sha256.hex(),
        "made_by": public_id(services, one.made_by),
        "made_at": iso(one.made_at),
        "record_id": one.record_id,
    }
