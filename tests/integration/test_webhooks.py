"""Webhooks: signed calls about what happened, again after failures, off after days of them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli import app
from holdfast.main.outside import Outside, kinds_of
from holdfast.main.webhook_calls import WebhookCaller
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.jobs import RunnerLimits
from holdfast.pure.errors import Invalid
from holdfast.trust.webhooks import CALL_WEBHOOK, EVENTS, add_webhook, signature, webhooks
from tests.support.pages import HERE, client_for
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration


@dataclass
class Hooks:
    """Calls as they came: headers and body. `status` is what each is answered."""

    port: int = 0
    status: int = 200
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.calls.append((headers, body))
        writer.write(f"HTTP/1.1 {self.status} So\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.calls]


@asynccontextmanager
async def open_hooks() -> AsyncIterator[Hooks]:
    hooks = Hooks()
    listening = await asyncio.start_server(hooks.serve, "127.0.0.1", 0)
    hooks.port = listening.sockets[0].getsockname()[1]
    try:
        yield hooks
    finally:
        listening.close()


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, webhooks_of_posts=True)) as opened:
        yield opened


async def add(site: Site, hooks: Hooks, *events: str) -> tuple[int, str]:
    services = site.services
    async with services.database.transaction() as tx:
        return await add_webhook(
            tx, f"http://hooks.example:{hooks.port}/in", events or EVENTS, keyring=services.keyring, most=20,
            now=services.clock.now(),
        )  # fmt: skip


async def deliver(site: Site, clock: FixedClock | None = None) -> int:
    """Run every reaction and every call that is due."""
    await site.settle()
    services, when = site.services, clock or site.services.clock
    client, _ = client_for({"hooks.example": ["127.0.0.1"]}, HERE)
    async with client:
        caller = WebhookCaller(services.settings, services.database, when, client)
        runner = ErrandRunner(
            services.database, when, {CALL_WEBHOOK: caller.errand}, RunnerLimits(first_retry_seconds=60)
        )
        return await runner.drain()


async def test_what_happens_is_told_and_signed(site: Site) -> None:
    async with open_hooks() as hooks:
        _, secret = await add(site, hooks)
        ann, bob = await site.members("ann", "bob")
        admin = await site.member("admin", role="admin")
        post = await ann.say("hello")
        await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "hello again"})
        await ann.say("for few", visibility="private")
        await ann.say("for @bob", visibility="direct")
        await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
        made = await bob.post("/api/v1/reports", account_id=ann.id, **{"status_ids[]": post["id"]})
        await admin.post(f"/api/v1/admin/reports/{made['id']}/resolve")
        await admin.post(f"/api/v1/admin/accounts/{ann.id}/action", type="silence")
        await deliver(site)
        told = [(call["event"], call["object"]["id"]) for call in hooks.told]
        assert sorted(told) == sorted(
            [
                *(("account.created", one.id) for one in (ann, bob, admin)),
                ("status.created", post["id"]),
                ("status.updated", post["id"]),
                ("report.created", made["id"]),
                ("report.updated", made["id"]),
                ("account.updated", ann.id),
            ]
        )
        for headers, body in hooks.calls:
            expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            assert headers["x-hub-signature"] == f"sha256={expected}" == signature(secret, body)
            assert headers["content-type"] == "application/json"
        about = next(call["object"] for call in hooks.told if call["event"] == "report.created")
        assert (about["account"]["username"], about["target_account"]["username"]) == ("bob", "ann")
        assert [one["id"] for one in about["statuses"]] == [post["id"]]
        # Nothing is left to tell.
        assert await deliver(site) == 0


async def test_a_webhook_is_told_of_what_it_asked_for_alone(site: Site) -> None:
    async with open_hooks() as hooks:
        await add(site, hooks, "report.created")
        ann, bob = await site.members("ann", "bob")
        await ann.say("hello")
        await ann.post("/api/v1/reports", account_id=bob.id)
        await deliver(site)
        assert [call["event"] for call in hooks.told] == ["report.created"]


async def test_calls_that_fail_are_made_again_until_the_webhook_is_switched_off(site: Site) -> None:
    async with open_hooks() as hooks:
        await add(site, hooks, "account.created")
        clock = FixedClock(site.services.clock.now() + timedelta(minutes=1))
        hooks.status = 503
        await site.member("ann")
        assert await deliver(site, clock) == 1
        (hook,) = await webhooks(site.services.database)
        assert (hook.enabled, hook.last_error, hook.failing_since) == (True, "answered 503", clock.now())
        # Not at once again, but after a while; then it arrives, and the trouble is forgotten.
        assert await deliver(site, clock) == 0
        clock.advance(timedelta(minutes=2))
        hooks.status = 202
        assert await deliver(site, clock) == 1
        (hook,) = await webhooks(site.services.database)
        assert (hook.enabled, hook.last_error, hook.failing_since) == (True, None, None)
        # Failing for days switches it off.
        hooks.status = 302
        await site.member("bob")
        await deliver(site, clock)
        clock.advance(timedelta(days=4))
        await deliver(site, clock)
        (hook,) = await webhooks(site.services.database)
        assert hook.enabled is False
        calls = len(hooks.calls)
        await site.member("cat")
        clock.advance(timedelta(days=1))
        await deliver(site, clock)
        assert len(hooks.calls) == calls


async def test_a_secret_is_not_kept_in_the_clear_and_addresses_are_checked(site: Site) -> None:
    async with open_hooks() as hooks:
        webhook_id, secret = await add(site, hooks)
        kept = await site.services.database.fetchval("select secret from webhooks where id = $1", webhook_id)
        assert secret.encode() not in bytes(kept)
        for url, events in (
            ("ftp://hooks.example/", EVENTS),
            ("https://user:pw@hooks.example/", EVENTS),
            ("nonsense", EVENTS),
            ("https://hooks.example/", ("account.exploded",)),
            ("https://hooks.example/", ()),
        ):
            with pytest.raises(Invalid):
                async with site.services.database.transaction() as tx:
                    await add_webhook(
                        tx, url, events, keyring=site.services.keyring, most=20, now=site.services.clock.now()
                    )


async def test_a_webhook_cannot_lead_into_the_own_network(site: Site) -> None:
    """Every call goes through the guarded client: special ranges are refused after the name was resolved."""
    async with open_hooks() as hooks:
        await add(site, hooks, "account.created")
        await site.member("ann")
        await site.settle()
        client, _ = client_for({"hooks.example": ["127.0.0.1"]})
        async with client:
            services = site.services
            given = Outside(services.settings, services.database, services.clock, client)
            runner = ErrandRunner(
                services.database, services.clock, {CALL_WEBHOOK: kinds_of(given)[CALL_WEBHOOK].errand},
                RunnerLimits(),
            )  # fmt: skip
            await runner.drain()
        (hook,) = await webhooks(site.services.database)
        assert (hooks.calls, str(hook.last_error).partition(":")[0]) == ([], "refused")


async def test_the_operator_adds_lists_calls_and_removes_webhooks(site: Site) -> None:
    services = site.services

    async def types(*words: str, **more: str) -> Result:
        environment = {
            "HOLDFAST_DATABASE_URL": str(services.settings.database_url),
            "HOLDFAST_DATA": str(services.settings.data),
            "HOLDFAST_MASTER_KEY": "5a" * 32,
            "HOLDFAST_OUTBOUND_PRIVATE_ALLOWED": "127.0.0.0/8",
            **more,
        }
        return await asyncio.to_thread(CliRunner().invoke, app, ["webhook", *words], env=environment)

    async with open_hooks() as hooks:
        url = f"http://127.0.0.1:{hooks.port}/in"
        refused = await types("add", url, "--event", "status.created")
        assert isinstance(refused.exception, Invalid)
        assert "webhooks_of_posts" in str(refused.exception)
        added = await types("add", url, "--event", "report.created", "--event", "account.created")
        assert added.exit_code == 0, added.exception
        ident, secret = re.fullmatch(r"webhook (\d+)\nsecret (\S+)\n", added.stdout).groups()  # type: ignore[union-attr]
        listed = json.loads((await types("list", "--json")).stdout)
        assert [(str(one["id"]), one["events"], one["enabled"]) for one in listed] == [
            (ident, ["account.created", "report.created"], True)
        ]
        assert secret not in (await types("list")).stdout
        called = await types("test", ident)
        assert (called.exit_code, called.stdout) == (0, "the call arrived\n"), called.exception
        ((headers, body),) = hooks.calls
        assert headers["x-hub-signature"] == signature(secret, body)
        assert json.loads(body)["event"] == "holdfast.test"
        hooks.status = 500
        assert "answered 500" in str((await types("test", ident)).exception)
        assert (await types("remove", ident)).exit_code == 0
        assert (await types("list")).stdout == "no webhooks\n"
        assert (await types("remove", ident)).exit_code == 1
