"""Whole imports into a real database: what comes out, once and only once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.main.import_reading import ImportPlan, files_at
from holdfast.main.import_run import ImportRun, Summary
from holdfast.main.wiring import open_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.platform.db import Database
from holdfast.platform.stamps import Kind, slot
from holdfast.pure.imports import parse_generic_row, parse_parler_row
from holdfast.screening import load_screen
from holdfast.social.accounts import NewAccount, create_account
from holdfast.social.imports import Finding, Former

pytestmark = pytest.mark.integration

SCREEN = load_screen()


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    async with open_database(settings) as database:
        yield database


class Importer:
    """Runs imports of rows that a test writes down."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.findings: list[Finding] = []

    async def rows(self, *rows: dict[str, Any], post_as: str | None = "archive", batch: int = 3) -> Summary:
        file = self.folder / "rows.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return await self.plan(ImportPlan((file,), parse_generic_row, "t", post_as), batch)

    async def parler(self, *rows: dict[str, Any], batch: int = 3) -> Summary:
        file = self.folder / "posts.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return await self.plan(ImportPlan(files_at(file), parse_parler_row, "parler"), batch)

    async def plan(self, plan: ImportPlan, batch: int = 3) -> Summary:
        self.findings.clear()
        former = Former(
            source=plan.source, address_of=lambda name, post_id: f"https://here.example/@{name}/{post_id}"
        )
        run = ImportRun(
            self.database, SCREEN, SystemClock(), plan, former,
            batch_rows=batch, tell=self.findings.extend, advance=lambda *_: None,
        )  # fmt: skip
        return await run.run()

    async def post(self, source_id: str, source: str = "parler") -> Any:
        return await self.database.fetchrow(
            "select p.*, c.replies, c.boosts, a.username from imported_rows r join posts p on p.id = r.post_id"
            " join post_counts c on c.post_id = p.id join accounts a on a.id = p.account_id"
            " where r.source = $1 and r.source_id = $2",
            source, source_id,
        )  # fmt: skip

    def reasons(self) -> list[tuple[int, str]]:
        return [(finding.line, finding.reason) for finding in self.findings]


@pytest.fixture
def importer(database: Database, tmp_path: Path) -> Importer:
    return Importer(database, tmp_path)


def said(ident: str, who: str = "ann", text: str = "hello", **more: Any) -> dict[str, Any]:
    row = {"id": ident, "username": who, "body": text, "createdAt": "20200804233802", "datatype": "posts"}
    return {**row, **more}


def comment(ident: str, on: str, who: str = "bob", **more: Any) -> dict[str, Any]:
    return said(ident, who, f"about {on}", datatype="comments", post=on, replyingTo=on, **more)


def echo(ident: str, of: str, who: str = "cat", text: str = "") -> dict[str, Any]:
    return said(ident, who, text, parent=of)


async def test_a_second_run_imports_nothing(importer: Importer) -> None:
    rows = [{"id": n, "text": f"row {n}", "author": "Ann" if n % 2 else None} for n in range(1, 11)]
    first = await importer.rows(*rows)
    assert (first.imported, first.already, first.accounts, first.indexed) == (10, 0, 2, 10)
    again = await importer.rows(*rows)
    assert (again.imported, again.already, again.accounts, again.indexed) == (0, 10, 0, 0)
    assert await importer.database.fetchval("select count(*) from posts") == 10
    counts = await importer.database.fetch(
        "select username, posts, state from accounts join account_counts on account_id = id order by 1"
    )
    assert [tuple(row) for row in counts] == [("ann", 5, 4), ("archive", 5, 4)]


async def test_undated_rows_keep_their_order_and_are_not_in_the_future(importer: Importer) -> None:
    await importer.rows(*[{"id": n, "text": f"row {n}"} for n in range(1, 30)], batch=7)
    rows = await importer.database.fetch("select text, created_at <= now() as past from posts order by id")
    assert [row["text"] for row in rows] == [f"row {n}" for n in range(1, 30)]
    assert all(row["past"] for row in rows)


async def test_dates_counters_and_badges_are_kept(importer: Importer) -> None:
    user = {
        "id": "a" * 32,
        "username": "Ann.Lee",
        "name": "Ann",
        "bio": "Hi",
        "joined": "20180102030405",
        "verified": True,
    }
    await importer.parler(said("p1", "Ann.Lee", upvotes="1.2k", impressions=7), {**user, "datatype": "users"})
    post = await importer.post("p1")
    assert post["created_at"].isoformat() == "2020-08-04T23:38:02+00:00"
    assert post["id"] >> 21 >= int(post["created_at"].timestamp()) * 1000
    assert json.loads(post["imported"]) == {"site": "parler", "upvotes": 1200, "impressions": 7}
    (account,) = await importer.database.fetch("select * from accounts where id = $1", post["account_id"])
    assert (account["username"], account["display_name"], account["note"]) == ("ann_lee", "Ann", "Hi")
    assert account["badge"] == "verified on the former site"
    assert account["created_at"].year == 2018


async def test_foreign_posts_never_go_to_a_members_account(importer: Importer) -> None:
    async with importer.database.transaction() as tx:
        member = await create_account(
            tx, NewAccount("ann", "ann@example.org", None, by_operator=True),
            registrations="open", now=SystemClock().now(),
        )  # fmt: skip
    await importer.parler(said("p1", "Ann"), said("p2", "ANN!"), said("p3", "admin"))
    names = [(await importer.post(ident))["username"] for ident in ("p1", "p2", "p3")]
    assert sorted(names[:2]) == ["ann_2", "ann_3"]
    assert names[2] == "admin_2"
    await importer.parler(said("p4", "Ann"))
    assert (await importer.post("p4"))["username"] == names[0]
    # Named by the operator, the member's own account does post.
    await importer.rows({"id": 1, "text": "mine"}, post_as="Ann")
    assert (await importer.post("1", "t"))["account_id"] == member


async def test_a_reply_may_come_before_its_parent(importer: Importer) -> None:
    summary = await importer.parler(
        comment("c3", "c2"), comment("c2", "c1"), comment("c1", "p"), said("x"), comment("c4", "c3"), said("p"),
        comment("c5", "p"), batch=2,
    )  # fmt: skip
    root = await importer.post("p")
    for ident, parent in (("c1", "p"), ("c2", "c1"), ("c3", "c2"), ("c4", "c3"), ("c5", "p")):
        reply, above = await importer.post(ident), await importer.post(parent)
        assert (reply["in_reply_to_id"], reply["thread_id"]) == (above["id"], root["id"]), ident
        assert reply["in_reply_to_account_id"] == above["account_id"]
    assert (root["replies"], summary.replies, summary.noted.total()) == (2, 5, 0)


async def test_a_missing_parent_is_told_and_met_by_a_later_run(importer: Importer) -> None:
    await importer.parler(comment("c2", "c1"), comment("c1", "gone"))
    assert importer.reasons() == [(2, "parent_missing")]
    assert (await importer.post("c1"))["in_reply_to_id"] is None
    summary = await importer.parler(said("gone"))
    parent = await importer.post("gone")
    assert [(await importer.post(ident))["thread_id"] for ident in ("c1", "c2")] == [parent["id"]] * 2
    assert (summary.linked_replies, importer.findings) == (1, [])


async def test_replies_in_a_circle_stay_apart(importer: Importer) -> None:
    await importer.parler(comment("c1", "c2"), comment("c2", "c1"), comment("c3", "c3"))
    assert sorted(importer.reasons()) == [(1, "reply_in_a_circle"), (3, "reply_in_a_circle")]
    assert (await importer.post("c2"))["in_reply_to_id"] == (await importer.post("c1"))["id"]


async def test_echoes_become_boosts_once_their_post_is_there(importer: Importer) -> None:
    first = await importer.parler(
        echo("e1", "p"), echo("e2", "e1", "dan"), echo("e3", "p"), echo("q", "p", "eve", "Yes!")
    )
    assert (first.imported, first.skipped) == (0, {"boosted_post_missing": 4})
    again = await importer.parler(echo("e1", "p"), echo("e2", "e1", "dan"))
    assert (again.already, again.imported) == (2, 0)
    summary = await importer.parler(said("p"))
    post = await importer.post("p")
    assert (post["boosts"], summary.boosts, summary.posts) == (2, 2, 2)
    assert (await importer.post("e2"))["boost_of_id"] == post["id"]
    assert (await importer.post("q"))["text"] == f"Yes!\n\nRE: https://here.example/@ann/{post['id']}"
    assert summary.skipped == {"boosted_already": 1}
    assert await importer.database.fetchval("select count(*) from imported_waiting") == 0


async def test_mentions_and_tags_are_linked_and_nobody_is_told(importer: Importer) -> None:
    await importer.parler(said("p1", "ann", "hi @Bob #MAGA"), said("p2", "bob", "hi @ann @nobody #maga"))
    rows = await importer.database.fetch(
        "select p.text, a.username from mentions m join posts p on p.id = post_id join accounts a on a.id = m.account_id"
    )
    assert sorted(tuple(row) for row in rows) == [("hi @Bob #MAGA", "bob"), ("hi @ann @nobody #maga", "ann")]
    tags = await importer.database.fetch(
        "select name, count(*) from tags join post_tags on tag_id = id group by 1"
    )
    assert [tuple(row) for row in tags] == [("maga", 2)]
    assert await importer.database.fetchval("select count(*) from jobs") == 0
    assert await importer.database.fetchval("select count(*) from notifications") == 0


async def test_every_row_is_screened(importer: Importer) -> None:
    hateful = next(text for text in THREATS if SCREEN.assess_many([content(text)])[0].action == "hold")
    summary = await importer.parler(said("ok"), said("bad", text=hateful), comment("c", "ok"))
    bad = await importer.post("bad")
    assert (summary.held, bad["state"]) == (1, 1)
    assert (
        await importer.database.fetchval("select action from post_verdicts where post_id = $1", bad["id"])
        == "hold"
    )
    # What is held is counted nowhere.
    posts = await importer.database.fetchval(
        "select posts from account_counts where account_id = $1", bad["account_id"]
    )
    assert posts == 1
    assert (
        await importer.database.fetchval("select count(*) from post_search where post_id = $1", bad["id"])
        == 0
    )


async def test_running_servers_see_what_came(importer: Importer) -> None:
    await importer.parler(said("p", text="#tag"))
    post = await importer.post("p")
    tag = await importer.database.fetchval("select id from tags")
    slots = [
        slot(Kind.PUBLIC), slot(Kind.AUTHORED, post["account_id"]), slot(Kind.ACCOUNT, post["account_id"]),
        slot(Kind.TAG, tag), slot(Kind.POST, post["id"]),
    ]  # fmt: skip
    before = await importer.database.stamps.read(slots)
    await importer.parler(comment("c", "p", "ann", body="again #tag"))
    after = await importer.database.stamps.read(slots)
    assert all(old != new for old, new in zip(before, after, strict=True))


async def test_duplicates_and_rows_without_author_are_told(importer: Importer) -> None:
    summary = await importer.parler(
        said("p1"), said("p2"), said("p1", text="other"), said("p3"), said("p2"), said("p4", "")
    )
    assert sorted(importer.reasons()) == [(3, "duplicate_id"), (5, "duplicate_id"), (6, "author_missing")]
    assert (await importer.post("p1"))["text"] == "hello"
    assert summary.imported == 3


async def test_posts_of_private_people_are_for_followers(importer: Importer) -> None:
    user = {"id": "b" * 32, "username": "ann", "datatype": "users", "private": True}
    await importer.parler(user, said("p"), echo("e", "p"))
    assert (await importer.post("p"))["visibility"] == 2
    assert importer.reasons() == [(3, "boost_of_private_post")]


async def test_two_runs_at_once_import_everything_once(importer: Importer, tmp_path: Path) -> None:
    import asyncio

    file = tmp_path / "both.ndjson"
    file.write_text(
        "".join(json.dumps(said(f"p{n}", f"user{n % 7}", f"#t{n % 5}")) + "\n" for n in range(60))
    )
    plan = ImportPlan((file,), parse_parler_row, "parler")
    one, other = await asyncio.gather(
        importer.plan(plan, 10), Importer(importer.database, tmp_path).plan(plan, 10)
    )
    assert await importer.database.fetchval("select count(*) from posts") == 60
    assert one.imported + other.imported == 60
    assert await importer.database.fetchval("select sum(posts) from account_counts") == 60


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from holdfast.main.import_reading import ImportPlan
from holdfast.main.import_run import ImportRun
from holdfast.main.wiring import open_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import load_settings
from holdfast.pure.imports import parse_parler_row
from holdfast.screening import load_screen
from holdfast.social.imports import Former

def advance(what, position, rows):
    if rows >= 40:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    settings = load_settings({"data": sys.argv[1], "database_url": sys.argv[2]}, environment={})
    plan = ImportPlan((Path(sys.argv[3]),), parse_parler_row, "parler")
    async with open_database(settings) as database:
        former = Former(source="parler", address_of=lambda name, post_id: "")
        await ImportRun(database, load_screen(), SystemClock(), plan, former,
                        batch_rows=10, tell=lambda found: None, advance=advance).run()

asyncio.run(main())
"""


async def test_a_run_that_was_killed_is_completed_by_the_next(
    importer: Importer, settings: Settings, tmp_path: Path
) -> None:
    rows = [comment(f"c{n}", f"p{n}") if n % 3 == 0 else echo(f"e{n}", f"p{n - 1}") for n in range(1, 60)]
    rows += [said(f"p{n}", f"user{n % 7}") for n in range(60)]
    file = tmp_path / "posts.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    address = settings.database_url or ""
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(settings.data), address, str(file)],
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    half = await importer.database.fetchval("select count(*) from imported_rows where source = 'parler'")
    assert 40 <= half < len(rows)
    plan = ImportPlan((file,), parse_parler_row, "parler")
    summary = await importer.plan(plan, 10)
    assert summary.already == half
    assert await importer.database.fetchval(
        "select count(*) from imported_rows where source = 'parler'"
    ) == len(rows)
    assert (await importer.plan(plan, 10)).imported == 0
    (kinds,) = await importer.database.fetch(
        "select count(*) as posts, count(boost_of_id) as boosts, count(in_reply_to_id) as replies,"
        " count(*) = (select sum(posts) from account_counts) as counted,"
        " count(boost_of_id) = (select sum(boosts) from post_counts) as boosts_counted from posts"
    )
    assert tuple(kinds) == (119, 40, 19, True, True)


THREATS = [
    "I will kill you and your family tonight, I know where you live",
    "kill all of them, gas the jews now",
]


def content(text: str) -> Any:
    from holdfast.screening import Content

    return Content(text=text)
