"""What a mail's signatures prove of who sent it, and what they do not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.platform.mail_signatures import Proof, Result, SenderCheck, check_sender
from holdfast.platform.text_records import FakeTextRecords
from tests.support.signed_mail import HOST, KEY_NAME, key_record, mail, signed

SENDER = f"abuse@{HOST}"
RAW = mail("Please look at https://town.example/@ann/1")


async def check(
    raw: bytes, names: Mapping[str, str | None] | None = None, sender: str = SENDER
) -> SenderCheck:
    records = FakeTextRecords({KEY_NAME: key_record()} if names is None else names)
    return await check_sender(raw, sender, records, within_seconds=5)


async def test_a_signature_of_the_senders_domain_proves_the_sender_and_its_key_is_kept() -> None:
    found = await check(signed(RAW))
    assert (found.proof, found.from_domain) == (Proof.PROVEN, HOST)
    (one,) = found.signatures
    assert (one.result, one.aligned, one.key) == (Result.PASS, True, key_record())
    assert "subject" in one.signed_headers
    assert found.proving == one


async def test_a_changed_mail_refutes_its_sender() -> None:
    found = await check(signed(RAW).replace(b"@ann/1", b"@ann/2"))
    assert found.proof is Proof.REFUTED
    assert found.signatures[0].result is Result.FAIL
    assert found.proving is None


async def test_a_signature_of_another_domain_proves_nothing_of_this_sender() -> None:
    raw = signed(mail("x", sender="Bank <security@bank.example>"))
    found = await check(raw, sender="security@bank.example")
    assert found.proof is Proof.UNPROVEN
    assert (found.signatures[0].result, found.signatures[0].aligned) == (Result.PASS, False)


async def test_a_domain_that_says_it_signs_all_mails_refutes_one_without_a_signature() -> None:
    policy = {f"_dmarc.{HOST}": "v=DMARC1; p=reject; rua=mailto:x@y.example"}
    assert (await check(RAW, policy)).proof is Proof.REFUTED
    assert (await check(RAW, {f"_dmarc.{HOST}": "v=DMARC1; p=none"})).proof is Proof.UNPROVEN
    assert (await check(RAW, {})).proof is Proof.UNPROVEN


async def test_the_policy_of_a_parent_counts_for_its_subdomains() -> None:
    policy = {f"_dmarc.{HOST}": "v=DMARC1; p=none; sp=quarantine"}
    raw = mail("x", sender=f"abuse@mail.{HOST}")
    assert (await check(raw, policy, f"abuse@mail.{HOST}")).proof is Proof.REFUTED
    assert (await check(RAW, policy)).proof is Proof.UNPROVEN


async def test_a_name_service_that_is_away_refutes_nobody() -> None:
    assert (await check(signed(RAW), {KEY_NAME: None})).proof is Proof.UNCHECKED
    assert (await check(RAW, {f"_dmarc.{HOST}": None})).proof is Proof.UNCHECKED


async def test_a_withdrawn_key_proves_nothing() -> None:
    found = await check(signed(RAW), {KEY_NAME: "v=DKIM1; k=rsa; p="})
    assert found.signatures[0].result is Result.PERMERROR
    assert found.proof is Proof.UNPROVEN


async def test_a_signature_over_a_part_of_the_mail_does_not_prove_the_rest() -> None:
    found = await check(signed(RAW, length=True) + b"and more that nobody signed\r\n")
    assert found.signatures[0].result is Result.POLICY
    assert found.proof is Proof.UNPROVEN


async def test_a_key_that_is_tried_out_proves_nothing() -> None:
    found = await check(signed(RAW), {KEY_NAME: key_record().replace("k=rsa", "k=rsa; t=y")})
    assert found.signatures[0].result is Result.POLICY


async def test_what_other_servers_wrote_about_signatures_is_not_believed() -> None:
    raw = mail("x", headers=[("Authentication-Results", f"mx.town.example; dkim=pass header.d={HOST}")])
    assert (await check(raw, {})).proof is Proof.UNPROVEN


async def test_no_more_signatures_are_looked_at_than_senders_use() -> None:
    raw = RAW
    for number in range(20):
        raw = b"DKIM-Signature: v=1; a=rsa-sha256; d=d%d.example; s=s; h=from; bh=x; b=y\r\n" % number + raw
    records = FakeTextRecords({})
    found = await check_sender(raw, SENDER, records, within_seconds=5)
    assert len(found.signatures) == 5
    assert sum("_domainkey" in name for name in records.asked) == 5


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=60))
async def test_nothing_that_a_stranger_writes_breaks_the_check(noise: bytes, sender: str) -> None:
    head = b"DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=key1; h=from; bh=" % HOST.encode() + noise
    found = await check(head + b"\r\n" + RAW, sender=sender)
    assert found.proof is not Proof.PROVEN


@pytest.mark.parametrize("sender", ["", "nobody", "a@b", f"abuse@{HOST}\r\nx@y.example", "a@" + "x" * 300])
async def test_a_sender_that_is_no_address_is_never_proven(sender: str) -> None:
    assert (await check(signed(RAW), sender=sender)).proof in (Proof.UNPROVEN, Proof.UNCHECKED)
