"""Profiles, relations, lists, filters, tags and whatever else belongs to one member."""

from __future__ import annotations

from holdfast.social.moves import add_alias, move_account
from tests.support import pictures
from tests.support.push_service import Device
from tests.support.tour.guide import Guide


async def relations(guide: Guide) -> None:
    """Everybody follows everybody, and what is undone again."""
    ann, bob, carla = guide.ann, guide.bob, guide.carla
    for who, whom in ((ann, bob), (bob, ann), (carla, ann), (carla, bob), (bob, carla)):
        await who.post(f"/api/v1/accounts/{whom.id}/follow", notify="true", **{"languages[]": "en"})
    to_carla = f"/api/v1/accounts/{carla.id}"
    for verb in ("mute", "block", "follow"):
        await ann.post(f"{to_carla}/{verb}")
        await guide.walk(ann, f"/api/v1/accounts/relationships?id[]={carla.id}")
        if verb != "follow":
            await guide.walk(ann, f"/api/v1/{verb}s")
        await ann.post(f"{to_carla}/un{verb}")
    await ann.post(f"{to_carla}/mute", duration="600")
    await guide.walk(ann, "/api/v1/mutes")
    await ann.post(f"{to_carla}/unmute")
    await carla.post(f"/api/v1/accounts/{ann.id}/follow")
    await ann.post(f"{to_carla}/note", comment="met at the harbour")
    await ann.post(f"{to_carla}/remove_from_followers")
    await carla.post(f"/api/v1/accounts/{ann.id}/follow")
    await guide.ask(ann, "POST", "/api/v1/domain_blocks", data={"domain": "far.example"})
    await guide.walk(ann, "/api/v1/domain_blocks")
    await guide.ask(ann, "DELETE", "/api/v1/domain_blocks?domain=far.example")
    for verb in ("endorse", "unendorse", "pin", "unpin", "endorse"):
        await ann.post(f"/api/v1/accounts/{bob.id}/{verb}")
    await guide.walk(ann, "/api/v1/endorsements", f"/api/v1/accounts/{ann.id}/endorsements")


async def requests(guide: Guide) -> None:
    """A locked profile: one is let in, one is not."""
    ann, bob, carla = guide.ann, guide.bob, guide.carla
    await guide.ask(bob, "PATCH", "/api/v1/accounts/update_credentials", data={"locked": "true"})
    await bob.post(f"/api/v1/accounts/{carla.id}/remove_from_followers")
    await bob.post(f"/api/v1/accounts/{ann.id}/remove_from_followers")
    for who in (ann, carla):
        await who.post(f"/api/v1/accounts/{bob.id}/follow", notify="true")
    await guide.walk(bob, "/api/v1/follow_requests")
    await guide.settle()
    await guide.walk(bob, "/api/v1/notifications")
    await bob.post(f"/api/v1/follow_requests/{ann.id}/authorize")
    await bob.post(f"/api/v1/follow_requests/{carla.id}/reject")
    await guide.ask(bob, "PATCH", "/api/v1/accounts/update_credentials", data={"locked": "false"})
    await carla.post(f"/api/v1/accounts/{bob.id}/follow")


async def profiles(guide: Guide) -> None:
    """One's own account and those of others."""
    ann, bob = guide.ann, guide.bob
    form = {
        "display_name": "Ann", "note": "Boats. #harbour https://example.org/", "discoverable": "true", "indexable": "true", "source[language]": "en",
        "fields_attributes[0][name]": "Site", "fields_attributes[0][value]": "https://example.org/",
    }  # fmt: skip
    sent = {"avatar": ("a.png", pictures.png()), "header": ("h.jpeg", pictures.jpeg())}
    for path in ("/api/v1/accounts/update_credentials", "/api/v1/profile"):
        await guide.ask(ann, "PATCH", path, data=form, files=sent)
    await guide.walk(
        ann, "/api/v1/profile", "/api/v1/accounts/verify_credentials", "/api/v1/preferences", "/oauth/userinfo",
        "/api/v1/apps/verify_credentials",
    )  # fmt: skip
    await guide.ask(ann, "POST", "/oauth/userinfo")
    await guide.ask(ann, "GET", f"/api/v1/accounts/{bob.id}/identity_proofs")
    for who in (bob, None):
        await guide.walk(
            who, f"/api/v1/accounts/{ann.id}", f"/api/v1/accounts?id[]={ann.id}", "/api/v1/accounts/lookup?acct=ann",
            f"/api/v1/accounts/{ann.id}/followers", f"/api/v1/accounts/{ann.id}/following",
        )  # fmt: skip
    await guide.walk(bob, "/api/v1/accounts/search?q=ann", "/api/v1/directory?order=new&local=true")
    await guide.walk(bob, f"/api/v1/accounts/familiar_followers?id[]={ann.id}")
    for part in ("avatar", "header"):
        await guide.ask(ann, "DELETE", f"/api/v1/profile/{part}")
    for path in ("/avatars/", "/headers/"):
        await guide.ask(None, "GET", f"{path}{ann.id}.png")


async def moves(guide: Guide) -> None:
    """Somebody moved to Ann, and is seen so by others and by themselves."""
    ann, site, now = guide.ann, guide.site, guide.site.services.clock.now()
    old, domain = await site.member("old"), site.services.settings.domain
    async with site.services.database.transaction() as tx:
        await add_alias(tx, ann.actor, "old", domain=domain, most=5, now=now)
        await move_account(tx, old.actor, "old", "ann", domain=domain, cooldown_days=1, now=now)
    await guide.settle()
    await guide.bob.post(f"/api/v1/accounts/{old.id}/mute")
    await guide.walk(guide.bob, f"/api/v1/accounts/{old.id}", "/api/v1/mutes")
    await guide.walk(old, "/api/v1/accounts/verify_credentials")
    await guide.bob.post(f"/api/v1/accounts/{old.id}/unmute")


async def lists(guide: Guide) -> None:
    """A list with somebody in it."""
    ann, bob = guide.ann, guide.bob
    made = await ann.post("/api/v1/lists", title="Friends", replies_policy="list", exclusive="true")
    path = f"/api/v1/lists/{made['id']}"
    await ann.post(f"{path}/accounts", **{"account_ids[]": bob.id})
    await guide.walk(ann, "/api/v1/lists", path, f"{path}/accounts", f"/api/v1/accounts/{bob.id}/lists")
    await guide.walk(ann, f"/api/v1/timelines/list/{made['id']}")
    await guide.ask(ann, "PUT", path, data={"title": "Old friends"})
    await guide.ask(ann, "DELETE", f"{path}/accounts", params={"account_ids[]": bob.id})
    await guide.ask(ann, "DELETE", path)


async def filters(guide: Guide) -> None:
    """Both versions, with posts that match."""
    bob, post = guide.bob, guide.made["post"]
    form = {"title": "Boats", "context[]": ["home", "public"], "filter_action": "warn", "expires_in": "6000"}
    made = await bob.post("/api/v2/filters", **form, **{"keywords_attributes[0][keyword]": "edited"})
    path = f"/api/v2/filters/{made['id']}"
    word = await bob.post(f"{path}/keywords", keyword="harbour", whole_word="true")
    row = await bob.post(f"{path}/statuses", status_id=post)
    await guide.walk(bob, "/api/v2/filters", path, f"{path}/keywords", f"{path}/statuses")
    for kind, ident in (("keywords", word["id"]), ("statuses", row["id"])):
        await guide.walk(bob, f"/api/v2/filters/{kind}/{ident}")
    filtered = await bob.get(f"/api/v1/statuses/{post}")
    assert filtered["filtered"], filtered
    await guide.walk(bob, "/api/v1/timelines/home", "/api/v1/timelines/public")
    await guide.ask(bob, "PUT", path, data={"title": "No boats", "context[]": ["home"]})
    await guide.ask(bob, "PUT", f"/api/v2/filters/keywords/{word['id']}", data={"keyword": "harbours"})
    for kind, ident in (("keywords", word["id"]), ("statuses", row["id"])):
        await guide.ask(bob, "DELETE", f"/api/v2/filters/{kind}/{ident}")
    await guide.ask(bob, "DELETE", path)
    old = await bob.post("/api/v1/filters", phrase="storm", **{"context[]": ["home"], "expires_in": "600"})
    path = f"/api/v1/filters/{old['id']}"
    await guide.walk(bob, "/api/v1/filters", path)
    await guide.ask(bob, "PUT", path, data={"phrase": "storms", "context[]": ["home"]})
    await guide.ask(bob, "DELETE", path)


async def tags(guide: Guide) -> None:
    """Followed, featured, suggested."""
    ann = guide.ann
    for who in (ann, None):
        await guide.walk(who, "/api/v1/tags/harbour")
    await guide.walk(ann, "/api/v1/featured_tags/suggestions")
    for verb in ("follow", "feature"):
        await ann.post(f"/api/v1/tags/harbour/{verb}")
    await guide.walk(
        ann, "/api/v1/followed_tags", "/api/v1/featured_tags", f"/api/v1/accounts/{ann.id}/featured_tags"
    )
    for verb in ("unfollow", "unfeature"):
        await ann.post(f"/api/v1/tags/harbour/{verb}")
    made = await ann.post("/api/v1/featured_tags", name="harbour")
    await guide.ask(ann, "DELETE", f"/api/v1/featured_tags/{made['id']}")


async def push(guide: Guide) -> None:
    """A subscription's life."""
    path = "/api/v1/push/subscription"
    form = {"subscription[endpoint]": "https://push.example/x", "data[alerts][mention]": "true"}
    await guide.ann.post(path, **form, **Device().form)
    await guide.ask(guide.ann, "GET", path)
    await guide.ask(guide.ann, "PUT", path, json={"data": {"alerts": {"follow": True}}})
    await guide.ask(guide.ann, "DELETE", path)
