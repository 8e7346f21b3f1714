"""What everybody sees of the ledger: the page, receipts, the policy, time stamps; and what reporters are handed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from holdfast.edge.public.ledger import ago
from holdfast.edge.public.translations import speech_in
from holdfast.platform.config import Settings
from holdfast.pure.evidence import (
    Algorithm,
    SigningKey,
    assess_checkpoint,
    cosign_checkpoint,
    parse_leaf,
    parse_note,
    parse_policy,
    parse_proof,
    verify_proof,
)
from holdfast.records import ledger
from holdfast.records.timestamps import Reason, Reply, StampOrder, record_stamp
from holdfast.records.witnesses import Trouble, add_witness, record_cosigned, record_trouble
from tests.support.access_ledger import grow_ledger
from tests.support.browser import Browser
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration

WITNESS = SigningKey("w.example/1", Algorithm.COSIGNATURE_V1, b"\x03" * 32)
API = "/api/holdfast/v1/ledger"


async def grown(site: Site) -> None:
    """Something is recorded and signed."""
    async with site.services.database.transaction() as tx:
        entry = ledger.Entry(kind=ledger.Kind.POLICY_PUBLISHED, public={"policy": "rules@1"})
        await ledger.append(tx, entry, now=site.services.clock.now())
    await grow_ledger(site)


async def cosign(site: Site) -> None:
    """Let the witness sign the newest checkpoint."""
    database, now = site.services.database, site.services.clock.now()
    stored = await ledger.latest_checkpoint(database)
    assert stored is not None
    line = cosign_checkpoint(parse_note(stored.note.encode()), WITNESS, time_unix=int(now.timestamp())).line
    log = await ledger.log_of(database, stored.log)
    assert log is not None
    async with database.transaction() as tx:
        await record_cosigned(tx, WITNESS.name, stored, log.origin, line, time_unix=int(now.timestamp()))


async def witnessed(site: Site) -> None:
    async with site.services.database.transaction() as tx:
        await add_witness(tx, WITNESS.verifier.vkey, "https://w.example", now=site.services.clock.now())


async def test_who_reports_is_handed_a_receipt_that_verifies_offline(site: Site) -> None:
    reporter, bad = await site.members("rita", "bad")
    filed = await reporter.request(
        "POST", "/api/v1/reports", data={"account_id": bad.id, "comment": "secret words"}
    )
    receipt = filed.headers["holdfast-receipt"]
    path = receipt.removeprefix(site.services.base_url)
    record_id = path.rpartition("/")[2]
    assert path == f"/receipts/{record_id}"
    # Before anything is signed there is no proof, and the page says so.
    early = await site.client.get(f"{API}/receipts/{record_id}.tlog-proof")
    assert early.status_code == 503
    page = await site.client.get(path)
    assert page.status_code == 200
    assert "not in a signed checkpoint yet" in page.text
    await witnessed(site)
    await grow_ledger(site)
    await cosign(site)
    proof = (await site.client.get(f"{API}/receipts/{record_id}.tlog-proof")).content
    policy = parse_policy((await site.client.get(f"{API}/policy")).content)
    read = parse_proof(proof)
    assert read.extra is not None
    signed = verify_proof(read, read.extra, policy.log_keys, policy.witness_keys)
    assert assess_checkpoint(read.checkpoint, policy).quorum_reached
    assert [one.key.name for one in signed.cosignatures] == [WITNESS.name]
    leaf = parse_leaf(read.extra)
    assert (leaf.kind, leaf.record_id) == ("report.received", record_id)
    page = await site.client.get(path)
    assert WITNESS.name in page.text
    for secret in ("secret words", "rita", "bad"):
        assert secret not in proof.decode()
        assert secret not in page.text.partition("<main")[2].partition("</main>")[0]
    facts = (await site.client.get(f"{API}/receipts/{record_id}")).json()
    assert (facts["kind"], facts["cosigners"]) == ("report.received", [WITNESS.name])


async def test_who_reports_without_an_account_is_shown_a_receipt_too(site: Site) -> None:
    await site.member("bad")
    browser = Browser(site.client, site.services.base_url)
    await browser.open("/report")
    done = await browser.send("/report", category="other", address="/@bad")
    found = re.search(r'href="(/receipts/[0-9A-Z]{26})"', done.text)
    assert found is not None
    assert "recorded a report" in (await site.client.get(found[1])).text


async def test_a_receipt_goes_on_with_the_newest_cosigned_checkpoint(site: Site) -> None:
    """A proof is made anew: against what witnesses saw, not against what is only signed."""
    reporter, bad = await site.members("rita", "bad")
    await witnessed(site)
    filed = await reporter.request("POST", "/api/v1/reports", data={"account_id": bad.id})
    record_id = filed.headers["holdfast-receipt"].rpartition("/")[2]
    await grow_ledger(site)
    await cosign(site)
    first = (await site.client.get(f"{API}/receipts/{record_id}")).json()["checkpoint_size"]
    await reporter.request("POST", "/api/v1/reports", data={"account_id": bad.id})
    await grow_ledger(site)
    assert (await site.client.get(f"{API}/receipts/{record_id}")).json()["checkpoint_size"] == first
    await cosign(site)
    assert (await site.client.get(f"{API}/receipts/{record_id}")).json()["checkpoint_size"] > first


async def test_nobody_learns_of_a_record_that_is_not_there(site: Site) -> None:
    await grown(site)
    for ident in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "%00", "a%00b", "ﬀ", "a" * 5000):
        assert (await site.client.get(f"/receipts/{ident}")).status_code == 404, ident
        assert (await site.client.get(f"{API}/receipts/{ident}.tlog-proof")).status_code == 404, ident
        assert (await site.client.get(f"{API}/time-stamps/{ident}")).status_code == 404, ident


async def test_the_page_tells_how_the_ledger_stands(site: Site) -> None:
    path = "/transparency/ledger"
    begun = await site.client.get(path)
    assert begun.status_code == 200
    assert "Nothing has been signed yet" in begun.text
    assert "That nothing was left out." in begun.text
    await grown(site)
    alone = (await site.client.get(path)).text
    assert "Nobody yet." in alone
    await witnessed(site)
    await cosign(site)
    status = (await site.client.get(f"{API}/status")).json()
    seen = (await site.client.get(path)).text
    assert status["vkeys"][0] in seen
    assert '<span class="ledger-good">cosigned</span>' in seen
    assert seen.count('<pre tabindex="0" class="commands">') >= 7
    assert "<script" not in seen
    async with site.services.database.transaction() as tx:
        now = site.services.clock.now()
        await record_trouble(tx, WITNESS.name, Trouble.OTHER_HISTORY, "422: <b>at 10.0.0.5</b>", now=now)
    alarmed = (await site.client.get(path)).text
    assert '<strong class="ledger-bad">other history</strong>' in alarmed
    # What a witness answered is for the operator, not for the page.
    assert "10.0.0.5" not in alarmed
    assert "10.0.0.5" not in (await site.client.get(f"{API}/witnesses")).text
    for page in ("/about", "/"):
        assert path in (await site.client.get(page)).text


async def test_time_stamps_are_served_byte_for_byte(site: Site) -> None:
    await grown(site)
    database, now = site.services.database, site.services.clock.now()
    stored = await ledger.latest_checkpoint(database)
    assert stored is not None
    log = await ledger.log_of(database, stored.log)
    assert log is not None
    async with database.transaction() as tx:
        await record_stamp(
            tx, StampOrder(Reason.HOURLY), Reply(b"\x30reply", now), origin=log.origin, size=stored.size,
            note=stored.whole_note, authority="https://tsa.example", now=now,
        )  # fmt: skip
    (row,) = (await site.client.get(f"{API}/time-stamps")).json()
    for url, content in ((row["reply_url"], b"\x30reply"), (row["checkpoint_url"], stored.whole_note)):
        answer = await site.client.get(url)
        assert answer.content == content
        assert "attachment" in answer.headers["content-disposition"]
    page = (await site.client.get("/transparency/ledger")).text
    assert row["reply_url"] in page
    assert "openssl ts -verify" in page
    receipt = await ledger.record_at(database, 1, 0)
    assert row["reply_url"] in (await site.client.get(f"/receipts/{receipt}")).text


async def test_the_file_of_certificates_is_never_a_private_key(settings: Settings, tmp_path: Path) -> None:
    pem = tmp_path / "authority.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\n")
    async with open_site(msgspec.structs.replace(settings, timestamp_certificates_file=pem)) as site:
        assert (await site.client.get(f"{API}/time-stamp-certificates")).text == pem.read_text()
        pem.write_text("-----BEGIN PRIVATE KEY-----\n")
        assert (await site.client.get(f"{API}/time-stamp-certificates")).status_code == 404


def test_ages_are_told_in_words() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    told = [
        ago(now - timedelta(seconds=one), now, speech_in("en"))
        for one in (-5, 0, 1, 59, 60, 3600, 7200, 86_400)
    ]
    assert told == [
        "now",
        "now",
        "1 second ago",
        "59 seconds ago",
        "1 minute ago",
        "1 hour ago",
        "2 hours ago",
        "1 day ago",
    ]
