"""Mails as they arrive: nasty ones are read within bounds, and answers cannot be bent."""

from __future__ import annotations

import io
import zipfile
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure.notices import (
    RAW_MAX_BYTES,
    Automatic,
    MailTooLarge,
    MailWarning,
    answer_address,
    automatic_kind,
    cited_addresses,
    delivery_reports,
    may_answer_by_itself,
    read_mail,
    reply_headers,
)

HEAD = b"From: Abuse <abuse@host.example>\r\nTo: notices@site.example\r\nSubject: Notice\r\nMessage-ID: <1@host.example>\r\n"
URL = "https://site.example/@a/1"


def kind_of(raw: bytes) -> Automatic:
    return automatic_kind(read_mail(raw), own_addresses={"notices@site.example"}, site="site.example")


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("utf-8", "Löschen Sie bitte"), ("iso-8859-1", "Löschen Sie bitte"), ("windows-1252", "“supprimer” l’œuvre"),
        ("iso-2022-jp", "削除してください"), ("shift_jis", "削除してください"), ("euc-kr", "삭제해 주세요"), ("gb18030", "请删除"), ("big5", "請刪除"),
        ("koi8-r", "Удалите"), ("windows-1251", "Удалите"), ("utf-16", "Удалите"), ("utf-7", "Löschen"), ("cp850", "Löschen"),
        ("hz", "请删除"), ("windows-1256", "حذف"),
    ],
)  # fmt: skip
def test_any_charset_is_read(charset: str, words: str) -> None:
    body = f"{words} {URL}\n".encode(charset)
    raw = (
        HEAD
        + f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
        + body
    )
    if charset == "utf-16":
        import base64

        raw = raw.replace(b"8bit", b"base64")[: -len(body)] + base64.encodebytes(body)
    mail = read_mail(raw)
    assert words in mail.text
    assert URL in mail.text


@pytest.mark.parametrize(
    "charset", ["zlib", "idna", "rot13", "unicode_escape", "no-such", "\x00", "undefined", "punycode", ""]
)
def test_a_charset_that_is_none_does_no_harm(charset: str) -> None:
    raw = HEAD + f'Content-Type: text/plain; charset="{charset}"\r\n\r\n{URL}\r\n'.encode()
    assert URL in read_mail(raw).words


def test_html_alone_becomes_text_with_the_targets_of_its_links() -> None:
    page = f'<style>x</style><p>Remove <a href="{URL}">this post</a><br>and <a href="https://b.example/2">https://b.example/2</a>'
    raw = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
    mail = read_mail(raw)
    assert mail.text == ""
    assert mail.words == f"Remove this post <{URL}>\nand https://b.example/2"


def test_quoted_printable_and_flowed_lines_are_put_together() -> None:
    split = URL[:20] + "=\r\n" + URL[20:]
    raw = (
        HEAD
        + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + split.encode()
    )
    assert URL in read_mail(raw).text
    flowed = f"{URL[:20]} \r\n{URL[20:]}\r\n".encode()
    raw = HEAD + b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n" + flowed
    assert URL in read_mail(raw).text


def test_files_are_kept_and_archives_are_never_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 30_000_000)
    message = EmailMessage()
    message["From"] = "abuse@host.example"
    message.set_content("The list is attached.")
    message.add_attachment(
        packed.getvalue(), maintype="application", subtype="zip", filename="../../etc/passwd.zip"
    )
    message.add_attachment(f"n,url\n1,{URL}\n", subtype="csv", filename="list.csv")
    mail = read_mail(message.as_bytes(policy=SMTP))
    assert MailWarning.ARCHIVE_NOT_OPENED in mail.warnings
    assert mail.attachments[0].content == packed.getvalue()
    for one in mail.attachments:
        assert "/" not in one.name
        assert not one.name.startswith(".")
    assert [one.readings[0] for one in cited_addresses(mail.text).items] == [URL]


def test_a_forwarded_notice_is_read_too() -> None:
    inner = EmailMessage()
    inner["From"] = "abuse@other.example"
    inner.set_content(URL)
    outer = EmailMessage()
    outer["From"] = "abuse@host.example"
    outer.set_content("See below.")
    outer.add_attachment(inner)
    assert URL in read_mail(outer.as_bytes(policy=SMTP)).text


def nested(depth: int) -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)
    )
    return HEAD + head + b"Content-Type: text/plain\r\n\r\n" + URL.encode()


@pytest.mark.parametrize(
    "raw",
    [
        nested(3000),
        HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3000 + URL.encode(),
        HEAD
        + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
        + b"--x\r\n\r\na\r\n" * 20_000
        + URL.encode(),
        HEAD + b"\r\n" + b"\n" * 1_600_000 + URL.encode(),
    ],
    ids=["nesting", "messages in messages", "parts", "lines"],
)
def test_a_structure_that_is_an_attack_is_read_as_plain_text(raw: bytes) -> None:
    mail = read_mail(raw)
    assert MailWarning.STRUCTURE_NOT_READ in mail.warnings
    assert mail.sender is not None
    assert URL in mail.text


def test_a_block_of_headers_without_end_is_cut() -> None:
    mail = read_mail(HEAD + b"X: y\r\n" * 200_000 + b"\r\n" + URL.encode())
    assert MailWarning.HEADERS_CUT in mail.warnings
    assert mail.sender is not None


def test_more_than_the_limit_is_refused_unread() -> None:
    with pytest.raises(MailTooLarge) as caught:
        read_mail(bytes(RAW_MAX_BYTES + 1))
    assert "50 MB" in caught.value.public


@pytest.mark.parametrize(
    ("sender", "doubtful"),
    [
        (b"From: a@b.example\r\n", False),
        (b"From: a@b.example, c@d.example\r\n", True),
        (b"From: a@b.example\r\nFrom: c@d.example\r\n", True),
        (b"", True),
        (b"From: nobody\r\n", True),
        (b'From: "ceo@bank.example" <a@b.example>\r\n', False),
    ],
)
def test_a_sender_that_is_not_one_person_is_marked(sender: bytes, doubtful: bool) -> None:
    mail = read_mail(sender + b"Subject: x\r\n\r\nbody")
    assert (MailWarning.SENDER_DOUBTFUL in mail.warnings) is doubtful


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (b"", Automatic.NO),
        (b"Auto-Submitted: no\r\n", Automatic.NO),
        (b"Auto-Submitted: auto-replied (vacation)\r\n", Automatic.GENERATED),
        (b"Auto-Submitted: auto-replied; owner=x\r\n", Automatic.REPLIED),
        (b"Auto-Submitted: auto-generated\r\n", Automatic.GENERATED),
        (b"X-Autoreply: yes\r\n", Automatic.REPLIED),
        (b"Precedence: bulk\r\n", Automatic.LIST),
        (b"List-Id: <a.b>\r\n", Automatic.LIST),
        (b"Return-Path: <>\r\n", Automatic.DELIVERY_REPORT),
        (b"X-Holdfast-Notice: SITE.example\r\n", Automatic.LOOP),
        (b"Received: from x\r\n" * 51, Automatic.LOOP),
        (b"Content-Type: multipart/report; report-type=disposition-notification; boundary=x\r\n", Automatic.READ_RECEIPT),
    ],
)  # fmt: skip
def test_machines_are_told_from_people_and_get_no_automatic_answer(header: bytes, kind: Automatic) -> None:
    raw = header + HEAD + b"\r\nbody"
    assert kind_of(raw) is kind
    assert may_answer_by_itself(read_mail(raw), kind) is (kind is Automatic.NO)


def test_our_own_mail_that_comes_back_is_a_loop() -> None:
    assert kind_of(b"From: Notices@Site.example\r\n\r\nbody") is Automatic.LOOP


def test_a_bounce_says_which_message_did_not_arrive() -> None:
    raw = (
        b"Return-Path: <>\r\nFrom: MAILER-DAEMON@host.example\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; host.example\r\n\r\n"
        b"Final-Recipient: rfc822; abuse@host.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"Final-Recipient: rfc822; b@host.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n"
        b"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <answer-7@site.example>\r\n\r\n--x--\r\n"
    )
    assert kind_of(raw) is Automatic.DELIVERY_REPORT
    found = [
        (one.recipient, one.action, one.status, one.message_id) for one in delivery_reports(read_mail(raw))
    ]
    assert found == [
        ("abuse@host.example", "failed", "5.1.1", "<answer-7@site.example>"),
        ("b@host.example", "delayed", "4.4.1", "<answer-7@site.example>"),
    ]


INJECTIONS = st.text(
    alphabet=st.sampled_from("ab<>@:\r\n\x0b\x0c\x85\u2028\0\ud800 Bcc:,=?utf-8Q\u202e"), max_size=120
)


@settings(max_examples=50, deadline=None)
@given(INJECTIONS, INJECTIONS, INJECTIONS)
def test_a_strangers_words_add_no_header_to_an_answer(subject: str, message_id: str, references: str) -> None:
    headers = reply_headers(
        subject=subject, message_id=message_id, references=references, reference_no="N-12", automatic=True
    )
    answer = EmailMessage(policy=SMTP)
    answer["From"], answer["To"] = "notices@site.example", "abuse@host.example"
    for name, value in headers.items():
        answer[name] = value
    answer.set_content("Received.")
    read = message_from_string(answer.as_bytes().decode("ascii"))
    ours = {
        "from",
        "to",
        "subject",
        "in-reply-to",
        "references",
        "auto-submitted",
        "x-auto-response-suppress",
    }
    assert {one.lower() for one in read} <= ours | {
        "content-type",
        "content-transfer-encoding",
        "mime-version",
    }
    assert read["to"] == "abuse@host.example"


def test_an_answer_goes_into_the_thread() -> None:
    headers = reply_headers(
        subject="Notice",
        message_id="<2@h.example>",
        references="<0@h.example> <1@h.example>",
        automatic=False,
    )
    assert headers["In-Reply-To"] == "<2@h.example>"
    assert headers["References"] == "<0@h.example> <1@h.example> <2@h.example>"
    assert (headers["Subject"], headers["Auto-Submitted"]) == ("Re: Notice", "no")


@pytest.mark.parametrize("reply_to", ["x@y.example\r\nBcc: z@y.example", "not an address", "a@b@c"])
def test_an_answer_goes_to_one_address_or_to_the_sender(reply_to: str) -> None:
    address = answer_address(read_mail(f"Reply-To: {reply_to}\r\n".encode() + HEAD + b"\r\nbody"))
    assert address in ("x@y.example", "abuse@host.example")


PIECES = st.sampled_from(
    [
        b"From: =?utf-8?b?", b"?=", b"\r\n", b"\n", b"\r", b"Content-Type: multipart/mixed; boundary=x", b"--x", b"--x--",
        b"Content-Type: text/html; charset=", b"utf-16", b"Content-Transfer-Encoding: base64", b"quoted-printable", b"=", b"<a@b.c>",
        b"Date: Mon, 99 Foo", b"\xff\xfe\x00", b"Subject: ", b"begin 644 x", b"Content-Type: message/rfc822", b":", b";", b'"', b"filename*0*=",
        b"Content-Disposition: attachment; ", b"x-uuencode", b"(", b"To: ", b",", b"<b", b"Return-Path: ",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=40).map(b"".join)))
def test_any_bytes_are_a_mail_that_can_be_read(raw: bytes) -> None:
    mail = read_mail(raw)
    kind_of(raw)
    delivery_reports(mail)
    answer_address(mail)
    for name, value in mail.headers:
        assert not set(name + value) & set("\r\n\0\u2028\x85")
