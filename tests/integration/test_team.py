"""Roles are given below one's own, on record; and one person can be given less in a day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.site import Member, Site

pytestmark = pytest.mark.integration
_D = "/api/holdfast/v1"


async def send(member: Member, method: str, path: str, code: int = 200, **body: Any) -> Any:
    answer = await member.request(method, f"{_D}{path}", json=body)
    assert answer.status_code == code, answer.text
    return answer.json()


async def test_roles_are_given_below_ones_own_and_count_at_once(site: Site) -> None:
    ola, ada = await site.member("ola", role="owner"), await site.member("ada", role="admin")
    eve, ann = await site.member("eve", role="admin"), await site.member("ann")
    assert (await ann.request("GET", f"{_D}/team")).status_code == 403
    made = await send(ada, "PUT", f"/team/{ann.id}/role", role="moderator", reason="she knows the bay")
    assert (made["role"], "manage_reports" in made["permissions"]) == ("moderator", True)
    team = await send(ann, "GET", "/team")
    assert [one["account"]["acct"] for one in team] == ["ola", "ada", "eve", "ann"]
    assert not any(one["may_change"] or "caps" in one for one in team)
    await send(ada, "PUT", f"/team/{ann.id}/role", 403, role="admin")
    await send(ada, "PUT", f"/team/{eve.id}/role", 403, role="member")
    await send(ada, "PUT", f"/team/{ada.id}/role", 403, role="moderator")
    await send(ola, "PUT", f"/team/{ann.id}/role", 422, role="king")
    await send(ola, "PUT", f"/team/{ola.id}/role", 403, role="member")
    await send(ola, "PUT", f"/team/{eve.id}/role", role="member", reason="she left")
    assert (await eve.request("GET", f"{_D}/team")).status_code == 403
    log = await send(ola, "GET", "/log")
    assert [(one["verb"], one["reason"]) for one in log[:2]] == [
        ("account.role", "she left"), ("account.role", "she knows the bay"),
    ]  # fmt: skip


async def test_caps_of_one_person_end_the_day_sooner(site: Site) -> None:
    ada, mia = await site.member("ada", role="admin"), await site.member("mia", role="moderator")
    for name in ("ann", "bob"):
        about = await site.member(name)
        await send(ada, "POST", "/cases", account_id=about.id)
    usual = (await send(mia, "GET", "/reviewers/me"))["most"]["items"]
    await send(ada, "PUT", f"/team/{mia.id}/caps", 422, daily_items=-1)
    await send(ada, "PUT", f"/team/{mia.id}/caps", daily_items=1)
    assert (await send(mia, "GET", "/reviewers/me"))["most"]["items"] == 1 < usual
    first = await send(mia, "POST", "/cases/next")
    await send(mia, "POST", f"/cases/{first['id']}/release")
    assert (await mia.request("POST", f"{_D}/cases/next")).status_code == 429
    shown = {one["account"]["acct"]: one["caps"] for one in await send(ada, "GET", "/team")}
    assert shown["mia"] == {"daily_items": 1, "daily_heavy": None, "daily_minutes": None}
    await send(ada, "PUT", f"/team/{mia.id}/caps")
    assert (await send(mia, "GET", "/reviewers/me"))["most"]["items"] == usual
