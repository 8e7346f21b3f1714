"""Every statement that writes mails to the notice desk, mailboxes, and letters of receipt."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import LetterStatus, MailState, NewMail


def token_sealed_in(notice_id: int) -> str:
    """What the token of a letter is sealed for."""
    return f"notice_letters token {notice_id}"


def sealed_in(mail_id: int) -> str:
    """What the bytes of a mail are sealed for."""
    return f"notice_mails raw {mail_id}"


async def insert_mail(tx: Tx, mail_id: int, mail: NewMail, *, now: Instant) -> bool:
    """Keep a mail; False where the same bytes are there already."""
    done = await tx.execute(
        "insert into notice_mails (id, raw_sha256, content_sha256, message_id, via, envelope_sender, recipients,"
        " size_bytes, cut, raw, sender_check, received_at, from_address)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13) on conflict (raw_sha256) do nothing",
        mail_id, mail.raw_sha256, mail.content_sha256, mail.message_id, mail.via, mail.envelope_sender,
        list(mail.recipients), mail.size_bytes, mail.cut, tx.keyring.seal(mail.raw, context=sealed_in(mail_id)),
        msgspec.json.encode(mail.sender_check).decode(), now, mail.from_address,
    )  # fmt: skip
    return done > 0


async def settle_mail(
    tx: Tx, mail_id: int, state: MailState, *, automatic: str, notice_id: int | None = None,
    message_row_id: int | None = None, keep: bool, now: Instant,
) -> None:  # fmt: skip
    """What became of it. keep: its bytes stay here, because no notice has them."""
    await tx.execute(
        "update notice_mails set state = $2, automatic = $3, notice_id = $4, message_row_id = $5, settled_at = $6,"
        " raw = case when $7 then raw end where id = $1",
        mail_id, state.value, automatic, notice_id, message_row_id, now, keep,
    )  # fmt: skip


async def forget_kept(tx: Tx, before: Instant, most: int) -> int:
    """Drop the bytes of mails that belong to no notice and came before; how many."""
    return await tx.execute(
        "update notice_mails set raw = null where id in (select id from notice_mails where raw is not null"
        " and state <> 'waiting' and received_at < $1 order by received_at limit $2)",
        before, most,
    )  # fmt: skip


async def note_fetched(tx: Tx, name: str, uid_validity: int, last_uid: int, *, now: Instant) -> None:
    """How far a mailbox was read. Within a validity it only goes on."""
    await tx.execute(
        "insert into notice_mailboxes (name, uid_validity, last_uid, fetched_at) values ($1, $2, $3, $4)"
        " on conflict (name) do update set uid_validity = excluded.uid_validity, fetched_at = excluded.fetched_at,"
        " last_uid = case when notice_mailboxes.uid_validity = excluded.uid_validity"
        " then greatest(notice_mailboxes.last_uid, excluded.last_uid) else excluded.last_uid end",
        name, uid_validity, last_uid, now,
    )  # fmt: skip


async def insert_letter(
    tx: Tx, notice_id: int, recipient: str, *, language: str, token: bytes | None, status: LetterStatus, answer: str,
    now: Instant,
) -> bool:  # fmt: skip
    """Begin the one letter of a notice; False where it has one."""
    done = await tx.execute(
        "insert into notice_letters (notice_id, recipient, language, token, status, answer, made_at)"
        " values ($1, $2, $3, $4, $5, left($6, 1000), $7) on conflict do nothing",
        notice_id, recipient, language, token, status.value, answer, now,
    )  # fmt: skip
    return done > 0


async def note_letter_made(tx: Tx, notice_id: int, message_id: int) -> None:
    """Its bytes are kept as a message of the notice."""
    await tx.execute(
        "update notice_letters set message_id = $2, token = null where notice_id = $1", notice_id, message_id
    )


async def hand_over_letter(tx: Tx, notice_id: int, attempts: int) -> bool:
    """Count an attempt before it is made; False when another is at it: then nothing may be sent."""
    done = await tx.execute(
        "update notice_letters set attempts = attempts + 1, answer = 'under way'"
        " where notice_id = $1 and attempts = $2 and status = 'waiting'",
        notice_id, attempts,
    )  # fmt: skip
    return done > 0


async def settle_letter(tx: Tx, notice_id: int, status: LetterStatus, answer: str, *, now: Instant) -> None:
    """What became of an attempt. A letter that waits is tried again."""
    await tx.execute(
        "update notice_letters set status = $2, answer = left($3, 1000),"
        " settled_at = case when $2 = 'waiting' then null else $4::timestamptz end where notice_id = $1",
        notice_id, status.value, answer, now,
    )  # fmt: skip
