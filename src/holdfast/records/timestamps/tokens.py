"""Requests and replies of RFC 3161, and what makes a reply a proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from ...platform.clock import Instant
from ...pure.errors import Invalid
from .errors import StampNotTrusted, StampRefused

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"
REPLY_MAX_BYTES = 65_536
_GRANTED = 0


@dataclass(frozen=True)
class Request:
    """What is sent, and the number that its reply must repeat."""

    body: bytes
    nonce: int | None


@dataclass(frozen=True)
class Reply:
    """A reply that was checked. `body`: as it came."""

    body: bytes
    stamped_at: Instant


def make_request(data: bytes) -> Request:
    """Ask for a stamp on the SHA-256 of `data`, with a fresh nonce and the authority's certificate in the reply."""
    made = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    return Request(made.as_bytes(), made.nonce)


def check_reply(body: bytes, data: bytes, *, nonce: int | None, trusted: Sequence[x509.Certificate]) -> Reply:
    """Check that a reply stamps `data`. Raises StampRefused, StampNotTrusted.

    trusted: roots, and what stands between them and the authority. Without any, the reply is only checked to be of
    this data and this request: who wants to know whose it is verifies it later.
    """
    with _read_strictly():
        found = decode_timestamp_response(body)
        if found.status != _GRANTED:
            raise StampRefused(private=f"status {found.status}: {'; '.join(found.status_string)}")
        if nonce is not None and found.tst_info.nonce != nonce:
            raise StampNotTrusted(private="the reply is to another request")
        if trusted:
            _verify(found, data, trusted)
        elif found.tst_info.message_imprint.message != _digest(found, data):
            raise StampNotTrusted(private="the stamp is on something else")
        return Reply(body, found.tst_info.gen_time)


def verify_stamp(body: bytes, data: bytes, trusted: Sequence[x509.Certificate]) -> Instant:
    """Check a kept stamp as a stranger would; when it was made. Raises StampNotTrusted."""
    with _read_strictly():
        found = decode_timestamp_response(body)
        _verify(found, data, trusted)
        return found.tst_info.gen_time


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    """Certificates of a PEM file. Raises Invalid."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise Invalid(f"the file of timestamp_certificates_file is not PEM certificates: {error}") from None


@contextmanager
def _read_strictly() -> Iterator[None]:
    """The library reads parts of a reply only when they are asked for: whatever it cannot read is no stamp."""
    try:
        yield
    except (ValueError, TypeError, OverflowError, VerificationError) as error:
        raise StampNotTrusted(private=str(error)) from None


def _verify(found: TimeStampResponse, data: bytes, trusted: Sequence[x509.Certificate]) -> None:
    roots = [one for one in trusted if one.issuer == one.subject]
    if not roots:
        raise StampNotTrusted(private="no root certificate was given")
    between = [one for one in trusted if one.issuer != one.subject]
    VerifierBuilder(roots=roots, intermediates=between).build().verify_message(found, data)


def _digest(found: TimeStampResponse, data: bytes) -> bytes:
    """The hash that the stamp names, of the data."""
    algorithms: dict[str, hashes.HashAlgorithm] = {
        "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
        "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
        "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
    }
    algorithm = algorithms.get(found.tst_info.message_imprint.hash_algorithm.dotted_string)
    if algorithm is None:
        raise StampNotTrusted(private="the stamp uses a hash that nobody should")
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()
