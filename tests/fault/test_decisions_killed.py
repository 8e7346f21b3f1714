"""kill -9 anywhere in a decision, or in an undo: it is there whole with its leaf of the ledger, or not at all; what it does
follows after the restart; nobody is told twice."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault.publishers import ask, until
from tests.support.up_process import PATIENCE_SECONDS
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault

CASES = 10
COPIES = 40
AUTHORS = ("writer0", "writer1", "writer2")
SCOPES = "read write follow admin:read admin:write"
_API = "/api/holdfast/v1"
RULING = {
    "version": "1", "policy": "harassment", "facts": "It insults a member.", "actions[0][kind]": "withdraw",
    "actions[1][kind]": "strike", "actions[1][severity]": "10",
}  # fmt: skip

# Copies of the post of each case, by each of the authors in turn, as members of the case.
_COPIES_SQL = f"""
with authors as (select account_id, row_number() over (order by account_id) - 1 as number from users where role = 'member'),
wanted as (select c.id as case_id, c.id + n as post_id, a.account_id from cases c, generate_series(1, {COPIES}) n
           join authors a on a.number = n % 3),
made as (insert into posts (id, account_id, thread_id, visibility, text, created_at)
         select post_id, account_id, post_id, 0, 'a copy', now() from wanted returning id),
joined as (insert into case_members (case_id, subject_kind, subject_key, track, account_id, joined_as, joined_at)
           select case_id, 'post', post_id::text, 'main', account_id, 'exact', now() from wanted returning 1)
select count(*) from joined
"""


class Deciders:
    """One thread that asks for one thing after the other, until the server dies or all is done."""

    def __init__(self, port: int, token: str, paths: list[str], form: dict[str, str]) -> None:
        self._port, self._token, self._paths, self._form = port, token, paths, form
        self._changed = threading.Condition()
        self.acknowledged: list[str] = []
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        for path in self._paths:
            answer = ask(self._port, self._token, "POST", path, self._form)
            if answer is None:
                return
            with self._changed:
                self.acknowledged.append(str(answer["id"]))
                self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        """Until so many were acknowledged."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.acknowledged) >= count, PATIENCE_SECONDS), count

    def join(self) -> None:
        """Until it has ended."""
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WholeServer]:
    running = WholeServer(tmp_path / "data")
    try:
        running.wait_ready()
        yield running
    finally:
        running.close()


def killed(server: WholeServer, deciders: Deciders, after: int) -> WholeServer:
    """The server, killed after so many answers while the next is asked for, and started again."""
    deciders.wait_for(after)
    server.kill_everything()
    deciders.join()
    server.close()
    again = WholeServer(server.data, port=server.port)
    again.wait_ready()
    return again


def settle(server: WholeServer) -> None:
    """Until no job is left; what a dead worker had claimed is free again."""

    def done() -> bool:
        server.sql(
            "update jobs set leased_until = now() - interval '1 second' where state = 1 and leased_until > now()"
        )
        return bool(server.sql("select count(*) from jobs where state < 2") == 0)

    until(done, "an empty table of jobs")
    assert server.sql("select count(*) from jobs where state = 2") == 0


def whole_or_absent(server: WholeServer) -> int:
    """Every decision has its leaf, its closed case and all its effects, and there is none without; how many there are."""
    made: int = server.sql("select count(*) from decisions")
    assert server.sql("select count(*) from decisions join ledger_records using (record_id)") == made
    assert server.sql("select count(*) from ledger_records where kind = 'decision'") == made
    assert (
        server.sql(
            "select count(*) from cases c join decisions d on d.id = c.decision_id and d.case_id = c.id"
        )
        == made
    )
    assert (
        server.sql("select count(*) from cases where closed_at is not null and decision_id is not null")
        == made
    )
    per_decision = (
        "select count(*) from (select 1 from effects where aspect = 'visibility' group by decision_id"
    )
    assert server.sql(f"{per_decision} having count(*) = {COPIES + 1}) whole") == made
    assert (
        server.sql("select count(*) from decisions where undone_at is not null and undo_record_id is null")
        == 0
    )
    reversed_ = server.sql("select count(*) from ledger_records where kind = 'decision.reversed'")
    assert server.sql("select count(*) from decisions where undone_at is not null") == reversed_
    return made


def opened(server: WholeServer) -> tuple[str, list[str]]:
    """A moderator's token, and the paths that decide about each of the cases, which have their copies."""
    for name in AUTHORS:
        server.command("account", "create", name, "--email", f"{name}@example.org")
    server.command("account", "create", "judge", "--email", "judge@example.org", "--role", "moderator")
    judge = server.token("judge", SCOPES)
    writers = [server.token(name) for name in AUTHORS]
    paths = []
    for number in range(CASES):
        text = f"{number} " + " ".join(f"word{number}x{place}" for place in range(12))
        status = ask(server.port, writers[number % 3], "POST", "/api/v1/statuses", {"status": text})
        case = ask(server.port, judge, "POST", f"{_API}/cases", {"post_id": status["id"]})
        paths.append(f"{_API}/cases/{case['id']}/decide")
    settle(server)
    assert server.sql(_COPIES_SQL) == CASES * COPIES
    return judge, paths


def decide_under_kills(
    server: WholeServer, judge: str, paths: list[str], chance: random.Random
) -> WholeServer:
    """Every case decided, however often the server dies meanwhile."""
    acknowledged = 0
    while paths:
        deciders = Deciders(server.port, judge, paths, RULING)
        server = killed(server, deciders, min(chance.randint(1, 4), len(paths)))
        acknowledged += len(deciders.acknowledged)
        made = whole_or_absent(server)
        assert acknowledged <= made
        sys.stdout.write(
            f"{len(deciders.acknowledged)} acknowledged, {made} of {CASES} decided after the kill\n"
        )
        paths = paths[len(paths) - (CASES - made) :] if made < CASES else []
    return server


def undo_under_kills(server: WholeServer, judge: str, chance: random.Random) -> WholeServer:
    """Every decision taken back, however often the server dies meanwhile."""
    while True:
        rows = ask(server.port, judge, "GET", f"{_API}/decisions?limit=100")
        back = [f"{_API}/decisions/{row['id']}/undo" for row in rows if not row["undone"]]
        if not back:
            return server
        deciders = Deciders(server.port, judge, back, {"reason": "a mistake"})
        server = killed(server, deciders, min(chance.randint(2, 5), len(back)))
        whole_or_absent_after_undo(server)


def test_a_decision_is_whole_or_absent_and_nobody_is_told_twice(server: WholeServer) -> None:
    chance = random.Random(20260131)
    judge, paths = opened(server)
    running = server
    warned = "select count(*) from notifications where subject_id is not null"
    told = CASES * len(AUTHORS)
    try:
        running = decide_under_kills(running, judge, paths, chance)
        settle(running)
        assert running.sql("select count(*) from effects where state <> 1") == 0
        assert running.sql("select count(*) from posts where state = 2") == CASES * (COPIES + 1)
        assert running.sql("select count(*) from statements") == told
        assert running.sql("select count(*) from ledger_records where kind = 'sor.sent'") == told
        assert running.sql("select count(*) from account_warnings") == told
        assert running.sql(warned.replace("count(*)", "count(distinct subject_id)")) == told
        assert running.sql(warned) == told
        # And back, under the same kills.
        running = undo_under_kills(running, judge, chance)
        settle(running)
        assert running.sql("select count(*) from posts where state = 0") == CASES * (COPIES + 1)
        assert running.sql("select count(*) from strikes") == 0
        assert running.sql("select count(*) from statements") == 2 * told
        assert running.sql(warned) == 2 * told
        assert running.stop() == 0
    finally:
        running.close()


def whole_or_absent_after_undo(server: WholeServer) -> None:
    """Every reversal has its leaf, and there is no leaf without."""
    undone = server.sql("select count(*) from decisions where undone_at is not null")
    assert server.sql("select count(*) from ledger_records where kind = 'decision.reversed'") == undone
    assert (
        server.sql("select count(*) from decisions d join ledger_records r on r.record_id = d.undo_record_id")
        == undone
    )
