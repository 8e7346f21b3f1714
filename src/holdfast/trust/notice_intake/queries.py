"""Reads of mails to the notice desk."""

from __future__ import annotations

from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag

from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.db import Reader, Row, Tx
from .errors import MailNotThere
from .model import Letter, MailState, TakenMail
from .store import sealed_in, token_sealed_in

_COLUMNS_SQL = """
select id, raw_sha256, content_sha256, message_id, via, envelope_sender, recipients, size_bytes, cut, sender_check,
       received_at, state, automatic, notice_id, from_address, settled_at from notice_mails
"""
_ONE_SQL = _COLUMNS_SQL + " where id = $1"
_COPY_SQL = (
    _COLUMNS_SQL
    + " where content_sha256 = $1 and id <> $2 and (state in ('notice', 'message', 'report')"
    + " or (state = 'waiting' and id < $2)) order by state = 'waiting', id limit 1"
)
_OF_NOTICE_SQL = _COLUMNS_SQL + " where notice_id = $1 and state = 'notice' order by id limit 1"
_UNSETTLED_SQL = (
    _COLUMNS_SQL
    + " where state = 'waiting' or (state in ('kept', 'loop') and $2) order by received_at desc, id desc limit $1"
)


async def taken_mail(reader: Reader, mail_id: int) -> TakenMail:
    """One mail. Raises MailNotThere."""
    row = await reader.fetchrow(_ONE_SQL, mail_id)
    if row is None:
        raise MailNotThere
    return _mail(row)


async def raw_of(reader: Reader, keyring: Keyring, mail_id: int) -> bytes:
    """Its bytes, while they are here. Raises MailNotThere."""
    sealed = await reader.fetchval("select raw from notice_mails where id = $1", mail_id)
    if sealed is None:
        raise MailNotThere
    try:
        return keyring.open(sealed, context=sealed_in(mail_id))
    except InvalidTag as error:
        raise MailNotThere(private=f"mail {mail_id} was sealed with another key") from error


async def locked_state(tx: Tx, mail_id: int) -> MailState:
    """What became of it so far; nobody else settles it before this transaction ends. Raises MailNotThere."""
    state = await tx.fetchval("select state from notice_mails where id = $1 for update", mail_id)
    if state is None:
        raise MailNotThere
    return MailState(state)


async def unsettled_mails(reader: Reader, *, kept: bool, limit: int) -> list[TakenMail]:
    """Mails that wait to be read; with `kept` also those of machines that belong to no notice. The newest first."""
    return [_mail(row) for row in await reader.fetch(_UNSETTLED_SQL, limit, kept)]


async def first_copy(tx: Tx, mail: TakenMail) -> TakenMail | None:
    """The mail with the same id, sender and body by another way that was read already, or is to be read before this one.

    Of mails with one content only one transaction at a time gets past this.
    """
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", mail.content_sha256.hex())
    row = await tx.fetchrow(_COPY_SQL, mail.content_sha256, mail.id)
    return None if row is None else _mail(row)


async def notice_of_mails(reader: Reader, message_ids: list[str], from_address: str) -> int | None:
    """The notice that earlier mails of the same sender belong to, by their Message-IDs; the newest of them."""
    found = await reader.fetchval(
        "select notice_id from notice_mails where message_id = any($1::text[]) and notice_id is not null"
        " and lower(from_address) = lower($2) and from_address <> '' order by id desc limit 1",
        message_ids, from_address,
    )  # fmt: skip
    return None if found is None else int(found)


async def mails_since(reader: Reader, since: Instant) -> int:
    """How many came."""
    return int(await reader.fetchval("select count(*) from notice_mails where received_at >= $1", since) or 0)


async def mail_of_notice(reader: Reader, notice_id: int) -> TakenMail | None:
    """The mail that a notice came by."""
    row = await reader.fetchrow(_OF_NOTICE_SQL, notice_id)
    return None if row is None else _mail(row)


async def fetched_until(reader: Reader, name: str) -> tuple[int, int] | None:
    """How far a mailbox was read: its validity and the last UID."""
    row = await reader.fetchrow("select uid_validity, last_uid from notice_mailboxes where name = $1", name)
    return None if row is None else (row[0], row[1])


async def letter_of(reader: Reader, notice_id: int) -> Letter | None:
    """The receipt of a notice by mail."""
    row = await reader.fetchrow(
        "select notice_id, message_id, recipient, language, status, answer, attempts from notice_letters where notice_id = $1",
        notice_id,
    )
    return None if row is None else msgspec.convert(dict(row), Letter)


async def token_of_letter(reader: Reader, keyring: Keyring, notice_id: int) -> str:
    """The token that the letter is to carry; "" once it was written."""
    sealed = await reader.fetchval("select token from notice_letters where notice_id = $1", notice_id)
    return "" if sealed is None else keyring.open(sealed, context=token_sealed_in(notice_id)).decode()


async def letters_to(reader: Reader, recipient: str, since: Instant) -> int:
    """How many receipts somebody was sent."""
    count = await reader.fetchval(
        "select count(*) from notice_letters where recipient = $1 and made_at >= $2 and status <> 'withheld'",
        recipient, since,
    )  # fmt: skip
    return int(count or 0)


def _mail(row: Row) -> TakenMail:
    values: dict[str, Any] = dict(row)
    values["sender_check"] = msgspec.json.decode(values["sender_check"])
    return msgspec.convert(values, TakenMail)
