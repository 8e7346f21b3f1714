"""Every route for staff x role x scope: the answer is the expected one; and a role that ends, ends at once."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from holdfast.main.asgi import ROUTES
from holdfast.platform.config import Settings, load_settings
from holdfast.pure.page_previews import Preview
from holdfast.social.accounts import NewAccount, Restriction, create_account, restrict_account, set_role
from holdfast.social.cards import CardLimits, begin_card, record_card
from tests.support.access_staff import ROLES, STAFF
from tests.support.postgres import DatabaseServer
from tests.support.site import Member, Site, open_site
from tests.support.unlimited import UNLIMITED

pytestmark = pytest.mark.integration

_numbers = itertools.count(1)
_ADMIN_ROUTES = [f"{route.method} {route.path}" for route in ROUTES if route.access.permission is not None]


@pytest.fixture(scope="module")
def staff_settings(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    address = database_server.clone_database()
    data = str(tmp_path_factory.mktemp("staff"))
    yield load_settings({"data": data, "database_url": address, **UNLIMITED}, environment={})
    database_server.drop_database(address)


@pytest.fixture(scope="module")
async def site(staff_settings: Settings) -> AsyncIterator[Site]:
    async with open_site(staff_settings) as opened:
        yield opened


@pytest.fixture(scope="module")
async def people(site: Site) -> dict[str, Member]:
    """One of each role, with every scope."""
    return {role: await site.member(f"the_{role}", role=role) for role in ROLES}


@pytest.fixture(scope="module")
def narrow(site: Site, people: dict[str, Member]) -> dict[str, Member]:
    """The owner with tokens of fewer scopes, made when they are asked for."""
    return {}


async def with_scopes(
    site: Site, people: dict[str, Member], narrow: dict[str, Member], scopes: str
) -> Member:
    if scopes not in narrow:
        narrow[scopes] = await site.login("the_owner", people["owner"].account_id, scopes=scopes)
    return narrow[scopes]


async def thing(site: Site, people: dict[str, Member], kind: str) -> str:
    """A new object of the kind; its public id."""
    number, owner = next(_numbers), people["owner"]
    match kind:
        case "":
            return ""
        case "account":
            return (await site.member(f"somebody{number}")).id
        case "suspended_account":
            member = await site.member(f"suspended{number}")
            await owner.post(f"/api/v1/admin/accounts/{member.id}/action", type="suspend")
            return member.id
        case "pending_account":
            new = NewAccount(f"waits{number}", f"waits{number}@example.org", None)
            async with site.services.database.transaction() as tx:
                ident = await create_account(tx, new, registrations="approval", now=site.services.clock.now())
            return site.services.ids.encode(ident)
        case "report":
            about = await site.member(f"reported{number}")
            return str((await owner.post("/api/v1/reports", account_id=about.id))["id"])
        case "case":
            about = await site.member(f"suspect{number}")
            made = await owner.post("/api/holdfast/v1/cases", account_id=about.id)
            return str(made["id"])
        case "template" | "decision" | "plan" | "appeal" | "notice":
            return await of_decisions(site, people, kind, number)
        case "rule":
            return "threat.direct"
        case "trial":
            return str((await owner.post("/api/holdfast/v1/rule_trials", source="nothing", posts=1))["id"])
        case "hold":
            about = await site.member(f"kept{number}")
            form = {"id": about.id, "reason": "an order"}
            return str((await owner.post("/api/holdfast/v1/holds", **form))["id"])
        case "queue":
            name = f"queue{number}"
            path = f"/api/holdfast/v1/queues/{name}"
            assert (await owner.request("PUT", path, data={"title": name})).status_code == 200
            return name
        case "post":
            return str((await owner.say(f"post {number}"))["id"])
        case "tag":
            await owner.say(f"#tag{number}")
            return str((await owner.get(f"/api/v1/tags/tag{number}"))["id"])
        case "link":
            ids, now = site.services.ids, site.services.clock.now()
            post_id = ids.decode((await owner.say(f"https://x.example/{number}"))["id"]) or 0
            async with site.services.database.transaction() as tx:
                begun = await begin_card(tx, post_id, f"https://x.example/{number}", CardLimits(), now=now)
                await record_card(tx, begun.card_id, Preview("https://x.example/", "A page"), now=now)
            return ids.encode(begun.card_id)
    path, form = {
        "server_block": ("domain_blocks", {"domain": f"a{number}.example"}),
        "server_allow": ("domain_allows", {"domain": f"a{number}.example"}),
        "mail_domain_block": ("email_domain_blocks", {"domain": f"a{number}.example"}),
        "mailbox_block": ("canonical_email_blocks", {"email": f"a{number}@mail.example"}),
        "network_block": ("ip_blocks", {"ip": f"2001:db8:{number:x}::/48", "severity": "sign_up_block"}),
    }[kind]
    return str((await owner.post(f"/api/v1/admin/{path}", **form))["id"])


async def letter(owner: Member, number: int) -> str:
    """A notice that was entered by hand."""
    form = {"preset": "report.user", "text": f"letter {number}"}
    return str((await owner.post("/api/holdfast/v1/desk/notices", **form))["id"])


async def of_decisions(site: Site, people: dict[str, Member], kind: str, number: int) -> str:
    """A template, a decision, or a plan that somebody else made."""
    owner = people["owner"]
    if kind == "notice":
        return await letter(owner, number)
    if kind == "template":
        return "warning-first"
    if kind == "decision":
        case_id = await thing(site, people, "case")
        path = f"/api/holdfast/v1/cases/{case_id}/decide"
        ruling: dict[str, Any] = {"version": 1, "actions[0][kind]": "no_violation"}
        return str((await owner.post(path, **ruling))["id"])
    if kind == "appeal":
        about = await site.member(f"author{number}")
        made = await owner.post("/api/holdfast/v1/cases", account_id=about.id)
        warned = {
            "version": 1,
            "actions[0][kind]": "warn",
            "policy": "spam",
            "facts": "The same again and again.",
        }
        # Whoever decided may not answer.
        first = await site.member(f"first{number}", role="admin")
        await first.post(f"/api/holdfast/v1/cases/{made['id']}/decide", **warned)
        told = (await about.get("/api/holdfast/v1/statements"))[0]["id"]
        filed = await about.post("/api/holdfast/v1/appeals", statement_id=told, reason="It was a joke")
        return str(filed["id"])
    form = {"query[text]": f"nobody wrote {number}", "ruling[actions][0][kind]": "no_violation"}
    planner = await site.member(f"planner{number}", role="moderator")
    return str((await planner.post("/api/holdfast/v1/bulk", **form))["id"])


async def ask(member: Member, name: str, ident: str) -> httpx2.Response:
    method, path = name.split(" ", 1)
    number = next(_numbers)
    form = {
        key: value.replace("{fresh}", f"f{number}")
        .replace("{network}", f"2001:db8:{number:x}::/48")
        .replace("{account}", (await member.site.member(f"about{number}")).id if "{account}" in value else "")
        for key, value in STAFF[name].form.items()
    }
    options: dict[str, Any] = {"data": form} if form else {}
    return await member.request(method, re.sub(r"\{\w+\}", ident, path), **options)


def test_every_admin_route_has_a_row_and_every_row_a_route() -> None:
    assert set(_ADMIN_ROUTES) == set(STAFF)


@pytest.mark.parametrize("name", list(STAFF))
async def test_roles(site: Site, people: dict[str, Member], name: str) -> None:
    row = STAFF[name]
    got: dict[str, int] = {}
    for role in ROLES:
        answer = await ask(people[role], name, await thing(site, people, row.thing))
        got[role] = answer.status_code
        if answer.status_code == 403:
            assert "role" in answer.json()["error"]
    may = ROLES[ROLES.index(row.lowest) :]
    assert got == {role: row.code if role in may else 403 for role in ROLES}


@pytest.mark.parametrize("name", list(STAFF))
async def test_scopes(site: Site, people: dict[str, Member], narrow: dict[str, Member], name: str) -> None:
    row = STAFF[name]
    _, direction, *rest = row.scope.split(":")
    other = "write" if direction == "read" else "read"
    expected = {
        row.scope: row.code,
        f"admin:{direction}": row.code,
        f"admin:{other}": 403,
        "read write follow push profile": 403,
        f"admin:{other}:{rest[0] if rest else 'accounts'}": 403,
        f"admin:{direction}:{'ip_blocks' if rest != ['ip_blocks'] else 'reports'}": 403,
    }
    got = {
        scopes: (
            await ask(
                await with_scopes(site, people, narrow, scopes), name, await thing(site, people, row.thing)
            )
        ).status_code
        for scopes in expected
    }
    assert got == expected


@pytest.mark.parametrize("name", [name for name, row in STAFF.items() if row.thing and not row.makes])
async def test_what_is_not_there(site: Site, people: dict[str, Member], name: str) -> None:
    for ident in (site.services.ids.encode(12345), "1", "nothing"):
        assert (await ask(people["owner"], name, ident)).status_code == 404


async def test_ghsa_62j4_staff_that_is_disabled_or_demoted_loses_the_admin_api_at_once(site: Site) -> None:
    """GHSA-62j4: a disabled moderator's token went on to work for the admin API."""
    for number, way in enumerate(("disabled", "demoted")):
        moderator = await site.member(f"goes{number}", role="moderator")
        assert (await moderator.request("GET", "/api/v1/admin/reports")).status_code == 200
        async with site.services.database.transaction() as tx:
            if way == "demoted":
                await set_role(tx, moderator.account_id, "member")
            else:
                await restrict_account(
                    tx, moderator.account_id, Restriction.DISABLED, on=True, now=site.services.clock.now()
                )
        answer = await moderator.request("GET", "/api/v1/admin/reports")
        assert answer.status_code == (403 if way == "demoted" else 401)
