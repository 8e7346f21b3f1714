"""Statements of reasons: what they say, in which language, where they are read, and that nobody is told twice."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import msgspec
import pytest

from holdfast.main.statement_mail import StatementMailer
from holdfast.main.subscriptions import reactions_to
from holdfast.platform.mail import KeptMailer, MailDelayed, MailRefused, MailUncertain
from holdfast.platform.passwords import hash_password
from holdfast.trust.cases import Source
from holdfast.trust.decisions import Action, Decision
from holdfast.trust.effects import ActionKind
from holdfast.trust.statements import MailStatus, StatementSent, letter_of, reported_rows
from tests.support.browser import PASSWORD, Browser
from tests.support.rulings import case_about_post, decided, ruling, staff, taken_back
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration


async def speaks(site: Site, member: Member, locale: str) -> None:
    async with site.services.database.transaction() as tx:
        await tx.execute("update users set locale = $2 where account_id = $1", member.account_id, locale)


async def decided_about(
    site: Site, author: Member, *kinds: str, by: Member, text: str = "vermin"
) -> Decision:
    case = await case_about_post(site, author, await author.say(text), source=Source.REPORT)
    until = site.services.clock.now() + timedelta(days=7)
    actions = tuple(
        Action(ActionKind(kind), until if kind in ("suspend", "hide") else None) for kind in kinds
    )
    return await decided(site, staff(by), case, ruling(actions=actions))


async def test_it_has_every_part_that_the_law_asks_for_in_the_members_language(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    await speaks(site, bob, "fr-CA")
    await decided_about(site, ann, "withdraw", by=mia, text="You are vermin")
    await decided_about(site, bob, "withdraw", by=mia, text="De la vermine")
    english = (await ann.get("/api/holdfast/v1/statements"))[0]
    french = (await bob.get("/api/holdfast/v1/statements"))[0]
    for part in (
        "Your post was taken away", "“You are vermin”", "everywhere", "without an end that is set", "insults a member",
        "Somebody told us", "No program was used to find it", "A person made the decision", "against the terms",
        "Harassment and hatred (harassment@1)", "/policies/harassment@1", "You can appeal here, free of charge",
        "out-of-court dispute settlement", "go to court",
    ):  # fmt: skip
        assert part in english["text"], part
    for part in (
        "Votre message a été retiré", "« De la vermine »", "partout", "sans fin fixée", "Cela nous a été signalé",
        "Une personne a pris la décision", "contraire aux conditions", "Harcèlement et haine (harassment@1)",
        "réclamation", "règlement extrajudiciaire", "saisir un tribunal",
    ):  # fmt: skip
        assert part in french["text"], part
    assert (english["language"], french["language"]) == ("en", "fr")
    # The exact text is in the app's warning too, and nobody reads that of somebody else.
    assert (await ann.request("GET", f"/api/holdfast/v1/statements/{french['id']}")).status_code == 404
    assert (await ann.get(f"/api/holdfast/v1/statements/{english['id']}"))["text"] == english["text"]
    assert (await ann.get("/api/holdfast/v1/statements"))[0]["read_at"] is not None


async def test_rows_for_the_transparency_database_hold_nothing_personal(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    await decided_about(site, ann, "hide", "suspend", by=mia, text="Secret words of Ann @mia")
    now = site.services.clock.now()
    ((_, row),) = await reported_rows(
        site.services.database, now - timedelta(hours=1), now + timedelta(hours=1)
    )
    assert row["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert row["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert row["end_date_account_restriction"] == f"{now + timedelta(days=7):%Y-%m-%d}"
    assert row["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    assert row["category"] == "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    assert (row["automated_detection"], row["automated_decision"]) == (
        "No",
        "AUTOMATED_DECISION_NOT_AUTOMATED",
    )
    assert (row["source_type"], row["content_type"]) == (
        "SOURCE_TYPE_OTHER_NOTIFICATION",
        ["CONTENT_TYPE_TEXT"],
    )
    text = msgspec.json.encode(row).decode()
    for personal in ("Secret", "ann", "mia", "insults", str(ann.account_id)):
        assert personal not in text.replace("language", ""), personal


async def test_a_suspended_member_signs_in_and_reads_the_statement_and_nothing_else(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    password_hash = await hash_password(PASSWORD)
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "update users set password_hash = $2 where account_id = $1", ann.account_id, password_hash
        )
    transport = httpx2.ASGITransport(app=site.app)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url=site.services.base_url) as client:
        browser = Browser(client, site.services.base_url)
        made = await decided_about(site, ann, "withdraw", "suspend", by=mia)
        assert (await ann.request("GET", "/api/holdfast/v1/statements")).status_code == 401
        answer = await browser.sign_in("ann")
        assert (answer.status_code, answer.headers["location"]) == (303, "/statements")
        page = (await client.get("/statements")).text
        assert "suspended or closed" in page
        path = page.split('href="/statements/')[1].split('"')[0]
        statement = (await client.get(f"/statements/{path}")).text
        assert "Your account is suspended" in statement
        assert "harassment@1" in statement
        for elsewhere in ("/auth/settings", "/settings/export", "/settings/delete"):
            closed = await client.get(elsewhere)
            assert closed.status_code == 303, elsewhere
            assert closed.headers["location"].startswith("/auth/sign_in")
        assert (await client.get("/statements/12345")).status_code == 404
        await taken_back(site, staff(mia), made)
        assert (await client.get("/auth/settings")).status_code == 200
        assert "taken back" in (await client.get(f"/statements/{path}")).text


async def test_a_letter_goes_out_once_and_what_became_of_it_is_kept(site: Site) -> None:
    services = site.services
    mia = await site.member("mia", role="moderator")
    settings = msgspec.structs.replace(services.settings, mail_host="mail.example")
    kept = KeptMailer()
    mailer = StatementMailer(settings, services.database, services.clock, kept)

    async def sent(name: str) -> StatementSent:
        member = await site.member(name)
        await decided_about(site, member, "withdraw", by=mia, text=f"vermin {name}")
        ident = await services.database.fetchval(
            "select id from statements where account_id = $1", member.account_id
        )
        return StatementSent(ident, member.account_id)

    async def go(event: StatementSent) -> tuple[MailStatus, str, bool]:
        later = await mailer.errand(msgspec.json.encode(event))
        letter = await letter_of(services.database, event.statement_id)
        assert letter is not None
        return letter.status, letter.answer, later is not None

    event = await sent("ann")
    kept.failing = [MailDelayed(private="451 later")]
    assert await go(event) == (MailStatus.WAITING, "451 later", True)
    assert await go(event) == (MailStatus.SENT, "250 kept", False)
    await go(event)
    assert len(kept.sent) == 1
    recipient, message = kept.sent[0]
    letter = await letter_of(services.database, event.statement_id)
    assert letter is not None
    assert (letter.message, letter.recipient) == (message, recipient)
    assert b"Auto-Submitted: auto-generated" in message
    # Where it is not known whether the server has it, it is not sent again.
    uncertain = await sent("bob")
    kept.failing = [MailUncertain(private="gone")]
    assert (await go(uncertain))[0] is MailStatus.FAILED
    await go(uncertain)
    refused = await sent("cat")
    kept.failing = [MailRefused(private="550 no such user")]
    assert await go(refused) == (MailStatus.REFUSED, "550 no such user", False)
    # A worker that died between handing over and writing down: the next one sends nothing.
    died = await sent("dan")
    kept.failing = [MailDelayed(private="421")]
    await go(died)
    async with services.database.transaction() as tx:
        await tx.execute(
            "update statement_mails set answer = 'under way' where statement_id = $1", died.statement_id
        )
    assert (await go(died))[0] is MailStatus.FAILED
    assert len(kept.sent) == 1


def test_mail_is_an_errand_only_where_a_server_is_set_up() -> None:
    event = StatementSent(1, 2)
    assert list(reactions_to(event)) == []
    assert [job.kind for job in reactions_to(event, mails=True)] == ["mail_statement"]
