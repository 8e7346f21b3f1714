"""Mails to the notice desk over a real connection: kept before 250, read, answered; forged ones marked; nothing doubled."""

from __future__ import annotations

import asyncio
import smtplib
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from holdfast.platform.config import Settings
from holdfast.pure.evidence import parse_proof
from holdfast.trust.notice_intake import LetterStatus, letter_of, unsettled_mails
from holdfast.trust.notices import MessageKind, NoticeState, Step, Verified, take_step
from holdfast.trust.staff_actions import CLOCK
from tests.support.notice_post import ADDRESS, NoticePost, notice_post
from tests.support.signed_mail import HOST, bounce, mail, signed

pytestmark = pytest.mark.integration


async def test_a_signed_mail_becomes_a_notice_with_a_receipt_that_proves_it(settings: Settings) -> None:
    async with notice_post(settings) as post:
        ann = await post.site.member("ann")
        url = (await ann.say("something bad"))["url"]
        assert await post.deliver(signed(mail(f"Remove {url} within 24 hours."))) == {}
        await post.read()
        notice = await post.only()
        assert (notice.preset, notice.sender.email) == ("host.abuse", f"abuse@{HOST}")
        assert notice.verification.how is Verified.DKIM
        assert notice.verification.details["sender"]["signatures"][0]["key"].startswith("v=DKIM1")
        (item,) = await post.notices.items(CLOCK, notice.id)
        assert (item.found.value, item.account_id) == ("post", ann.account_id)
        ((recipient, raw),) = post.mailer.sent
        assert recipient == f"abuse@{HOST}"
        receipt = message_from_bytes(raw, policy=SMTP)
        assert receipt["In-Reply-To"] == "<1@cloud.example>"
        assert receipt["Auto-Submitted"] == "auto-replied"
        (proof,) = receipt.iter_attachments()
        assert str(proof.get_filename()).endswith(".tlog-proof")
        parse_proof(proof.get_content())
        body = receipt.get_body()
        assert body is not None
        text = body.get_content()
        path = text.split(f"https://{post.site.services.settings.domain}")[1].split()[0]
        page = await post.site.client.get(path)
        assert page.status_code == 200
        assert notice.reference in page.text
        assert notice.reference in text
        assert notice.state is NoticeState.ACKNOWLEDGED


async def test_a_forged_mail_is_marked_and_its_victim_gets_no_receipt(settings: Settings) -> None:
    async with notice_post(settings) as post:
        await post.deliver(signed(mail("https://town.example/@ann/1")).replace(b"@ann/1", b"@ann/2"))
        await post.read()
        notice = await post.only()
        assert notice.verification.how is Verified.FORGED
        assert notice.sender.email == f"abuse@{HOST}"
        assert post.mailer.sent == []
        letter = await letter_of(post.site.services.database, notice.id)
        assert letter is not None
        assert letter.status is LetterStatus.WITHHELD


async def test_the_same_mail_again_and_its_copies_by_other_ways_are_one_notice(settings: Settings) -> None:
    async with notice_post(settings) as post:
        raw = mail("https://town.example/@ann/1")
        await post.deliver(raw)
        await post.deliver(raw)
        await asyncio.gather(
            post.deliver(b"Delivered-To: abuse@town.example\r\n" + raw),
            post.deliver(b"Delivered-To: legal@town.example\r\n" + raw, to="legal@town.example"),
        )
        await post.read()
        await post.read()
        notice = await post.only()
        assert len(post.mailer.sent) == 1
        assert (
            len(
                [
                    one
                    for one in await post.notices.messages(CLOCK, notice.id)
                    if one.kind is MessageKind.OTHER
                ]
            )
            == 2
        )


async def test_each_recipient_gets_a_reply_of_its_own(settings: Settings) -> None:
    async with notice_post(settings) as post:
        reader, writer = await asyncio.open_connection("127.0.0.1", post.port)
        writer.write(
            b"LHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<nobody@town.example>\r\nRCPT TO:<abuse@town.example>\r\n"
            b"RCPT TO:<abuse+x@town.example>\r\nDATA\r\n"
        )
        told = b""
        while not told.endswith(b"\r\n") or b"354" not in told:
            told += await reader.readline()
        assert b"550 5.1.1" in told
        writer.write(b"Subject: two\r\n\r\nx\r\n.\r\nQUIT\r\n")
        assert (await reader.read()).count(b"250 2.6.0") == 2
        writer.close()


async def test_a_mail_that_is_too_large_is_refused_with_a_way_out(settings: Settings) -> None:
    async with notice_post(settings, notice_mail_max_mb=1) as post:
        with pytest.raises(smtplib.SMTPException) as caught:
            await post.deliver(mail("x\n" * 700_000))
        assert "552" in str(caught.value)
        assert "https://town.example/notice" in str(caught.value)
        # One that is as large as is taken, in one line, is.
        await post.deliver(mail("x", files=[("a.bin", "application/octet-stream", b"y" * 600_000)]))
        await post.read()
        await post.only()


async def test_more_mails_than_are_taken_in_an_hour_are_put_off_and_not_lost(settings: Settings) -> None:
    async with notice_post(settings, notice_mail_hour_max=2) as post:
        for number in range(2):
            await post.deliver(mail("x", message_id=f"<{number}@x.example>"))
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await post.deliver(mail("x", message_id="<3@x.example>"))
        assert caught.value.smtp_code == 451
        # What is there already is confirmed all the same.
        await post.deliver(mail("x", message_id="<1@x.example>"))


async def test_without_the_database_the_sending_server_keeps_the_mail(settings: Settings) -> None:
    async with notice_post(settings) as post:
        await post.site.services.database.close()
        with pytest.raises(smtplib.SMTPDataError) as caught:
            await post.deliver(mail("x"))
        assert caught.value.smtp_code == 451


async def test_a_bounce_tells_what_became_of_our_receipt(settings: Settings) -> None:
    async with notice_post(settings) as post:
        await post.deliver(signed(mail("https://town.example/@ann/1")))
        await post.read()
        notice = await post.only()
        sent = message_from_bytes(post.mailer.sent[0][1], policy=SMTP)["Message-ID"]
        await post.deliver(bounce(sent, f"abuse@{HOST}"), sender="")
        await post.read()
        assert (await post.only()).id == notice.id
        messages = {one.kind: one for one in await post.notices.messages(CLOCK, notice.id)}
        assert messages[MessageKind.RECEIPT].delivery == "failed"
        assert MessageKind.BOUNCE in messages
        assert len(post.mailer.sent) == 1


async def test_a_bounce_about_nothing_of_ours_is_kept_and_is_no_notice(settings: Settings) -> None:
    async with notice_post(settings) as post:
        await post.deliver(bounce("<other@x.example>", "a@b.example"), sender="")
        await post.read()
        assert await post.all() == []
        kept = await unsettled_mails(post.site.services.database, kept=True, limit=10)
        assert [one.state.value for one in kept] == ["kept"]


async def _needs_info(post: NoticePost) -> str:
    """A notice that waits for its sender; the Message-ID of its receipt."""
    await post.deliver(signed(mail("Something bad is on your site.")))
    await post.read()
    notice = await post.only()
    for step in (Step.TRIAGE, Step.ASK):
        async with post.site.services.database.transaction() as tx:
            await take_step(tx, CLOCK, notice.id, step, now=post.site.services.clock.now())
    return str(message_from_bytes(post.mailer.sent[0][1], policy=SMTP)["Message-ID"])


async def test_a_reply_goes_on_with_its_notice_and_ends_the_waiting(settings: Settings) -> None:
    async with notice_post(settings) as post:
        answered = await _needs_info(post)
        reply = mail(
            "It is the one of Monday.", message_id="<2@cloud.example>", headers=[("In-Reply-To", answered)]
        )
        await post.deliver(reply)
        await post.read()
        notice = await post.only()
        assert notice.state is NoticeState.IN_REVIEW
        assert len(post.mailer.sent) == 1


async def test_a_holiday_notice_is_kept_with_its_notice_and_changes_nothing(settings: Settings) -> None:
    async with notice_post(settings) as post:
        answered = await _needs_info(post)
        away = mail(
            "I am away.", message_id="<3@cloud.example>",
            headers=[("In-Reply-To", answered), ("Auto-Submitted", "auto-replied")],
        )  # fmt: skip
        await post.deliver(away)
        await post.read()
        notice = await post.only()
        assert notice.state is NoticeState.NEEDS_INFO
        assert len(post.mailer.sent) == 1


async def test_somebody_else_who_quotes_a_reference_opens_a_notice_of_their_own(settings: Settings) -> None:
    async with notice_post(settings) as post:
        await _needs_info(post)
        reference = (await post.only()).reference
        await post.deliver(
            mail("me too", sender="x@y.example", subject=f"Re: [{reference}]", message_id="<4@y.example>")
        )
        await post.read()
        assert len(await post.all()) == 2


async def test_new_addresses_in_a_reply_are_a_warning_of_their_own(settings: Settings) -> None:
    async with notice_post(settings) as post:
        await post.deliver(signed(mail("https://town.example/@ann/1")))
        await post.read()
        answered = message_from_bytes(post.mailer.sent[0][1], policy=SMTP)["Message-ID"]
        more = mail(
            "And https://town.example/@ann/2",
            message_id="<2@cloud.example>",
            headers=[("In-Reply-To", answered)],
        )
        await post.deliver(more)
        await post.read()
        assert sorted(one.items for one in await post.all()) == [1, 1]


async def test_no_log_holds_what_a_mail_says(
    settings: Settings, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with notice_post(settings) as post:
        await post.deliver(signed(mail("the secret words", subject="a secret subject")))
        await post.read()
        await post.site.services.database.close()
        with pytest.raises(smtplib.SMTPDataError):
            await post.deliver(mail("the secret words again"))
    told = caplog.text + "".join(capfd.readouterr())
    assert "secret" not in told
    assert HOST not in told


async def test_a_socket_in_a_folder_serves_as_well_and_is_for_its_group_alone(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "notices.sock"
    async with notice_post(settings, notice_lmtp_listen=f"unix:{path}") as post:
        assert path.stat().st_mode & 0o777 == 0o660

        def send() -> object:
            with smtplib.LMTP(str(path)) as connection:
                return connection.sendmail("a@b.example", ADDRESS, mail("x"))

        assert await asyncio.to_thread(send) == {}
        await post.read()
        await post.only()
