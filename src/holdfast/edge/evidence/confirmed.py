"""Who confirms the ledger from outside, and receipts: policy, witnesses, time stamps, proofs of single records."""

from __future__ import annotations

import asyncio
from typing import Any

from ...pure.errors import NotFound
from ...pure.evidence import PROOF_SUFFIX, Policy
from ...records.ledger import logs
from ...records.timestamps import REPLY_TYPE, TimeStamp, newest_stamps, stamp_by_id
from ...records.witnesses import Witness, witnesses
from ..answers import Answer, Header, json_answer
from ..call import Call
from ..ledger_facts import NOTE_SUFFIX, STAMP_SUFFIX, policy_of, receipt_links, receipt_of, stamp_links
from ..ports import Services
from ..routes import Access, RouteTable
from .api import NotInTheLogYet
from .files import PREFIX, number_of

routes = RouteTable()

_TEXT = b"text/plain; charset=utf-8"
_NO_STORE: Header = (b"cache-control", b"no-store")
_STAMPS_LISTED = 100
CERTIFICATES_MAX_BYTES = 1 << 20


@routes.get(f"{PREFIX}/policy", Access.anyone())
async def policy_file(call: Call) -> Answer:
    """Whom to believe about a log, as a tlog-policy file."""
    return _policy(await policy_of(call.services, number_of(call)))


@routes.get("/api/holdfast/v1/ledger/policy", Access.anyone())
async def policy(call: Call) -> Answer:
    """The same for the newest log."""
    return _policy(await policy_of(call.services))


@routes.get("/api/holdfast/v1/ledger/witnesses", Access.anyone())
async def list_witnesses(call: Call) -> Answer:
    """The witnesses: what each cosigned last, and what is the matter with it."""
    return json_answer(
        [_witness(one) for one in await witnesses(call.services.database)],
    )


@routes.get("/api/holdfast/v1/ledger/time-stamps", Access.anyone())
async def list_stamps(call: Call) -> Answer:
    """The newest time stamps on checkpoints of the newest log."""
    known = await logs(call.services.database)
    found = await newest_stamps(call.services.database, known[-1].origin, _STAMPS_LISTED) if known else []
    return json_answer(
        [stamp_entity(call.services, one) for one in found],
    )


@routes.get("/api/holdfast/v1/ledger/time-stamps/{id}", Access.anyone())
async def stamp(call: Call) -> Answer:
    """One: `ID.tsr` is the reply of the authority, `ID.checkpoint` what it stamped."""
    text = call.segment("id")
    suffix = next((one for one in (STAMP_SUFFIX, NOTE_SUFFIX) if text.endswith(one)), "")
    ident = call.services.ids.decode(text.removesuffix(suffix))
    found = await stamp_by_id(call.services.database, ident) if ident is not None else None
    if found is None:
        raise NotFound
    if not suffix:
        return json_answer(
            stamp_entity(call.services, found),
        )
    body, kind = (
        (found.reply, REPLY_TYPE.encode())
        if suffix == STAMP_SUFFIX
        else (found.note, b"application/octet-stream")
    )
    return Answer(200, body, kind, [_attachment(f"ledger-{found.size}{suffix}")])


@routes.get("/api/holdfast/v1/ledger/time-stamp-certificates", Access.anyone())
async def certificates(call: Call) -> Answer:
    """The certificates against which the stamps are checked here (PEM). To be compared with the authority's own."""
    named = call.services.settings.timestamp_certificates_file
    if named is None:
        raise NotFound
    path = call.services.settings.data / named

    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(CERTIFICATES_MAX_BYTES)

    try:
        pem = await asyncio.to_thread(read)
    except OSError as error:
        raise NotFound(private=str(error)) from None
    if b"PRIVATE KEY" in pem:
        # Somebody named the wrong file.
        raise NotFound(private=f"{path} holds a private key")
    return Answer(200, pem, b"application/x-pem-file")


@routes.get("/api/holdfast/v1/ledger/receipts/{record_id}", Access.anyone())
async def receipt(call: Call) -> Answer:
    """The receipt of a record: with `.tlog-proof` behind its id the proof, else what is known of it.

    The proof is made anew each time, against the newest checkpoint that a witness has cosigned.
    """
    text = call.segment("record_id")
    record_id = text.removesuffix(PROOF_SUFFIX)
    found = await receipt_of(call.services, record_id)
    if text.endswith(PROOF_SUFFIX):
        if found.proof is None:
            raise NotInTheLogYet
        return Answer(200, found.proof, _TEXT, [_attachment(f"{record_id}{PROOF_SUFFIX}"), _NO_STORE])
    services, record = call.services, found.record
    body: dict[str, Any] = {
        "id": record.record_id,
        "kind": record.kind,
        "recorded_at": record.recorded_at,
        "log": record.log,
        "index": record.index,
        "checkpoint_size": found.size or None,
        "signed_at": found.signed_at,
        "cosigners": list(found.cosigners),
        "time_stamp": stamp_entity(services, found.stamp) if found.stamp else None,
        **receipt_links(services, record.record_id),
    }
    return json_answer(body, headers=[_NO_STORE])


def stamp_entity(services: Services, stamp_: TimeStamp) -> dict[str, Any]:
    """A time stamp."""
    reply, checkpoint = stamp_links(services, stamp_.id)
    return {
        "id": services.ids.encode(stamp_.id),
        "origin": stamp_.origin,
        "size": stamp_.size,
        "stamped_at": stamp_.stamped_at,
        "authority": stamp_.authority,
        "reason": stamp_.reason.value,
        "record_id": stamp_.record_id,
        "reply_url": reply,
        "checkpoint_url": checkpoint,
    }


def _witness(one: Witness) -> dict[str, Any]:
    return {
        "name": one.name,
        "vkey": one.vkey,
        "url": one.url,
        "size": one.seen_size,
        "cosigned_at": one.seen_at,
        "trouble": one.trouble.value if one.trouble else None,
        "trouble_since": one.trouble_since,
    }


def _policy(found: Policy) -> Answer:
    head = (
        b"# Whose signatures make a checkpoint of this ledger good enough, as its operator sees it.\n"
        b"# The witnesses are others; ask them for their keys, and choose your own quorum.\n"
    )
    return Answer(200, head + found.encode(), _TEXT, [(b"cache-control", b"public, max-age=60")])


def _attachment(name: str) -> Header:
    return (b"content-disposition", f'attachment; filename="{name}"'.encode())
