"""Decisions: once, for all that a case is about; recorded; what they do; and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.platform.jobs import JobRunner
from holdfast.main.subscriptions import ERRANDS, HANDLERS
from holdfast.pure.errors import Invalid
from holdfast.trust import cases
from holdfast.trust.decisions import (
    Action,
    AlreadyUndone,
    RulingNotAllowed,
    decide,
    get_decision,
    inherit_decision,
    preview,
)
from holdfast.trust.effects import ActionKind, effect_counts, effects_of, end_effects, strikes_of
from holdfast.trust.staff_actions import NotYourRank, RoleLacks, Staff, Subject
from holdfast.social.bans import PatternField, PatternSeverity
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
from tests.support.site import Site, open_site


async def records(site: Site, kind: str) -> int:
    found: int = await site.services.database.fetchval(
        "select count(*) from ledger_records where kind = $1", kind
    )
    return found


async def test_a_decision_takes_the_post_away_tells_its_author_once_and_is_in_the_ledger(
    settings: Settings,
) -> None:
    async with open_site(settings) as site:
        mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
        status = await ann.say("You are all vermin")
        case = await case_about_post(site, ann, status)
        made = await decided(site, staff(mia), case, ruling("withdraw", "warn"))
        assert made.outcome == "actioned" and made.policy == "harassment@1"
        assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
        assert await records(site, "decision") == 1
        assert await records(site, "sor.sent") == 1
        closed = await cases.get_case(site.services.database, case)
        assert closed.closed_at is not None and closed.decision_id == made.id
        await site.settle()
        await site.settle()
        told = [row for row in await ann.get("/api/v1/notifications") if row["type"] == "moderation_warning"]
        assert len(told) == 1
        warning = told[0]["moderation_warning"]
        assert warning["action"] == "delete_statuses" and warning["status_ids"] == [status["id"]]
        assert "insults a member" in warning["text"] and "harassment@1" in warning["text"]
        assert (await get_decision(site.services.database, made.id)).settled_at is not None


async def test_two_moderators_never_decide_one_case_twice(settings: Settings) -> None:
    async with open_site(settings) as site:
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


async def test_undoing_gives_everything_back_and_tells_the_member_once(settings: Settings) -> None:
    async with open_site(settings) as site:
        mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
        status = await ann.say("A post #harbour")
        before = await bob.get(f"/api/v1/accounts/{ann.id}")
        seen_before = await bob.get(f"/api/v1/statuses/{status['id']}")
        case = await case_about_post(site, ann, status)
        kinds = ("hide", "mark_sensitive", "limit_reach", "restrict_replies", "limit", "strike", "freeze")
        actions = tuple(
            Action(ActionKind(kind), severity=10 if kind == "strike" else 0) for kind in kinds
        ) + (Action(ActionKind.LABEL, label="misleading"),)
        made = await decided(site, staff(mia), case, ruling(actions=actions))
        assert (await bob.get(f"/api/v1/accounts/{ann.id}"))["statuses_count"] == 0
        assert len(await strikes_of(site.services.database, ann.account_id, site.services.clock.now())) == 1
        undone = await taken_back(site, staff(mia), made, reopen=True)
        assert undone.undone_at is not None and undone.undo_settled_at is not None
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
        assert len(texts) == 2 and "no longer holds" in texts[0]
        assert (await cases.get_case(site.services.database, case)).closed_at is None
        with pytest.raises(AlreadyUndone):
            await taken_back(site, staff(mia), made)
