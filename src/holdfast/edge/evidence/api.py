"""/api/holdfast/v1/ledger: how the ledger is, proofs for everybody, openings for those whom they concern."""

from __future__ import annotations

from typing import Any

from ...pure.canonical_json import parse_canonical
from ...pure.errors import Unavailable
from ...pure.evidence import PROOF_SUFFIX, encode_base64url
from ...pure.permissions import Permission, permits
from ...records import ledger
from ...records.sequencing import current_keys, last_census_matches
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable

routes = RouteTable()

_FIELDS_MAX = 64


class NotInTheLogYet(Unavailable):
    """The record is committed, and no signed checkpoint covers it."""

    public = "This record has no proof yet; it will have one within ten seconds. Try again shortly."


@routes.get("/api/holdfast/v1/ledger/status", Access.anyone())
async def status(call: Call) -> Answer:
    """The newest checkpoint, the keys that sign, and what the last census found."""
    services, database = call.services, call.services.database
    known = await ledger.logs(database)
    signed = await ledger.latest_checkpoint(database)
    keys = []
    if known:
        keys = await current_keys(
            database, database.keyring, known[-1].origin,
            overlap_days=services.settings.ledger_key_overlap_days, now=call.now,
        )  # fmt: skip
    body: dict[str, Any] = {
        "origin": known[-1].origin if known else None,
        "prefix": f"{services.base_url}/.well-known/holdfast/evidence/{known[-1].number}" if known else None,
        "vkeys": [key.verifier.vkey for key in keys],
        "checkpoint": signed
        and {
            "log": signed.log,
            "size": signed.size,
            "root": encode_base64url(signed.root),
            "signed_at": signed.signed_at,
            "note": signed.whole_note.decode(),
        },
        "logs": [
            {"number": one.number, "origin": one.origin, "size": one.size, "opened_at": one.opened_at, "frozen_at": one.frozen_at}
            for one in known
        ],
        "census_matches": await last_census_matches(database),
    }  # fmt: skip
    return json_answer(body)


@routes.get("/api/holdfast/v1/ledger/proof/{record_id}", Access.anyone())
async def proof(call: Call) -> Answer:
    """The `.tlog-proof` of a record, with its leaf. Whoever has the id of a record may have it: a leaf is public."""
    record_id = call.segment("record_id").removesuffix(PROOF_SUFFIX)
    found = await ledger.proof(call.services.database, record_id)
    if found is None:
        raise NotInTheLogYet
    return Answer(
        200,
        found.encode(),
        b"text/plain; charset=utf-8",
        [(b"content-disposition", f'attachment; filename="{record_id}{PROOF_SUFFIX}"'.encode())],
    )


@routes.get("/api/holdfast/v1/ledger/openings/{record_id}", Access.anyone("read"))
async def openings(call: Call) -> Answer:
    """What a record committed to, as far as the caller may see it: everything for the staff, to a member what was
    told to that member, to everybody the leaf that a sealed record hid once it was unsealed. Who may see nothing is told
    that there is none.
    """
    record = await ledger.record_of(call.services.database, call.segment("record_id"))
    opened = [
        one
        for one in await ledger.openings(call.services.database, record.record_id)
        if _may_see(call, record, one)
    ]
    tree = await call.tree()
    wanted = tree.get("fields")
    if isinstance(wanted, list):
        names = {one for one in wanted[:_FIELDS_MAX] if isinstance(one, str)}
        opened = [one for one in opened if one.opening.name in names]
    staff = _is_staff(call)
    if not opened and not staff:
        raise ledger.NoSuchRecord
    erased = sorted(await ledger.erased_fields(call.services.database, record.record_id)) if staff else []
    return json_answer(
        {
            "id": record.record_id,
            "log": record.log,
            "index": record.index,
            "leaf": encode_base64url(record.leaf),
            "openings": [{**parse_canonical(one.opening.encode()), "form": one.form.value} for one in opened],
            "erased": erased,
        },
        headers=[(b"cache-control", b"no-store")],
    )


def _is_staff(call: Call) -> bool:
    return call.token is not None and permits(call.token.role, Permission.VIEW_AUDIT_LOG)


def _may_see(call: Call, record: ledger.Record, one: ledger.OpenedBody) -> bool:
    if _is_staff(call):
        return True
    if one.form is ledger.Form.LEAF:
        return record.published_at is not None
    account_id = call.token.account_id if call.token else None
    # What a sealed record holds stays sealed towards whom it is about, too, until it was unsealed.
    sealed = record.kind == ledger.Kind.SEALED.value and record.published_at is None
    return (
        one.shown
        and not sealed
        and account_id is not None
        and one.owner == ledger.Subject.account(account_id)
    )
