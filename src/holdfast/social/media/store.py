"""Every statement that writes the uploads' tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.crypto import new_secret
from ...platform.db import Tx
from ...records.holds import Subject, park
from .errors import MediaNotAttachable
from .model import FileOfMedia, MediaState, OwnMedia, Purpose, Role, TakenMedia, extension_of

_NAME_BYTES = 16


async def touch_blobs(tx: Tx, sizes: dict[bytes, int], now: Instant) -> None:
    """Say that these blobs are about to be stored: from then on the sweep leaves them alone for a while."""
    await tx.execute(
        "insert into blobs (hash, size_bytes, touched_at) select *, $3 from unnest($1::bytea[], $2::bigint[])"
        " on conflict (hash) do update set touched_at = excluded.touched_at",
        sorted(sizes), [sizes[digest] for digest in sorted(sizes)], now,
    )  # fmt: skip


async def insert_media(
    tx: Tx, media_id: int, account_id: int, taken: TakenMedia, *,
    purpose: Purpose, description: str, focus: tuple[float, float] | None, now: Instant,
) -> None:  # fmt: skip
    """An upload with its files."""
    state = MediaState.READY if taken.source_hash is None else MediaState.PROCESSING
    await tx.execute(
        "insert into media (id, account_id, purpose, kind, state, description, focus, meta, blurhash, source_hash,"
        " source_sha256, pdq, size_bytes, created_at, loose_since)"
        " values ($1, $2, $3::smallint, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13, $14,"
        "  case when $3::smallint = 0 then $14::timestamptz end)",
        media_id, account_id, purpose.value, taken.kind.value, state.value, description,
        list(focus) if focus else None, msgspec.json.encode(taken.meta).decode(), taken.blurhash, taken.source_hash,
        taken.source_sha256, taken.pdq, taken.size_bytes, now,
    )  # fmt: skip
    await insert_files(tx, media_id, taken.files)


async def insert_files(tx: Tx, media_id: int, files: Sequence[FileOfMedia]) -> list[str]:
    """Files of an upload under fresh names, in place of those of the same role; the names."""
    names = [fresh_name(file.content_type) for file in files]
    await tx.execute(
        "insert into media_files (name, media_id, role, hash, content_type, size_bytes)"
        " select name, $2, role, hash, type, size"
        " from unnest($1::text[], $3::smallint[], $4::bytea[], $5::text[], $6::bigint[]) as t (name, role, hash, type, size)"
        " on conflict (media_id, role) do update set name = excluded.name, hash = excluded.hash,"
        "  content_type = excluded.content_type, size_bytes = excluded.size_bytes",
        names, media_id, [file.role.value for file in files], [file.hash for file in files],
        [file.content_type for file in files], [file.size_bytes for file in files],
    )  # fmt: skip
    return names


def fresh_name(content_type: str) -> str:
    """A name that nobody can guess."""
    return new_secret(_NAME_BYTES) + extension_of(content_type)


async def set_details(
    tx: Tx, media_id: int, *, description: str | None, focus: tuple[float, float] | None
) -> None:
    """The description and the focus; None leaves one as it is."""
    await tx.execute(
        "update media set description = coalesce($2, description), focus = coalesce($3::real[], focus) where id = $1",
        media_id, description, list(focus) if focus else None,
    )  # fmt: skip


async def file_names(tx: Tx, media_id: int) -> list[str]:
    """The names of an upload's files, in the order of their roles."""
    rows = await tx.fetch("select name from media_files where media_id = $1 order by role", media_id)
    return [row[0] for row in rows]


async def set_preview(tx: Tx, media_id: int, preview: TakenMedia) -> None:
    """Another picture stands for an upload until it is played."""
    small = next(file for file in preview.files if file.role is Role.SMALL)
    measures = preview.meta.small
    await insert_files(tx, media_id, [small])
    await tx.execute(
        "update media set blurhash = $2, meta = meta || jsonb_build_object('small', $3::jsonb) where id = $1",
        media_id, preview.blurhash, msgspec.json.encode(measures).decode(),
    )  # fmt: skip
    await recount(tx, media_id)


async def finish(tx: Tx, media_id: int, taken: TakenMedia) -> bool:
    """What processing made of an upload; False when it is gone, or was finished before. A preview that the member gave
    stays."""
    row = await tx.fetchrow(
        "with given as (select exists (select 1 from media_files where media_id = $1 and role = $6) as preview)"
        " update media set kind = $2, state = 1, source_hash = null, pdq = coalesce($5, pdq),"
        "  meta = case when preview then $3::jsonb || jsonb_build_object('small', meta->'small') else $3::jsonb end,"
        "  blurhash = case when preview then blurhash else coalesce($4, blurhash) end"
        " from given where id = $1 and state = 0 returning preview",
        media_id, taken.kind.value, msgspec.json.encode(taken.meta).decode(), taken.blurhash, taken.pdq,
        Role.SMALL.value,
    )  # fmt: skip
    if row is None:
        return False
    await insert_files(
        tx, media_id, [file for file in taken.files if file.role is not Role.SMALL or not row["preview"]]
    )
    await recount(tx, media_id)
    return True


async def recount(tx: Tx, media_id: int) -> None:
    """Set what an upload takes to what its files take."""
    await tx.execute(
        "update media set size_bytes = (select coalesce(sum(size_bytes), 0) from media_files where media_id = $1)"
        " where id = $1",
        media_id,
    )


async def fail(tx: Tx, media_id: int, problem: str) -> None:
    """Processing failed for good; nothing of the upload is kept."""
    await tx.execute("delete from media_files where media_id = $1", media_id)
    await tx.execute(
        "update media set state = 2, problem = $2, source_hash = null, size_bytes = 0 where id = $1 and state = 0",
        media_id,
        problem,
    )


async def give_to_post(tx: Tx, account_id: int, post_id: int, ids: Sequence[int]) -> int:
    """Attach the account's uploads to a post, in this order; how many could be had."""
    return await tx.execute(
        "update media set post_id = $2, position = t.place, loose_since = null, scheduled_id = null"
        " from unnest($3::bigint[]) with ordinality as t (ident, place)"
        " where media.id = t.ident and media.account_id = $1 and media.purpose = 0 and media.state = 1"
        " and (media.post_id is null or media.post_id = $2)",
        account_id, post_id, list(ids),
    )  # fmt: skip


async def attach_media(
    tx: Tx, account_id: int, post_id: int, chosen: Sequence[OwnMedia], *, edited: bool = False
) -> None:
    """Give a post its uploads in their order; an edited one gives them descriptions and previews too, and keeps for its earlier
    versions those that it no longer has.

    `chosen` was checked before; who was faster with the same upload has it. Raises MediaNotAttachable.
    """
    ids = [media.view.id for media in chosen]
    if ids and await give_to_post(tx, account_id, post_id, ids) != len(ids):
        raise MediaNotAttachable
    if edited:
        await hide_in_post(tx, post_id, ids)
        for media in chosen:
            await set_details(tx, media.view.id, description=media.view.description, focus=media.view.focus)
            if media.preview is not None:
                await set_preview(tx, media.view.id, media.preview)


async def hide_in_post(tx: Tx, post_id: int, keep: Sequence[int]) -> None:
    """An edit took uploads out of a post: earlier versions still show them."""
    await tx.execute(
        "update media set position = null where post_id = $1 and id <> all($2::bigint[])", post_id, list(keep)
    )


async def give_to_scheduled(tx: Tx, account_id: int, scheduled_id: int, ids: Sequence[int]) -> int:
    """Keep uploads for a post that waits for its time, in this order; how many could be had."""
    return await tx.execute(
        "update media set scheduled_id = $2, position = t.place, loose_since = null"
        " from unnest($3::bigint[]) with ordinality as t (ident, place)"
        " where media.id = t.ident and media.account_id = $1 and media.purpose = 0"
        " and media.post_id is null and (media.scheduled_id is null or media.scheduled_id = $2)",
        account_id, scheduled_id, list(ids),
    )  # fmt: skip


async def release_scheduled(tx: Tx, scheduled_id: int, now: Instant) -> None:
    """Let go of the uploads of a post that waited for its time."""
    await tx.execute(
        "update media set scheduled_id = null, loose_since = $2 where scheduled_id = $1", scheduled_id, now
    )


async def release_post(tx: Tx, post_id: int, *, keep_at: Instant | None) -> None:
    """Before a post is deleted: its uploads go with it, or from `keep_at` on are kept for a redraft, under new names.

    Either way no address that was ever shown with the post leads to them any more.
    """
    gone = await tx.fetch(
        "select id from media where post_id = $1 and ($2 or position is null) for update",
        post_id,
        keep_at is None,
    )
    await erase_media(tx, [row[0] for row in gone], asked_by="post_deletion")
    if keep_at is None:
        return
    rows = await tx.fetch(
        "update media set post_id = null, loose_since = $2 where post_id = $1 and kept_since is null returning id",
        post_id,
        keep_at,
    )
    if not rows:
        return
    await rename_files(tx, [row[0] for row in rows])


async def rename_files(tx: Tx, media_ids: Sequence[int]) -> None:
    """Give the files of uploads fresh names: what was given out leads nowhere any more."""
    files = await tx.fetch(
        "select name, content_type from media_files where media_id = any($1::bigint[])", list(media_ids)
    )
    await tx.execute(
        "update media_files set name = t.fresh from unnest($1::text[], $2::text[]) as t (stale, fresh)"
        " where media_files.name = t.stale",
        [row["name"] for row in files], [fresh_name(row["content_type"]) for row in files],
    )  # fmt: skip


async def erase_media(tx: Tx, media_ids: Sequence[int], *, asked_by: str) -> None:
    """Remove uploads; those that a legal hold keeps are hidden from everybody instead, and go when it is released.

    The blobs of what is removed go with the next sweep, unless something else has the same content.
    """
    kept = await park(tx, Subject.MEDIA, media_ids, asked_by=asked_by)
    if kept:
        await tx.execute(
            "update media set kept_since = now(), scheduled_id = null where id = any($1::bigint[]) and kept_since is null",
            list(kept),
        )
        await rename_files(tx, list(kept))
    await tx.execute(
        "delete from media where id = any($1::bigint[])", [one for one in media_ids if one not in kept]
    )


async def delete_media(tx: Tx, media_id: int) -> None:
    """Remove an upload that its owner takes back."""
    await erase_media(tx, [media_id], asked_by="upload_discarded")


async def delete_pictures(tx: Tx, account_id: int, purpose: Purpose) -> None:
    """Remove an account's avatar or header."""
    rows = await tx.fetch(
        "select id from media where account_id = $1 and purpose = $2 and kept_since is null for update",
        account_id, purpose.value,
    )  # fmt: skip
    await erase_media(tx, [row[0] for row in rows], asked_by="picture_replaced")


_ORPHANS_AT_ONCE = 1000


async def forget_orphans(tx: Tx, now: Instant, *, hours: int) -> int:
    """Remove uploads that nothing has for this long; how many were looked at."""
    rows = await tx.fetch(
        "select id from media where post_id is null and purpose = 0 and kept_since is null"
        " and scheduled_id is null and coalesce(loose_since, created_at) < $1 limit $2 for update skip locked",
        now - timedelta(hours=hours), _ORPHANS_AT_ONCE,
    )  # fmt: skip
    await erase_media(tx, [row[0] for row in rows], asked_by="orphan_sweep")
    return len(rows)


async def delete_released(tx: Tx, media_ids: Sequence[int]) -> None:
    """Remove uploads that a hold kept, and none keeps any more."""
    await tx.execute(
        "delete from media m where m.id = any($1::bigint[]) and m.kept_since is not null"
        " and not exists (select 1 from media_on_hold h where h.media_id = m.id)",
        list(media_ids),
    )


# Longer than any upload takes from the moment it says what it will store to its commit.
BLOBS_KEPT_MINUTES = 30
_BLOBS_AT_ONCE = 50


async def take_unused_blobs(tx: Tx, now: Instant) -> list[bytes]:
    """Blobs that nothing has, locked, their rows removed: delete them from the store, then commit."""
    rows = await tx.fetch(
        "delete from blobs where hash in (select hash from blobs b where touched_at < $1"
        " and not exists (select 1 from media_files f where f.hash = b.hash)"
        " and not exists (select 1 from media m where m.source_hash = b.hash)"
        " and not exists (select 1 from archives a where a.hash = b.hash)"
        " and not exists (select 1 from archive_imports i where i.hash = b.hash)"
        " and not exists (select 1 from custom_emoji_files e where e.hash = b.hash)"
        " and not exists (select 1 from preview_cards c where c.image_hash = b.hash) limit $2 for update skip locked)"
        " returning hash",
        now - timedelta(minutes=BLOBS_KEPT_MINUTES), _BLOBS_AT_ONCE,
    )  # fmt: skip
    return [row[0] for row in rows]
