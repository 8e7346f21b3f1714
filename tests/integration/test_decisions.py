"""Decisions: once, for all that a case is about; recorded; what they do; and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.social.posts import PostState, decide_post
from holdfast.trust import cases
from holdfast.trust.cases import CopyArrived
from holdfast.trust.decisions import (
    Action,
    AlreadyUndone,
    RulingNotAllowed,
    decide,
    get_decision,
    inherit_decision,
    preview,
    referrals_of,
)
from holdfast.trust.effects import ActionKind, effect_counts, effects_of, end_effects, strikes_of
from holdfast.trust.intake import link_copies
from holdfast.trust.staff_actions import NotYourRank, RoleLacks, Staff, Subject
from tests.support.rulings import (
    case_about,
    case_about_post,
    decided,
    post_id,
    ruling,
    staff,
    taken_back,
    version_of,
)
from tests.support.site import Site

pytestmark = pytest.mark.integration


async def records(site: Site, kind: str) -> int:
    found: int = await site.services.database.fetchval(
        "select count(*) from ledger_records where kind = $1", kind
    )
    return found


async def test_a_decision_takes_the_post_away_tells_its_author_once_and_is_in_the_ledger(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    status = await ann.say("You are all vermin")
    case = await case_about_post(site, ann, status)
    made = await decided(site, staff(mia), case, ruling("withdraw", "warn"))
    assert made.outcome == "actioned"
    assert made.policy == "harassment@1"
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
    assert await records(site, "decision") == 1
    assert await records(site, "sor.sent") == 1
    closed = await cases.get_case(site.services.database, case)
    assert closed.closed_at is not None
    assert closed.decision_id == made.id
    await site.settle()
    await site.settle()
    told = [row for row in await ann.get("/api/v1/notifications") if row["type"] == "moderation_warning"]
    assert len(told) == 1
    warning = told[0]["moderation_warning"]
    assert warning["action"] == "delete_statuses"
    assert warning["status_ids"] == [status["id"]]
    assert "insults a member" in warning["text"]
    assert "harassment@1" in warning["text"]
    assert (await get_decision(site.services.database, made.id)).settled_at is not None


async def test_two_moderators_never_decide_one_case_twice(site: Site) -> None:
    mia, max_, ann = (
        await site.member("mia", role="moderator"),
        await site.member("max", role="moderator"),
        await site.member("ann"),
    )
    case = await case_about_post(site, ann, await ann.say("vermin"))
    version = await version_of(site, case)
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await decide(tx, staff(mia), case, version=version, ruling=ruling("warn"), now=now)
    with pytest.raises(cases.CaseChanged):
        async with site.services.database.transaction() as tx:
            await decide(tx, staff(max_), case, version=version, ruling=ruling("suspend"), now=now)
    assert await records(site, "decision") == 1
    assert (await ann.request("GET", "/api/v1/accounts/verify_credentials")).status_code == 200


async def test_undoing_gives_everything_back_and_tells_the_member_once(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    status = await ann.say("A post #harbour")
    before = await bob.get(f"/api/v1/accounts/{ann.id}")
    seen_before = await bob.get(f"/api/v1/statuses/{status['id']}")
    case = await case_about_post(site, ann, status)
    kinds = ("hide", "mark_sensitive", "limit_reach", "restrict_replies", "limit", "strike", "freeze")
    actions = (
        *tuple(Action(ActionKind(kind), severity=10 if kind == "strike" else 0) for kind in kinds),
        Action(ActionKind.LABEL, label="misleading"),
    )
    made = await decided(site, staff(mia), case, ruling(actions=actions))
    await site.settle()  # so that the two notifications come in their order
    assert (await bob.get(f"/api/v1/accounts/{ann.id}"))["statuses_count"] == 0
    assert len(await strikes_of(site.services.database, ann.account_id, site.services.clock.now())) == 1
    undone = await taken_back(site, staff(mia), made, reopen=True)
    assert undone.undone_at is not None
    assert undone.undo_settled_at is not None
    assert await bob.get(f"/api/v1/accounts/{ann.id}") == before
    assert await bob.get(f"/api/v1/statuses/{status['id']}") == seen_before
    assert await strikes_of(site.services.database, ann.account_id, site.services.clock.now()) == []
    assert (await ann.request("POST", "/api/v1/statuses", data={"status": "I can post"})).status_code == 200
    assert await records(site, "decision.reversed") == 1
    await site.settle()
    texts = [
        row["moderation_warning"]["text"]
        for row in await ann.get("/api/v1/notifications")
        if row["type"] == "moderation_warning"
    ]
    assert len(texts) == 2
    assert "no longer holds" in texts[0]
    assert (await cases.get_case(site.services.database, case)).closed_at is None
    with pytest.raises(AlreadyUndone):
        await taken_back(site, staff(mia), made)


async def test_one_decision_is_for_every_copy_of_the_case_and_what_is_more_follows_as_jobs(
    site: Site,
) -> None:
    mia, *authors = await site.members("mia", *(f"author{number}" for number in range(6)))
    posts = [(one, await one.say(f"the same insult {number}")) for one in authors for number in range(6)]
    subjects = [Subject.post(post_id(site, status), one.account_id) for one, status in posts]
    case = await case_about(site, *subjects)
    by, wanted = staff(mia), ruling("withdraw")
    now = site.services.clock.now()
    seen = await preview(site.services.database, by, case, ruling=wanted, now=now)
    assert (seen.posts, seen.accounts_total, seen.told, seen.too_high) == (36, 6, 6, [])
    assert [(one.aspect, one.value, one.things, one.would_change) for one in seen.planned] == [
        ("visibility", "withdrawn", 36, 36)
    ]
    made = await decided(site, by, case, wanted)
    counts = (await effect_counts(site.services.database, [made.id]))[made.id]
    assert (counts.waiting, counts.in_force) == (11, 25)
    assert made.settled_at is None
    await site.settle()
    counts = (await effect_counts(site.services.database, [made.id]))[made.id]
    assert (counts.waiting, counts.in_force, counts.changed) == (0, 36, 36)
    assert await records(site, "decision") == 1
    assert await records(site, "sor.sent") == 6
    assert await site.services.database.fetchval("select count(*) from posts where state = 2") == 36
    await taken_back(site, by, made)
    await site.settle()
    assert await site.services.database.fetchval("select count(*) from posts where state = 0") == 36
    assert await site.services.database.fetchval("select sum(posts) from account_counts") == 36


async def test_a_copy_that_comes_later_gets_the_decision_once_and_goes_back_with_it(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    case = await case_about_post(site, ann, await ann.say("copied insult"))
    made = await decided(site, staff(mia), case, ruling("withdraw", "suspend"))
    later = await bob.say("copied insult")
    async with site.services.database.transaction() as tx:
        tx.emit(CopyArrived(case, post_id(site, later), made.id))
    await site.settle()
    async with site.services.database.transaction() as tx:
        again = await inherit_decision(tx, made.id, post_id(site, later), now=site.services.clock.now())
    assert again is None
    assert (await mia.request("GET", f"/api/v1/statuses/{later['id']}")).status_code == 404
    # Its author is not suspended for what somebody else wrote first.
    assert (await bob.request("GET", "/api/v1/accounts/verify_credentials")).status_code == 200
    copies = await site.services.database.fetch("select * from decisions where kind = 'copy'")
    assert [(row["parent_id"], row["automation"]) for row in copies] == [
        (made.id, "AUTOMATED_DECISION_PARTIALLY")
    ]
    await taken_back(site, staff(mia), made)
    assert (await mia.request("GET", f"/api/v1/statuses/{later['id']}")).status_code == 200
    third = await bob.say("copied insult")
    async with site.services.database.transaction() as tx:
        tx.emit(CopyArrived(case, post_id(site, third), made.id))
    await site.settle()
    assert (await mia.request("GET", f"/api/v1/statuses/{third['id']}")).status_code == 200


async def test_what_has_an_end_ends_by_itself_and_strikes_expire(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    now, database = site.services.clock.now(), site.services.database
    until = now + timedelta(days=3)
    case = await case_about_post(site, ann, await ann.say("something"))
    actions = (
        Action(ActionKind.SUSPEND, until),
        Action(ActionKind.STRIKE, until, severity=30),
        Action(ActionKind.HIDE, until),
    )
    await decided(site, staff(mia), case, ruling(actions=actions))
    assert (await bob.request("GET", f"/api/v1/accounts/{ann.id}/statuses")).status_code in (200, 404)
    assert [one.severity for one in await strikes_of(database, ann.account_id, now)] == [30]
    async with database.transaction() as tx:
        await end_effects(tx, now + timedelta(days=2))
    assert await database.fetchval("select state from accounts where id = $1", ann.account_id) == 2
    async with database.transaction() as tx:
        await end_effects(tx, until)
    assert await database.fetchval("select state from accounts where id = $1", ann.account_id) == 0
    assert await database.fetchval("select count(*) from strikes") == 0
    assert await database.fetchval("select state from posts where account_id = $1", ann.account_id) == 0


async def test_decisions_are_undone_in_any_order_and_what_others_did_since_stays(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    status = await ann.say("a post")
    database, by, ident = site.services.database, staff(mia), post_id(site, status)

    async def state() -> int:
        found: int = await database.fetchval("select state from posts where id = $1", ident)
        return found

    first = await decided(site, by, await case_about_post(site, ann, status, fresh=True), ruling("hide"))
    second = await decided(site, by, await case_about_post(site, ann, status, fresh=True), ruling("restore"))
    assert await state() == 0
    await taken_back(site, by, first)
    assert await state() == 0
    await taken_back(site, by, second)
    assert await state() == 0
    third = await decided(site, by, await case_about_post(site, ann, status, fresh=True), ruling("withdraw"))
    fourth = await decided(site, by, await case_about_post(site, ann, status, fresh=True), ruling("hide"))
    await taken_back(site, by, third)
    assert await state() == 2
    # Somebody gives it back by another way, so there is nothing left to take back.
    async with database.transaction() as tx:
        await decide_post(tx, ident, PostState.HELD)
    await taken_back(site, by, fourth)
    assert await state() == 1


async def test_nobody_decides_about_equals_or_in_their_own_matter_or_without_the_right(site: Site) -> None:
    mia, max_ = await site.member("mia", role="moderator"), await site.member("max", role="moderator")
    ann = await site.member("ann")
    by_mia = await case_about_post(site, max_, await max_.say("what a colleague wrote"))
    with pytest.raises(NotYourRank):
        await decided(site, staff(mia), by_mia, ruling("withdraw"))
    own = await case_about_post(site, mia, await mia.say("what I wrote"))
    with pytest.raises(cases.CaseNotForYou):
        await decided(site, staff(mia), own, ruling("no_violation"))
    case = await case_about_post(site, ann, await ann.say("what Ann wrote"))
    with pytest.raises(RoleLacks):
        await decided(site, Staff(ann.account_id, "member"), case, ruling("warn"))
    for wrong in (
        ruling(),
        ruling("hide", "withdraw"),
        ruling("no_violation", "warn"),
        ruling("warn", policy=""),
        ruling("warn", facts=""),
        ruling("warn", account_ids=(mia.account_id,)),
    ):
        with pytest.raises(RulingNotAllowed):
            await decided(site, staff(mia), case, wrong)
    assert await records(site, "decision") == 0
    assert (await cases.get_case(site.services.database, case)).closed_at is None


async def test_a_referral_is_written_down_sealed_and_what_it_is_about_is_held(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    status = await ann.say("a threat to somebody's life")
    case = await case_about_post(site, ann, status)
    actions = (
        Action(ActionKind.WITHDRAW),
        Action(ActionKind.REFER, authority="police of the town", note="threat to life", sealed=True),
    )
    made = await decided(site, staff(mia), case, ruling(actions=actions, policy="threats"))
    referral = (await referrals_of(site.services.database, made.id))[0]
    assert referral.sealed
    assert len(referral.hold_ids) == 1
    assert await records(site, "referral") == 0
    assert await records(site, "sealed") == 1
    await ann.request("DELETE", f"/api/v1/statuses/{status['id']}")
    assert (
        await site.services.database.fetchval(
            "select count(*) from posts where id = $1", post_id(site, status)
        )
        == 1
    )


async def test_a_suspension_takes_as_many_statements_however_much_was_posted(site: Site) -> None:
    mia, ann, bob, cat = await site.member("mia", role="moderator"), *await site.members("ann", "bob", "cat")
    counted: list[int] = []
    # The first decision of a moderator gives them a pseudonym besides.
    for author, posts in ((ann, 1), (bob, 1), (cat, 400)):
        await site.services.database.fetch(
            "insert into posts (id, account_id, thread_id, visibility, text, created_at)"
            " select n, $1, n, 0, 'post', now() from generate_series($2::bigint, $2 + $3 - 1) n",
            author.account_id, author.account_id + 1_000_000, posts,
        )  # fmt: skip
        case = await case_about(site, Subject.account(author.account_id))
        version, now = await version_of(site, case), site.services.clock.now()
        statements = 0
        async with site.services.database.transaction() as tx:
            run = {name: getattr(tx, name) for name in ("fetch", "fetchrow", "fetchval", "execute")}

            def counting(name: str, run: dict[str, Any] = run) -> Any:
                async def call(*arguments: Any) -> Any:
                    nonlocal statements
                    statements += 1
                    return await run[name](*arguments)

                return call

            for name in run:
                setattr(tx, name, counting(name))
            made = await decide(tx, staff(mia), case, version=version, ruling=ruling("suspend"), now=now)
        assert len(await effects_of(site.services.database, made.id, limit=10)) == 2
        counted.append(statements)
        await site.settle()
        assert (await get_decision(site.services.database, made.id)).settled_at is not None
    assert counted[1] == counted[2] < 100, counted
    assert (await mia.request("GET", f"/api/v1/accounts/{cat.id}")).status_code == 404


async def test_a_copy_that_nobody_flagged_is_found_and_gets_the_decision(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    text = "Everybody who sells fish at the harbour on Sunday mornings is a liar and a thief, tell all your friends"
    case = await case_about_post(site, ann, await ann.say(text))
    await decided(site, staff(mia), case, ruling("withdraw"))
    copy = await bob.say(text.upper() + "!!")
    async with site.services.database.transaction() as tx:
        await link_copies(tx, site.services.clock.now())
    await site.settle()
    assert (await mia.request("GET", f"/api/v1/statuses/{copy['id']}")).status_code == 404
    statements = await bob.get("/api/holdfast/v1/statements")
    assert "a program applied that decision" in statements[0]["text"]
