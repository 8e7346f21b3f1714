"""Answers to notices: what they must say, in which language, and the bytes that go over the wire."""

from __future__ import annotations

import email
from datetime import UTC, datetime, timedelta
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure.notice_answers import (
    GAPS,
    LANGUAGES,
    MEASURES,
    AddressNotUsable,
    AnsweredMail,
    AnswerFacts,
    AnswerIncomplete,
    AnswerKind,
    AnswerTemplateLacks,
    Enclosure,
    ItemAnswer,
    Outgoing,
    answer_language,
    check_template,
    compose,
    encode_mail,
)
from holdfast.pure.notices import ItemOutcome
from holdfast.trust.effects import ActionKind
from holdfast.trust.templates import shipped_templates

NOON = datetime(2026, 1, 3, 12, 0, tzinfo=UTC)
# What is left to be done is searched for in this tree by its name.
LEFT, CROSSES = "TO" + "DO", "X" * 3
NOTES = {
    AnswerKind.NEEDS_INFO: {"questions": "Which of the two posts do you mean?"},
    AnswerKind.REFUSAL: {"reason": "It is a lawful opinion."},
    AnswerKind.HOST_REPLY: {"prevention": "A rule holds such posts.", "dispute": "Item 2 quotes the news."},
    AnswerKind.ORDER_EFFECTED: {"authority": "Bundeskriminalamt"},
    AnswerKind.ORDER_NOT_EFFECTED: {
        "authority": "BKA",
        "ground": "errors",
        "reason": "The URL lacks its end.",
    },
    AnswerKind.EXTENSION: {"asked_until": "2026-01-10 12:00 UTC", "reason": "98 items are many."},
    AnswerKind.LETTER: {"body": "We have 12 moderators."},
}
ITEMS = (
    ItemAnswer(
        1,
        "https://social.example/@ann/1",
        ItemOutcome.ACTIONED,
        NOON,
        NOON + timedelta(minutes=7),
        ("withdraw", "warn"),
        "threats@3",
        "Threats",
    ),
    ItemAnswer(2, "https://social.example/@bob/2", ItemOutcome.REFUSED, NOON, reason="It quotes the news."),
    ItemAnswer(3, "https://social.example/@ann/1", ItemOutcome.DUPLICATE, same_as="item 1"),
)


def facts(kind: AnswerKind, **more: object) -> AnswerFacts:
    given_: dict[str, object] = {
        "items": ITEMS,
        "notes": NOTES.get(kind, {}),
        "status_page": "https://social.example/notices/abc",
        **more,
    }
    return AnswerFacts("social.example", "HN-2026-0001", NOON, **given_)  # type: ignore[arg-type]


def texts(kind: AnswerKind) -> dict[str, str]:
    return dict(shipped_templates()[kind.template_id].template.texts)


@pytest.mark.parametrize("kind", list(AnswerKind))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_answer_has_a_template_in_every_language(kind: AnswerKind, language: str) -> None:
    template = shipped_templates()[kind.template_id].template
    check_template(kind, template.texts)
    assert set(template.texts) == set(LANGUAGES)
    said = compose(kind, facts(kind), template.texts, language)
    assert "HN-2026-0001" in said.text
    assert "{{" not in said.text
    if "items" in GAPS[kind].needed:
        for item in ITEMS:
            assert item.address in said.text


def test_a_decision_says_what_was_done_to_each_item_when_and_under_which_policy() -> None:
    text = compose(AnswerKind.DECISION, facts(AnswerKind.DECISION), texts(AnswerKind.DECISION), "en").text
    first = text.split("1. https")[1].split("2. https")[0]
    for part in (
        "We acted on it.",
        "taken away",
        "2026-01-03 12:07 UTC",
        "Threats (threats@3)",
        "A person decided",
    ):
        assert part in first
    assert "We left it as it is." in text
    assert "\nWe left it as it is: " in text
    assert "It quotes the news." in text
    assert "Article 21 of the Digital Services Act" in text
    assert "No program decided" in text


def test_automation_is_disclosed_where_a_program_decided() -> None:
    by_program = ItemAnswer(4, "https://social.example/x", ItemOutcome.ACTIONED, automation="fully")
    text = compose(
        AnswerKind.DECISION,
        facts(AnswerKind.DECISION, items=(*ITEMS, by_program)),
        texts(AnswerKind.DECISION),
        "en",
    ).text
    assert "made by a program without a person; each item" in text
    assert "A program decided this without a person." in text
    assert "No program decided" not in text


def test_the_answer_is_in_the_language_of_the_sender_and_else_in_english() -> None:
    assert [answer_language(one) for one in ("fr-CA", "FR", "de", "", "en_GB")] == [
        "fr",
        "fr",
        "en",
        "en",
        "en",
    ]
    text = compose(AnswerKind.DECISION, facts(AnswerKind.DECISION), texts(AnswerKind.DECISION), "fr").text
    assert "Nous avons agi." in text
    assert "taken away" not in text


@pytest.mark.parametrize(
    ("kind", "gap"),
    [
        (AnswerKind.NEEDS_INFO, "questions"),
        (AnswerKind.HOST_REPLY, "prevention"),
        (AnswerKind.ORDER_EFFECTED, "authority"),
        (AnswerKind.ORDER_NOT_EFFECTED, "ground"),
        (AnswerKind.EXTENSION, "reason"),
        (AnswerKind.LETTER, "body"),
    ],
)
def test_an_answer_without_what_its_kind_must_say_is_not_made(kind: AnswerKind, gap: str) -> None:
    notes = {name: text for name, text in NOTES[kind].items() if name != gap}
    with pytest.raises(AnswerIncomplete, match=gap):
        compose(kind, facts(kind, notes=notes), texts(kind), "en")
    shown = compose(kind, facts(kind, notes=notes), texts(kind), "en", unfinished=True)
    assert f"{{{{ {gap} }}}}" in shown.text


def test_a_host_is_told_how_it_is_prevented_or_why_it_is_disputed() -> None:
    kind = AnswerKind.HOST_REPLY
    bare = ItemAnswer(2, "https://social.example/2", ItemOutcome.REFUSED)
    with pytest.raises(AnswerIncomplete, match="dispute"):
        compose(kind, facts(kind, items=(ITEMS[0], bare), notes={"prevention": "A rule."}), texts(kind), "en")
    text = compose(
        kind, facts(kind, items=(bare,), notes={"dispute": "It is a poem."}), texts(kind), "en"
    ).text
    assert "What we dispute, and why: It is a poem." in text
    assert "keep it from happening" not in text


def test_no_decision_is_told_while_an_item_has_no_outcome() -> None:
    kind = AnswerKind.DECISION
    with pytest.raises(AnswerIncomplete, match="items"):
        compose(kind, facts(kind, items=(*ITEMS, ItemAnswer(4, "x", None))), texts(kind), "en")


def test_what_looks_unfinished_is_not_sent() -> None:
    kind = AnswerKind.LETTER
    with pytest.raises(AnswerIncomplete, match=LEFT):
        compose(kind, facts(kind, notes={"body": f"{LEFT} ask legal"}), texts(kind), "en")
    # What the sender wrote is no reason: it is theirs.
    strange = ItemAnswer(1, f"https://social.example/{LEFT}/###", ItemOutcome.REFUSED, reason="A poem")
    assert f"/{LEFT}/###" in compose(
        AnswerKind.DECISION, facts(AnswerKind.DECISION, items=(strange,)), texts(AnswerKind.DECISION), "en"
    ).text  # fmt: skip


def test_a_template_that_leaves_out_the_redress_is_refused() -> None:
    text = texts(AnswerKind.DECISION)["en"].replace("{{ redress }}", "none")
    with pytest.raises(AnswerTemplateLacks, match="redress"):
        check_template(AnswerKind.DECISION, {"en": text})
    with pytest.raises(AnswerTemplateLacks, match="wealth"):
        check_template(AnswerKind.LETTER, {"en": "{{ body }} {{ reference }} {{ wealth }}"})


def test_every_measure_that_can_be_taken_has_words_but_those_that_are_nobodys_business() -> None:
    unsaid = {"refer", "strike", "no_violation", "dismiss", "restrict_sign_ups"}
    for language in LANGUAGES:
        assert {one.value for one in ActionKind} - set(MEASURES[language]) == unsaid
        assert set(MEASURES[language]) <= {one.value for one in ActionKind}


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(ItemOutcome), st.sampled_from(LANGUAGES))
def test_whatever_an_item_is_called_it_stays_in_its_own_line(
    address: str, reason: str, outcome: ItemOutcome, language: str
) -> None:
    """Nothing that a sender gives can look like another item or like our own words."""
    if any(mark in reason for mark in ("{{", "}}", "###", "[...]", LEFT, CROSSES)):
        reason = ""
    kind = AnswerKind.DECISION
    item = ItemAnswer(1, address, outcome, reason=reason)
    text = compose(kind, facts(kind, items=(item,)), texts(kind), language).text
    lines = text.split("\n")
    assert sum(line.startswith("1. ") for line in lines) == 1
    assert compose(kind, facts(kind, items=(item,)), texts(kind), language).text == text
    assert not any(ord(one) < 32 and one != "\n" and one != "\t" for one in text)


def outgoing(**more: object) -> Outgoing:
    given_: dict[str, object] = {
        "sender": "notices@social.example",
        "recipient": "abuse@host.example",
        "subject": "Your notice HN-1",
        "text": "Bonjour à tous,\nvoilà.\n",
        "message_id": "<answer.1@social.example>",
        "at": NOON,
        "language": "fr",
        "site": "social.example",
        "reference": "HN-1",
        "automatic": False,
        **more,
    }
    return Outgoing(**given_)  # type: ignore[arg-type]


def test_an_answer_stays_in_the_thread_of_what_it_answers() -> None:
    asked = AnsweredMail("Abuse report #4", "<a@host.example>", "<0@host.example>")
    mail = email.message_from_bytes(encode_mail(outgoing(answered=asked)), policy=default)
    assert mail["In-Reply-To"] == "<a@host.example>"
    assert mail["References"] == "<0@host.example> <a@host.example>"
    assert mail["Subject"] == "Re: Abuse report #4 [HN-1]"
    assert mail["Auto-Submitted"] == "no"
    assert mail["X-Holdfast-Notice"] == "social.example"
    assert mail.get_content().replace("\r\n", "\n") == "Bonjour à tous,\nvoilà.\n"


def test_an_automatic_answer_says_so() -> None:
    mail = email.message_from_bytes(encode_mail(outgoing(automatic=True)), policy=default)
    assert mail["Auto-Submitted"] == "auto-replied"


_NASTY = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "x\r\nBcc: all@victim.example",
            "x\nBcc: all@victim.example\n\nbody",
            "x\rTo: b@victim.example",
            "=?utf-8?q?x=0D=0ABcc=3A_all=40victim.example?=",
            "<=?utf-8?q?=0D=0ABcc=3A_all=40victim.example?=>",
            "=?utf-8?b?eA0KQmNjOiBhQHZpY3RpbS5leGFtcGxl?=",
            "x =?utf-8?q?=0A=0Abody?= =?utf-8?q?=0D?=",
            "x\u2028Bcc: a@victim.example",
            "x\x0bBcc: a@victim.example",
            "x\x85Bcc: a@victim.example",
        ]
    ),
)


@settings(deadline=None, max_examples=60)
@given(_NASTY, _NASTY, _NASTY, _NASTY, st.text(max_size=300))
def test_nothing_that_a_sender_gives_adds_a_header_or_a_recipient(
    subject: str, message_id: str, references: str, reference: str, body: str
) -> None:
    raw = encode_mail(
        outgoing(answered=AnsweredMail(subject, message_id, references), reference=reference, text=body)
    )
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = email.message_from_bytes(raw, policy=default)
    assert mail.get_all("To") == ["abuse@host.example"]
    names = [name.lower() for name in mail.keys()]  # noqa: SIM118
    assert len(names) == len(set(names))
    allowed = {
        "from", "to", "subject", "in-reply-to", "references", "auto-submitted", "date", "message-id", "x-holdfast-notice",
        "content-type", "content-transfer-encoding", "mime-version", "content-language",
    }  # fmt: skip
    assert set(names) <= allowed


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400), st.binary(max_size=300))
def test_the_same_answer_is_the_same_bytes(text: str, proof: bytes) -> None:
    enclosed = (Enclosure("receipt.tlog-proof", "application/octet-stream", proof),)
    first, again = (encode_mail(outgoing(text=text, enclosures=enclosed)) for _ in range(2))
    assert first == again
    mail = email.message_from_bytes(first, policy=default)
    [attached] = mail.iter_attachments()
    assert attached.get_content() == proof
    assert attached.get_filename() == "receipt.tlog-proof"


@settings(deadline=None, max_examples=60)
@given(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            ["a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "<a@b.example>", "a@b@c", ""]
        ),
    )
)
def test_only_one_plain_address_is_written_to(recipient: str) -> None:
    try:
        raw = encode_mail(outgoing(recipient=recipient))
    except AddressNotUsable:
        return
    assert email.message_from_bytes(raw, policy=default).get_all("To") == [recipient]
    assert recipient.count("@") == 1
    assert not set(recipient) & set(" ,;<>\r\n")
