"""What members carry in and out by the pages, moving, and leaving."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from holdfast.main.jobs_runner import PERIODIC, run_all_due
from holdfast.main.subscriptions import HANDLERS
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.jobs import JobRunner
from holdfast.social.accounts import AccountId, Actor
from holdfast.social.follows import follow_account
from holdfast.social.graph import FollowOptions
from holdfast.social.removals import removal_of
from tests.integration.test_sign_in_pages import turn_on_codes
from tests.support.browser import PASSWORD, Browser, Town, code_now, form_fields, open_town


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


async def work(town: Town, *, ahead: timedelta = timedelta(0)) -> None:
    clock = FixedClock(town.services.clock.now() + ahead)
    await run_all_due(town.services.database, clock, PERIODIC)
    await JobRunner(town.services.database, clock, HANDLERS).drain()


async def give(browser: Browser, kind: str, text: str, mode: str = "merge") -> int:
    await browser.open("/settings/import")
    hidden = form_fields(browser.page, "/settings/import")
    answer = await browser.client.post(
        "/settings/import", data={**hidden, "kind": kind, "mode": mode}, files={"file": ("file.csv", text.encode())},
        headers={"origin": browser.origin},
    )  # fmt: skip
    browser.page = answer.text or browser.page
    return answer.status_code


async def follow(town: Town, follower: int, followed: int) -> None:
    async with town.services.database.transaction() as tx:
        await follow_account(
            tx, Actor(follower), AccountId(followed), FollowOptions(), now=town.services.clock.now()
        )


async def test_relations_go_out_and_come_in_again(town: Town) -> None:
    await town.member("ann")
    for name in ("bob", "cleo", "dan"):
        await town.member(name)
    domain = town.services.settings.domain
    ann = await town.signed_in("ann")
    files = {
        "following": (
            "following_accounts.csv",
            (
                "Account address,Show boosts,Notify on new posts,Languages\n"
                f'bob@{domain},true,false,\ncleo@{domain},false,true,"de, en"\n'
            ),
        ),
        "mutes": ("muted_accounts.csv", f"Account address,Hide notifications\ndan@{domain},false\n"),
        "domain_blocks": ("blocked_domains.csv", "bad.example\n"),
        "lists": ("lists.csv", f'"Friends, close",bob@{domain}\n'),
    }
    for kind, (_, text) in files.items():
        assert await give(ann, kind, text) == 303, ann.page
        await work(town)
    await ann.open("/settings/export")
    assert "2 · following_accounts.csv" in ann.page
    for name, text in files.values():
        answer = await ann.client.get(f"/settings/export/{name}")
        assert (answer.status_code, answer.text) == (200, text), name
    bob = await town.signed_in("bob")
    answer = await bob.client.get("/settings/export/followers.csv")
    assert answer.text == f"Account address\nann@{domain}\n"
    assert (await bob.client.get("/settings/export/nothing.csv")).status_code == 404
    assert (await town.browser().client.get("/settings/export/followers.csv")).status_code == 303


async def test_rows_that_fail_say_why(town: Town) -> None:
    await town.member("ann")
    await town.member("bob")
    ann = await town.signed_in("ann")
    assert await give(ann, "following", "bob\nnobody\nnot an address\nann\nzoe@elsewhere.example\n") == 303
    await work(town)
    await ann.open("/settings/import")
    for words in (
        "1 of 5 done · 4 failed", "Line 2, nobody, , , : Nobody of that address is known here",
        "Line 3, not an address: This is no address", "Line 4, ann, , , : You cannot do this",
    ):  # fmt: skip
        assert words in ann.page, (words, ann.page)
    path = ann.page.partition("/settings/import/")[2].partition("/failures")[0]
    answer = await ann.client.get(f"/settings/import/{path}/failures")
    assert len(answer.text.splitlines()) == 4
    bob = await town.signed_in("bob")
    assert (await bob.client.get(f"/settings/import/{path}/failures")).status_code == 404


async def test_overwriting_takes_away_what_the_file_lacks(town: Town) -> None:
    ann_id, bob_id, cleo_id = [await town.member(name) for name in ("ann", "bob", "cleo")]
    await follow(town, ann_id, bob_id)
    ann = await town.signed_in("ann")
    assert await give(ann, "following", "Account address\ncleo\nnobody\n", mode="overwrite") == 303
    await work(town, ahead=timedelta(minutes=1))
    await work(town, ahead=timedelta(minutes=2))
    viewer = await town.services.relations.viewer(ann_id)
    assert set(viewer.following) == {cleo_id}


async def test_files_that_cannot_be_used_are_refused(town: Town) -> None:
    await town.member("ann")
    ann = await town.signed_in("ann")
    for kind, text in (("following", ""), ("followers", "bob\n"), ("following", "\n\n")):
        assert await give(ann, kind, text) == 422
    assert await give(ann, "blocks", "a\n" * 3) == 303
    assert await give(ann, "blocks", "b\n") == 422
    assert "An import is under way" in ann.page


async def test_long_imports_are_done_part_after_part(town: Town) -> None:
    await town.member("ann")
    ann = await town.signed_in("ann")
    text = "".join(f"server{number}.example\n" for number in range(120))
    assert await give(ann, "domain_blocks", text) == 303
    counts = []
    for minute in range(3):
        await work(town, ahead=timedelta(minutes=minute))
        counts.append(await town.services.database.fetchval("select count(*) from domain_blocks"))
    assert counts == [50, 100, 120]


async def test_an_account_moves_with_its_followers(town: Town) -> None:
    old, new, fan, foe = [await town.member(name) for name in ("old", "new", "fan", "foe")]
    await follow(town, fan, old)
    await town.services.database.fetch(
        "insert into blocks (id, account_id, target_id) values (1, $1, $2)", foe, old
    )
    mover = await town.signed_in("old")
    await mover.open("/settings/move")
    answer = await mover.send("/settings/move", target="new", current_password=PASSWORD)
    assert answer.status_code == 422
    assert "name old there" in mover.page
    other = await town.signed_in("new")
    await other.open("/settings/move")
    assert (await other.send("/settings/move/aliases", handle="nobody")).status_code == 422
    await other.open("/settings/move")
    assert (await other.send("/settings/move/aliases", handle="@Old")).status_code == 303
    await mover.open("/settings/move")
    assert (await mover.send("/settings/move", target="new", current_password="wrong")).status_code == 422
    await mover.open("/settings/move")
    assert (await mover.send("/settings/move", target="@new", current_password=PASSWORD)).status_code == 303
    await work(town)
    relations = town.services.relations
    assert set((await relations.viewer(fan)).following) == {new}
    assert new in (await relations.viewer(foe)).blocking
    shown = (await mover.client.get(f"/api/v1/accounts/{town.services.ids.encode(old)}")).json()
    assert shown["moved"]["acct"] == "new"
    assert shown["moved"]["moved"] is None
    assert "has moved to" in (await mover.client.get("/@old")).text
    await town.services.database.fetch("update accounts set display_name = '' where id = $1", new)
    await mover.open("/settings/move")
    assert (await mover.send("/settings/move/cancel")).status_code == 303
    await mover.open("/settings/move")
    answer = await mover.send("/settings/move", target="new", current_password=PASSWORD)
    assert answer.status_code == 422
    assert "it can move again from" in mover.page


async def test_a_member_deletes_the_account(town: Town) -> None:
    account_id = await town.member("ann")
    ann = await town.signed_in("ann")
    secret, _ = await turn_on_codes(ann)
    fields = {"confirmation": "ann", "current_password": PASSWORD, "code": code_now(secret, ahead=1)}
    for wrong, status in (
        ({"confirmation": "anna"}, 422), ({"current_password": "wrong"}, 422), ({"code": ""}, 422), ({"code": "000"}, 422),
    ):  # fmt: skip
        await ann.open("/settings/delete")
        assert (await ann.send("/settings/delete", **{**fields, **wrong})).status_code == status, wrong
        assert await removal_of(town.services.database, account_id) is None
    await ann.open("/settings/delete")
    answer = await ann.send("/settings/delete", **fields)
    assert answer.status_code == 200
    assert "Goodbye" in ann.page
    assert not await ann.signed_in()
    await work(town, ahead=timedelta(minutes=1))
    view = await removal_of(town.services.database, account_id)
    assert view is not None
    assert view.finished_at is not None
    assert (await town.browser().sign_in("ann")).status_code in (403, 422)
