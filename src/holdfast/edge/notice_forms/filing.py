"""A filled form becomes a notice: recorded, with its receipt, within what one network may send."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlsplit

from ...platform.limits import Rate
from ...pure.canonical_json import encode_canonical
from ...pure.errors import LimitReached, NotFound
from ...trust.notice_intake import capacity_of, order_receipt
from ...trust.notices import (
    Addresses,
    Capacity,
    Channel,
    CitedItem,
    NewNotice,
    Received,
    Sender,
    Verification,
    Verified,
    receive,
)
from ..budgets import origin_and_network, spend
from ..call import Call
from ..ports import Services
from .fields import FieldLimits, Filled, read_fields
from .kinds import KINDS, Kind
from .words import Words

_NO_MAIL = "no mail server is set up"
_SUBJECT_CHARACTERS = 200


def kind_named(name: str) -> Kind:
    """The kind. Raises NotFound."""
    found = KINDS.get(name)
    if found is None:
        raise NotFound
    return found


def check_open(services: Services) -> None:
    """Raises NotFound where the operator takes no notices this way."""
    if not services.settings.notice_forms:
        raise NotFound


def addresses_of(services: Services) -> Addresses:
    """How what notices cite is found here."""
    settings = services.settings
    own = dict.fromkeys((settings.domain.lower(), urlsplit(settings.public_url).netloc.lower()))
    media = urlsplit(settings.media_url).netloc.lower()
    return Addresses(services.ids, frozenset(one for one in own if one), frozenset({media} if media else ()))


def field_limits(services: Services) -> FieldLimits:
    """The settings."""
    return FieldLimits(services.settings.notice_form_characters, services.settings.notice_form_items)


async def file_notice(
    call: Call, kind: Kind, given: Mapping[str, str], words: Words, *, channel: Channel, once: str
) -> Received:
    """Check and record a notice. once: what makes a second sending of the same the same notice.

    Raises Invalid with details, LimitReached.
    """
    services, now = call.services, call.now
    hosts = addresses_of(services)
    filled = read_fields(
        kind, given, words, field_limits(services), own_hosts=(*hosts.own_hosts, *hosts.media_hosts), now=now
    )
    _spend(call, words)
    new = new_notice(call, filled, words, channel=channel, once=once)
    settings = services.settings
    why_not = "" if settings.mail_host and settings.notice_from else _NO_MAIL
    async with services.database.transaction() as tx:
        received = await receive(tx, new, addresses=hosts, flood_from=settings.notice_flood_from, now=now)
        await order_receipt(
            tx, received, new.sender.email, language=words.language, why_not=why_not,
            day_max=settings.notice_receipts_per_day, now=now,
        )  # fmt: skip
    return received


def _spend(call: Call, words: Words) -> None:
    settings = call.services.settings
    try:
        spend(call, "notice", Rate(settings.rate_notices, settings.rate_notices_window_seconds))
    except LimitReached as error:
        minutes = f"{-(-error.retry_after_seconds // 60)} min"
        raise LimitReached(
            words("errors/flood", wait=minutes), retry_after_seconds=error.retry_after_seconds
        ) from error


def new_notice(call: Call, filled: Filled, words: Words, *, channel: Channel, once: str) -> NewNotice:
    """The notice that a filled form is. Its bytes are what was filled in, as canonical JSON."""
    raw = _raw(filled, words)
    explanation = filled.text("explanation")
    work = filled.text("work")
    statements = {
        name: ticked for name, ticked in filled.ticks.items() if (kind := filled.kind.field(name)) and kind.element
    }  # fmt: skip
    if filled.text("signature"):
        statements["signature"] = True
    return NewNotice(
        preset=filled.preset,
        channel=channel,
        sender=Sender(
            name=filled.text("name"), organisation=filled.text("organisation"), email=filled.text("email"),
            phone=filled.text("phone"), address=filled.text("address"), on_behalf_of=filled.text("on_behalf_of"),
            country=filled.text("country"),
        ),
        received_at=call.now,
        capacity=_capacity(filled),
        verification=_verification(filled),
        external_id=f"{once}#{sha256(raw).hexdigest()}" if once else "",
        raw=raw,
        language=words.language,
        subject=(work or explanation).partition("\n")[0][:_SUBJECT_CHARACTERS],
        text="\n\n".join(one for one in (work, explanation) if one),
        legal_basis=filled.text("legal_basis"),
        reference=filled.text("reference"),
        stated_deadline=filled.moments.get("deadline"),
        statements=statements,
        completeness={one.element: "ok" for one in filled.kind.fields if one.element},
        items=tuple(CitedItem.of(one) for one in filled.addresses.items),
        items_left_out=filled.addresses.left_out,
        sealed=filled.ticks.get("sealed", False),
        sealed_until=filled.moments.get("sealed_until") if filled.ticks.get("sealed", False) else None,
        gag=filled.ticks.get("gag", False),
        contract_clause=filled.text("contract_clause"),
        flood_key=_flood_key(call),
    )  # fmt: skip


def _capacity(filled: Filled) -> Capacity:
    if filled.ticks.get("trusted_flagger"):
        return Capacity.TRUSTED_FLAGGER
    return capacity_of(filled.preset)


def _verification(filled: Filled) -> Verification:
    signature = filled.text("signature")
    if not signature:
        return Verification()
    # A typed name claims; it does not show who typed it.
    return Verification(Verified.NONE, {"signature": signature})


def _raw(filled: Filled, words: Words) -> bytes:
    return encode_canonical(
        {
            "kind": filled.kind.name, "preset": filled.preset, "language": words.language, "texts": dict(filled.texts),
            "ticks": dict(filled.ticks), "moments": {name: at.isoformat() for name, at in filled.moments.items()},
            "addresses": [one.as_given for one in filled.addresses.items], "left_out": filled.addresses.left_out,
        }
    )  # fmt: skip


def _flood_key(call: Call) -> str:
    """The same for what one network sends, and says nothing about which that is."""
    settings = call.services.settings
    origin, _ = origin_and_network(call, Rate(settings.rate_notices, settings.rate_notices_window_seconds))
    key = call.services.keyring.derive("notice floods")
    return "net:" + hmac.digest(key, str(origin.network).encode(), "sha256").hex()[:32]
