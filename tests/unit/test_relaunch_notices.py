"""Where a site went: who may say it, and that nobody is led back."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.evidence import Algorithm, SigningKey, parse_vkey
from holdfast.pure.relaunch_notices import (
    ADDRESSES_MAX,
    NOTICE_MAX_BYTES,
    NoticeInvalid,
    NoticeRolledBack,
    RelaunchNotice,
    encode_notice,
    read_notice,
    signed_text,
    take_notice,
)
from holdfast.pure.web_addresses import is_web_address

ORIGIN = "kelp.example/evidence/1"
OURS = SigningKey(ORIGIN, Algorithm.ED25519, bytes(range(32)))
NEXT = SigningKey(ORIGIN, Algorithm.ED25519, bytes(range(1, 33)))
THEIRS = SigningKey(ORIGIN, Algorithm.ED25519, bytes(32))
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOTICE = RelaunchNotice(
    ORIGIN, 7, NOON, NOON + timedelta(hours=1), ("https://kelp.example.net",), ("https://mirror.example/r.json",)
)  # fmt: skip
EXAMPLES = Path(__file__).parents[2] / "web" / "tests" / "relaunch.json"


def test_a_notice_is_read_by_who_knows_one_of_the_keys_that_signed_it() -> None:
    file = encode_notice(NOTICE, [OURS, NEXT])
    assert read_notice(file, [OURS.verifier]) == NOTICE
    assert read_notice(file, [NEXT.verifier]) == NOTICE
    for keys in ([], [THEIRS.verifier]):
        with pytest.raises(NoticeInvalid):
            read_notice(file, keys)


def test_the_key_of_another_site_says_nothing_about_this_one() -> None:
    other = SigningKey("rock.example/evidence/1", Algorithm.ED25519, OURS.seed)
    with pytest.raises(NoticeInvalid):
        read_notice(encode_notice(NOTICE, [other]), [other.verifier])


def test_a_signature_over_a_checkpoint_is_none_over_a_notice() -> None:
    envelope = json.loads(encode_notice(NOTICE, [OURS]))
    bare = OURS.sign(NOTICE.payload().decode())
    envelope["signatures"][0]["sig"] = base64.b64encode(bare).decode()
    with pytest.raises(NoticeInvalid):
        read_notice(json.dumps(envelope).encode(), [OURS.verifier])


@given(st.data())
def test_no_bit_of_what_is_signed_can_be_changed(data: st.DataObject) -> None:
    envelope = json.loads(encode_notice(NOTICE, [OURS]))
    field = data.draw(st.sampled_from(["payload", "sig"]))
    holder = envelope if field == "payload" else envelope["signatures"][0]
    raw = bytearray(base64.b64decode(holder[field]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    holder[field] = base64.b64encode(bytes(raw)).decode()
    with pytest.raises(NoticeInvalid):
        read_notice(json.dumps(envelope).encode(), [OURS.verifier])


@given(st.binary(max_size=400))
def test_anything_at_all_is_refused_and_never_crashes(document: bytes) -> None:
    with pytest.raises(NoticeInvalid):
        read_notice(document, [OURS.verifier])


def test_a_notice_that_is_too_long_is_not_looked_into() -> None:
    with pytest.raises(NoticeInvalid):
        read_notice(encode_notice(NOTICE, [OURS]) + b" " * NOTICE_MAX_BYTES, [OURS.verifier])


def test_an_earlier_notice_and_another_one_with_the_same_number_are_refused() -> None:
    assert take_notice(None, NOTICE) == NOTICE
    assert take_notice(NOTICE, NOTICE) == NOTICE
    back_home = replace(NOTICE, sequence=8, addresses=())
    assert take_notice(NOTICE, back_home) == back_home
    for refused in (replace(NOTICE, sequence=6), replace(NOTICE, addresses=("https://rock.example",))):
        with pytest.raises(NoticeRolledBack):
            take_notice(NOTICE, refused)
    with pytest.raises(NoticeRolledBack):
        take_notice(NOTICE, replace(NOTICE, sequence=9, origin="rock.example/evidence/1"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"addresses": ("javascript:alert(1)",)}, {"addresses": ("https://kelp.example/path",)},
        {"addresses": ("https://user@kelp.example",)}, {"addresses": ("https://kelp.example ; script-src *",)},
        {"addresses": ("https://kelp.example",) * (ADDRESSES_MAX + 1)}, {"sequence": 0}, {"sequence": 2**53},
        {"notices": ("ftp://kelp.example/r",)},
    ],
)  # fmt: skip
def test_a_notice_that_nobody_would_accept_is_not_made(wrong: dict[str, object]) -> None:
    with pytest.raises(NoticeInvalid):
        encode_notice(replace(NOTICE, **wrong), [OURS])  # type: ignore[arg-type]


def test_what_is_signed_is_written_as_the_standard_says() -> None:
    assert signed_text(b'{"a":1}') == 'DSSEv1 38 application/vnd.holdfast.relaunch+json 7 {"a":1}'


def test_the_examples_that_the_app_reads_are_ours() -> None:
    examples = json.loads(EXAMPLES.read_text())
    keys = [parse_vkey(one) for one in examples["vkeys"]]
    assert keys == [OURS.verifier]
    assert read_notice(examples["good"].encode(), keys) == NOTICE
    for name in ("forged", "changed", "otherType"):
        with pytest.raises(NoticeInvalid):
            read_notice(examples[name].encode(), keys)


def test_web_addresses() -> None:
    for good in ("https://a.example/r.json", "http://localhost:8420/x", "https://[2001:db8::1]:8443/r"):
        assert is_web_address(good)
    for bad in ("", "a.example", "https://", "https://a b", "https://a.example;x", "https://a:99999/", "//a"):
        assert not is_web_address(bad)
