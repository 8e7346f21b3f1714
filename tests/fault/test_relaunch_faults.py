"""What may go wrong with a relaunch, one thing at a time: stores that lie or are away, ends in the middle, races, a full disk."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.continuity import mirror
from holdfast.continuity.backups import BackupKind, back_up_now
from holdfast.continuity.relaunch import (
    LedgerWouldFork,
    Mirrors,
    Phase,
    RaceLost,
    Relaunch,
    Relaunched,
    RelaunchRequest,
    Silent,
)
from holdfast.continuity.restoring import NoRoom, Target
from holdfast.continuity.standing import ReadOnlyHere, check_writable, is_read_only
from holdfast.platform import sealing
from holdfast.platform.clock import SystemClock
from holdfast.platform.crypto import Keyring
from holdfast.platform.stores import AwayObjects
from holdfast.pure.mirror import Standing
from tests.support.mirrored import MASTER_KEY, Mirrored, memory_folder, open_mirrored
from tests.support.relaunched import a_relaunch, ids_in, log_files, say, with_log

pytestmark = pytest.mark.fault


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """No old server runs here, so nobody has to be waited for."""
    monkeypatch.setattr("holdfast.continuity.relaunch.run.FENCE_SECONDS", 0.0)


@pytest.fixture
async def mirrored(folder: Path) -> AsyncIterator[Mirrored]:
    opened = await open_mirrored(folder / "data", (folder / "one", folder / "two"))
    await opened.sql("create table t (id int, v text)", database="holdfast")
    yield opened
    await opened.stop()


@pytest.mark.parametrize("harm", ["missing", "truncated", "forged", "renamed", "doubled", "of another site"])
async def test_one_store_that_lies_harms_nothing_while_another_is_honest(
    mirrored: Mirrored, folder: Path, harm: str
) -> None:
    await with_log(mirrored)
    victim, other = log_files(mirrored.folders[0])[-2:]
    if harm == "missing":
        victim.unlink()
    elif harm == "truncated":
        victim.write_bytes(victim.read_bytes()[:-7])
    elif harm == "forged":
        victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    elif harm == "renamed":
        data = victim.read_bytes()
        victim.write_bytes(other.read_bytes())
        other.write_bytes(data)
    elif harm == "doubled":
        shutil.copy(victim, victim.with_name(victim.name[:-1] + "7"))
    else:
        victim.write_bytes(victim.read_bytes().replace(b'"site":"', b'"site":"1'))
    done = await a_relaunch(mirrored, folder / "new").run()
    assert await ids_in(folder / "new") == [1, 2, 3, 4]
    assert bool(done.refused) == (harm == "doubled")


async def test_log_beyond_a_gap_is_not_used_and_it_is_told(mirrored: Mirrored, folder: Path) -> None:
    await with_log(mirrored)
    for one in mirrored.folders:
        log_files(one)[-2].unlink()
    done = await a_relaunch(mirrored, folder / "new").run()
    assert await ids_in(folder / "new") == [1, 2]
    assert [one.partition(": ")[2] for one in done.refused] == ["beyond a gap"]


async def test_another_key_opens_nothing(mirrored: Mirrored, folder: Path) -> None:
    await with_log(mirrored)
    with pytest.raises(sealing.SealingWrong):
        await a_relaunch(mirrored, folder / "new", identity=sealing.new_identity()[0]).run()
    # Nothing of it stands in the way of the right one.
    await a_relaunch(mirrored, folder / "new").run()
    assert await ids_in(folder / "new") == [1, 2, 3, 4]


async def test_of_two_that_race_at_most_one_holds_the_site(mirrored: Mirrored, folder: Path) -> None:
    await with_log(mirrored)
    both = [a_relaunch(mirrored, folder / name).run() for name in ("a", "b")]
    ended = await asyncio.gather(*both, return_exceptions=True)
    held = [one for one in ended if isinstance(one, Relaunched) and one.standing is Standing.HELD]
    assert len(held) == 1
    assert sum(isinstance(one, RaceLost) for one in ended) == 1
    # And whoever lost may try again: then the other one is fenced.
    loser = "b" if isinstance(ended[1], RaceLost) else "a"
    again = await a_relaunch(mirrored, folder / loser).run()
    assert again.epoch > held[0].epoch


async def test_without_enough_stores_the_site_is_read_only_until_they_are_back(
    mirrored: Mirrored, folder: Path
) -> None:
    await with_log(mirrored)
    whole = mirrored.stores["store2"]
    mirrored.stores["store2"] = AwayObjects("file:///gone")
    done = await a_relaunch(mirrored, folder / "new").run()
    assert done.standing is Standing.UNCERTAIN
    assert is_read_only(folder / "new")
    with pytest.raises(ReadOnlyHere, match="can only be read"):
        check_writable(folder / "new")
    mirrored.stores["store2"] = whole
    again = await a_relaunch(mirrored, folder / "new").run()
    assert (again.standing, again.epoch) == (Standing.HELD, done.epoch)
    check_writable(folder / "new")
    assert await ids_in(folder / "new") == [1, 2, 3, 4]


async def test_a_store_that_is_gone_for_good_is_named_and_then_one_is_enough(
    mirrored: Mirrored, folder: Path
) -> None:
    await with_log(mirrored)
    mirrored.stores["store2"] = AwayObjects("file:///gone")
    done = await a_relaunch(mirrored, folder / "new", gone=("store2",)).run()
    assert done.standing is Standing.HELD
    setup = mirror.read_setup(folder / "new", Keyring(MASTER_KEY))
    assert setup is not None
    assert [one.name for one in setup.stores] == ["store1"]


class Killed(Silent):
    """Ends the relaunch at the beginning of a phase, the n-th time."""

    def __init__(self, phase: Phase, nth: int) -> None:
        self._left, self._phase = nth, phase

    def begin(self, phase: Phase, total: int = 0) -> None:
        self._left -= phase is self._phase
        if not self._left:
            raise RuntimeError("killed")


# A phase that ended before it began leaves its coroutine behind.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize("phase", list(Phase)[1:-1])
async def test_ended_in_any_phase_it_goes_on_when_repeated(
    mirrored: Mirrored, folder: Path, phase: Phase
) -> None:
    await with_log(mirrored)
    for nth in (1, 2):
        tried = a_relaunch(mirrored, folder / "new")
        tried._progress = Killed(phase, nth)
        with suppress(RuntimeError):
            await tried.run()
    if not (folder / "new" / "mirror" / "setup").exists():
        done = await a_relaunch(mirrored, folder / "new").run()
        assert (done.standing, done.epoch) == (Standing.HELD, 2)
    assert await ids_in(folder / "new") == [1, 2, 3, 4]


async def test_a_full_disk_is_said_plainly_and_what_is_there_is_used_again(
    mirrored: Mirrored, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_log(mirrored)
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if "chunks" in path.parts:
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(NoRoom) as said:
        await a_relaunch(mirrored, folder / "new").run()
    assert "disk of the data folder is full" in said.value.public
    monkeypatch.setattr(Path, "write_bytes", real)
    await a_relaunch(mirrored, folder / "new").run()
    assert await ids_in(folder / "new") == [1, 2, 3, 4]


async def test_a_rehearsal_claims_nothing_and_writes_to_no_store(mirrored: Mirrored, folder: Path) -> None:
    await with_log(mirrored)
    before = mirrored.files()
    mirrors = Mirrors(mirrored.setup, mirrored.stores, None, {"master_key": MASTER_KEY.hex()})
    await Relaunch(
        RelaunchRequest(Target(folder / "new"), mirrored.identity), mirrors, clock=SystemClock()
    ).run()
    assert mirrored.files() == before
    assert await ids_in(folder / "new") == [1, 2, 3, 4]


async def test_a_database_without_the_checkpoint_that_was_signed_does_not_go_on(
    mirrored: Mirrored, folder: Path
) -> None:
    await with_log(mirrored)
    work = a_relaunch(mirrored, folder / "new")
    root = base64.b64encode(b"r" * 32).decode()
    kit = {
        "master_key": MASTER_KEY.hex(),
        "ledger": {"checkpoint": f"a.example/evidence/1\n7\n{root}\n\n— x AAAA\n"},
    }
    work._mirrors = replace(work._mirrors, kit=kit)
    with pytest.raises(LedgerWouldFork):
        await work.run()
    assert mirror.read_setup(folder / "new", Keyring(MASTER_KEY)) is None


async def test_where_the_newest_backup_leads_nowhere_an_older_one_does(
    mirrored: Mirrored, folder: Path
) -> None:
    await say(mirrored, 1)
    await mirrored.ship()
    await back_up_now(mirrored.work(), BackupKind.FULL)
    await say(mirrored, 2)
    await mirrored.ship()
    # The log that would make the second one consistent is never shipped.
    await back_up_now(mirrored.work(), BackupKind.FULL)
    await mirrored.stop()
    await a_relaunch(mirrored, folder / "new").run()
    assert await ids_in(folder / "new") == [1, 2]


async def test_log_from_before_the_newest_backup_is_not_fetched(mirrored: Mirrored, folder: Path) -> None:
    for one in range(1, 4):
        await say(mirrored, one)
        await mirrored.ship()
    old = {file.name for file in log_files(mirrored.folders[0])}
    await back_up_now(mirrored.work(), BackupKind.FULL)
    await say(mirrored, 4)
    await mirrored.ship()
    await mirrored.stop()
    for file in log_files(mirrored.folders[0]) + log_files(mirrored.folders[1]):
        if file.name in old and file.name.split("-")[1] < "0000000003":
            file.write_bytes(b"")
    done = await a_relaunch(mirrored, folder / "new").run()
    assert done.refused == ()
    assert await ids_in(folder / "new") == [1, 2, 3, 4]
