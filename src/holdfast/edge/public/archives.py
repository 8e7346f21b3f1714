"""Archives: everything in one file, asked for and downloaded; and posts out of an archive of another server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from ...platform.blobs import hash_of
from ...pure.errors import HoldfastError
from ...social.accounts import Actor
from ...social.archives import (
    ArchiveNotTaken,
    ArchiveNotThere,
    archive_imports,
    archives,
    ready_archive,
    request_archive,
    request_archive_import,
)
from ...social.media import touch_blobs
from ..answers import Answer, AnyAnswer, FileAnswer, redirect
from ..call import Call
from ..routes import Access, Limit, RouteTable
from ..uploads import SpooledFile
from .browser import Visit, find_visit
from .pages import NO_STORE, error_page, form, page, render

routes = RouteTable()


@routes.get("/settings/archive", Access.browser())
@page
async def archive_page(call: Call, visit: Visit) -> Answer:
    """What was asked for, what can be downloaded, what was brought along."""
    return await _show(call, visit)


@routes.post("/settings/archive", Access.browser())
@form
async def ask(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """Ask for an archive."""
    try:
        async with call.services.database.transaction() as tx:
            await request_archive(
                tx,
                Actor(visit.member().account_id),
                every_days=call.services.settings.archive_every_days,
                now=call.now,
            )
    except HoldfastError as error:
        return await _show(call, visit, error)
    return redirect("/settings/archive")


@routes.get("/settings/archive/{id}", Access.browser(), limit=Limit.NONE)
async def download(call: Call) -> AnyAnswer:
    """The file, to the member alone."""
    visit = await find_visit(call)
    if visit.session is None:
        return redirect("/auth/sign_in?next=/settings/archive")
    try:
        archive = await ready_archive(call.services.database, visit.session.account_id, call.id_segment())
        if (
            archive.hash is None
            or archive.size_bytes is None
            or _expires(call, archive.requested_at) <= call.now
        ):
            raise ArchiveNotThere
    except HoldfastError as error:
        return error_page(call, visit, error)
    name = f"archive-{visit.session.username}-{archive.requested_at:%Y-%m-%d}.tar.gz"
    headers: list[Any] = [NO_STORE, (b"content-disposition", f'attachment; filename="{name}"'.encode())]
    chunks = call.services.media.blobs.stream(archive.hash)
    return FileAnswer(200, chunks, archive.size_bytes, b"application/gzip", headers)


@routes.post("/settings/archive/import", Access.browser())
async def bring(call: Call) -> AnyAnswer:
    """Posts out of an archive of Mastodon or Twitter."""
    visit = await find_visit(call)
    if visit.session is not None:
        try:
            await call.spooled_tree(call.services.settings.archive_upload_max_bytes)
        except HoldfastError as error:
            return error_page(call, visit, error)
    return await _bring(call)


@form
async def _bring(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    services, actor = call.services, Actor(visit.member().account_id)
    upload = (await call.tree()).get("file")
    try:
        if not isinstance(upload, SpooledFile) or not upload.size_bytes:
            raise ArchiveNotTaken("Choose the archive that your former server gave you.")
        digest = await asyncio.to_thread(hash_of, upload.file)
        async with services.database.transaction() as tx:
            await touch_blobs(tx, {digest: upload.size_bytes}, call.now)
        await services.media.blobs.put(upload.file)
        async with services.database.transaction() as tx:
            await request_archive_import(
                tx, actor, digest, private=fields.get("visibility") == "private", now=call.now
            )
    except HoldfastError as error:
        return await _show(call, visit, error)
    return redirect("/settings/archive")


async def _show(call: Call, visit: Visit, error: HoldfastError | None = None) -> Answer:
    services, account_id = call.services, visit.member().account_id
    settings = services.settings
    made = await archives(services.database, account_id)
    return render(
        call, visit, "archive.html", title="Archives", status=422 if error else 200,
        problem=error.public if error else "", every_days=settings.archive_every_days,
        most_mib=settings.archive_upload_max_bytes // (1024 * 1024),
        archives=[
            {
                "id": services.ids.encode(one.id), "requested_at": one.requested_at, "posts": one.posts,
                "size_kib": -(-(one.size_bytes or 0) // 1024), "expires_at": _expires(call, one.requested_at),
                "state": "ready" if one.ready_at else "failed" if one.failed_at else "being made",
            }
            for one in made
            if _expires(call, one.requested_at) > call.now
        ],
        imports=await archive_imports(services.database, account_id),
    )  # fmt: skip


def _expires(call: Call, requested_at: Any) -> Any:
    return requested_at + timedelta(days=call.services.settings.archive_kept_days)
