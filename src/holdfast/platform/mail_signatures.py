"""Whether a mail was signed by whom it names (DKIM, RFC 6376; policy of the sender's domain, RFC 7489).

Each key is asked for once, when the mail arrives, and told with the result: a key that is withdrawn later proves as much.
What other servers wrote into the mail about its signatures (Authentication-Results, ARC) is not believed: anybody can write it.
"""

from __future__ import annotations

import asyncio
import binascii
import logging
import re
from collections.abc import Mapping
from enum import StrEnum

import dkim
import msgspec
from dkim.util import InvalidTagValueList, parse_tag_value

from .text_records import NoTextRecord, TextRecords, TextRecordsAway

SIGNATURES_MAX = 5
"""Signatures that are looked at, from the top; senders use one or two."""
_KEY_LEAST_BITS = 1024
_KEY_MAX_BYTES = 4096
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_PARENTS_MAX = 4
_REASON_CHARACTERS = 200
# The library writes down what it reads; nothing of a mail belongs into a log.
_SILENT = logging.getLogger(f"{__name__}.silent")
_SILENT.disabled = True


class Result(StrEnum):
    """What a check of one signature came to (RFC 8601, section 2.7.1)."""

    PASS = "pass"
    FAIL = "fail"
    POLICY = "policy"  # it fits, but proves too little: a weak key, or a part of the mail
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Proof(StrEnum):
    """What all of it says about the address in From."""

    PROVEN = "proven"  # signed by its domain
    UNPROVEN = "unproven"  # nothing speaks for it or against it
    UNCHECKED = "unchecked"  # the name service was away, or there is not enough of the mail
    REFUTED = "refuted"  # its domain signs, and this does not fit, or says that such mails are not its own


class SignatureCheck(msgspec.Struct, frozen=True):
    """One signature. `key`: the record that was published when the mail came; `aligned`: of the domain in From."""

    domain: str
    selector: str
    algorithm: str
    result: Result
    reason: str
    signed_headers: tuple[str, ...]
    key: str
    aligned: bool


class SenderCheck(msgspec.Struct, frozen=True):
    """What is known of who sent a mail. `policy`: what the domain in From publishes about mails like it, "" for nothing."""

    proof: Proof
    reason: str
    from_domain: str = ""
    policy: str = ""
    signatures: tuple[SignatureCheck, ...] = ()

    @property
    def proving(self) -> SignatureCheck | None:
        """The signature that proves the address in From, if one does."""
        return next((one for one in self.signatures if one.aligned and one.result is Result.PASS), None)


UNCHECKED = SenderCheck(Proof.UNCHECKED, "not all of the mail is here, so its signatures cannot be checked")


async def check_sender(
    raw: bytes, from_address: str, records: TextRecords, *, within_seconds: float
) -> SenderCheck:
    """Check every signature of a mail, and what the domain of `from_address` says of its mails. Never raises for bad input.

    `from_address`: the only address in From, "" where there is none or more than one: then nothing is proven.
    """
    domain = from_address.rpartition("@")[2].lower().rstrip(".")
    if not _HOST.fullmatch(domain):
        domain = ""
    try:
        async with asyncio.timeout(within_seconds):
            return await _checked(raw, domain, records)
    except TimeoutError:
        return SenderCheck(Proof.UNCHECKED, "the check took too long", domain)


async def _checked(raw: bytes, domain: str, records: TextRecords) -> SenderCheck:
    wanted = await asyncio.to_thread(_signatures, raw)
    keys = dict(
        zip(
            [name for name, _, _ in wanted],
            await asyncio.gather(*(_key(records, name) for name, _, _ in wanted)),
            strict=True,
        )
    )
    checks = tuple(await asyncio.to_thread(_verify_all, raw, wanted, keys, domain))
    policy, answered = await _policy(records, domain) if domain else ("", True)
    return _judged(domain, checks, policy, answered=answered)


def _judged(domain: str, checks: tuple[SignatureCheck, ...], policy: str, *, answered: bool) -> SenderCheck:
    own = [one for one in checks if one.aligned]
    strict = policy in ("reject", "quarantine")
    if not domain:
        proof, why = Proof.UNPROVEN, "the mail names no single sender"
    elif any(one.result is Result.PASS for one in own):
        proof, why = Proof.PROVEN, f"signed by {domain}"
    elif any(one.result is Result.TEMPERROR for one in own) or not answered:
        proof, why = Proof.UNCHECKED, "the name service did not answer"
    elif strict:
        proof, why = (
            Proof.REFUTED,
            f"{domain} says that its mails are signed, and this one is not by {domain}",
        )
    elif any(one.result is Result.FAIL for one in own):
        proof, why = (
            Proof.REFUTED,
            f"it bears a signature of {domain} that does not fit: forged, or changed on the way",
        )
    else:
        proof, why = Proof.UNPROVEN, f"no signature of {domain} proves it"
    return SenderCheck(proof, why, domain, policy, checks)


async def _key(records: TextRecords, name: str) -> bytes | None:
    """The published key, b"" for none; None: the name service is away."""
    if not name:
        return b""
    try:
        found = await records.texts(name)
    except NoTextRecord:
        return b""
    except TextRecordsAway:
        return None
    # More than one is undefined (RFC 6376, 3.6.2.2): the one that is a key.
    return next((one for one in found if b"p=" in one), found[0])[:_KEY_MAX_BYTES]


async def _policy(records: TextRecords, domain: str) -> tuple[str, bool]:
    """What the domain, or one that it is part of, says of mails that it did not sign; whether that could be asked."""
    labels = domain.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    for place, name in enumerate([*parents[:1], *parents[1:][-_PARENTS_MAX:]]):
        try:
            found = await records.texts(f"_dmarc.{name}")
        except NoTextRecord:
            continue
        except TextRecordsAway:
            return "", False
        tags = next((_tags(one) for one in found if one.lower().startswith(b"v=dmarc1")), None)
        if tags is None:
            continue
        own = tags.get("p", "none")
        return ((tags.get("sp", own) if place else own).lower()[:20], True)
    return "", True


def _tags(text: bytes) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.decode("ascii", "replace").split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


_Wanted = tuple[str, str, str]


def _signatures(raw: bytes) -> list[_Wanted]:
    """Of each signature: where its key is ("" for nowhere), domain, selector."""
    try:
        headers = dkim.rfc822_parse(raw[: _end_of_headers(raw)])[0]
    except dkim.DKIMException:
        return []
    found: list[_Wanted] = []
    for name, value in headers:
        if name.lower() != b"dkim-signature" or len(found) == SIGNATURES_MAX:
            continue
        try:
            tags = parse_tag_value(value)
            domain = tags.get(b"d", b"").decode("ascii").lower().rstrip(".")
            selector = tags.get(b"s", b"").decode("ascii").lower()
        except (InvalidTagValueList, UnicodeDecodeError, ValueError):
            domain = selector = ""
        where = f"{selector}._domainkey.{domain}"
        known = _HOST.fullmatch(domain) and _HOST.fullmatch(where) and len(where) <= 253
        found.append((where if known else "", domain[:253], selector[:100]))
    return found


def _end_of_headers(raw: bytes) -> int:
    ends = [at + 4 for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return min(ends, default=len(raw))


def _verify_all(
    raw: bytes, wanted: list[_Wanted], keys: Mapping[str, bytes | None], from_domain: str
) -> list[SignatureCheck]:
    if not wanted:
        return []
    try:
        message = dkim.DKIM(raw, logger=_SILENT, minkey=_KEY_LEAST_BITS)
    except dkim.DKIMException as error:
        return [_unreadable(domain, selector, str(error)) for _, domain, selector in wanted]
    checks = []
    for place, (where, domain, selector) in enumerate(wanted):
        key = keys.get(where)
        result, reason = _verified(message, place, key) if where else (Result.PERMERROR, "it names no key")
        tags: dict[bytes, bytes] = dict(message.signature_fields or {})
        signed = tuple(
            one.strip().lower().decode("ascii", "replace")[:80] for one in tags.get(b"h", b"").split(b":")
        )
        checks.append(
            SignatureCheck(
                domain, selector, tags.get(b"a", b"").decode("ascii", "replace")[:20], result,
                reason[:_REASON_CHARACTERS], signed[:50], (key or b"").decode("utf-8", "replace"),
                bool(from_domain) and (from_domain == domain or from_domain.endswith(f".{domain}")),
            )
        )  # fmt: skip
    return checks


def _unreadable(domain: str, selector: str, reason: str) -> SignatureCheck:
    return SignatureCheck(domain, selector, "", Result.PERMERROR, reason[:_REASON_CHARACTERS], (), "", False)


def _verified(message: dkim.DKIM, place: int, key: bytes | None) -> tuple[Result, str]:
    message.signature_fields = {}
    if key is None:
        return Result.TEMPERROR, "the name service did not answer"
    if not key:
        return Result.PERMERROR, "no key is published where it says"

    if not _tags(key).get("p"):
        return Result.PERMERROR, "its key was withdrawn"

    def published(_name: object, timeout: int = 5) -> bytes:
        return key

    try:
        fits = message.verify(idx=place, dnsfunc=published)
    except dkim.ValidationError as error:
        return Result.FAIL, str(error)
    except dkim.DKIMException as error:
        return Result.PERMERROR, str(error)
    # A stranger's bytes may do anything to the library; that is no reason to lose the mail.
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, binascii.Error) as error:
        return Result.PERMERROR, repr(error)
    if not fits:
        return Result.FAIL, "the signature does not fit"
    return _weakness(message, key)


def _weakness(message: dkim.DKIM, key: bytes) -> tuple[Result, str]:
    tags = message.signature_fields
    if tags.get(b"a") == b"rsa-sha1":
        return Result.POLICY, "SHA-1 proves nothing any more (RFC 8301)"
    if b"l" in tags and int(tags[b"l"]) < len(message.body):
        return Result.POLICY, "only a part of the mail is signed"
    if "y" in _tags(key).get("t", "").split(":"):
        return Result.POLICY, "the domain only tries its signatures out"
    return Result.PASS, "it fits"
