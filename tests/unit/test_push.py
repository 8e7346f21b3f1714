"""Web Push without I/O: encryption against the vectors of others, signatures, keys, and what answers mean."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from holdfast.platform.crypto import Keyring
from holdfast.platform.web_push import DeviceKeys, Vapid, encrypt
from holdfast.social.push import (
    Outcome,
    PushNotAllowed,
    outcome_of,
    read_device_keys,
    read_retry_after,
    retry_seconds,
)
from tests.support.push_service import Device

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(text), "big"), ec.SECP256R1())


def test_a_message_is_encrypted_as_the_example_of_rfc_8291() -> None:
    encrypted = encrypt(
        decoded("V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24"),
        DeviceKeys(
            decoded(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
            ),
            decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        ),
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
        sender=private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        standard=True,
    )
    assert encrypted.headers == {"content-encoding": "aes128gcm"}
    assert encrypted.body == decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru"
        "3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_draft_is_encrypted_as_another_library_does() -> None:
    """The vector was made with http_ece 1.2.1."""
    device = ec.derive_private_key(int.from_bytes(b"\x01" * 31 + b"\x07", "big"), ec.SECP256R1())
    sender = ec.derive_private_key(int.from_bytes(b"\x02" * 31 + b"\x09", "big"), ec.SECP256R1())
    point = device.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    encrypted = encrypt(
        b"When I grow up, I want to be a watermelon", DeviceKeys(point, bytes(range(16))),
        salt=bytes(range(16, 32)), sender=sender, standard=False,
    )  # fmt: skip
    assert encrypted.body == decoded(
        "xF8SrEJ3Mmircef892W9e7lP9nCg5VfYcWongpenlD5a5zEyvotYfL3Ox4i6s5Lz9oQhhkwZ_aUnUT0"
    )
    assert encrypted.headers["encryption"] == "salt=EBESExQVFhcYGRobHB0eHw"
    assert encrypted.crypto_key == (
        "dh=BAgyTWyr3GzDZX0sKlDyvdNCHM79ex-pqwKSUZt2YhfVPEfTN9y_FfY_qUlJ9ZT60APCot9KEe9mxfVWVU_9_LQ"
    )


@given(content=st.binary(max_size=3993), standard=st.booleans(), salt=st.binary(min_size=16, max_size=16))
def test_a_device_reads_what_was_encrypted_for_it(content: bytes, standard: bool, salt: bytes) -> None:
    device = Device()
    sender = ec.generate_private_key(ec.SECP256R1())
    encrypted = encrypt(content, device.keys, salt=salt, sender=sender, standard=standard)
    headers = dict(encrypted.headers)
    if encrypted.crypto_key is not None:
        headers["crypto-key"] = encrypted.crypto_key
    assert len(encrypted.body) <= 4096
    assert device.read(headers, encrypted.body) == content


def test_a_signature_names_the_origin_and_ends() -> None:
    keyring = Keyring(b"5" * 32)
    vapid = Vapid(keyring.vapid_key(), "mailto:ops@example.org")
    token = vapid.token("https://Push.Example.org/send/abc?x=1", NOW)
    head, claims, signature = token.split(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    told = json.loads(decoded(claims))
    assert told["aud"] == "https://push.example.org"
    assert told["sub"] == "mailto:ops@example.org"
    assert 0 < told["exp"] - NOW.timestamp() <= 86_400
    raw = decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(keyring.vapid_public()))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    other = vapid.token("https://push.example.org:8443/x", NOW).split(".")[1]
    assert json.loads(decoded(other))["aud"] == "https://push.example.org:8443"


def test_the_key_of_the_server_survives_a_relaunch() -> None:
    """It follows from the master secret alone, so a new host signs as the old one did."""
    assert Keyring(b"5" * 32).vapid_public() == Keyring(b"5" * 32).vapid_public()
    assert Keyring(b"5" * 32).vapid_public() != Keyring(b"6" * 32).vapid_public()


def test_keys_are_read_in_both_alphabets_and_with_padding() -> None:
    keys = Device().keys
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        point, auth = encode(keys.public_key).decode(), encode(keys.auth).decode()
        assert read_device_keys(point, auth) == keys
        assert read_device_keys(point.rstrip("="), auth.rstrip("=")) == keys


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()


# Fixed, because it is part of the names of tests, which must be the same in every process. From RFC 8291, appendix A.
GOOD_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


@pytest.mark.parametrize(
    ("point", "auth", "field"),
    [
        ("", b64(bytes(16)), "p256dh"),
        ("not base64!", b64(bytes(16)), "p256dh"),
        (b64(b"\x04" + bytes(64)), b64(bytes(16)), "p256dh"),  # not on the curve
        (b64(b"\x04" + b"\x01" * 64), b64(bytes(16)), "p256dh"),
        (b64(b"\x00"), b64(bytes(16)), "p256dh"),  # the point at infinity
        (b64(bytes(65)), b64(bytes(16)), "p256dh"),
        (GOOD_POINT, b64(bytes(15)), "auth"),
        (GOOD_POINT, "", "auth"),
        (GOOD_POINT, "\u00e4\u00e4", "auth"),
    ],
)
def test_keys_that_are_none_are_refused(point: str, auth: str, field: str) -> None:
    with pytest.raises(PushNotAllowed) as caught:
        read_device_keys(point, auth)
    assert list(caught.value.details) == [f"subscription[keys][{field}]"]


def test_a_compressed_point_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(PushNotAllowed):
        read_device_keys(b64(key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)), b64(bytes(16)))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.TAKEN), (201, Outcome.TAKEN), (202, Outcome.TAKEN), (404, Outcome.GONE), (410, Outcome.GONE),
        (429, Outcome.LATER), (408, Outcome.LATER), (500, Outcome.LATER), (503, Outcome.LATER),
        (413, Outcome.DROPPED), (301, Outcome.REFUSED), (400, Outcome.REFUSED), (401, Outcome.REFUSED),
        (403, Outcome.REFUSED),
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int, outcome: Outcome) -> None:
    assert outcome_of(status) is outcome


@given(failures=st.integers(0, 10_000), asked=st.none() | st.floats(0, 1e12))
def test_the_wait_grows_and_is_bounded(failures: int, asked: float | None) -> None:
    assert 30 <= retry_seconds(failures, asked) <= 6 * 3600
    assert retry_seconds(failures, None) <= retry_seconds(failures + 1, None)


def test_a_service_is_not_asked_before_it_wants_to_be() -> None:
    assert retry_seconds(1, 3600) == 3600
    assert read_retry_after("120", NOW) == 120
    assert read_retry_after("Tue, 24 Nov 2026 12:05:00 GMT", NOW) == 300
    assert read_retry_after("Tue, 24 Nov 2026 11:00:00 GMT", NOW) == 0
    for text in (None, "", "soon", "-5", "1e9", "Tue, 24 Nov 2026 12:05:00"):
        assert read_retry_after(text, NOW) is None


def test_a_date_far_away_is_no_reason_to_wait_for_ever() -> None:
    asked = read_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", NOW)
    assert retry_seconds(1, asked) == timedelta(hours=6).total_seconds()
