"""`holdfast notice answer`, `export`, `scorecard`, as an operator types them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from holdfast.main.verification import Given, Outcome, Trust, verify_file
from holdfast.platform.config import Settings
from holdfast.pure.errors import HoldfastError
from holdfast.pure.notices import ItemOutcome
from holdfast.trust.answers import answers_of
from tests.integration.test_evidence_commands import typed
from tests.support.answered_notices import settled
from tests.support.bundles import sign
from tests.support.site import Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, freshness="database")) as opened:
        yield opened


async def test_an_answer_is_printed_first_and_sent_when_it_is_said(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED)
    shown = await typed(site, "notice", "answer", made.reference)
    assert shown.exit_code == 0, shown.exception
    assert "Still to be written: prevention" in shown.stdout
    assert "this server sends no mail" in shown.stdout
    database = site.services.database
    assert await answers_of(database, made.notice_id) == []
    words = (
        "notice",
        "answer",
        made.reference,
        "--note",
        "prevention=A rule holds such posts.",
        "--send",
        "--json",
    )
    sent = await typed(site, *words)
    assert sent.exit_code == 0, sent.exception
    facts = json.loads(sent.stdout)
    [answer] = await answers_of(database, made.notice_id)
    assert (facts["record_id"], facts["status"]) == (answer.record_id, "page")
    # The same again is the same answer.
    assert json.loads((await typed(site, *words)).stdout)["record_id"] == answer.record_id
    for wrong in (
        ("N-NONE-NONE",),
        (made.reference, "--kind", "poem"),
        (made.reference, "--note", "prevention"),
    ):
        assert isinstance((await typed(site, "notice", "answer", *wrong)).exception, HoldfastError)


async def test_exports_are_written_once_and_on_record(site: Site, tmp_path: Path) -> None:
    made = await settled(site, ItemOutcome.ACTIONED, ItemOutcome.REFUSED)
    await sign(site)
    page, bundle = tmp_path / "page.txt", tmp_path / "bundle.zip"
    for words in (
        ("--out", str(page), "--notice", made.reference, "--form", "summary.txt", "--for", "Counsel"),
        ("--out", str(bundle), "--sender", "abuse@host.example"),
    ):
        done = await typed(site, "notice", "export", *words)
        assert done.exit_code == 0, done.exception
    assert made.reference in page.read_text()
    assert verify_file(bundle, Trust(None), Given()).outcome in (
        Outcome.VERIFIED,
        Outcome.UNWITNESSED,
        Outcome.OPENING_MISSING,
    )
    listed = (await typed(site, "evidence", "disclosures")).stdout
    assert "Counsel" in listed
    assert isinstance((await typed(site, "notice", "export", "--out", str(page))).exception, HoldfastError)
    wrong = ("--out", str(tmp_path / "x"), "--form", "poem")
    assert isinstance((await typed(site, "notice", "export", *wrong)).exception, HoldfastError)


async def test_a_scorecard_is_printed(site: Site) -> None:
    await settled(site, ItemOutcome.ACTIONED, ItemOutcome.REFUSED)
    shown = await typed(site, "notice", "scorecard", "abuse@host.example")
    assert shown.exit_code == 0, shown.exception
    assert "upheld 1 of 2" in shown.stdout
    card = json.loads((await typed(site, "notice", "scorecard", "abuse@host.example", "--json")).stdout)
    assert card["items"] == 2
    assert isinstance((await typed(site, "notice", "scorecard", "nobody@x.example")).exception, HoldfastError)
