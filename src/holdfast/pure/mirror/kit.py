"""The evacuation kit: what a new machine needs that no store has, in two parts.

The readable part is a sheet that may lie in a drawer: where the stores are, which keys to believe, who holds shares, what to
type. The sealed part is canonical JSON, encrypted to the recipients before it leaves the process. Nothing of the sealed part may
stand in the readable one; `readable_sheet` refuses to make such a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from ..canonical_json import CanonicalJsonInvalid, encode_canonical, parse_canonical
from ..evidence import EvidenceInvalid, VerifierKey, parse_vkey
from .envelope import format_time
from .errors import MalformedObject, MirrorInvalid

VERSION: Final = 1
MAX_SEALED_BYTES: Final = 1024 * 1024
# Shorter values (a port, a yes) are no secrets, and stand in every text.
_SECRET_CHARACTERS: Final = 8


class SecretInSheet(MirrorInvalid):
    """A secret stands in the part that is meant to be read."""

    public = "A secret would be printed in the readable part of the kit; nothing was written."


@dataclass(frozen=True, slots=True)
class Sheet:
    """What may be read. stores: their addresses, without credentials. holders: who has a share of the identity."""

    domain: str
    site: str
    epoch: int
    authority: VerifierKey
    recipients: tuple[str, ...]
    stores: tuple[str, ...]
    holders: tuple[str, ...]
    shares_needed: int
    made_at: datetime


def readable_sheet(sheet: Sheet, sealed_facts: Mapping[str, Any]) -> str:
    """The text to print. Raises SecretInSheet where a value of the sealed part, or any password, stands in it."""
    for address in sheet.stores:
        parts = urlsplit(address)
        if parts.password is not None or parts.query or parts.fragment:
            raise SecretInSheet
    stores = "\n".join(f"  {number}. {address}" for number, address in enumerate(sheet.stores, 1))
    holders = "\n".join(f"  {number}. {holder}" for number, holder in enumerate(sheet.holders, 1))
    how, bring = (
        (f"of which {sheet.shares_needed} of {len(sheet.holders)} shares are needed.",
         f"Bring {sheet.shares_needed} holders together; each types the words of their share.")
        if sheet.holders
        else ("which is kept whole, as a file.", "Fetch the file of the identity from where it is kept.")
    )  # fmt: skip
    text = f"""EVACUATION KIT OF {sheet.domain}
made {format_time(sheet.made_at)}, epoch {sheet.epoch}, database {sheet.site}

Keep this sheet away from the server. It holds no secret: it says where the mirrors are and whom to
believe. The mirrors are opened with the identity, {how}

Stores (any one of them is enough)
{stores}

Shares are held by
{holders or "  nobody: there are none"}

Recipients (age)
{chr(10).join("  " + one for one in sheet.recipients)}

Authority (vkey; who may open an epoch)
  {sheet.authority.vkey}

On an empty machine, with Holdfast installed
  1. {bring}
  2. holdfast relaunch --from STORE --key FILE --data FOLDER
  3. Point the DNS name {sheet.domain} to the new machine.
  4. Revoke the credentials that the old machine had at every store.
"""
    if any(secret in text for secret in _texts(sealed_facts)):
        raise SecretInSheet
    return text


def encode_sealed(sheet: Sheet, sealed_facts: Mapping[str, Any]) -> bytes:
    """The plain text of the sealed part, to be encrypted. Holds the sheet's facts too, so that one file is enough.

    Raises MalformedObject for what is too large or no JSON.
    """
    facts = {
        "version": VERSION,
        "domain": sheet.domain,
        "site": sheet.site,
        "epoch": sheet.epoch,
        "authority": sheet.authority.vkey,
        "recipients": list(sheet.recipients),
        "stores": list(sheet.stores),
        "made_at": format_time(sheet.made_at),
        "secrets": dict(sealed_facts),
    }
    try:
        data = encode_canonical(facts)
    except CanonicalJsonInvalid as error:
        raise MalformedObject(private=type(error).__name__) from None
    if len(data) > MAX_SEALED_BYTES:
        raise MalformedObject("The kit is too large.")
    return data


def open_sealed(data: bytes) -> tuple[VerifierKey, Mapping[str, Any]]:
    """The authority's key and all facts of a decrypted kit. Raises MalformedObject; no message holds a value."""
    if len(data) > MAX_SEALED_BYTES:
        raise MalformedObject("The kit is too large.")
    try:
        facts = parse_canonical(data)
        if not isinstance(facts, dict) or facts.get("version") != VERSION:
            raise MalformedObject("This is not a kit, or one of another version.")
        if not isinstance(facts.get("secrets"), dict):
            raise MalformedObject("The kit has no sealed part.")
        return parse_vkey(str(facts.get("authority"))), facts
    except (CanonicalJsonInvalid, EvidenceInvalid):
        raise MalformedObject("This is not a kit.") from None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) >= _SECRET_CHARACTERS:
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
