"""Suggestions over HTTP: who is suggested, why, and who never is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from holdfast.platform.config import Settings
from tests.support.entities import problems
from tests.support.site import Member, Site, open_site

V2 = "/api/v2/suggestions"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    chosen = msgspec.structs.replace(settings, suggested_accounts=("@Host", "nobody"), rate_requests=100_000)
    async with open_site(chosen) as opened:
        yield opened


async def follow(who: Member, *others: Member) -> None:
    for other in others:
        await who.post(f"/api/v1/accounts/{other.id}/follow")


async def suggested(who: Member) -> dict[str, list[str]]:
    return {row["account"]["acct"]: row["sources"] for row in await who.get(V2)}


async def test_friends_of_friends_named_and_popular_accounts_are_suggested(site: Site) -> None:
    ann, bob, cat, dan, host = await site.members("ann", "bob", "cat", "dan", "host")
    await follow(ann, bob)
    await follow(bob, cat)
    await follow(cat, dan, bob)
    assert await suggested(ann) == {
        "host": ["featured"],
        "cat": ["friends_of_friends", "most_followed"],
        "dan": ["most_followed"],
    }
    rows = await ann.get(V2)
    assert [wrong for row in rows for wrong in problems("Suggestion", row)] == []
    assert [row["source"] for row in rows] == ["staff", "past_interactions", "global"]
    assert [row["acct"] for row in await ann.get("/api/v1/suggestions", limit=2)] == ["host", "cat"]
    assert "host" not in await suggested(host)
    # Whoever hides the list of whom they follow gives no reason.
    await bob.request("PATCH", "/api/v1/accounts/update_credentials", data={"hide_collections": "true"})
    assert (await suggested(ann))["cat"] == ["most_followed"]


async def test_followers_of_whom_one_followed_last_give_a_reason(site: Site) -> None:
    ann, bob, cat, dan, eve = await site.members("ann", "bob", "cat", "dan", "eve")
    await follow(ann, bob)
    for reader in (cat, dan):
        await follow(reader, bob, eve)
    assert (await suggested(ann))["eve"] == ["similar_to_recently_followed", "most_followed"]


async def test_who_is_known_or_turned_away_or_does_not_want_to_be_found_is_never_suggested(
    site: Site,
) -> None:
    names = (
        "followed",
        "asked",
        "blocked",
        "blocks",
        "muted",
        "away",
        "hidden",
        "limited",
        "suspended",
        "moved",
    )
    ann, fan, friend = await site.members("ann", "fan", "friend")
    others = {name: await site.member(name) for name in names}
    await follow(ann, friend)
    for other in (*others.values(), ann):
        await follow(fan, other)
        await follow(friend, other)
    assert set(await suggested(ann)) == {*names}
    await follow(ann, others["followed"])
    await others["asked"].request("PATCH", "/api/v1/accounts/update_credentials", data={"locked": "true"})
    await follow(ann, others["asked"])
    await ann.post(f"/api/v1/accounts/{others['blocked'].id}/block")
    await others["blocks"].post(f"/api/v1/accounts/{ann.id}/block")
    await ann.post(f"/api/v1/accounts/{others['muted'].id}/mute")
    await others["hidden"].request(
        "PATCH", "/api/v1/accounts/update_credentials", data={"discoverable": "false"}
    )
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "update accounts set limited_at = case when username = 'limited' then now() end,"
            " state = case when username = 'suspended' then 2 else state end,"
            " moved_to_id = case when username = 'moved' then $1::bigint end",
            fan.account_id,
        )
        tx.touch_everything()
    assert set(await suggested(ann)) == {"away"}
    gone = await ann.request("DELETE", f"/api/v1/suggestions/{others['away'].id}")
    assert (gone.status_code, gone.json()) == (200, {})
    assert await suggested(ann) == {}
    assert "away" in await suggested(others["muted"])
    for missing in (others["suspended"].id, "12", "x"):
        assert (await ann.request("DELETE", f"/api/v1/suggestions/{missing}")).status_code == 404


async def test_the_directory_leaves_out_who_was_limited(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    async with site.services.database.transaction() as tx:
        await tx.execute("update accounts set limited_at = now() where id = $1", bob.account_id)
    assert [row["acct"] for row in await ann.get("/api/v1/directory", order="new")] == ["ann"]
