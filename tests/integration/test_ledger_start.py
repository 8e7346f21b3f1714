"""Starting again: after a crash, on an older database, on another machine. Never two histories of one log."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest

from holdfast.pure.evidence import parse_leaf
from holdfast.records import ledger
from holdfast.records.sequencing import LedgerFiles, allow_resuming
from tests.support.ledger_desk import Killed, RememberingPeer, ledger_desk

STEPS = ("start", "started", "sequence", "sequenced", "sign", "files", "signature", "publish", "signed")


async def test_a_crash_at_any_step_loses_and_forks_nothing(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        acknowledged: list[str] = []
        for name in (*STEPS, *STEPS):
            acknowledged += await desk.append(2)

            def end(step: str, name: str = name) -> None:
                if step == name:
                    raise Killed(step)

            with pytest.raises(Killed):
                await desk.work(watch=end)
        await desk.work()
        assert await desk.numbers() == list(range(1, len(acknowledged) + 1))
        for record_id in acknowledged:
            await desk.verify(record_id)


async def test_an_older_database_takes_its_tail_from_the_files(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        await desk.append(5)
        await desk.work()
        waiting = await desk.append(1)
        backup = await desk.snapshot()
        later = await desk.append(290)
        await desk.work()
        await desk.restore(backup)
        new = await desk.append(2)
        await desk.work()
        assert [one.number for one in await ledger.logs(desk.database)] == [1]
        for record_id in (*waiting, later[0], later[-1], *new):
            await desk.verify(record_id)
        assert await desk.numbers() == list(range(1, 299))


async def test_an_older_machine_takes_its_tail_from_a_peer(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path / "a") as desk:
        peer = RememberingPeer(desk.files)
        await desk.append(5)
        await desk.work(peers=peer)
        backup = await desk.snapshot()
        later = await desk.append(5)
        await desk.work(peers=peer)
        await peer.look()
        await desk.restore(backup)
        shutil.rmtree(desk.files.root)
        desk.files = LedgerFiles(tmp_path / "b")
        await desk.append(1)
        await desk.work(peers=peer)
        assert [one.number for one in await ledger.logs(desk.database)] == [1]
        await desk.verify(later[-1])


async def test_a_whole_log_comes_back_into_an_empty_database(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        empty = await desk.snapshot()
        ids = await desk.append(300)
        await desk.work()
        await desk.restore(empty)
        await desk.append(1)
        await desk.work()
        await desk.verify(ids[0])
        assert await desk.numbers() == list(range(1, 302))


async def test_a_lost_tail_opens_the_next_origin(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        peer = RememberingPeer(desk.files, bundles=False)
        old = await desk.append(5)
        await desk.work(peers=peer)
        backup = await desk.snapshot()
        await desk.append(5)
        await desk.work(peers=peer)
        await peer.look()
        await desk.restore(backup)
        shutil.rmtree(desk.files.root)
        new = await desk.append(1)
        await desk.work(peers=peer)
        assert [(one.number, one.size) for one in await ledger.logs(desk.database)] == [(1, 5), (2, 2)]
        first = parse_leaf(
            (await ledger.record_of(desk.database, await ledger.record_at(desk.database, 2, 0))).leaf
        )
        assert first.kind == "continuation"
        assert (first.public["size"], first.public["lost"], first.public["cause"]) == (10, 5, "lost")
        for record_id in (*old, *new):
            await desk.verify(record_id)
        # The next life sees the new origin and goes on there.
        await peer.look()
        await desk.append(1)
        await desk.work(peers=peer)
        assert [(one.number, one.size) for one in await ledger.logs(desk.database)] == [(1, 5), (2, 3)]


async def test_a_restored_database_never_signs_a_fork_while_peers_are_silent(
    database_url: str, tmp_path: Path
) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        peer = RememberingPeer(desk.files)
        await desk.append(5)
        await desk.work(peers=peer)
        backup = await desk.snapshot()
        await desk.append(5)
        await desk.work(peers=peer)
        await peer.look()
        await desk.restore(backup)
        shutil.rmtree(desk.files.root)
        peer.silent = True
        await desk.append(1)
        assert not await desk.work(peers=peer)
        assert not await desk.work(peers=peer)
        assert await desk.files.logs() == []
        peer.silent = False
        assert await desk.work(peers=peer)
        assert await desk.numbers() == list(range(1, 12))


async def test_a_plain_restart_does_not_wait_and_the_operator_may_go_on(
    database_url: str, tmp_path: Path
) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        peer = RememberingPeer(desk.files, silent=True)
        await desk.append(2)
        # A first start may be one after everything was lost.
        assert not await desk.work(peers=peer)
        peer.silent = False
        assert await desk.work(peers=peer)
        peer.silent = True
        assert await desk.work(peers=peer)
        shutil.rmtree(desk.files.root)
        assert not await desk.work(peers=peer)
        async with desk.database.transaction() as tx:
            await allow_resuming(tx, now=desk.clock.now())
        assert await desk.work(peers=peer)


async def test_a_tree_that_was_changed_is_not_signed(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        await desk.append(5)
        await desk.work()
        await desk.database.fetch(
            "update ledger_records set leaf = (select leaf from ledger_records where leaf_index = 1) where leaf_index = 3"
        )
        await desk.append(1)
        await desk.work()
        # What was signed is kept; what is here now is another history, and gets another name.
        (first, second) = await ledger.logs(desk.database)
        assert first.frozen_at is not None
        cause = parse_leaf(
            (
                await ledger.record_of(desk.database, await ledger.record_at(desk.database, second.number, 0))
            ).leaf
        )
        assert cause.public["cause"] == "contradicted"


async def test_a_superseded_sequencer_writes_nothing(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        await desk.append(2)

        def steal(step: str) -> None:
            if step == "signature":
                raise Killed

        with contextlib.suppress(Killed):
            await desk.work(watch=steal)
        async with desk.database.transaction() as tx:
            await tx.execute("update ledger_sequencer set epoch = epoch + 5")
        await desk.work()
        assert await desk.numbers() == [1, 2]
        from holdfast.records.sequencing import fence

        async with fence(desk.database, "one", now=desk.clock.now()) as held:
            assert held is not None
            async with fence(desk.database, "two", now=desk.clock.now()) as other:
                assert other is None
            async with desk.database.transaction() as tx:
                await tx.execute("update ledger_sequencer set epoch = epoch + 1")
            with pytest.raises(ledger.Superseded):
                async with desk.database.transaction() as tx:
                    await held.check(tx)
