"""Reports, and what the people who run the place do."""

from __future__ import annotations

from typing import Any

from holdfast.social.accounts import NewAccount, create_account
from tests.support.tour.guide import Guide

ACCOUNTS = "/api/v1/admin/accounts"
SPAN = {"start_at": "2026-01-01", "end_at": "2026-01-08"}
MEASURES = """
active_users new_users interactions opened_reports resolved_reports tag_accounts tag_uses tag_servers instance_accounts
instance_media_attachments instance_reports instance_statuses instance_follows instance_followers
""".split()
DIMENSIONS = """
languages sources servers space_usage software_versions tag_servers tag_languages instance_accounts instance_languages
""".split()


async def reports(guide: Guide) -> None:
    """Filed, read, assigned, resolved, opened again; and what comes of one."""
    ann, bob, admin = guide.ann, guide.bob, guide.admin
    form: dict[str, Any] = {
        "account_id": ann.id,
        "comment": "spam?",
        "category": "spam",
        "status_ids[]": guide.made["post"],
    }
    await bob.post("/api/v1/reports", **form)
    rules = await guide.ask(None, "GET", "/api/v1/instance/rules")
    await bob.post(
        "/api/v1/reports", account_id=ann.id, category="violation", **{"rule_ids[]": rules[0]["id"]}
    )
    path = "/api/v1/admin/reports"
    found = await admin.get(path)
    one = f"{path}/{found[0]['id']}"
    for verb in ("assign_to_self", "unassign", "assign_to_self", "resolve"):
        await admin.post(f"{one}/{verb}")
    await guide.walk(admin, one, f"{path}?resolved=true")
    await admin.post(f"{one}/reopen")
    await guide.ask(admin, "PUT", one, data={"category": "other"})
    await admin.post(
        f"{ACCOUNTS}/{ann.id}/action",
        type="none",
        text="Mind the rules.",
        report_id=found[0]["id"],
        **{"status_ids[]": guide.made["post"]},
    )
    await guide.settle()


async def accounts(guide: Guide) -> None:
    """Found, let in, sent away, restricted and let go again."""
    admin, site = guide.admin, guide.site

    async def waiting(name: str) -> str:
        new = NewAccount(name, f"{name}@mail.example", None, reason="please", ip="192.0.2.7")
        async with site.services.database.transaction() as tx:
            made = await create_account(tx, new, registrations="approval", now=site.services.clock.now())
        return site.services.ids.encode(made)

    welcome, unwelcome = await waiting("welcome"), await waiting("unwelcome")
    await guide.settle()
    await guide.walk(admin, f"{ACCOUNTS}?pending=true", "/api/v2/admin/accounts", f"{ACCOUNTS}/{welcome}")
    await admin.post(f"{ACCOUNTS}/{welcome}/approve")
    await admin.post(f"{ACCOUNTS}/{unwelcome}/reject")
    path = f"{ACCOUNTS}/{(await site.member('dan')).id}"
    for kind, undo in (
        ("silence", "unsilence"), ("sensitive", "unsensitive"), ("disable", "enable"), ("suspend", "unsuspend"),
    ):  # fmt: skip
        await admin.post(f"{path}/action", type=kind)
        await guide.walk(admin, path)
        await admin.post(f"{path}/{undo}")
    await admin.post(f"{path}/action", type="suspend")
    await guide.ask(admin, "DELETE", path)
    await guide.settle()


async def blocks(guide: Guide) -> None:
    """Servers, mail domains, mailboxes and networks that are kept out."""
    admin = guide.admin
    for kind, form, change in (
        ("domain_blocks", {"domain": "bad.example", "severity": "suspend", "public_comment": "spam", "private_comment": "told by mail"}, {"severity": "silence"}),
        ("domain_allows", {"domain": "good.example"}, None),
        ("email_domain_blocks", {"domain": "mail.bad.example"}, None),
        ("canonical_email_blocks", {"email": "somebody@bad.example"}, None),
        ("ip_blocks", {"ip": "192.0.2.0/24", "severity": "sign_up_block", "comment": "x", "expires_in": "600"}, {"comment": "y"}),
    ):  # fmt: skip
        path = f"/api/v1/admin/{kind}"
        made = await admin.post(path, **form)
        await guide.walk(admin, path, f"{path}/{made['id']}")
        if change is not None:
            await guide.ask(admin, "PUT", f"{path}/{made['id']}", data=change)
        if kind == "domain_blocks":
            await guide.walk(None, "/api/v1/instance/domain_blocks")
        if kind == "canonical_email_blocks":
            await admin.post(f"{path}/test", email="somebody@bad.example")
        await guide.ask(admin, "DELETE", f"{path}/{made['id']}")


async def figures(guide: Guide) -> None:
    """All that is counted for the staff."""
    admin = guide.admin
    of = (
        {"id": guide.made["tag"], "domain": "bad.example"}
        if "tag" in guide.made
        else {"domain": "bad.example"}
    )
    usable = [name for name in MEASURES if "id" in of or not name.startswith("tag_")]
    sent = {"keys": usable, **SPAN, **{name: of for name in usable if name.startswith(("tag_", "instance_"))}}
    assert await guide.ask(admin, "POST", "/api/v1/admin/measures", json=sent)
    usable = [name for name in DIMENSIONS if "id" in of or not name.startswith("tag_")]
    sent = {"keys": usable, **SPAN, **{name: of for name in usable if name.startswith(("tag_", "instance_"))}}
    assert await guide.ask(admin, "POST", "/api/v1/admin/dimensions", json=sent)
    assert await guide.ask(admin, "POST", "/api/v1/admin/retention", json={**SPAN, "frequency": "day"})
