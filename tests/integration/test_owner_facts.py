"""What who runs the server reads of the mirror over HTTP: what the commands print, and nothing that opens anything."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from holdfast.continuity.drills import Check, CheckName, DrillReport, record_drill
from holdfast.continuity.mirror import StoreSetup, setup_facts, write_setup
from holdfast.main.cli.doctor import app as doctor_app
from holdfast.platform.stores import StoreCredentials
from tests.support.mirror_operator import Operator, identity_of
from tests.support.site import Site

DESK = "/api/holdfast/v1/desk"
SECRET_PHRASE = "hunter2-hunter2-hunter2"


async def test_without_a_mirror_the_page_says_how_to_begin_one(site: Site) -> None:
    admin = await site.member("ada", role="admin")
    facts = await admin.get(f"{DESK}/mirror")
    assert facts["configured"] is False
    assert facts["read_only"] is None
    assert "holdfast mirror init" in facts["problems"][0]
    found = await admin.get(f"{DESK}/doctor")
    assert [one["standing"] for one in found["dependencies"] if one["what"] == "mirror"] == ["bad"]
    assert await admin.get(f"{DESK}/drills") == {"stale": True, "drills": []}


async def test_the_page_says_what_the_commands_say_and_has_no_secret(operator: Operator) -> None:
    key = await operator.begins()
    kept = StoreSetup(
        "three", "s3://bucket/site", StoreCredentials(user="somebody", secret=SECRET_PHRASE), "THREE"
    )
    services = operator.site.services
    write_setup(
        operator.data, services.keyring, replace(operator.setup, stores=(*operator.setup.stores, kept))
    )
    admin = await operator.site.member("ada", role="admin")
    facts = await admin.get(f"{DESK}/mirror")
    told = json.loads(await operator.does("status", "--json"))
    moved, configured, read_only = facts.pop("moved_to"), facts.pop("configured"), facts.pop("read_only")
    assert (moved, configured, read_only) == (None, True, None)
    assert facts == told
    found = await admin.get(f"{DESK}/doctor")
    assert found == json.loads(await operator.does("--json", into=doctor_app))
    everything = json.dumps([facts, found, await admin.get(f"{DESK}/drills")])
    known = setup_facts(operator.setup)
    secrets = [
        SECRET_PHRASE, "somebody", identity_of(key), known["signer"]["seed"], known["authority_sealed"], known["media_key"],
        str(services.settings.database_url),
    ]  # fmt: skip
    assert all(secrets)
    assert "s3://bucket/site" in everything
    assert not [one for one in secrets if one in everything]


async def test_a_server_that_was_replaced_says_so(operator: Operator) -> None:
    await operator.begins()
    admin = await operator.site.member("ada", role="admin")
    (operator.data / "mirror" / "superseded.json").write_text("{}")
    (operator.data / "mirror" / "moved.json").write_text(json.dumps({"address": "https://new.example"}))
    facts = await admin.get(f"{DESK}/mirror")
    assert (facts["read_only"], facts["moved_to"]) == ("superseded", "https://new.example")


async def test_drills_are_listed_with_what_was_looked_at(site: Site) -> None:
    admin = await site.member("ada", role="admin")
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        for days, ok in ((3, True), (1, False)):
            report = DrillReport(
                domain=site.services.settings.domain, store="one", started_at=now - timedelta(days=days), epoch=1, rto_seconds=12.5,
                rpo_seconds=3.0, phases={}, size_bytes=10, missing_bytes=0, rows={}, ledger_size=0, ledger_root="",
                checks=(Check(CheckName.MEDIA, ok, "said"),),
            )  # fmt: skip
            await record_drill(tx, report, now=now)
    told = await admin.get(f"{DESK}/drills")
    assert told["stale"] is False
    assert [one["passed"] for one in told["drills"]] == [False, True]
    assert told["drills"][0]["checks"] == [{"name": "media", "ok": False, "said": "said"}]
    assert len((await admin.get(f"{DESK}/drills", limit=1))["drills"]) == 1
