"""Answers to notices: read before they go, kept as the exact bytes, sent once, told to the sender; exports on record."""

from __future__ import annotations

import email
from collections.abc import AsyncIterator
from datetime import timedelta
from email.policy import default
from typing import Any

import msgspec
import pytest

from holdfast.main.answer_mail import AnswerMailer, PolicyAnswerer
from holdfast.platform.config import Settings
from holdfast.platform.mail import KeptMailer, MailDelayed, MailUncertain
from holdfast.pure.estimates import Share
from holdfast.pure.notice_answers import AnswerIncomplete, AnswerKind
from holdfast.pure.notices import ItemOutcome
from holdfast.records import ledger
from holdfast.trust.answers import (
    Answer,
    AnswerChanged,
    AnswerQueued,
    AnswerStatus,
    Pace,
    PaceRule,
    answers_of,
    approve_and_send,
    draft,
    is_abusive,
    pace_by_policy,
    place_of,
    prepare,
    set_pace,
)
from holdfast.trust.answers import hand_over as begin
from holdfast.trust.notices import (
    Capacity,
    Channel,
    NoticeDecided,
    NoticeReader,
    NoticeState,
    Sender,
    Step,
    Verification,
    Verified,
    settle_item,
    take_step,
)
from holdfast.trust.staff_actions import OPERATOR, RoleLacks, Staff
from tests.support.answered_notices import NOTES, arrive, sent, settled
from tests.support.site import Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    ours = msgspec.structs.replace(
        settings, mail_host="mail.example", notice_mail_addresses=("abuse@town.example=host.abuse",)
    )
    async with open_site(ours) as opened:
        yield opened


async def mailed(site: Site, answer: Answer, mailer: KeptMailer) -> Any:
    services = site.services
    errand = AnswerMailer(services.settings, services.database, services.clock, mailer).errand
    return await errand(msgspec.json.encode(AnswerQueued(answer.message_id, answer.notice_id)))


async def test_what_is_kept_is_what_was_sent_and_the_notice_goes_on(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED, ItemOutcome.REFUSED)
    answer = await sent(site, made.notice_id, notes=NOTES)
    assert answer.kind is AnswerKind.HOST_REPLY
    mailer = KeptMailer()
    assert await mailed(site, answer, mailer) is None
    [(recipient, raw)] = mailer.sent
    assert recipient == "tickets@host.example"
    database = site.services.database
    [opened] = await ledger.openings(database, answer.record_id, ["raw"])
    assert opened.opening.body == raw
    mail = email.message_from_bytes(raw, policy=default)
    assert mail["In-Reply-To"] == "<1@host.example>"
    assert mail.get_all("Bcc") is None
    assert mail.get_all("To") == ["tickets@host.example"]
    assert "A rule holds such posts." in mail.get_content()
    assert "/notice/status/" not in mail.get_content() or made.status_token in mail.get_content()
    [kept] = await answers_of(database, made.notice_id)
    assert (kept.status, kept.delivery, kept.template) == (
        AnswerStatus.ACCEPTED,
        "sent",
        "notice-host-reply@1",
    )
    notice = await NoticeReader(database).notice(OPERATOR, made.notice_id)
    assert notice.state is NoticeState.ANSWERED
    record = await ledger.record_of(database, answer.record_id)
    assert record.kind == "notice.reply"


async def test_the_same_answer_is_not_given_twice(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED)
    first = await sent(site, made.notice_id, notes=NOTES)
    again = await sent(site, made.notice_id, notes=NOTES)
    assert again.message_id == first.message_id
    mailer = KeptMailer()
    for _ in range(3):
        await mailed(site, first, mailer)
    assert len(mailer.sent) == 1
    # Also not when somebody asks for it although it arrived.
    assert (await sent(site, made.notice_id, notes=NOTES, again=True)).message_id == first.message_id
    assert len(await answers_of(site.services.database, made.notice_id)) == 1


async def test_an_attempt_that_was_cut_off_is_not_made_again_by_itself(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED)
    answer = await sent(site, made.notice_id, notes=NOTES)
    database, mailer = site.services.database, KeptMailer()
    async with database.transaction() as tx:
        # As far as a process gets that is killed while the mail server is asked.
        assert await begin(tx, answer)
    assert await mailed(site, answer, mailer) is None
    assert mailer.sent == []
    [kept] = await answers_of(database, made.notice_id)
    assert kept.status is AnswerStatus.UNKNOWN
    # A person says that it goes again: another message, with its own bytes and record.
    more = await sent(site, made.notice_id, notes=NOTES, again=True)
    assert more.message_id != answer.message_id
    await mailed(site, more, mailer)
    assert len(mailer.sent) == 1


async def test_a_server_that_is_away_is_asked_again_and_one_that_says_nothing_is_not(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED)
    answer = await sent(site, made.notice_id, notes=NOTES)
    mailer = KeptMailer()
    mailer.failing = [MailDelayed(private="421 later"), MailUncertain(private="gone")]
    later = await mailed(site, answer, mailer)
    assert later is not None
    assert later > site.services.clock.now()
    [kept] = await answers_of(site.services.database, made.notice_id)
    assert (kept.status, kept.delivery) == (AnswerStatus.WAITING, "delayed")
    assert await mailed(site, answer, mailer) is None
    [kept] = await answers_of(site.services.database, made.notice_id)
    assert (kept.status, kept.attempts, mailer.sent) == (AnswerStatus.UNKNOWN, 2, [])


async def test_nobody_sends_what_they_have_not_read(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED, ItemOutcome.REFUSED)
    services = site.services
    place = place_of(services.settings)
    read = await draft(services.database, OPERATOR, made.notice_id, place=place, notes=NOTES)
    async with services.database.transaction() as tx:
        await settle_item(
            tx, OPERATOR, made.notice_id, 2, ItemOutcome.INVALID, reason="gone", now=services.clock.now()
        )
    ready = await prepare(services.database, OPERATOR, made.notice_id, place=place, notes=NOTES)
    with pytest.raises(AnswerChanged):
        async with services.database.transaction() as tx:
            await approve_and_send(
                tx, OPERATOR, ready, digest=read.digest, place=place, now=services.clock.now()
            )
    stale = await prepare(services.database, OPERATOR, made.notice_id, place=place, notes=NOTES)
    async with services.database.transaction() as tx:
        await settle_item(
            tx, OPERATOR, made.notice_id, 2, ItemOutcome.REFUSED, reason="odd", now=services.clock.now()
        )
    with pytest.raises(AnswerChanged):
        async with services.database.transaction() as tx:
            await approve_and_send(
                tx, OPERATOR, stale, digest=stale.draft.digest, place=place, now=services.clock.now()
            )
    assert await answers_of(services.database, made.notice_id) == []


async def test_an_answer_that_lacks_something_or_somebody_without_the_role_sends_nothing(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED)
    with pytest.raises(AnswerIncomplete, match="prevention"):
        await sent(site, made.notice_id, notes={})
    someone = await site.member("someone")
    with pytest.raises(RoleLacks):
        await sent(site, made.notice_id, notes=NOTES, staff=Staff(someone.account_id, "member"))


async def test_a_forged_sender_gets_no_mail_and_who_writes_later_does_not_turn_the_answer(site: Site) -> None:
    forged = await settled(site, ItemOutcome.ACTIONED, verification=Verification(Verified.FORGED))
    answer = await sent(site, forged.notice_id, notes=NOTES)
    assert (answer.recipient, answer.status) == ("", AnswerStatus.PAGE)
    shown = await draft(
        site.services.database,
        OPERATOR,
        forged.notice_id,
        place=place_of(site.services.settings),
        notes=NOTES,
    )
    assert shown.not_mailed == "the sender was forged"
    # Nothing is queued that could send it.
    assert await mailed(site, answer, mailer := KeptMailer()) is None
    assert mailer.sent == []


async def test_the_answer_is_in_the_language_of_the_notice(site: Site) -> None:
    made = await settled(
        site, ItemOutcome.ACTIONED, preset="eu.dsa.art16", capacity=Capacity.USER, language="fr", raw=None,
        channel=Channel.FORM, sender=Sender(name="Anne", email="anne@exemple.example"),
    )  # fmt: skip
    answer = await sent(site, made.notice_id)
    assert answer.kind is AnswerKind.DECISION
    assert answer.recipient == "anne@exemple.example"
    assert "Nous avons agi." in answer.text
    assert "réclamation" in answer.text


async def test_by_policy_only_what_the_operator_named_and_only_what_waits_for_an_answer(site: Site) -> None:
    user = {"preset": "eu.dsa.art16", "capacity": Capacity.USER, "raw": None, "channel": Channel.FORM}
    made = await settled(site, ItemOutcome.ACTIONED, sender=Sender(email="a@b.example"), **user)
    services = site.services
    async with services.database.transaction() as tx:
        await take_step(tx, OPERATOR, made.notice_id, Step.DECIDE, now=services.clock.now())
    payload = msgspec.json.encode(NoticeDecided(made.notice_id))
    await PolicyAnswerer(services.settings, services.database, services.clock).errand(payload)
    assert await answers_of(services.database, made.notice_id) == []
    named = msgspec.structs.replace(services.settings, notice_answers_automatic=("decision",))
    for _ in range(2):
        await PolicyAnswerer(named, services.database, services.clock).errand(payload)
    [answer] = await answers_of(services.database, made.notice_id)
    assert answer.automatic
    [opened] = await ledger.openings(services.database, answer.record_id, ["raw"])
    assert b"Auto-Submitted: auto-replied" in opened.opening.body


async def test_the_desk_reads_writes_and_sends_over_its_api(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED)
    mia = await site.member("mia", role="moderator")
    base = f"/api/holdfast/v1/desk/notices/{site.services.ids.encode(made.notice_id)}/answers"
    shown = (await mia.request("POST", f"{base}/draft", json={})).json()
    assert (shown["kind"], shown["missing"]) == ("host-reply", ["prevention"])
    saved = await mia.request("POST", f"{base}/notes", json={"kind": "host-reply", "notes": NOTES})
    assert saved.status_code == 200
    shown = (await mia.request("POST", f"{base}/draft", json={})).json()
    assert shown["missing"] == []
    refused = await mia.request("POST", base, json={"digest": "ab" * 32})
    assert refused.status_code == 422
    assert "read it again" in refused.text
    answer = (await mia.request("POST", base, json={"digest": shown["digest"]})).json()
    assert (answer["status"], answer["recipient"]) == ("waiting", "tickets@host.example")
    assert [one["id"] for one in await mia.get(base)] == [answer["id"]]
    ann = await site.member("ann")
    assert (await ann.request("GET", base)).status_code == 403
    wrong = base.replace(site.services.ids.encode(made.notice_id), site.services.ids.encode(ann.account_id))
    assert (await mia.request("GET", wrong)).status_code == 404


async def test_a_sealed_notice_is_answered_by_those_alone_who_may_see_it(site: Site) -> None:
    made = await settled(site, ItemOutcome.ACTIONED, sealed=True)
    mia = await site.member("mia", role="moderator")
    base = f"/api/holdfast/v1/desk/notices/{site.services.ids.encode(made.notice_id)}/answers"
    for path, body in (("", {"digest": "x"}), ("/draft", {}), ("/notes", {"kind": "letter"})):
        assert (await mia.request("POST", f"{base}{path}", json=body)).status_code == 404
    assert (await mia.request("GET", base)).status_code == 404


async def test_a_scorecard_says_how_often_a_sender_was_right_and_how_long_we_took(site: Site) -> None:
    await settled(site, ItemOutcome.ACTIONED, ItemOutcome.REFUSED, ItemOutcome.INVALID)
    mia = await site.member("mia", role="moderator")
    path = "/api/holdfast/v1/desk/notice_senders"
    card = await mia.get(f"{path}/scorecard", sender="abuse@host.example")
    assert (card["items"], card["upheld"]["k"], card["upheld"]["n"]) == (3, 1, 2)
    assert card["upheld"]["low"] < 0.5 < card["upheld"]["high"]
    assert card["answer"]["open"] == 1
    [row] = await mia.get(path)
    assert (row["key"], row["items"], row["pace"]) == ("mail:abuse@host.example", 3, None)
    assert (await mia.request("GET", f"{path}/scorecard")).status_code == 422


async def test_who_is_hardly_ever_right_is_slowed_and_nothing_is_dropped(site: Site) -> None:
    rule = PaceRule(judged=30, upheld_percent=10.0, days=90)
    assert not is_abusive(Share(0, 29), rule)
    assert not is_abusive(Share(2, 30), rule)
    assert is_abusive(Share(0, 60), rule)
    user = {"preset": "eu.dsa.art16", "capacity": Capacity.USER, "raw": None, "channel": Channel.FORM}
    crank = Sender(email="crank@x.example")
    await settled(site, *[ItemOutcome.REFUSED] * 60, sender=crank, **user)
    await settled(site, *[ItemOutcome.REFUSED] * 60)  # a host, who is never slowed
    services = site.services
    async with services.database.transaction() as tx:
        [slowed] = await pace_by_policy(tx, rule, now=services.clock.now())
        assert await pace_by_policy(tx, rule, now=services.clock.now()) == []
    assert slowed.sender_key == "mail:crank@x.example"
    late = await arrive(site, "https://elsewhere.example/x", sender=crank, **user)
    await site.settle()
    reader = NoticeReader(services.database)
    notice = await reader.notice(OPERATOR, late.notice_id)
    assert notice.lane == "P4"
    assert [one.note for one in await reader.timeline(OPERATOR, late.notice_id) if one.what == "slowed"]
    page = await site.client.get(f"/notice/status/{late.status_token}")
    assert "wait for those of others" in page.text
    async with services.database.transaction() as tx:
        with pytest.raises(RoleLacks):
            await set_pace(
                tx, Staff(1, "member"), slowed.sender_key, Pace.NORMAL, reason="x", now=services.clock.now()
            )
        await set_pace(
            tx,
            OPERATOR,
            slowed.sender_key,
            Pace.NORMAL,
            reason="They were right after all.",
            now=services.clock.now(),
        )
        # What a person said, the clock leaves alone.
        assert await pace_by_policy(tx, rule, now=services.clock.now() + timedelta(days=1)) == []
