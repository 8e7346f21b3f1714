"""Re-screening stored posts: each once, resumable, and never hiding anything unasked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from holdfast.main.rescreen_run import rescreen
from holdfast.main.wiring import open_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.platform.db import Database
from holdfast.platform.master_key import create_master_key
from holdfast.screening import Content, Screen, load_screen
from holdfast.social.posts import PostState, Rejudged, decide_post
from holdfast.trust.rescreening import (
    Rescreening,
    RescreeningTaken,
    ScreeningChanged,
    begin_rescreening,
    last_rescreening,
    record_page,
)
from tests.support.site import open_site

pytestmark = pytest.mark.integration

RULES = """
name = "strict"
version = 1

[banks.bananas]
kind = "words"
entries = ["banana"]

[banks.plums]
kind = "words"
entries = ["plum"]

[[rules]]
id = "fruit.banana"
title = "Bananas"
lane = "P2"
action = "hold"
stage = "live"
when = 'bank("bananas")'
reason = "No bananas."

[[rules]]
id = "fruit.plum"
title = "Plums"
lane = "P3"
action = "flag"
stage = "live"
when = 'bank("plums")'
"""

ALONE = """
import asyncio, pathlib, sys
from holdfast.main.rescreen_run import rescreen
from holdfast.main.wiring import open_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import load_settings
from holdfast.screening import load_screen

async def work():
    rules = pathlib.Path(sys.argv[1])
    async with open_database(load_settings()) as database:
        await rescreen(
            database, SystemClock(), load_screen(rules, model=None), rules,
            model=None, since=None, may_hold=False, workers=2, advance=lambda run: None,
        )

if __name__ == "__main__":
    asyncio.run(work())
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(RULES)
    return path


async def _run(
    database: Database, rules: Path, *, may_hold: bool = False, screen: Screen | None = None, **options: Any
) -> Rescreening:
    return await rescreen(
        database,
        SystemClock(),
        screen or load_screen(rules, model=None),
        rules,
        model=None,
        since=options.get("since"),
        may_hold=may_hold,
        workers=options.get("workers", 1),
        advance=options.get("advance", lambda run: None),
    )


async def _state(database: Database) -> dict[str, tuple[int, str | None, list[str]]]:
    rows = await database.fetch(
        "select p.text, p.state, v.action, coalesce(v.rules, '{}') as rules from posts p left join lateral"
        " (select action, rules from post_verdicts where post_id = p.id order by id desc limit 1) v on true"
    )
    return {row["text"]: (row["state"], row["action"], list(row["rules"])) for row in rows}


async def _fill(database: Database, count: int) -> None:
    """Posts of one author, every tenth with a plum and every hundredth with a banana; none with a verdict."""
    await database.fetch(
        "insert into accounts (id, username, created_at) values (1, 'gardener', '2020-01-01Z') on conflict do nothing"
    )
    await database.fetch(
        "insert into posts (id, account_id, thread_id, visibility, text, created_at)"
        " select n, 1, n, 0, case when n % 100 = 0 then 'banana ' when n % 10 = 0 then 'plum ' else 'apple ' end || n,"
        " '2021-01-01Z' from generate_series(1, $1::bigint) n",
        count,
    )


async def test_stored_posts_are_flagged_and_hidden_only_when_asked(settings: Settings, rules: Path) -> None:
    async with open_site(settings) as site:
        database = site.services.database
        ann, bob = await site.members("ann", "bob")
        await ann.say("an apple")
        await ann.say("a plum")
        banana = await ann.say("a banana")
        await ann.say("I will kill you with a banana")  # held by the default rules
        # Whatever the model said of fruit is not the matter here.
        await database.fetch("delete from post_verdicts where action <> 'hold'")
        run = await _run(database, rules)
        assert (run.looked_at, run.done.recorded, run.done.flagged, run.done.held) == (4, 4, 2, 0)
        assert run.finished_at is not None
        assert await _state(database) == {
            "an apple": (0, "allow", []),
            "a plum": (0, "flag", ["fruit.plum"]),
            "a banana": (0, "flag", ["fruit.banana", "note.hold_as_flag"]),
            "I will kill you with a banana": (1, "hold", ["fruit.banana"]),
        }
        assert await bob.get(f"/api/v1/statuses/{banana['id']}")
        # The same version again: nothing to do. Nor with --may-hold, which is for a version's first look.
        again = await _run(database, rules, may_hold=True)
        assert (again.looked_at, again.done.recorded) == (4, 0)
        # Another version may hide: the post is gone for others at once, and its author's count goes with it.
        rules.write_text(RULES.replace("version = 1", "version = 2"))
        assert (await bob.get(f"/api/v1/accounts/{ann.id}"))["statuses_count"] == 3
        third = await _run(database, rules, may_hold=True)
        assert (third.done.recorded, third.done.flagged, third.done.held) == (4, 0, 1)
        assert (await bob.request("GET", f"/api/v1/statuses/{banana['id']}")).status_code == 404
        assert (await bob.get(f"/api/v1/accounts/{ann.id}"))["statuses_count"] == 2
        assert await database.fetchval("select count(*) from post_verdicts") == 1 + 4 + 4


async def test_what_a_person_released_stays(settings: Settings, rules: Path) -> None:
    async with open_site(settings) as site:
        database = site.services.database
        ann = await site.member("ann")
        await ann.say("I will kill you with a banana")
        post_id = await database.fetchval("select id from posts")
        async with database.transaction() as tx:
            await decide_post(tx, post_id, PostState.VISIBLE)
        run = await _run(database, rules, may_hold=True)
        assert (run.done.decided, run.done.flagged, run.done.held) == (1, 0, 0)
        assert [state for state, _, _ in (await _state(database)).values()] == [0]


async def test_a_held_post_stays_held_and_its_author_is_still_told_why(
    settings: Settings, rules: Path
) -> None:
    async with open_site(settings) as site:
        ann = await site.member("ann")
        held = await ann.say("I will kill you")
        before = (await ann.get(f"/api/v1/statuses/{held['id']}"))["holdfast"]
        run = await _run(site.services.database, rules, may_hold=True)
        assert run.done.recorded == 1
        assert await _state(site.services.database) == {"I will kill you": (1, "allow", [])}
        assert (await ann.get(f"/api/v1/statuses/{held['id']}"))["holdfast"] == before


async def test_a_verdict_on_what_a_post_said_before_an_edit_does_not_count(
    settings: Settings, rules: Path
) -> None:
    async with open_site(settings) as site:
        ann = await site.member("ann")
        post = await ann.say("a plum")
        await _run(site.services.database, rules)
        answer = await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "another plum"})
        assert answer.status_code == 200
        await site.services.database.fetch("delete from post_verdicts where version not like 'strict@%'")
        run = await _run(site.services.database, rules)
        assert (run.done.recorded, run.done.flagged) == (1, 1)
        assert (await _run(site.services.database, rules)).done.recorded == 0


async def test_posts_edited_meanwhile_keep_the_verdict_of_the_edit(settings: Settings, rules: Path) -> None:
    async with open_database(settings) as database:
        await _fill(database, 20)

        screen = load_screen(rules, model=None)
        async with database.transaction() as tx:
            run = await begin_rescreening(
                tx, version=screen.version, since=None, may_hold=False, now=datetime(2026, 1, 1, tzinfo=UTC)
            )
        assert run.total == 20
        verdict = screen.assess(Content(text="plum"))
        await database.fetch("update posts set text = 'other', edited_at = now() where id = 10")
        async with database.transaction() as tx:
            run = await record_page(
                tx, run, [Rejudged(10, None, verdict), Rejudged(20, None, verdict), Rejudged(99, None, verdict)],
                looked_at=2, last_id=20, now=datetime(2026, 1, 1, tzinfo=UTC),
            )  # fmt: skip
        assert (run.done.recorded, run.done.flagged, run.done.skipped) == (1, 1, 2)


async def test_two_runs_do_not_do_the_same_work(settings: Settings, rules: Path) -> None:
    async with open_database(settings) as database:
        await _fill(database, 1200)
        others: list[Rescreening] = []

        class Stop(Exception):
            pass

        def stop_after_two_pages(run: Rescreening) -> None:
            others.append(run)
            if run.looked_at == 1000:
                raise Stop

        with pytest.raises(Stop):
            await _run(database, rules, advance=stop_after_two_pages)
        stale = others[1]
        assert stale.looked_at == 500
        with pytest.raises(RescreeningTaken):
            async with database.transaction() as tx:
                await record_page(
                    tx, stale, [], looked_at=500, last_id=1000, now=datetime(2026, 1, 1, tzinfo=UTC)
                )
        run = await _run(database, rules)
        assert (run.looked_at, run.done.recorded, run.done.flagged) == (1200, 1200, 120)
        assert await database.fetchval("select count(*) from post_verdicts") == 1200


async def test_killed_at_any_moment_it_goes_on_and_does_nothing_twice(
    settings: Settings, rules: Path
) -> None:
    count = 4000
    create_master_key(settings)
    environment = {
        **os.environ,
        "HOLDFAST_DATABASE_URL": settings.database_url or "",
        "HOLDFAST_DATA": str(settings.data),
    }
    command = [sys.executable, "-c", ALONE, str(rules)]
    async with open_database(settings) as database:
        await _fill(database, count)
        # A post that is locked stops the run in the middle; then it is killed while it waits.
        async with database.transaction() as blocking:
            await blocking.fetch("select 1 from posts where id = 2100 for update")
            process = subprocess.Popen(command, env=environment)
            while True:
                run = await last_rescreening(database)
                if run is not None and run.cursor_id == 2000:
                    break
                assert process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert await database.fetchval("select count(*) from post_verdicts") == 2000
        subprocess.run(command, env=environment, check=True)
        words = [sys.executable, "-c", "from holdfast.main.cli import run; run()", "moderation", "rescreen"]
        status = subprocess.run(
            [*words, "status", "--json"], env=environment, capture_output=True, check=True
        )
        facts = msgspec.json.decode(status.stdout)
        assert facts["finished"]
        assert (facts["posts"], facts["looked_at"], facts["judged"]) == (count, count, count)
        assert facts["newly_flagged"] == count // 10
        rows = await database.fetch("select count(*), count(distinct post_id) from post_verdicts")
        assert tuple(rows[0]) == (count, count)


async def test_rules_that_change_under_way_end_the_run(settings: Settings, rules: Path) -> None:
    async with open_database(settings) as database:
        await _fill(database, 10)
        screen = load_screen(rules, model=None)
        rules.write_text(RULES.replace("version = 1", "version = 2"))
        with pytest.raises(ScreeningChanged):
            await _run(database, rules, screen=screen)
        assert await database.fetchval("select count(*) from post_verdicts") == 0


async def test_since_leaves_older_posts_alone(settings: Settings, rules: Path) -> None:
    async with open_site(settings) as site:
        ann = await site.member("ann")
        await ann.say("a plum")
        database = site.services.database
        await database.fetch("delete from post_verdicts")
        await _fill(database, 10)  # ids of 1970
        run = await _run(database, rules, since=datetime(2025, 1, 1, tzinfo=UTC))
        assert (run.total, run.done.flagged) == (1, 1)
