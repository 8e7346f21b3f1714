"""The promise about what is hidden automatically: a person sees it, or it returns; P0 and P1 have the staff paged instead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from holdfast.platform.ids import new_id
from holdfast.social.posts import PostState, decide_post
from holdfast.trust import cases
from holdfast.trust.intake import held_now, keep_promise
from tests.support.rulings import decided, post_id, ruling, staff
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration
SECONDS = {"P2": 168 * 3600.0, "P3": 72 * 3600.0, "P4": 24 * 3600.0}
LANES = ("P0", "P1", "P2", "P3", "P4")


async def hidden(site: Site, author: Member, lane: str, at: datetime, text: str) -> int:
    """A post that a program hides, whose case was never opened: as if the reaction had been lost."""
    ident = post_id(site, await author.say(text))
    async with site.services.database.transaction() as tx:
        await decide_post(tx, ident, PostState.HELD)
        await tx.execute(
            "insert into post_verdicts (id, post_id, action, lane, rules, scores, evidence, version, at)"
            " values ($1, $2, 'hold', $3, '{spam.x}', '{}', '[]', 'rules@1', $4)",
            new_id(at), ident, lane, at,
        )  # fmt: skip
    return ident


async def state_of(site: Site, ident: int) -> int:
    found: int = await site.services.database.fetchval("select state from posts where id = $1", ident)
    return found


async def kept(site: Site, now: datetime) -> list[str]:
    async with site.services.database.transaction() as tx:
        found = await keep_promise(tx, return_seconds=SECONDS, page_after_seconds=3600.0, now=now)
    return [one.lane for one in found]


async def test_each_lane_returns_in_its_time_and_the_urgent_ones_page_the_staff_once(site: Site) -> None:
    ann, now = await site.member("ann"), site.services.clock.now()
    posts = {lane: await hidden(site, ann, lane, now, f"a post in {lane}") for lane in LANES}
    assert await kept(site, now + timedelta(minutes=6)) == []
    for ident in posts.values():
        assert await cases.open_case_of(site.services.database, "post", str(ident)) is not None
    assert sorted(await kept(site, now + timedelta(hours=2))) == ["P0", "P1"]
    assert await kept(site, now + timedelta(hours=3)) == []
    for hours, back in ((25, "P4"), (73, "P3"), (169, "P2")):
        assert await state_of(site, posts[back]) == PostState.HELD
        await kept(site, now + timedelta(hours=hours))
        assert await state_of(site, posts[back]) == PostState.VISIBLE
        # Somebody looks all the same, later.
        assert await cases.open_case_of(site.services.database, "post", str(posts[back])) is not None
    await kept(site, now + timedelta(days=400))
    assert [await state_of(site, posts[lane]) for lane in ("P0", "P1")] == [PostState.HELD, PostState.HELD]


async def test_the_author_is_told_that_it_waits_and_until_when_and_appeals_at_once(site: Site) -> None:
    mia, ann, bob = (
        await site.member("mia", role="moderator"),
        await site.member("ann"),
        await site.member("bob"),
    )
    now = site.services.clock.now()
    ident = await hidden(site, ann, "P3", now, "a post")
    (waits,) = await ann.get("/api/holdfast/v1/held")
    assert await bob.get("/api/holdfast/v1/held") == []
    assert waits["status_id"] == site.services.ids.encode(ident)
    assert (
        waits["returns_at"]
        == (now + timedelta(hours=72)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
    )
    form = {"status_id": waits["status_id"], "reason": "It is a recipe"}
    assert (await bob.request("POST", "/api/holdfast/v1/appeals", data=form)).status_code == 404
    appeal = await ann.post("/api/holdfast/v1/appeals", **form)
    assert (appeal["kind"], appeal["outcome"]) == ("hold", None)
    assert (await ann.request("POST", "/api/holdfast/v1/appeals", data=form)).status_code == 422
    path = f"/api/holdfast/v1/desk/appeals/{appeal['id']}"
    shown = await mia.get(path)
    await mia.post(
        f"{path}/answer", outcome="overturned", answer="It is a recipe indeed.", version=str(shown["version"])
    )
    assert await state_of(site, ident) == PostState.VISIBLE
    after = await ann.get(f"/api/holdfast/v1/appeals/{appeal['id']}")
    assert (after["outcome"], after["answer"]) == ("overturned", "It is a recipe indeed.")


@examples(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(LANES), st.sampled_from(("wait", "allow", "withdraw")), st.integers(1, 200)
        ),
        min_size=1,
        max_size=6,
    )
)
async def test_whatever_is_hidden_has_an_open_case_or_is_due_to_return(
    site: Site, history: list[tuple[str, str, int]]
) -> None:
    ann = await site.member(f"ann{new_id(site.services.clock.now())}"[:20])
    mia = await site.member(f"mia{new_id(site.services.clock.now())}"[:20], role="moderator")
    now, passed = site.services.clock.now(), 0
    for number, (lane, act, hours) in enumerate(history):
        ident = await hidden(site, ann, lane, now, f"post {number} of {ann.id}")
        passed += hours
        await kept(site, now + timedelta(hours=passed, minutes=6))
        case = await cases.open_case_of(site.services.database, "post", str(ident))
        if act != "wait" and case is not None:
            await decided(site, staff(mia), case, ruling("no_violation" if act == "allow" else "withdraw"))
        for one in await held_now(site.services.database):
            due = one.returns_at(SECONDS)
            assert one.case_id is not None
            assert due is None or due > now + timedelta(hours=passed)
            assert (due is None) == (one.lane in ("P0", "P1"))
