"""The notice desk from the terminal, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

from holdfast.pure.deadlines import shipped_text
from tests.integration.test_evidence_commands import site, typed
from tests.support.site import Site

__all__ = ["site"]


async def test_a_letter_goes_from_its_entry_to_its_end(site: Site, tmp_path: Path) -> None:
    alice = await site.member("alice")
    post = await alice.say("what the letter is about")
    url = f"{site.services.base_url}/@alice/{post['id']}"
    scan = tmp_path / "letter.pdf"
    scan.write_bytes(b"%PDF-1.4 a letter")
    entered = await typed(
        site, "notice", "enter", "--preset", "report.ngo", "--from", "Ann", "--organisation", "A league", "--url", url,
        "--received", "1d", "--scan", str(scan), "--json",
    )  # fmt: skip
    assert entered.exit_code == 0, entered.exception
    reference = json.loads(entered.stdout)["reference"]
    listed = (await typed(site, "notice", "list")).stdout
    assert reference in listed
    assert "1/1 open" in listed
    early = await typed(site, "notice", "step", reference, "decide")
    assert early.exit_code != 0
    assert "cannot go on" in str(early.exception)
    for words in (
        ("step", reference, "acknowledge", "--evidence", "a call"),
        ("settle", reference, "1", "refused", "--reason", "it breaks nothing"),
        ("step", reference, "decide"),
        ("step", reference, "answer"),
        ("step", reference, "close"),
    ):
        done = await typed(site, "notice", *words)
        assert done.exit_code == 0, (words, done.exception)
    shown = json.loads((await typed(site, "notice", "show", reference, "--json")).stdout)
    assert (shown["state"], shown["outcome"]) == ("closed", "refused")
    assert next(row["what"] for row in shown["timeline"]) == "received"
    assert "report.ngo" in (await typed(site, "notice", "list", "--closed")).stdout
    assert (await typed(site, "notice", "show", "N-0000-0000")).exit_code != 0


async def test_presets_are_written_edited_and_published(site: Site, tmp_path: Path) -> None:
    out, wrong = tmp_path / "presets.toml", tmp_path / "wrong.toml"
    assert "host.abuse  P0  reply" in (await typed(site, "notice", "presets")).stdout
    assert (await typed(site, "notice", "presets", "--out", str(out))).exit_code == 0
    assert out.read_text("utf-8") == shipped_text()
    out.write_text(shipped_text().replace("legal review required", "reviewed"), "utf-8")
    published = await typed(
        site, "notice", "presets", "--publish", str(out), "--note", "counsel looked at it"
    )
    assert published.exit_code == 0, published.exception
    assert "(reviewed)" in published.stdout
    wrong.write_text("version = 9", "utf-8")
    refused = await typed(site, "notice", "presets", "--publish", str(wrong))
    assert refused.exit_code != 0
