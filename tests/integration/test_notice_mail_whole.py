"""The whole way of a notice by mail, through foreign mail servers: signed, received, decided, answered, delivered, closed."""

from __future__ import annotations

import email
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from email.policy import default
from typing import Any

import msgspec
import pytest

from holdfast.main.outside import Outside, kinds_of
from holdfast.main.subscriptions import MAIL_ANSWER, READ_NOTICE_MAIL, SEND_RECEIPT
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.guarded_http import guarded_client
from holdfast.platform.jobs import RunnerLimits
from holdfast.pure.notices import ItemOutcome
from holdfast.records import ledger
from holdfast.trust.answers import AnswerStatus, answers_of
from holdfast.trust.notices import MessageKind, NoticeState, Verified
from holdfast.trust.staff_actions import CLOCK
from tests.support.access_ledger import grow_ledger
from tests.support.mail_servers import Inbox, Relay, post_by_smtp, serving
from tests.support.notice_post import ADDRESS, NoticePost, notice_post
from tests.support.rulings import version_of
from tests.support.signed_mail import HOST, bounce, mail, signed
from tests.support.site import Member

pytestmark = pytest.mark.integration
_DESK = "/api/holdfast/v1/desk/notices"
_CASES = "/api/holdfast/v1/cases"


@dataclass
class Ways:
    """The desk, the server in front of it, and the one of the sender, where our mail arrives."""

    post: NoticePost
    relay: Relay
    theirs: Inbox

    async def send(self, raw: bytes, *, sender: str = f"bounces@{HOST}") -> None:
        """From the sender's program by SMTP, and on to us."""
        await post_by_smtp(self.relay.port, sender, ADDRESS, raw)

    async def work(self) -> None:
        """Whatever waits is done, as the worker would do it, until nothing does."""
        services = self.post.site.services
        async with guarded_client(services.settings) as outbound:
            for _ in range(5):
                # What was put on the list in the round before is due by then, however slow the machine is.
                clock = FixedClock(services.clock.now() + timedelta(seconds=1))
                kinds = kinds_of(Outside(services.settings, services.database, clock, outbound))
                errands = {name: kinds[name].errand for name in (READ_NOTICE_MAIL, SEND_RECEIPT, MAIL_ANSWER)}
                await self.post.site.settle()
                await grow_ledger(self.post.site)
                await ErrandRunner(services.database, clock, errands, RunnerLimits(attempts=100)).run_batch()


@pytest.fixture
async def ways(settings: Settings) -> AsyncIterator[Ways]:
    theirs = Inbox()
    async with (
        serving(theirs),
        notice_post(settings, mail_port=theirs.port, mail_security="none") as post,
        serving(relay := Relay(post.port)),
    ):
        yield Ways(post, relay, theirs)


async def test_a_signed_mail_is_received_decided_answered_delivered_and_closed(ways: Ways) -> None:
    site = ways.post.site
    ann, boss = await site.member("ann"), await site.member("boss", role="admin")
    said = await ann.say("something bad")
    await ways.send(signed(mail(f"Remove {said['url']} within 24 hours.")))
    await ways.work()

    # Received: verified, found, confirmed to its sender.
    notice = await ways.post.only()
    assert (notice.verification.how, notice.state) == (Verified.DKIM, NoticeState.ACKNOWLEDGED)
    ((_, recipients, receipt),) = ways.theirs.mails
    assert recipients == [f"abuse@{HOST}"]
    assert notice.reference in email.message_from_bytes(receipt, policy=default)["Subject"]
    (item,) = await ways.post.notices.items(CLOCK, notice.id)
    assert item.case_id is not None

    # Decided, as every case is.
    await _withdraw(ways.post, boss, item.case_id)
    await ways.work()
    (item,) = await ways.post.notices.items(CLOCK, notice.id)
    assert item.outcome is ItemOutcome.ACTIONED
    assert await ann.get("/api/holdfast/v1/statements")

    # Answered: what was read is what arrives, byte by byte, and what the ledger keeps.
    one = f"{_DESK}/{site.services.ids.encode(notice.id)}"
    answer = await _answered(ways, boss, one, notice.id)
    read = email.message_from_bytes(answer, policy=default)
    database = site.services.database

    # Delivered, says their server to ours.
    await ways.send(
        bounce(read["Message-ID"], f"abuse@{HOST}", action="delivered", status="2.0.0"), sender=""
    )
    await ways.work()
    [kept] = await answers_of(database, notice.id)
    assert kept.delivery == "delivered"
    messages = await ways.post.notices.messages(CLOCK, notice.id)
    assert [one.kind for one in messages if one.kind is MessageKind.BOUNCE] == [MessageKind.BOUNCE]

    whole = await boss.get(one)
    raws = [
        (await boss.request("GET", f"{one}/messages/{each['id']}/raw")).content
        for each in whole["messages"]
        if each["raw_sha256"]
    ]
    assert answer in raws
    assert any(b"DKIM-Signature" in raw for raw in raws)

    # Closed, with nothing open.
    done = await _json(boss, "POST", f"{one}/steps", {"step": "close"})
    assert (done["state"], done["outcome"], done["open_items_count"]) == ("closed", "actioned", 0)
    assert len(ways.theirs.mails) == 2
    assert (await ways.post.only()).id == notice.id


async def test_a_forged_mail_is_marked_so_and_nobody_is_written_to(ways: Ways) -> None:
    forged = signed(mail("https://town.example/@ann/1")).replace(b"@ann/1", b"@ann/2")
    await ways.send(forged)
    await ways.work()
    boss = await ways.post.site.member("boss", role="admin")
    (shown,) = await boss.get(_DESK)
    assert shown["verification"]["how"] == "forged"
    assert ways.theirs.mails == []


async def _answered(ways: Ways, boss: Member, one: str, notice_id: int) -> bytes:
    """The answer as it arrived at the sender's server, after it was read and sent."""
    notes = {"prevention": "A rule holds such posts.", "dispute": "Nothing."}
    drafted = await _json(boss, "POST", f"{one}/answers/draft", {"notes": notes})
    assert drafted["missing"] == []
    await _json(boss, "POST", f"{one}/answers", {"notes": notes, "digest": drafted["digest"]})
    await ways.work()
    (_, recipients, answer) = ways.theirs.mails[-1]
    assert len(ways.theirs.mails) == 2
    assert recipients == [f"abuse@{HOST}"]
    database = ways.post.site.services.database
    [kept] = await answers_of(database, notice_id)
    [opened] = await ledger.openings(database, kept.record_id, ["raw"])
    assert opened.opening.body == answer
    assert (kept.status, kept.delivery) == (AnswerStatus.ACCEPTED, "sent")
    read = email.message_from_bytes(answer, policy=default)
    assert read["In-Reply-To"] == "<1@cloud.example>"
    assert "A rule holds such posts." in read.get_content()
    return answer


async def _withdraw(post: NoticePost, boss: Member, case_id: int) -> None:
    public = post.site.services.ids.encode(case_id)
    version = await version_of(post.site, case_id)
    await _json(
        boss, "POST", f"{_CASES}/{public}/decide",
        {"version": version, "actions": [{"kind": "withdraw"}], "policy": "threats", "facts": "It threatens."},
    )  # fmt: skip


async def _json(member: Member, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await member.request(method, path, json=body)
    assert answer.is_success, answer.text
    found: dict[str, Any] = msgspec.json.decode(answer.content)
    return found
