"""What members carry in and out: files of follows, blocks and bookmarks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ...pure.errors import HoldfastError, LimitReached, NotFound
from ...pure.relation_files import (
    FILE_NAMES,
    IMPORTED,
    FileNotUnderstood,
    RelationKind,
    RelationRow,
    read_rows,
    write_rows,
)
from ...social.accounts import Actor
from ...social.lists import ListLimits
from ...social.portability import (
    FileNotTaken,
    begin_import,
    bookmarked,
    counts,
    export_rows,
    failed_rows,
    relation_imports,
)
from ..answers import Answer, redirect
from ..call import Call
from ..links import post_uri
from ..params import Upload
from ..routes import Access, RouteTable
from .browser import Visit
from .pages import NO_STORE, form, page, render

routes = RouteTable()

WORDS = {
    RelationKind.FOLLOWING: "accounts you follow",
    RelationKind.FOLLOWERS: "accounts that follow you",
    RelationKind.BLOCKS: "accounts you block",
    RelationKind.MUTES: "accounts you mute",
    RelationKind.DOMAIN_BLOCKS: "servers you block",
    RelationKind.LISTS: "lists",
    RelationKind.BOOKMARKS: "bookmarks",
}
_BOOKMARKS_AT_ONCE = 200
_KINDS_BY_FILE = {name: kind for kind, name in FILE_NAMES.items()}


@routes.get("/settings/export", Access.browser())
@page
async def export_page(call: Call, visit: Visit) -> Answer:
    """What there is to take along."""
    found = await counts(call.services.database, visit.member().account_id)
    files = [{"name": FILE_NAMES[kind], "words": WORDS[kind], "count": found[kind]} for kind in RelationKind]
    return render(call, visit, "export.html", title="Take your things along", files=files)


@routes.get("/settings/export/{file}", Access.browser())
@page
async def export_file(call: Call, visit: Visit) -> Answer:
    """One file."""
    account_id, kind = visit.member().account_id, _KINDS_BY_FILE.get(call.segment("file"))
    if kind is None:
        raise NotFound
    if kind is RelationKind.BOOKMARKS:
        rows: list[tuple[str, ...]] = [(address,) for address in await _bookmarks(call, account_id)]
    else:
        database, domain = call.services.database, call.services.settings.domain
        rows = await export_rows(database, kind, account_id, domain=domain)
    return _csv(write_rows(kind, rows), FILE_NAMES[kind])


@routes.get("/settings/import", Access.browser())
@page
async def import_page(call: Call, visit: Visit) -> Answer:
    """What can be brought along, and what became of it."""
    return await _show_imports(call, visit)


@routes.post("/settings/import", Access.browser())
@form
async def import_file(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """A file is given; its rows are done in the background."""
    member, settings = visit.member(), call.services.settings
    try:
        kind, rows = await _rows_of(call, visit, fields)
        lists = ListLimits(settings.lists_max, settings.list_members_max, settings.list_title_max_characters)
        async with call.services.database.transaction() as tx:
            await begin_import(
                tx, Actor(member.account_id), kind, rows, overwrite=fields.get("mode") == "overwrite",
                rows_per_minute=settings.relation_import_rows_per_minute, lists=lists, now=call.now,
            )  # fmt: skip
    except HoldfastError as error:
        return await _show_imports(call, visit, error)
    return redirect("/settings/import")


@routes.get("/settings/import/{id}/failures", Access.browser())
@page
async def failures(call: Call, visit: Visit) -> Answer:
    """The lines of one import that did not work, each with the reason, as a file."""
    import_id = call.id_segment()
    found = await failed_rows(
        call.services.database, visit.member().account_id, [import_id],
        limit=call.services.settings.relation_import_max_rows,
    )  # fmt: skip
    if import_id not in found:
        raise NotFound
    text = write_rows(
        RelationKind.BLOCKS, [(str(row.number), row.problem, *row.cells) for row in found[import_id]]
    )
    return _csv(text, "failures.csv")


async def _rows_of(
    call: Call, visit: Visit, fields: dict[str, str]
) -> tuple[RelationKind, list[RelationRow]]:
    settings = call.services.settings
    upload = (await call.tree()).get("file")
    kind = next((kind for kind in IMPORTED if kind.value == fields.get("kind")), None)
    if kind is None or not isinstance(upload, Upload) or not upload.content:
        raise FileNotTaken("Choose a file, and what it holds.")
    try:
        text = upload.content.decode("utf-8-sig")
        rows = read_rows(kind, text, domain=settings.domain, most=settings.relation_import_max_rows)
    except UnicodeDecodeError as error:
        raise FileNotTaken("The file is no text in UTF-8.", private=repr(error)) from error
    except FileNotUnderstood as error:
        raise FileNotTaken(str(error)) from error
    return kind, await _posts_found(call, visit, rows) if kind is RelationKind.BOOKMARKS else rows


async def _posts_found(call: Call, visit: Visit, rows: list[RelationRow]) -> list[RelationRow]:
    """Addresses of posts with the posts that they lead to, where the member may see those."""
    services = call.services
    viewer = await services.relations.viewer(visit.member().account_id)
    ids = [None if row.problem else _post_at(call, row.cells[0]) for row in rows]
    seen: set[int] = set()
    wanted = [ident for ident in ids if ident is not None]
    for start in range(0, len(wanted), _BOOKMARKS_AT_ONCE):
        part = await services.posts.see(viewer, wanted[start : start + _BOOKMARKS_AT_ONCE])
        seen.update(one.post.id for one in part)
    return [
        row
        if row.problem
        else RelationRow(row.number, (row.cells[0], str(ident)))
        if ident in seen
        else RelationRow(row.number, row.cells, "This post is not known here, or not for you to see.")
        for row, ident in zip(rows, ids, strict=True)
    ]


def _post_at(call: Call, address: str) -> int | None:
    parts = urlsplit(address)
    if parts.netloc.lower() != urlsplit(call.services.base_url).netloc.lower():
        return None
    return call.services.ids.decode(parts.path.rstrip("/").rsplit("/", 1)[-1])


async def _bookmarks(call: Call, account_id: int) -> list[str]:
    services = call.services
    viewer = await services.relations.viewer(account_id)
    ids = await bookmarked(services.database, account_id)
    found: list[str] = []
    for start in range(0, len(ids), _BOOKMARKS_AT_ONCE):
        part = await services.posts.see(viewer, ids[start : start + _BOOKMARKS_AT_ONCE])
        found += [post_uri(services, seen.author.acct, seen.post.id) for seen in part]
    return found


async def _show_imports(call: Call, visit: Visit, error: HoldfastError | None = None) -> Answer:
    services, account_id = call.services, visit.member().account_id
    imports = await relation_imports(services.database, account_id)
    problems = await failed_rows(services.database, account_id, [one.id for one in imports])
    status = 200 if error is None else 429 if isinstance(error, LimitReached) else 422
    return render(
        call, visit, "import.html", title="Bring your things along", status=status,
        problem=error.public if error else "", kinds=[(kind.value, WORDS[kind]) for kind in IMPORTED],
        most=services.settings.relation_import_max_rows,
        imports=[
            {
                "id": services.ids.encode(one.id), "words": WORDS[one.kind], "rows": one.rows, "done": one.done,
                "failed": one.failed, "overwrite": one.overwrite, "finished": one.finished_at is not None,
                "created_at": one.created_at, "problems": problems.get(one.id, []),
            }
            for one in imports
        ],
    )  # fmt: skip


def _csv(text: str, name: str) -> Answer:
    disposition = f'attachment; filename="{name}"'
    headers: list[Any] = [NO_STORE, (b"content-disposition", disposition.encode())]
    return Answer(200, text.encode(), b"text/csv; charset=utf-8", headers)
