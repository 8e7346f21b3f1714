"""Notices from a mailbox: kept here first, then moved or marked there; nothing is lost or doubled in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import msgspec
import pytest

from holdfast.main.notice_mail.mailbox import Fetcher, MailboxAway
from holdfast.main.notice_mail.taking import MailTaker
from holdfast.platform.config import Settings
from holdfast.platform.text_records import FakeTextRecords
from tests.support.imap_server import FakeMailbox, open_mailbox
from tests.support.notice_post import NoticePost, notice_post
from tests.support.signed_mail import KEY_NAME, key_record, mail, signed

pytestmark = pytest.mark.integration


class Ended(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with open_mailbox() as opened:
        opened.mails = {
            uid: signed(mail(f"https://town.example/@ann/{uid}", message_id=f"<{uid}@cloud.example>"))
            for uid in (4, 5, 9)
        }
        yield opened


@pytest.fixture
async def post(settings: Settings) -> AsyncIterator[NoticePost]:
    async with notice_post(settings) as opened:
        yield opened


async def fetch(
    post: NoticePost, box: FakeMailbox, *, watch: Callable[[str], None] = lambda step: None, **changes: object
) -> int:
    services = post.site.services
    given = {
        "notice_imap_host": "127.0.0.1", "notice_imap_port": box.port, "notice_imap_security": "none",
        "notice_imap_user": "abuse@town.example", "notice_imap_password": "x", **changes,
    }  # fmt: skip
    settings = msgspec.structs.replace(services.settings, **given)
    taker = MailTaker(
        settings, services.database, services.clock, FakeTextRecords({KEY_NAME: key_record()}), watch=watch
    )
    return await Fetcher(settings, services.database, services.clock, taker, watch=watch).fetch_new()


async def test_mails_are_kept_and_then_marked_and_not_fetched_again(
    post: NoticePost, box: FakeMailbox
) -> None:
    assert await fetch(post, box) == 3
    assert box.seen == {4, 5, 9}
    assert await fetch(post, box) == 0
    await post.read()
    found = await post.all()
    assert len(found) == 3
    assert {one.verification.how.value for one in found} == {"dkim"}
    box.mails[10] = mail("new", message_id="<10@cloud.example>")
    assert await fetch(post, box) == 1


@pytest.mark.parametrize("moves", [True, False])
async def test_mails_are_moved_where_a_folder_is_named(
    post: NoticePost, box: FakeMailbox, moves: bool
) -> None:
    box.moves = moves
    await fetch(post, box, notice_imap_done_folder="Kept here")
    assert (set(box.done), box.mails) == ({4, 5, 9}, {})


@pytest.mark.parametrize("step", ["handed_over", "written", "committed", "before_mark"])
async def test_what_was_kept_and_not_marked_comes_again_and_is_one_notice(
    post: NoticePost, box: FakeMailbox, step: str
) -> None:
    def end(name: str) -> None:
        if name == step:
            raise Ended

    with pytest.raises(Ended):
        await fetch(post, box, watch=end)
    assert box.seen == set()
    await fetch(post, box)
    await post.read()
    assert len(await post.all()) == 3


async def test_a_mailbox_that_was_made_anew_is_read_from_its_start_and_doubles_nothing(
    post: NoticePost, box: FakeMailbox
) -> None:
    await fetch(post, box)
    box.validity, box.mails = 8, {1: box.mails[4], 2: mail("new", message_id="<n@cloud.example>")}
    assert await fetch(post, box) == 2
    await post.read()
    assert len(await post.all()) == 4


async def test_of_a_mail_that_is_too_large_the_beginning_is_taken_and_it_stays(
    post: NoticePost, box: FakeMailbox
) -> None:
    text = "https://town.example/@ann/1\n" + "x\n" * 700_000
    box.mails = {1: mail(text, message_id="<1@big.example>")}
    await fetch(post, box, notice_mail_max_mb=1, notice_imap_done_folder="Kept")
    assert (box.done, box.seen) == ({}, {1})
    await post.read()
    notice = await post.only()
    assert notice.items == 1
    assert notice.verification.details["cut_from_bytes"] > 1 << 20


async def test_a_server_that_refuses_or_is_not_there_is_said_to_be_away(
    post: NoticePost, box: FakeMailbox
) -> None:
    for changes in ({"notice_imap_password": "wrong"}, {"notice_imap_port": 1}):
        with pytest.raises(MailboxAway):
            await fetch(post, box, **changes)
