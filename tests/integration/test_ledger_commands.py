"""`holdfast ledger`: what the terminal says of this server's own ledger, and that it finds what was tampered with."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from typer.testing import CliRunner, Result

from holdfast.main.cli.ledger import app
from holdfast.main.cli.verify import app as verify_app
from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind
from tests.support.access_ledger import grow_ledger
from tests.support.site import Site


async def run(site: Site, *words: str) -> Result:
    settings = site.services.settings
    environment = {"HOLDFAST_DATABASE_URL": str(settings.database_url), "HOLDFAST_DATA": str(settings.data)}
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(words), env=environment))


async def test_the_terminal_tells_proves_rotates_and_checks(site: Site, tmp_path: Path) -> None:
    assert "nothing is recorded yet" in (await run(site, "status")).stdout
    async with site.services.database.transaction() as tx:
        record_id = await ledger.append(tx, Entry(kind=Kind.BREAKER), now=site.services.clock.now())
        for _ in range(260):
            await ledger.append(tx, Entry(kind=Kind.BREAKER), now=site.services.clock.now())
    await grow_ledger(site)
    facts = json.loads((await run(site, "status", "--json")).stdout)
    assert (facts["size"], facts["signed_size"], facts["waiting"]) == (261, 261, 0)

    out = tmp_path / "it.tlog-proof"
    assert (await run(site, "prove", record_id, "--out", str(out))).exit_code == 0
    # Nobody has cosigned: verified, but unwitnessed.
    done = await asyncio.to_thread(CliRunner().invoke, verify_app, [str(out), "--vkey", facts["vkeys"][0]])
    assert done.exit_code == 10, done.output
    assert (await run(site, "checkpoint")).stdout_bytes.startswith(facts["origin"].encode())

    rotated = json.loads((await run(site, "rotate-key", "--json")).stdout)
    await grow_ledger(site)
    facts = json.loads((await run(site, "status", "--json")).stdout)
    assert facts["vkeys"] == [rotated["new"], rotated["old"]]
    assert "nothing is missing" in (await run(site, "check")).stdout

    tile = site.services.settings.data / "ledger/1/tile/0/000"
    tile.write_bytes(b"\x00" * 8192)
    await site.services.database.fetch("delete from ledger_counters where stream = 'breaker'")
    wrong = await run(site, "check")
    assert wrong.exit_code == 1
    assert "census does not match" in wrong.stdout
    assert "tile/0/000" in wrong.stdout
    await site.services.database.fetch(
        "update ledger_records set leaf = leaf || ' '::bytea where leaf_index = 3"
    )
    assert "is not the one that was signed" in (await run(site, "check", "--json")).stdout
    assert "goes on" in (await run(site, "resume")).stdout
