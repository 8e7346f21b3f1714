"""Notifications of every type, in both shapes; requests, conversations, markers."""

from __future__ import annotations

from tests.support.tour.guide import Guide


async def notifications(guide: Guide) -> None:
    """Everything that Ann and the staff are told, one by one and in groups."""
    ann, bob, site = guide.ann, guide.bob, guide.site
    async with site.services.database.transaction() as tx:
        await tx.execute("update polls set expires_at = now() - interval '1 second'")
        await tx.execute("delete from periodic")
    quoted = await bob.say("quote me")
    await ann.say("quoted", quoted_status_id=quoted["id"])
    await guide.ask(bob, "PUT", f"/api/v1/statuses/{quoted['id']}", data={"status": "quote me, edited"})
    boosted = await bob.say("boost me")
    await ann.post(f"/api/v1/statuses/{boosted['id']}/reblog")
    await guide.ask(bob, "PUT", f"/api/v1/statuses/{boosted['id']}", data={"status": "boosted, then edited"})
    await guide.settle()
    rows = await ann.get("/api/v1/notifications", limit="40")
    told = {row["type"] for row in rows}
    wanted = {
        "mention", "status", "reblog", "favourite", "follow", "update", "quote", "quoted_update", "poll",
        "moderation_warning",
    }  # fmt: skip
    assert wanted <= told, wanted - told
    staff = {row["type"] for row in await guide.admin.get("/api/v1/notifications")}
    assert {"admin.sign_up", "admin.report"} <= staff, staff
    for row in {row["type"]: row for row in rows}.values():
        await guide.walk(ann, f"/api/v1/notifications/{row['id']}")
    for who in (ann, guide.admin):
        for extra in ("", "&expand_accounts=partial_avatars", "&supported_types[]=mention"):
            await guide.walk(who, f"/api/v2/notifications?limit=40{extra}")
        await guide.walk(who, "/api/v1/notifications?supported_types[]=mention")
    group = (await ann.get("/api/v2/notifications"))["notification_groups"][0]["group_key"]
    await guide.walk(ann, f"/api/v2/notifications/{group}", f"/api/v2/notifications/{group}/accounts")
    for version in ("v1", "v2"):
        await guide.walk(ann, f"/api/{version}/notifications/unread_count")
    await guide.ask(ann, "POST", f"/api/v2/notifications/{group}/dismiss")
    await guide.ask(ann, "POST", f"/api/v1/notifications/{rows[1]['id']}/dismiss")
    await guide.ask(ann, "POST", "/api/v1/notifications/dismiss", data={"id": rows[2]["id"]})
    await guide.ask(ann, "POST", "/api/v1/markers", data={"home[last_read_id]": guide.made["post"]})
    await guide.ask(ann, "POST", "/api/v1/markers", data={"notifications[last_read_id]": rows[0]["id"]})
    await guide.walk(ann, "/api/v1/markers?timeline[]=home&timeline[]=notifications")
    await guide.ask(ann, "POST", "/api/v1/notifications/clear")


async def requests(guide: Guide) -> None:
    """Senders who are kept apart, let in and sent away."""
    ann = guide.ann
    for path in ("/api/v1/notifications/policy", "/api/v2/notifications/policy"):
        await guide.ask(
            ann,
            "PATCH",
            path,
            data={"for_not_following": "filter"} if "v2" in path else {"filter_not_following": "true"},
        )
        await guide.walk(ann, path)
    await guide.ask(ann, "PUT", "/api/v1/notifications/policy", data={"filter_not_following": "true"})
    for number in range(4):
        stranger = await guide.site.member(f"stranger{number}")
        await stranger.say("@ann hello, you do not know me", visibility="public" if number else "direct")
    await guide.settle()
    path = "/api/v1/notifications/requests"
    rows = await ann.get(path)
    assert len(rows) == 4, rows
    await guide.walk(ann, f"{path}/{rows[0]['id']}", f"{path}/merged", "/api/v2/notifications/policy")
    await guide.ask(ann, "POST", f"{path}/{rows[0]['id']}/accept")
    await guide.ask(ann, "POST", f"{path}/{rows[1]['id']}/dismiss")
    await guide.ask(ann, "POST", f"{path}/accept", data={"id[]": rows[2]["id"]})
    await guide.ask(ann, "POST", f"{path}/dismiss", data={"id[]": rows[3]["id"]})


async def conversations(guide: Guide) -> None:
    """Letters."""
    ann = guide.ann
    await guide.settle()
    rows = await ann.get("/api/v1/conversations")
    await guide.ask(ann, "POST", f"/api/v1/conversations/{rows[0]['id']}/read")
    await guide.ask(ann, "DELETE", f"/api/v1/conversations/{rows[0]['id']}")
