"""What decisions take from posts, accounts and everybody: reach, replies, writing, links, files, sign-ups."""

from __future__ import annotations

import hashlib

import pytest

from holdfast.social.accounts import NewAccount, UsernameNotAllowed, create_account
from holdfast.social.bans import PatternField, PatternSeverity
from holdfast.trust.cases import Source
from holdfast.trust.decisions import (
    Action,
)
from holdfast.trust.effects import ActionKind
from tests.support.pictures import png
from tests.support.rulings import (
    case_about_post,
    decided,
    ruling,
    staff,
    taken_back,
)
from tests.support.site import Site

pytestmark = pytest.mark.integration


async def records(site: Site, kind: str) -> int:
    found: int = await site.services.database.fetchval(
        "select count(*) from ledger_records where kind = $1", kind
    )
    return found


async def test_no_violation_gives_a_held_post_back_and_a_label_of_age_keeps_visitors_out(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    status = await ann.say("I will kill you, Bob, tomorrow at noon")
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
    case = await case_about_post(site, ann, status, source=Source.SCREENING, category="violence")
    await decided(site, staff(mia), case, ruling("no_violation", policy="", facts=""))
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 200
    assert await records(site, "sor.sent") == 0
    grown = await ann.say("for adults")
    case = await case_about_post(site, ann, grown)
    await decided(site, staff(mia), case, ruling(actions=(Action(ActionKind.LABEL, label="adults-only"),)))
    assert (await site.client.get(f"/api/v1/statuses/{grown['id']}")).status_code == 404
    assert (await bob.get(f"/api/v1/statuses/{grown['id']}"))["holdfast"]["labels"] == ["adults-only"]


async def test_limited_reach_closed_replies_and_a_frozen_account(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    bob, cat, dan = await site.members("bob", "cat", "dan")
    await dan.post(f"/api/v1/accounts/{ann.id}/follow")
    await cat.post(f"/api/v1/accounts/{bob.id}/follow")
    status = await ann.say("a post #harbour")
    await bob.post(f"/api/v1/statuses/{status['id']}/reblog")
    case = await case_about_post(site, ann, status)
    await decided(site, staff(mia), case, ruling("limit_reach", "restrict_replies", "freeze"))
    await site.settle()
    for path in ("/api/v1/timelines/public", "/api/v1/timelines/tag/harbour"):
        assert status["id"] not in await cat.ids(path), path
    assert status["id"] in await dan.ids("/api/v1/timelines/home")
    assert await cat.ids("/api/v1/timelines/home") == []
    assert (await cat.request("POST", f"/api/v1/statuses/{status['id']}/reblog")).status_code == 422
    reply = {"status": "a reply", "in_reply_to_id": status["id"]}
    assert (await cat.request("POST", "/api/v1/statuses", data=reply)).status_code == 403
    frozen = await ann.request("POST", "/api/v1/statuses", data={"status": "still here"})
    assert frozen.status_code == 403
    assert "read-only" in frozen.json()["error"]
    assert (await ann.request("GET", "/api/v1/timelines/home")).status_code == 200
    assert (await ann.request("POST", f"/api/v1/accounts/{cat.id}/block")).status_code == 200


async def test_links_and_sign_ups_are_kept_out_and_let_in_again(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    case = await case_about_post(site, ann, await ann.say("look https://bad.example/page"))
    actions = (
        Action(ActionKind.BLOCK_LINK, value="https://Bad.example/page/"),
        Action(
            ActionKind.RESTRICT_SIGN_UPS, field=PatternField.USERNAME, pattern="spam*",
            response=PatternSeverity.REFUSE,
        ),
    )  # fmt: skip
    made = await decided(site, staff(mia), case, ruling(actions=actions, policy="spam"))
    refused = await ann.request(
        "POST", "/api/v1/statuses", data={"status": "again https://www.bad.example/page/2?x"}
    )
    assert refused.status_code == 422
    assert "barred a link" in refused.json()["error"]
    assert (
        await ann.request("POST", "/api/v1/statuses", data={"status": "https://bad.example/"})
    ).status_code == 200
    new = NewAccount("spammer7", "s7@example.org", None)
    now = site.services.clock.now()
    with pytest.raises(UsernameNotAllowed):
        async with site.services.database.transaction() as tx:
            await create_account(tx, new, registrations="open", now=now)
    await taken_back(site, staff(mia), made)
    async with site.services.database.transaction() as tx:
        await create_account(tx, new, registrations="open", now=now)
    assert (
        await ann.request("POST", "/api/v1/statuses", data={"status": "https://bad.example/page"})
    ).status_code == 200


async def test_a_barred_file_is_taken_neither_for_a_post_nor_as_an_avatar(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    file = png()
    upload = await ann.request("POST", "/api/v2/media", files={"file": ("a.png", file, "image/png")})
    assert upload.status_code == 200, upload.text
    digest = f"sha256:{hashlib.sha256(file).hexdigest()}"
    case = await case_about_post(site, ann, await ann.say("a post"))
    barred = Action(ActionKind.BLOCK_IMAGE, value=digest)
    await decided(site, staff(mia), case, ruling(actions=(barred,), policy="intimate-images"))
    form = {"status": "look", "media_ids[]": upload.json()["id"]}
    refused = await ann.request("POST", "/api/v1/statuses", data=form)
    assert refused.status_code == 422
    assert "barred a file" in refused.json()["error"]
    picture = {"avatar": ("a.png", file, "image/png")}
    assert (
        await ann.request("PATCH", "/api/v1/accounts/update_credentials", files=picture)
    ).status_code == 422
