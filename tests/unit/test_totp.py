"""The published vectors of RFC 4226 and RFC 6238, and what we add to them: each code once."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.totp import (
    STEP_SECONDS,
    hotp,
    matching_step,
    provisioning_uri,
    secret_from_text,
    secret_text,
    step_at,
)

SECRET = b"12345678901234567890"
HOTP_CODES = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]
TOTP_CODES = [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
    (2000000000, "69279037"), (20000000000, "65353130"),
]  # fmt: skip


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP_CODES)))
def test_counter_codes_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert hotp(SECRET, counter) == code


@pytest.mark.parametrize(("seconds", "code"), TOTP_CODES)
def test_time_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert hotp(SECRET, step_at(seconds), digits=8) == code


@given(st.binary(min_size=16, max_size=32), st.integers(STEP_SECONDS * 10, 1 << 36), st.integers(-4, 4))
def test_a_clock_may_be_one_step_off_and_no_more(secret: bytes, seconds: int, off: int) -> None:
    now = step_at(seconds)
    near = {hotp(secret, now + aside) for aside in (-1, 0, 1)}
    code = hotp(secret, now + off)
    found = matching_step(secret, code, seconds, after_step=0)
    assert (found is not None) == (code in near)


def test_a_code_is_accepted_once() -> None:
    seconds = 1_700_000_000
    step = matching_step(SECRET, hotp(SECRET, step_at(seconds)), seconds, after_step=0)
    assert step == step_at(seconds)
    assert matching_step(SECRET, hotp(SECRET, step), seconds, after_step=step) is None
    assert matching_step(SECRET, hotp(SECRET, step - 1), seconds, after_step=step) is None
    assert matching_step(SECRET, hotp(SECRET, step + 1), seconds, after_step=step) == step + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "７５５２２４"])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert matching_step(SECRET, code, 1_700_000_000, after_step=0) is None


@given(st.binary(min_size=1, max_size=40))
def test_a_secret_survives_being_typed(secret: bytes) -> None:
    assert secret_from_text(secret_text(secret).lower()) == secret


def test_what_is_no_secret_is_refused() -> None:
    assert secret_from_text("0189!") is None


def test_the_qr_code_says_what_apps_read() -> None:
    parts = urlsplit(provisioning_uri(SECRET, account="maren@example.org", issuer="Harbour & Co"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Harbour%20%26%20Co%3Amaren%40example.org"
    query = parse_qs(parts.query)
    assert query["issuer"] == ["Harbour & Co"]
    assert secret_from_text(query["secret"][0]) == SECRET
