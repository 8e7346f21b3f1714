"""What a mail to the notice desk is read as, from its bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from holdfast.platform.mail_signatures import Proof, SenderCheck
from holdfast.pure.notices import Automatic
from holdfast.trust.notice_intake import (
    MailRules,
    MailState,
    NewMail,
    ReceiptFacts,
    TakenMail,
    Understood,
    preset_of,
    receipt_letter,
    understood,
)
from holdfast.trust.notices import Capacity, Verified
from tests.support.signed_mail import HOST, bounce, mail

RULES = MailRules(
    own_hosts=("town.example",), media_hosts=("media.town.example",), own_addresses=("abuse@town.example",),
    site="town.example", by_address={"dmca@town.example": "us.dmca.notice"}, by_sender={HOST: "host.abuse"},
    default="report.user",
)  # fmt: skip
AT = datetime(2026, 11, 24, 10, tzinfo=UTC)


def taken(
    raw: bytes, *, proof: Proof = Proof.UNPROVEN, envelope: str | None = f"bounce@{HOST}", recipient: str = "abuse@town.example"
) -> TakenMail:  # fmt: skip
    return TakenMail(
        1, sha256(raw).digest(), b"", "<1@cloud.example>", "lmtp", envelope, [recipient], len(raw), False,
        SenderCheck(proof, ""), AT, MailState.WAITING, "", None, f"abuse@{HOST}", None,
    )  # fmt: skip


def read(raw: bytes, **options: object) -> Understood:
    return understood(raw, taken(raw, **options), RULES)  # type: ignore[arg-type]


def test_a_list_of_addresses_becomes_items_and_links_of_the_footer_do_not() -> None:
    lines = "\n".join(f"{n}. https://town.example/@ann/{n}" for n in range(1, 99))
    found = read(
        mail(f"Violations:\n{lines}\n\nOur terms: https://cloud.example/aup and https://help.example/")
    )
    assert len(found.notice.items) == 98
    assert found.notice.verification.details["other_addresses"] == 2
    assert found.ours_cited


def test_an_address_that_only_looks_like_ours_is_an_item_that_somebody_sees() -> None:
    found = read(
        mail("https://town.example/@ann/1 and https://tоwn.example/@ann/2")
    )  # the second o is Cyrillic
    assert [len(found.notice.items), "suspicious_host" in found.notice.items[1].marks] == [2, True]


def test_a_repeated_address_is_linked_to_the_first_also_where_others_are_left_out() -> None:
    found = read(mail("https://x.example/a https://town.example/@ann/1 https://town.example/@ann/1"))
    assert [one.duplicate_of for one in found.notice.items] == [None, 1]


def test_ten_thousand_addresses_are_bounded_and_counted() -> None:
    found = read(mail("\n".join(f"https://town.example/@a/{n}" for n in range(10_500))))
    assert (len(found.notice.items), found.notice.items_left_out) == (10_000, 500)


def test_only_html_is_read_with_the_targets_of_its_links() -> None:
    found = read(
        b"From: a@cloud.example\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n"
        b"<p>See <a href='https://town.example/@ann/7'>this</a></p>"
    )
    assert found.notice.items[0].readings == ("https://town.example/@ann/7",)
    assert "See this" in found.notice.text


def test_an_archive_is_listed_and_never_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", "https://town.example/@ann/1\n" * 100_000)
    found = read(mail("See the file.", files=[("evidence.zip", "application/zip", packed.getvalue())]))
    assert [one.name for one in found.notice.attachments] == ["evidence.zip"]
    assert found.notice.items == ()
    assert "archive_not_opened" in found.notice.verification.details["warnings"]


@pytest.mark.parametrize(
    ("recipients", "sender", "kind"),
    [
        (["abuse@town.example"], f"x@{HOST}", "host.abuse"),
        (["abuse@town.example"], f"x@mail.{HOST}", "host.abuse"),
        (["DMCA@town.example"], "x@y.example", "us.dmca.notice"),
        (["abuse@town.example"], f"x@not{HOST}", "report.user"),
    ],
)
def test_the_kind_follows_from_the_sender_then_from_the_address(
    recipients: list[str], sender: str, kind: str
) -> None:
    found = preset_of(
        recipients, sender, by_address=RULES.by_address, by_sender=RULES.by_sender, default="report.user"
    )
    assert found == kind


def test_a_forged_sender_is_marked_shown_and_gets_no_receipt() -> None:
    found = read(mail("https://town.example/@ann/1"), proof=Proof.REFUTED)
    assert found.notice.verification.how is Verified.FORGED
    assert found.notice.sender.email == f"abuse@{HOST}"
    # The claim counts for the clock: the shorter one does no harm where it was not the host.
    assert (found.notice.preset, found.notice.capacity) == ("host.abuse", Capacity.HOST)
    assert found.why_no_receipt


@pytest.mark.parametrize(
    "headers",
    [
        [("Auto-Submitted", "auto-replied")],
        [("Auto-Submitted", "auto-generated")],
        [("Precedence", "bulk")],
        [("List-Id", "<l.example>")],
    ],
)
def test_what_a_machine_wrote_is_a_notice_and_gets_no_receipt(headers: list[tuple[str, str]]) -> None:
    found = read(mail("https://town.example/@ann/1", headers=headers))
    assert found.why_no_receipt
    assert len(found.notice.items) == 1


def test_an_empty_envelope_sender_gets_no_receipt_whatever_the_mail_says() -> None:
    assert read(mail("x", headers=[("Return-Path", "<a@cloud.example>")]), envelope="").why_no_receipt
    assert not read(mail("x"), envelope=f"a@{HOST}").why_no_receipt


def test_our_own_mail_that_comes_back_is_a_loop() -> None:
    assert read(mail("x", headers=[("X-Holdfast-Notice", "town.example")])).automatic is Automatic.LOOP
    assert read(mail("x", sender="abuse@town.example")).automatic is Automatic.LOOP


def test_a_bounce_says_which_mail_it_is_about() -> None:
    found = read(bounce("<notice.1@town.example>", f"abuse@{HOST}"), envelope="")
    assert found.is_report
    assert [(one.action, one.recipient) for one in found.reports] == [("failed", f"abuse@{HOST}")]
    assert "<notice.1@town.example>" in found.about


def test_a_reply_names_what_it_answers_the_nearest_first() -> None:
    headers = [("In-Reply-To", "<b@x>"), ("References", "<a@x> <b@x>")]
    found = read(mail("Thank you", subject="Re: [N-ABCD-2345] report", headers=headers))
    assert found.answers == ("<b@x>", "<a@x>")
    assert found.references == ("N-ABCD-2345",)


def test_the_number_of_the_sender_is_found_where_it_is_written_as_usual() -> None:
    assert read(mail("x", subject="Abuse Case ID: 2211-99")).notice.reference == "2211-99"
    assert read(mail("Ticket #: AB-1234 about you")).notice.reference == "AB-1234"
    assert read(mail("In any case: nothing")).notice.reference == ""


def test_headers_of_a_mail_cannot_become_lines_of_ours() -> None:
    found = read(mail("x").replace(b"Subject: Abuse report", b"Subject: =?utf-8?q?a=0D=0ABcc:_x=40y?="))
    assert "\n" not in found.notice.subject
    assert "\r" not in found.notice.subject


def test_copies_by_other_ways_have_one_content_and_other_mails_have_not() -> None:
    def new(raw: bytes, message_id: str = "<1@x>") -> NewMail:
        return NewMail(
            raw=raw, via="lmtp", envelope_sender="", recipients=(), sender_check=SenderCheck(Proof.UNPROVEN, ""),
            message_id=message_id, from_address="a@b.example", size_bytes=len(raw),
        )  # fmt: skip

    one, two = (new(b"Delivered-To: %s\r\n" % to + mail("the same")) for to in (b"abuse", b"legal"))
    assert one.content_sha256 == two.content_sha256
    assert one.raw_sha256 != two.raw_sha256
    assert one.content_sha256 != new(mail("another")).content_sha256
    # Without an id it is only the same as its own bytes.
    assert new(one.raw, "").content_sha256 != new(two.raw, "").content_sha256


def test_french_is_answered_in_french() -> None:
    text = "Bonjour, nous vous signalons des contenus qui sont publiés sur votre site et qui ne sont pas conformes à la loi."
    assert read(mail(text)).language == "fr"
    assert (
        read(mail("We report the posts on your site that are not in line with our terms.")).language == "en"
    )


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("items", [0, 1, 98])
def test_a_receipt_says_everything_in_each_language(language: str, items: int) -> None:
    facts = ReceiptFacts(
        site="Town", reference="N-1", title="Abuse", received_at=AT, items=items, left_out=3, files=2, status_url="S",
        receipt_url="R", proof=True, cut=True, forms_url="F",
    )  # fmt: skip
    subject, text = receipt_letter(facts, language)
    assert "N-1" in subject
    assert "{" not in text
    assert "\nS\n" in text
