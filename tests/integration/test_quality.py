"""Second looks, gold, samples and what follows from them, on a real server."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from holdfast.platform.db import Tx
from holdfast.pure.draws import drawn
from holdfast.screening import load_rules
from holdfast.screening.state import standings, steps, take_head_step
from holdfast.trust import cases, quality
from holdfast.trust.cases import Source
from holdfast.trust.decisions import Decision, RulingNotAllowed, get_decision
from holdfast.trust.quality import ErrorClass, Judgement, LookKind, Standards
from tests.support.rulings import case_about_post, decided, post_id, ruling, staff, version_of
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration

API = "/api/holdfast/v1"
ALL = dict.fromkeys(("P0", "P1", "P2", "P3", "P4"), 1.0)
NONE = dict.fromkeys(ALL, 0.0)
NOTHING = Judgement("no_violation")
BREAKS = Judgement("actioned", "harassment", 3)
STANDARDS = Standards(results_least=3, pass_share=0.7, window_days=30, requeue_most=5)


def later(site: Site, minutes: float = 2) -> datetime:
    return site.services.clock.now() + timedelta(minutes=minutes)


async def json_of(member: Member, method: str, path: str, code: int = 200, **body: Any) -> Any:
    answer = await member.request(method, f"{API}{path}", json=body or None)
    assert answer.status_code == code, answer.text
    return answer.json()


async def draw(site: Site, shares: dict[str, float] | None = None) -> int:
    async with site.services.database.transaction() as tx:
        return await quality.draw_second_looks(tx, ALL if shares is None else shares, now=later(site))


async def judge(site: Site, by: Member, case_id: int, verdict: Judgement, **more: Any) -> quality.Look:
    version = await version_of(site, case_id)
    async with site.services.database.transaction() as tx:
        return await quality.give_verdict(
            tx, staff(by, more.pop("role", "moderator")), case_id, version=version, verdict=verdict,
            standards=STANDARDS, now=later(site, 3), **more,
        )  # fmt: skip


async def reviews(site: Site) -> list[cases.Case]:
    found = await cases.CaseReader(site.services.database).queue(cases.QueueFilter(track=cases.REVIEW))
    return found


async def decide_one(
    site: Site, by: Member, author: Member, *kinds: str, text: str = "you are vermin"
) -> tuple[Decision, dict[str, Any]]:
    post = await author.say(text)
    case = await case_about_post(site, author, post)
    policy = "" if set(kinds) <= {"no_violation", "dismiss"} else "harassment"
    return await decided(site, staff(by), case, ruling(*kinds, policy=policy)), post


async def team(site: Site, *names: str) -> list[Member]:
    return [await site.member(name, role="moderator") for name in names]


async def test_a_second_reviewer_sees_no_first_verdict_and_agreement_is_counted(site: Site) -> None:
    (mia, max_), ann = await team(site, "mia", "max"), await site.member("ann")
    made, post = await decide_one(site, mia, ann, "withdraw", text="quite another insult of everybody here")
    assert await draw(site, NONE) == 0
    assert await draw(site) == 0  # each decision has its draw once
    await site.services.database.fetch(
        "delete from facts where name = 'second_looks_drawn_until' returning 1"
    )
    assert await draw(site) == 1
    (case,) = await reviews(site)
    assert case.excluded_ids == [mia.account_id]
    public = site.services.ids.encode(case.id)
    await json_of(mia, "GET", f"/cases/{public}", 403)
    await json_of(mia, "POST", f"/cases/{public}/claim", 403)
    seen = await json_of(max_, "POST", f"/cases/{public}/claim")
    assert seen["blind"] is True
    (item,) = seen["items"]
    assert (item["post"]["text"], item["post"]["state"]) == (
        "quite another insult of everybody here", None,
    )  # fmt: skip
    hidden = ("parent_id", "decision_id", "author", "assigned_to", "look")
    assert [seen[name] for name in hidden] == [None] * len(hidden)
    assert [seen[name] for name in ("decided", "events", "said", "similar")] == [[], [], [], []]
    assert (await json_of(max_, "GET", f"/cases/{public}/members"))[0]["post"]["state"] is None
    await json_of(max_, "GET", f"/cases/{public}/verdicts", 404)
    form = {"version": seen["version"], "actions": [{"kind": "no_violation"}]}
    await json_of(max_, "POST", f"/cases/{public}/decide", 422, **form)
    form = {"version": seen["version"], "outcome": "actioned", "policy": "harassment", "actions": ["hide"]}
    await json_of(max_, "POST", f"/cases/{public}/verdict", 422, outcome="perhaps")
    told = await json_of(max_, "POST", f"/cases/{public}/verdict", **form)
    assert set(told) == {"id", "case_id"}
    await json_of(max_, "POST", f"/cases/{public}/verdict", 422, **form)
    look = await quality.look_of_case(site.services.database, case.id)
    assert look is not None
    assert (look.agreed, look.tested_id, look.was_right, look.error_class) == (
        True, mia.account_id, True, None,
    )  # fmt: skip
    assert (await site.client.get(f"/api/v1/statuses/{post['id']}")).status_code == 404
    assert (await get_decision(site.services.database, made.id)).undone_at is None
    assert await site.services.database.fetchval(
        "select count(*) from ledger_records where kind = 'quality.look'"
    )


async def test_two_who_disagree_are_settled_by_a_third_and_a_wrong_decision_is_taken_back(site: Site) -> None:
    (mia, max_, kim), ann = await team(site, "mia", "max", "kim"), await site.member("ann")
    made, post = await decide_one(site, mia, ann, "withdraw", text="a harmless joke about the weather")
    await draw(site)
    (second,) = await reviews(site)
    await judge(site, max_, second.id, NOTHING)
    (third,) = await reviews(site)
    assert sorted(third.excluded_ids) == sorted([mia.account_id, max_.account_id])
    with pytest.raises(cases.CaseNotForYou):
        await judge(site, max_, third.id, NOTHING)
    public = site.services.ids.encode(third.id)
    seen = await json_of(kim, "GET", f"/cases/{public}")
    assert (seen["blind"], seen["look"]) == (False, "adjudication")
    said = await json_of(kim, "GET", f"/cases/{public}/verdicts")
    assert [one["expected"]["outcome"] for one in said] == ["actioned", "actioned"]
    assert said[0]["verdict"]["outcome"] == "no_violation"
    await judge(site, kim, third.id, NOTHING, note="nothing in it insults anybody")
    after = await get_decision(site.services.database, made.id)
    assert after.undone_at is not None
    assert (await site.client.get(f"/api/v1/statuses/{post['id']}")).status_code == 200
    found = await quality.look_of_case(site.services.database, third.id)
    assert found is not None
    assert (found.tested_id, found.was_right, found.error_class) == (
        mia.account_id, False, ErrorClass.FALSE_POSITIVE,
    )  # fmt: skip
    since = site.services.clock.now() - timedelta(days=1)
    assert await quality.results_of(site.services.database, max_.account_id, since) == quality.Results(1, 1)
    assert await quality.results_of(site.services.database, mia.account_id, since) == quality.Results(0, 1)
    main = await cases.CaseReader(site.services.database).queue(cases.QueueFilter(track=cases.MAIN))
    assert [one.id for one in main] == [made.case_id]
    report = await quality.quality_report(site.services.database, since)
    assert report["errors"]["false_positive"]["k"] == 1
    assert report["errors"]["false_positive"]["high"] <= 1
    assert report["agreement"]["all"]["policy"]["units"] == 1


async def test_what_a_program_decided_in_p0_is_always_looked_at(site: Site) -> None:
    mia, ann = (await team(site, "mia"))[0], await site.member("ann")
    made, _ = await decide_one(site, mia, ann, "withdraw")
    await site.services.database.fetch(
        "update decisions set actor_id = null, made_by = 'rules', lane = 'P0' where id = $1 returning 1",
        made.id,
    )
    assert await draw(site, NONE) == 1


async def test_gold_is_chosen_by_people_met_unknowingly_and_answered_with_feedback(site: Site) -> None:
    (mia, max_), ann = await team(site, "mia", "max"), await site.member("ann")
    admin = await site.member("admin", role="admin")
    made, _ = await decide_one(site, mia, ann, "withdraw", text="an example that nobody doubts, about rats")
    public = site.services.ids.encode(made.case_id or 0)
    await json_of(mia, "POST", f"/cases/{public}/gold", 422)
    await json_of(mia, "POST", f"/cases/{public}/gold", note="it calls people rats")
    await json_of(mia, "POST", f"/cases/{public}/gold", 422, note="again")
    for number in range(3):
        await decide_one(site, max_, ann, "no_violation", text=f"harmless and long post number {number * 13}")
    async with site.services.database.transaction() as tx:
        assert await quality.serve_gold(tx, 3, now=later(site)) == 1
        assert await quality.serve_gold(tx, 3, now=later(site)) == 0
    taken = await json_of(max_, "POST", "/cases/next")
    assert (taken["blind"], taken["look"], taken["assigned_to"]) == (True, None, None)
    form = {"version": taken["version"], "outcome": "no_violation"}
    await json_of(max_, "POST", f"/cases/{taken['id']}/verdict", **form)
    feedback = await json_of(max_, "GET", "/quality/looks")
    assert (feedback["right"], feedback["of"]) == (0, 1)
    (look,) = feedback["looks"]
    assert (look["kind"], look["error"]) == ("gold", "false_negative")
    assert look["expected"]["policy"] == "harassment"
    assert (await json_of(mia, "GET", "/quality/looks"))["looks"] == []
    # It is not beyond doubt after all.
    await json_of(mia, "POST", f"/quality/looks/{look['id']}/objection", 404, text="not mine")
    await json_of(
        max_, "POST", f"/quality/looks/{look['id']}/objection", text="the author speaks of real rats"
    )
    await json_of(max_, "POST", f"/quality/looks/{look['id']}/answer", 403, granted=True, answer="me")
    assert len(await json_of(admin, "GET", "/quality/objections")) == 1
    await json_of(admin, "POST", f"/quality/looks/{look['id']}/answer", granted=True, answer="right you are")
    assert (await json_of(max_, "GET", "/quality/looks"))["of"] == 0
    (gold,) = await json_of(admin, "GET", "/quality/gold")
    assert (gold["answered"], gold["right"], gold["chosen_by"]["acct"]) == (1, 0, "mia")
    await json_of(admin, "DELETE", f"/quality/gold/{gold['id']}")
    assert await json_of(admin, "GET", "/quality/gold") == []


async def test_gold_that_its_reviewer_never_takes_is_taken_away(site: Site) -> None:
    (mia, max_), ann = await team(site, "mia", "max"), await site.member("ann")
    made, _ = await decide_one(site, mia, ann, "withdraw", text="an example that nobody doubts, about rats")
    async with site.services.database.transaction() as tx:
        note = "it calls people rats"
        await quality.make_gold(tx, staff(mia), made.case_id or 0, note=note, now=later(site))
    await decide_one(site, max_, ann, "no_violation", text="harmless words about the market on the square")
    async with site.services.database.transaction() as tx:
        assert await quality.serve_gold(tx, 1, now=later(site)) == 1
    (waiting,) = await reviews(site)
    async with site.services.database.transaction() as tx:
        assert await quality.serve_gold(tx, 1, now=later(site) + timedelta(days=4)) == 0
    closed = await cases.get_case(site.services.database, waiting.id)
    assert (closed.outcome, closed.decision_id) == ("lapsed", None)


async def test_who_fails_by_ratio_has_the_last_decisions_looked_at_again(site: Site) -> None:
    (mia, max_, kim), ann = await team(site, "mia", "max", "kim"), await site.member("ann")
    made = []
    for number in range(5):
        one, _ = await decide_one(
            site,
            mia,
            ann,
            "withdraw",
            text=f"post {number}: bread, the harbour and {'very ' * number}old boats",
        )
        made.append(one)
    await draw(site)
    for second in await reviews(site):
        await judge(site, max_, second.id, NOTHING)
    for third in (await reviews(site))[:3]:
        await judge(site, kim, third.id, NOTHING, overturn=False)
    failed = await quality.failures(site.services.database, later(site, -60))
    assert [row["account_id"] for row in failed] == [mia.account_id]
    # All five have their second look already: nothing is left to look at, and nobody is told twice.
    assert failed[0]["requeued"] == 0
    more, _ = await decide_one(
        site, mia, ann, "withdraw", text="one more about the lighthouse and its keeper"
    )
    async with site.services.database.transaction() as tx:
        since = later(site, -60)
        assert await quality.requeue(tx, mia.account_id, since=since, most=5, now=later(site)) == 1
    waiting = await reviews(site)
    assert mia.account_id in waiting[-1].excluded_ids
    assert more.case_id in {one.parent_id for one in waiting}
    verb = await site.services.database.fetchval(
        "select count(*) from moderation_actions where verb = 'account.reviewer_failing' and record_id is not null"
    )
    assert verb == 1


async def test_samples_are_drawn_from_what_nothing_flagged_by_a_seed_that_shows_the_draw(site: Site) -> None:
    (mia,), ann, bob = await team(site, "mia"), *await site.members("ann", "bob")
    posts = [await ann.say(f"post number {number}") for number in range(8)]
    private = await ann.say("for followers", visibility="private")
    reported = await ann.say("somebody objects to this")
    await bob.post("/api/v1/reports", account_id=ann.id, **{"status_ids[]": [reported["id"]]})
    await site.settle()
    await site.services.database.fetch("delete from quality_looks returning 1")
    await site.services.database.fetch("delete from quality_draws returning 1")
    async with site.services.database.transaction() as tx:
        assert await quality.draw_sample(tx, 3, now=later(site)) == 3
        assert await quality.draw_sample(tx, 3, now=later(site)) == 0
    row = await site.services.database.fetchrow("select seed, population, drawn from quality_draws")
    assert row is not None
    assert (row["population"], row["drawn"]) == (len(posts), 3)
    waiting = await cases.CaseReader(site.services.database).queue(cases.QueueFilter(track=cases.SAMPLE))
    ids = [str(post_id(site, one)) for one in posts]
    assert {str(one.subject.id) for one in waiting} == set(drawn(row["seed"], ids, 3))
    assert str(post_id(site, private)) not in ids
    await decided(site, staff(mia), waiting[0].id, ruling("withdraw"))
    for one in waiting[1:]:
        await decided(site, staff(mia), one.id, ruling("no_violation", policy=""))
    report = await quality.quality_report(site.services.database, later(site, -60))
    assert (report["prevalence"]["k"], report["prevalence"]["n"]) == (1, 3)
    assert 0 < report["prevalence"]["low"] < report["prevalence"]["value"] < report["prevalence"]["high"]
    assert report["recall"]["low"] <= report["recall"]["value"] <= report["recall"]["high"]


async def held_and_released(site: Site, by: Member, author: Member, rule: str, count: int) -> None:
    """So many cases in which a rule held a post that a person then gave back."""
    for number in range(count):
        post = await author.say(f"{rule} holds this harmless text about item {number * 17} of the list")
        ident, now = post_id(site, post), site.services.clock.now()
        async with site.services.database.transaction() as tx:
            await _verdict(tx, ident, rule, now)
        case = await case_about_post(site, author, post, source=Source.RULE, fresh=True)
        await decided(site, staff(by), case, ruling("no_violation", policy=""))


async def _verdict(tx: Tx, ident: int, rule: str, now: datetime) -> None:
    await tx.execute(
        "insert into post_verdicts (id, post_id, action, lane, rules, scores, evidence, version, at)"
        " values ($1, $1, 'hold', 'P3', $2, '{}', '[]', 'rules@1+aa model-1+bb/balanced', $3)",
        ident, [rule, "note.seen"], now,
    )  # fmt: skip


async def test_a_rule_and_an_output_of_the_model_that_people_overturn_step_back_by_themselves(
    site: Site,
) -> None:
    (mia,), ann = await team(site, "mia"), await site.member("ann")
    rules = load_rules(None).rules
    rule = next(
        one
        for one in rules
        if one.action == "hold" and one.source.stage == "live" and one.source.runaway == "shadow"
    )
    name = rule.source.id
    await held_and_released(site, mia, ann, name, 8)
    await held_and_released(site, mia, ann, "model.harassment_hate", 8)
    database = site.services.database
    bound = {"bound": 0.5, "window_days": 30}
    assert await quality.overturned_too_often(database, least=20, now=later(site), **bound) == []  # type: ignore[arg-type]
    found = await quality.overturned_too_often(database, least=5, now=later(site), **bound)  # type: ignore[arg-type]
    assert {(one.rule, one.overturned, one.decided) for one in found} == {
        (name, 8, 8), ("model.harassment_hate", 8, 8),
    }  # fmt: skip
    async with database.transaction() as tx:
        went = await quality.demote(tx, found, rules, now=later(site))
    assert sorted(went) == sorted([name, "model.harassment_hate"])
    stages = await standings(database)
    assert {stages[one].stage for one in went} == {"shadow"}
    assert stages["model.harassment_hate"].fingerprint == "model-1+bb/balanced"
    assert {one.taken_by for one in await steps(database, None, limit=9)} == {"quality"}
    # What was before the step does not count against it again.
    assert await quality.overturned_too_often(database, least=5, now=later(site), **bound) == []  # type: ignore[arg-type]
    leaves = await database.fetchval("select count(*) from ledger_records where kind = 'rule.stage'")
    assert leaves == 2
    async with database.transaction() as tx:
        assert not await take_head_step(
            tx, "model.harassment_hate", "model-1+bb/balanced", "shadow", taken_by="mia", reason="x", now=later(site)
        )  # fmt: skip


async def test_a_quiet_output_flags_what_it_would_hide(site: Site) -> None:
    model = site.services.screen.local_model
    assert model is not None
    head, now = "model.harassment_hate", site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await take_head_step(
            tx, head, f"rules@1 {model.version}", "shadow", taken_by="mia", reason="a test", now=now
        )
    await site.services.rule_keeper.refresh()
    assert model.quiet == {"harassment_hate"}
    async with site.services.database.transaction() as tx:
        await take_head_step(
            tx, head, f"rules@1 {model.version}", "live", taken_by="mia", reason="b", now=now
        )
    await site.services.rule_keeper.refresh()
    assert model.quiet == frozenset()


async def test_second_looks_and_gold_are_not_decided_and_kinds_are_kept_apart(site: Site) -> None:
    (mia, max_), ann = await team(site, "mia", "max"), await site.member("ann")
    await decide_one(site, mia, ann, "withdraw")
    await draw(site)
    (second,) = await reviews(site)
    look = await quality.look_of_case(site.services.database, second.id)
    assert look is not None
    assert look.kind is LookKind.SECOND
    with pytest.raises(RulingNotAllowed):
        await decided(site, staff(max_), second.id, ruling("suspend"))
    assert (await cases.get_case(site.services.database, second.id)).closed_at is None
    with pytest.raises(quality.LookNotThere):
        await judge(site, max_, await case_about_post(site, ann, await ann.say("plain")), BREAKS)
