"""A bundle about what happened before and after a log was lost: records of two origins, each proven in its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from holdfast.main.verification import Outcome
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.records.sequencing import LedgerFiles
from holdfast.trust.evidence import ExportQuery, Root
from tests.support.bundles import SINGLE, affair, contents, make, ours
from tests.support.ledger_desk import LedgerDesk, RememberingPeer
from tests.support.rulings import case_about_post, decided, ruling, staff
from tests.support.site import open_site


async def test_a_bundle_over_two_origins_verifies_with_both_tools(settings: Settings, tmp_path: Path) -> None:
    async with open_site(settings) as site:
        services = site.services
        desk = LedgerDesk(
            services.database, LedgerFiles(tmp_path / "log"), FixedClock(services.clock.now()), services.keyring,
            domain=services.settings.domain,
        )  # fmt: skip
        peer = RememberingPeer(desk.files, bundles=False)
        found = await affair(site)
        await desk.work(peers=peer)
        backup = await desk.snapshot()
        await desk.append(5)
        await desk.work(peers=peer)
        await peer.look()
        # The last five records are lost with the machine: only a witness has seen that there were such.
        await desk.restore(backup)
        shutil.rmtree(desk.files.root)
        mia = await site.member("max", role="moderator")
        again = await found.author.say("You are vermin and I say it again")
        case_id = await case_about_post(site, found.author, again)
        await decided(site, staff(mia), case_id, ruling("withdraw"))
        await desk.work(peers=peer)

        made = await make(site, ExportQuery(Root.ACCOUNT, found.author.account_id))
        files = contents(made.path)
        index = json.loads(files["data/index.json"])
        logs = {one["log"] for one in index["records"]}
        assert logs == {1, 2}
        assert {"data/ledger/checkpoint", "data/ledger/1/checkpoint"} <= files.keys()
        assert (
            ours(made.path) is Outcome.UNWITNESSED
        )  # everything holds; the witness has not cosigned these two
        alone = subprocess.run(
            [sys.executable, "-I", str(SINGLE), str(made.path)], capture_output=True, text=True, check=False
        )
        assert alone.returncode == Outcome.UNWITNESSED.value, alone.stdout
