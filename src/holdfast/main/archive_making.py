"""Making an archive: all that a member wrote and kept, in one tar.gz as Mastodon makes it.

An errand (ADR 0018): it reads page by page and writes to disk, so that neither a transaction is held nor the whole of
it in memory. A run that was cut off begins anew.
"""

from __future__ import annotations

import asyncio
import tarfile
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from ..platform.blobs import BlobMissing, Blobs, hash_of
from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.ids import PublicIds
from ..pure.archive_json import (
    COLLECTION_TAIL,
    ArchivedActor,
    ArchivedFile,
    ArchivedPost,
    activity_json,
    actor_json,
    collection_head,
)
from ..pure.markup import MentionLink, render_html, render_note
from ..pure.names import normalise_hashtag
from ..social.accounts import AccountReader, AccountView
from ..social.archives import (
    archive_owner,
    archived_posts,
    author_name,
    count_posts,
    kept_addresses,
    set_ready,
)
from ..social.media import MediaNotVisible, ServedFile, file_named, touch_blobs
from ..social.moves import aliases_of
from ..social.posts import PostView, load_posts

_POSTS_AT_ONCE = 200


class ArchiveMaker:
    """Makes archives, one at a time."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, *, ids: PublicIds, blobs: Blobs
    ) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._ids, self._blobs = ids, blobs
        self._base = settings.public_url.rstrip("/")

    async def errand(self, payload: bytes) -> Instant | None:
        """The job: the id of an archive that was asked for, as JSON."""
        archive_id = msgspec.json.decode(payload, type=int)
        account_id = await archive_owner(self._database, archive_id)
        account = await AccountReader(self._database).get(account_id) if account_id is not None else None
        if account is None:
            return None
        place = self._settings.data.resolve() / "run" / "archives"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as name:
            folder = Path(name)
            posts = await self._write(account, folder)
            with (folder / "archive.tar.gz").open("rb") as file:
                digest = await asyncio.to_thread(hash_of, file)
                size = (folder / "archive.tar.gz").stat().st_size
                async with self._database.transaction() as tx:
                    await touch_blobs(tx, {digest: size}, self._clock.now())
                await self._blobs.put(file)
        async with self._database.transaction() as tx:
            await set_ready(tx, archive_id, digest, size_bytes=size, posts=posts, now=self._clock.now())
        return None

    async def _write(self, account: AccountView, folder: Path) -> int:
        """archive.tar.gz in the folder; how many posts it holds."""
        files: dict[str, ServedFile] = {}
        posts = await self._write_outbox(account, folder / "outbox.json", files)
        for kind in ("likes", "bookmarks"):
            await self._write_kept(account, kind, folder / f"{kind}.json")
        actor = await self._actor(account, files)
        (folder / "actor.json").write_bytes(msgspec.json.format(msgspec.json.encode(actor_json(actor))))
        with tarfile.open(folder / "archive.tar.gz", "w:gz") as archive:
            for name in ("actor.json", "outbox.json", "likes.json", "bookmarks.json"):
                await asyncio.to_thread(archive.add, folder / name, name, recursive=False)
            for path, served in files.items():
                await self._add_file(archive, path, served, folder / "file")
        return posts

    async def _add_file(self, archive: tarfile.TarFile, path: str, served: ServedFile, scratch: Path) -> None:
        try:
            with scratch.open("wb") as file:
                async for chunk in self._blobs.stream(served.hash):
                    file.write(chunk)
        except BlobMissing:
            return
        await asyncio.to_thread(archive.add, scratch, path, recursive=False)

    async def _write_outbox(self, account: AccountView, path: Path, files: dict[str, ServedFile]) -> int:
        actor_uri = f"{self._base}/users/{account.username}"
        with path.open("wb") as out:
            total = await count_posts(self._database, account.id)
            out.write(collection_head("outbox.json", total).encode())
            written = 0
            async for post in self._posts(account.id):
                document = activity_json(await self._archived(account, post, files), actor_uri)
                out.write((b"," if written else b"") + msgspec.json.encode(document))
                written += 1
            out.write(COLLECTION_TAIL.encode())
        return written

    async def _posts(self, account_id: int) -> AsyncIterator[PostView]:
        after = -1
        while ids := await archived_posts(self._database, account_id, after, limit=_POSTS_AT_ONCE):
            found = await load_posts(self._database, ids)
            for ident in ids:
                if ident in found:
                    yield found[ident]
            after = ids[-1]

    async def _archived(
        self, account: AccountView, post: PostView, files: dict[str, ServedFile]
    ) -> ArchivedPost:
        mentions = [
            (
                f"@{one.username}" + (f"@{one.domain}" if one.domain else ""),
                self._profile(one.username, one.domain),
            )
            for one in post.mentions
            if not one.silent
        ]
        links = {
            name.removeprefix("@").lower(): MentionLink(href, name.removeprefix("@").partition("@")[0])
            for name, href in mentions
        }
        return ArchivedPost(
            uri=self._uri(account.username, post.id),
            url=f"{self._base}/@{account.username}/{self._ids.encode(post.id)}",
            created_at=post.created_at,
            edited_at=post.edited_at,
            visibility=post.visibility.name.lower(),
            html=render_html(post.text, mentions=links, tag_url=self._tag),
            text=post.text,
            spoiler=post.spoiler,
            sensitive=post.sensitive,
            language=post.language,
            reply_to=await self._address_of(post.in_reply_to_id),
            boost_of=await self._address_of(post.boost_of_id),
            mentions=mentions,
            tags=[(f"#{display}", self._tag(display)) for _, display in post.tags],
            files=[file async for file in self._files(post, files)],
            options=list(zip(post.poll.options, post.poll.tally, strict=True)) if post.poll else (),
        )

    async def _files(self, post: PostView, files: dict[str, ServedFile]) -> AsyncIterator[ArchivedFile]:
        for one in post.media:
            served = await self._served(one.original)
            if one.original is None or served is None:
                continue
            path = f"media_attachments/{one.original}"
            files[path] = served
            yield ArchivedFile(f"/{path}", served.content_type, one.description, one.blurhash)

    async def _served(self, name: str | None) -> ServedFile | None:
        try:
            return await file_named(self._database, name) if name else None
        except MediaNotVisible:
            return None

    async def _actor(self, account: AccountView, files: dict[str, ServedFile]) -> ArchivedActor:
        pictures: dict[str, tuple[str, str]] = {}
        for role, name in (("avatar", account.avatar), ("header", account.header)):
            served = await self._served(name)
            if name is not None and served is not None:
                path = role + Path(name).suffix
                files[path] = served
                pictures[role] = (path, served.content_type)
        return ArchivedActor(
            uri=f"{self._base}/users/{account.username}",
            url=f"{self._base}/@{account.username}",
            username=account.username,
            display_name=account.display_name,
            summary_html=render_note(account.note, mentions={}, tag_url=self._tag),
            locked=account.locked,
            bot=account.bot,
            discoverable=account.discoverable,
            indexable=account.indexable,
            created_at=account.created_at,
            fields=[(field.name, field.value) for field in account.fields],
            also_known_as=await aliases_of(self._database, account.id),
            avatar=pictures.get("avatar"),
            header=pictures.get("header"),
        )

    async def _write_kept(self, account: AccountView, kind: str, path: Path) -> None:
        with path.open("wb") as out:
            out.write(collection_head(f"{kind}.json", 0).replace('"totalItems":0,', "").encode())
            first, after = True, -1
            while rows := await kept_addresses(self._database, kind, account.id, after, limit=_POSTS_AT_ONCE):
                for after, acct, post_id in rows:  # noqa: B007 - the last one is where to go on
                    _write_item(out, self._uri(acct, post_id), first)
                    first = False
            out.write(COLLECTION_TAIL.encode())

    async def _address_of(self, post_id: int | None) -> str | None:
        if post_id is None:
            return None
        name = await author_name(self._database, post_id)
        return None if name is None else self._uri(name, post_id)

    def _uri(self, acct: str, post_id: int) -> str:
        return f"{self._base}/users/{acct}/statuses/{self._ids.encode(post_id)}"

    def _profile(self, username: str, domain: str | None) -> str:
        return f"{self._base}/@{username}" + (f"@{domain}" if domain else "")

    def _tag(self, name: str) -> str:
        return f"{self._base}/tags/{normalise_hashtag(name)}"


def _write_item(out: BinaryIO, address: str, first: bool) -> None:
    out.write((b"" if first else b",") + msgspec.json.encode(address))
