"""What the staff keeps out, what sign-ups meet of it, and the figures."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from holdfast.social.accounts import NewAccount, create_account
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration


@pytest.fixture
async def admin(site: Site) -> Member:
    return await site.member("admin", role="admin")


async def test_servers_are_blocked_and_shown_as_configured(site: Site, admin: Member) -> None:
    """CVE-2025-27399: the list of blocked servers was readable by people who should not see it."""
    ann = await site.member("ann")
    form = {"severity": "suspend", "public_comment": "spam", "private_comment": "ugh", "obfuscate": "true"}
    made = await admin.post("/api/v1/admin/domain_blocks", domain="Bad.Example", **form)
    assert (made["domain"], made["severity"], made["obfuscate"]) == ("bad.example", "suspend", True)
    answer = await admin.request("POST", "/api/v1/admin/domain_blocks", data={"domain": "bad.example"})
    assert answer.status_code == 422
    path = f"/api/v1/admin/domain_blocks/{made['id']}"
    changed = (await admin.request("PUT", path, data={"reject_media": "true"})).json()
    assert (changed["severity"], changed["reject_media"], changed["public_comment"]) == (
        "suspend",
        True,
        "spam",
    )
    shown: dict[tuple[str, str], list[Any]] = {}
    for who in ("nobody", "members", "everybody"):
        for reasons in ("nobody", "everybody"):
            wanted = {"domain_blocks_shown": who, "domain_block_reasons_shown": reasons}
            object.__setattr__(
                site.services, "settings", msgspec.structs.replace(site.services.settings, **wanted)
            )
            answers = [
                await site.client.get("/api/v1/instance/domain_blocks"),
                await ann.request("GET", "/api/v1/instance/domain_blocks"),
            ]
            shown[who, reasons] = [answer.status_code for answer in answers]
            if answers[1].status_code == 200:
                (row,) = answers[1].json()
                assert row["domain"].startswith("ba")
                assert "*" in row["domain"]
                assert row["comment"] == ("spam" if reasons == "everybody" else None)
                assert "ugh" not in answers[1].text
    assert shown["nobody", "everybody"] == [404, 404]
    assert shown["members", "nobody"] == [401, 200]
    assert shown["everybody", "nobody"] == [200, 200]


async def test_blocked_networks_cannot_come_or_not_sign_up(site: Site, admin: Member) -> None:
    bob = await site.member("bob")
    bob.headers["x-forwarded-for"] = "203.0.113.9"
    assert (await bob.request("GET", "/api/v1/timelines/home")).status_code == 200
    form = {"ip": "203.0.113.0/24", "severity": "no_access", "comment": "botnet", "expires_in": "3600"}
    made = await admin.post("/api/v1/admin/ip_blocks", **form)
    assert made["expires_at"] is not None
    answer = await bob.request("GET", "/api/v1/timelines/home")
    assert (answer.status_code, "network" in answer.json()["error"]) == (403, True)
    assert (await admin.request("GET", "/api/v1/timelines/home")).status_code == 200
    await admin.request("PUT", f"/api/v1/admin/ip_blocks/{made['id']}", data={"severity": "sign_up_block"})
    assert (await bob.request("GET", "/api/v1/timelines/home")).status_code == 200
    assert (await admin.request("DELETE", f"/api/v1/admin/ip_blocks/{made['id']}")).status_code == 200
    for ip, code in (("10.0.0.0/4", 422), ("nonsense", 422), ("127.0.0.1", 422)):
        answer = await admin.request(
            "POST", "/api/v1/admin/ip_blocks", data={"ip": ip, "severity": "no_access"}
        )
        assert answer.status_code == code


async def test_sign_ups_meet_the_bans(site: Site, admin: Member) -> None:
    await admin.post("/api/v1/admin/email_domain_blocks", domain="throwaway.example")
    await admin.post("/api/v1/admin/email_domain_blocks", domain="odd.example", allow_with_approval="true")
    await admin.post("/api/v1/admin/canonical_email_blocks", email="B.A.D+x@mail.example")
    await admin.post("/api/v1/admin/ip_blocks", ip="192.0.2.0/24", severity="sign_up_block")
    await admin.post("/api/v1/admin/ip_blocks", ip="198.51.100.0/24", severity="sign_up_requires_approval")
    tested = await admin.post("/api/v1/admin/canonical_email_blocks/test", email="bad@mail.example")
    assert len(tested) == 1
    now = site.services.clock.now()

    async def sign_up(name: str, email: str, ip: str | None = None) -> str:
        try:
            async with site.services.database.transaction() as tx:
                ident = await create_account(
                    tx, NewAccount(name, email, None, ip=ip), registrations="open", now=now
                )
        except Exception as error:
            return type(error).__name__
        account = await site.services.accounts.get(ident)
        return account.state.name if account else "nothing"

    assert await sign_up("a", "a@throwaway.example") == "EmailNotAllowed"
    assert await sign_up("b", "a@sub.throwaway.example") == "EmailNotAllowed"
    assert await sign_up("c", "bad@mail.example") == "EmailNotAllowed"
    assert await sign_up("d", "d@odd.example") == "PENDING"
    assert await sign_up("e", "e@fine.example", "192.0.2.3") == "NetworkNotAllowed"
    assert await sign_up("f", "f@fine.example", "198.51.100.3") == "PENDING"
    assert await sign_up("g", "g@fine.example", "203.0.113.3") == "ACTIVE"
    assert await sign_up("h", "h@fine.example", "unknown") == "ACTIVE"
    history = (await admin.get("/api/v1/admin/email_domain_blocks"))[0]["history"]
    assert len(history) == 7
    assert history[0]["accounts"] == "1"


async def test_figures_are_counted(site: Site, admin: Member) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("hello #town")
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    await bob.say("@ann hi", in_reply_to_id=post["id"])
    await bob.post("/api/v1/reports", account_id=ann.id)
    day = site.services.clock.now().date().isoformat()
    tag_id = await site.services.database.fetchval("select id from tags where name = 'town'")
    asked = {
        "keys": [
            "active_users", "new_users", "interactions", "opened_reports", "resolved_reports", "tag_uses",
            "tag_accounts", "tag_servers", "instance_accounts", "instance_statuses", "instance_reports",
            "instance_follows", "instance_followers",
        ],
        "start_at": day, "end_at": day, "tag_uses": {"id": site.services.ids.encode(tag_id)},
        "instance_accounts": {"domain": "other.example"},
    }  # fmt: skip
    answer = await admin.request("POST", "/api/v1/admin/measures", json=asked)
    assert answer.status_code == 200, answer.text
    totals = {row["key"]: row["total"] for row in answer.json()}
    assert totals["new_users"] == "3"
    assert int(totals["active_users"]) >= 2
    assert (totals["interactions"], totals["opened_reports"], totals["resolved_reports"]) == ("2", "1", "0")
    assert (totals["tag_uses"], totals["tag_accounts"], totals["instance_accounts"]) == ("1", "0", "0")
    assert all(row["data"][0]["value"] == row["total"] for row in answer.json())
    keys = [
        "languages", "sources", "servers", "space_usage", "software_versions", "tag_servers", "tag_languages",
        "instance_accounts", "instance_languages",
    ]  # fmt: skip
    answer = await admin.request(
        "POST", "/api/v1/admin/dimensions", json={"keys": keys, "start_at": day, "end_at": day}
    )
    assert answer.status_code == 200, answer.text
    shares = {row["key"]: row["data"] for row in answer.json()}
    assert shares["servers"][0]["value"] == "2"
    assert shares["software_versions"][0]["key"] == "holdfast"
    assert int(shares["space_usage"][0]["value"]) > 1_000_000
    for frequency in ("day", "month"):
        cohorts = await admin.post("/api/v1/admin/retention", start_at=day, end_at=day, frequency=frequency)
        assert [(row["rate"], row["value"]) for row in cohorts[0]["data"]] == [(1.0, "3")]
    for wrong in (
        {"keys": ["odd"], "start_at": day, "end_at": day},
        {"keys": [], "start_at": day, "end_at": day},
        {"keys": ["new_users"], "start_at": "soon", "end_at": day},
        {"keys": ["new_users"], "start_at": "2020-01-01", "end_at": day},
    ):
        assert (await admin.request("POST", "/api/v1/admin/measures", json=wrong)).status_code == 422


async def test_what_a_database_cannot_hold_is_no_error_of_ours(site: Site, admin: Member) -> None:
    bob = await site.member("bob")
    nul, day = "a\0b", "2026-01-01"
    for path, body in (
        (f"/api/v1/admin/accounts/{bob.id}/action", {"type": "none", "text": nul, "reason": nul}),
        (
            f"/api/v1/admin/accounts/{bob.id}/action",
            {"type": "silence", "until": "9999-12-31T23:59:59-14:00"},
        ),
        ("/api/v1/admin/domain_blocks", {"domain": "a.example", "private_comment": nul}),
        ("/api/v1/admin/domain_blocks", {"domain": nul}),
        ("/api/v1/admin/ip_blocks", {"ip": "192.0.2.1", "severity": "no_access", "comment": nul}),
        ("/api/v1/admin/ip_blocks", {"ip": nul, "severity": "no_access", "expires_in": 10**30}),
        ("/api/v1/admin/canonical_email_blocks", {"canonical_email_hash": nul}),
        ("/api/v1/admin/canonical_email_blocks", {"email": nul + "@mail.example"}),
        ("/api/v1/admin/email_domain_blocks", {"domain": nul + ".example"}),
        ("/api/v1/reports", {"account_id": bob.id, "comment": nul}),
        (
            "/api/v1/admin/measures",
            {
                "keys": ["instance_accounts"],
                "instance_accounts": {"domain": nul},
                "start_at": day,
                "end_at": day,
            },
        ),
        ("/api/v1/admin/measures", {"keys": [nul], "start_at": day, "end_at": day}),
        ("/api/v1/admin/retention", {"start_at": "0001-01-01T00:00:00+14:00", "end_at": day}),
    ):
        answer = await admin.request("POST", path, json=body)
        assert answer.status_code in (200, 422), (path, body, answer.text)
    for name in ("username", "email", "ip", "by_domain", "display_name"):
        answer = await admin.request("GET", "/api/v2/admin/accounts", params={name: nul})
        assert answer.status_code in (200, 422), name
