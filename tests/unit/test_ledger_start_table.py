"""The table of a sequencer's start, explored: crashes, old backups, lost folders and silent peers in any order never make
two histories of one log, and nothing that a peer has kept is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from holdfast.pure.evidence import CompactRange, leaf_hash
from holdfast.records.sequencing import Answers, Finding, Known, Place, Standing, Step
from holdfast.records.sequencing.model import TABLE, place_of


def root_of(entries: list[bytes]) -> bytes:
    tree = CompactRange()
    for entry in entries:
        tree.append(leaf_hash(entry))
    return tree.root()


def test_the_table_says_something_for_everything() -> None:
    assert set(TABLE) == set(product(Finding, Answers, Place))


def test_signing_never_follows_from_a_larger_or_another_history() -> None:
    for (finding, _, _), step in TABLE.items():
        if step is Step.GO:
            assert finding is Finding.CURRENT


def test_a_log_is_never_given_up_while_somebody_is_silent() -> None:
    for (_, answers, place), step in TABLE.items():
        if step is Step.CONTINUE:
            assert answers is not Answers.SOME_SILENT
        if answers is Answers.SOME_SILENT and place is Place.MOVED:
            assert step in (Step.WAIT, Step.RECOVER)


@dataclass
class Store:
    """What the database or the folder holds: entries by log, the newest checkpoint as (log, size), the epoch."""

    logs: dict[int, list[bytes]] = field(default_factory=dict)
    signed: tuple[int, int] | None = None
    epoch: int = 0

    def copy(self) -> Store:
        return Store({log: list(entries) for log, entries in self.logs.items()}, self.signed, self.epoch)


class Lives(RuleBasedStateMachine):
    """Lives of a sequencer over a database and a folder that crash, are restored, or are lost."""

    @initialize(peer=st.sampled_from(["none", "notes", "entries"]))
    def begin(self, peer: str) -> None:
        self.database, self.folder = Store(), Store()
        self.backups: list[tuple[Store, Store]] = []
        self.peer = peer
        # What outsiders saw: the root of each checkpoint that was published.
        self.world: dict[tuple[int, int], bytes] = {}
        self.entries_seen: dict[int, list[bytes]] = {}
        self.count = 0
        self.silent = False
        self.trees: dict[int, list[tuple[int, bytes]]] = {}

    @rule()
    def back_up(self) -> None:
        self.backups.append((self.database.copy(), self.folder.copy()))

    @rule(with_folder=st.booleans(), data=st.data())
    def restore(self, with_folder: bool, data: st.DataObject) -> None:
        """With nobody to ask, the folder must be left: no machine can know what nobody has kept."""
        if not self.backups:
            return
        database, folder = data.draw(st.sampled_from(self.backups))
        self.database = database.copy()
        if with_folder and self.peer != "none":
            # Another disk, of the time of the backup; its epoch is not the one that the world has seen since.
            self.folder = folder.copy()
            self.folder.epoch = -1

    @rule()
    def lose_the_folder(self) -> None:
        if self.peer != "none":
            self.folder = Store()

    @rule(silent=st.booleans())
    def peers(self, silent: bool) -> None:
        self.silent = silent

    @rule(entries=st.integers(1, 3), dies_after=st.integers(0, 6))
    def live(self, entries: int, dies_after: int) -> None:
        """One life, which ends before step number `dies_after`; 6: it ends well."""
        place = place_of(self.folder.epoch or None, self.database.epoch)
        self.database.epoch += 1
        if dies_after == 0 or not self._settle(place):
            return
        self.folder.epoch = self.database.epoch
        log = max(self.database.logs)
        for _ in range(entries):
            self.count += 1
            self.database.logs[log].append(b"%d" % self.count)
        if dies_after <= 2:
            return
        self.folder.logs[log] = list(self.database.logs[log])
        if dies_after == 3:
            return
        self.database.signed = (log, len(self.database.logs[log]))
        if dies_after == 4:
            return
        self._publish(log)

    def _publish(self, log: int) -> None:
        entries = self.database.logs[log]
        self.folder.signed = (log, len(entries))
        root = root_of(entries)
        for (other, size), seen in self.world.items():
            if other == log:
                assert size <= len(entries), "a shorter log was signed again"
                assert root_of(entries[:size]) == seen, "two histories"
        self.world[log, len(entries)] = root
        self.entries_seen[log] = list(entries)

    def _settle(self, place: Place) -> bool:
        tried = False
        for _ in range(10):
            standing = self._standing(place, tried=tried)
            step = standing.step
            if step is Step.GO:
                self.database.logs.setdefault(1, [])
                return True
            if step is Step.WAIT:
                return False
            target = standing.target
            assert target is not None
            if step is Step.RECOVER:
                tried = not self._recover(target)
            else:
                self.database.logs[max(standing.log, target.log) + 1] = [b"continuation %d" % self.count]
                tried = False
        raise AssertionError("the start does not end")

    def _standing(self, place: Place, *, tried: bool) -> Standing:
        log = max(self.database.logs, default=0)
        own = self.database.logs.get(log, [])
        known = []
        for source, store in (("files", self.folder), ("database", self.database)):
            if store.signed is not None and store.signed[0] in store.logs:
                number, size = store.signed
                known.append(Known(source, number, size, root_of(store.logs[number][:size])))
        if self.peer != "none" and not self.silent and self.world:
            number, size = max(self.world)
            known.append(Known("peer", number, size, self.world[number, size]))
        roots = {
            one.size: root_of(own[: one.size]) for one in known if one.log == log and one.size <= len(own)
        }
        if self.peer == "none":
            answers = Answers.NOBODY_NAMED
        else:
            answers = Answers.SOME_SILENT if self.silent else Answers.ALL
        return Standing(log, len(own), tuple(known), roots, answers, place, tried)

    def _recover(self, target: Known) -> bool:
        own = self.database.logs.get(target.log, [])
        sources = [self.folder.logs.get(target.log, [])]
        if self.peer == "entries" and not self.silent:
            sources.append(self.entries_seen.get(target.log, []))
        for entries in sources:
            joined = own + entries[len(own) : target.size]
            if len(joined) == target.size and root_of(joined) == target.root:
                self.database.logs[target.log] = joined
                return True
        return False

    @invariant()
    def only_one_history_was_ever_seen(self) -> None:
        for log in {log for log, _ in self.world}:
            seen = self.entries_seen[log]
            for (other, size), root in self.world.items():
                if other == log:
                    assert root_of(seen[:size]) == root


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=150, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
