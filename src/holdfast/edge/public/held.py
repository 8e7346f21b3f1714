"""A post of one's own that waits for a person: why, what comes next, and the appeal; what was decided about a post."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import NotFound
from ...pure.window import Window
from ...trust.appeals import (
    Appeal,
    AppealNotAllowed,
    add,
    appeal_hold,
    get_appeal,
    messages_of,
    open_holds_appealed,
)
from ...trust.decisions import StatementReader
from ...trust.intake import HeldNow, held_now
from ..answers import Answer, redirect
from ..appealing import appeal_limits
from ..call import Call
from ..routes import Access, RouteTable
from .appeal_words import AppealWords
from .browser import Visit
from .cards import excerpt
from .pages import closed_page, form, render
from .translations import msg, speech

routes = RouteTable()
_WORDS = AppealWords(
    ask=msg("Appeal"),
    why=msg("Why the post should be shown"),
    outcomes={
        "upheld": msg("A person looked, and the post is not shown."),
        "partial": msg("A person looked, and decided something milder."),
        "overturned": msg("You were right: the post is shown."),
        "settled": msg("A person has decided about the post."),
    },
)


class HeldPost(msgspec.Struct, frozen=True):
    """As its author sees it in a list and on its page."""

    id: str
    excerpt: str
    reason: str
    since: Any
    returns_at: Any


@routes.get("/statements/post/{id}", Access.browser())
@closed_page
async def about_post(call: Call, visit: Visit) -> Answer:
    """GET /statements/post/{id}: that it is held, or, by redirect, the last that was decided about it."""
    member, post_id = visit.member(), call.id_segment()
    found = await _held(call, member.account_id, post_id)
    if found is not None:
        return await _page(call, visit, found)
    return await _decided(call, member.account_id, post_id)


@routes.post("/statements/post/{id}", Access.browser())
@form
async def appeal(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """POST /statements/post/{id}: appeal the hold, or add something to the appeal that is open."""
    member, services, post_id = visit.member(), call.services, call.id_segment()
    found = await _held(call, member.account_id, post_id)
    if found is None:
        return await _decided(call, member.account_id, post_id)
    limits, text = appeal_limits(services), fields.get("text", "")
    there = (await open_holds_appealed(services.database, member.account_id)).get(post_id)
    try:
        async with services.database.transaction() as tx:
            if there is not None:
                await add(tx, member.account_id, there, text=text, limits=limits, now=call.now)
            else:
                await appeal_hold(tx, member.account_id, post_id, reason=text, limits=limits, now=call.now)
    except AppealNotAllowed as error:
        return await _page(call, visit, found, said=text, error=error.public)
    return redirect(f"/statements/post/{services.ids.encode(post_id)}#appeal")


async def held_posts(call: Call, account_id: int) -> list[HeldPost]:
    """A member's own posts that wait for a person."""
    rows = await held_now(call.services.database, account_id=account_id)
    viewer = await call.services.relations.viewer(account_id)
    shown = {
        seen.post.id: seen for seen in await call.services.posts.see(viewer, [row.post_id for row in rows])
    }
    return [
        HeldPost(
            call.services.ids.encode(row.post_id), excerpt(shown[row.post_id].post),
            shown[row.post_id].post.hold_reason or "", row.since, _returns(call, row),
        )
        for row in rows
        if row.post_id in shown
    ]  # fmt: skip


def _returns(call: Call, row: HeldNow) -> Any:
    return row.returns_at(call.services.settings.hold_return_seconds)


async def _decided(call: Call, account_id: int, post_id: int) -> Answer:
    """On to the last that was decided about it. Raises NotFound where the member was told nothing of it."""
    told = await StatementReader(call.services.database).page(account_id, Window(1), post_id=post_id)
    if not told:
        raise NotFound
    return redirect(f"/statements/{call.services.ids.encode(told[0].id)}")


async def _held(call: Call, account_id: int, post_id: int) -> HeldPost | None:
    wanted = call.services.ids.encode(post_id)
    return next((one for one in await held_posts(call, account_id) if one.id == wanted), None)


async def _page(call: Call, visit: Visit, found: HeldPost, *, said: str = "", error: str = "") -> Answer:
    database, account_id = call.services.database, visit.member().account_id
    appeal_id = (await open_holds_appealed(database, account_id)).get(call.id_segment())
    there: Appeal | None = None if appeal_id is None else await get_appeal(database, appeal_id)
    messages = [] if there is None else (await messages_of(database, [there.id]))[there.id]
    return render(
        call, visit, "held.html", title=speech(call, visit)("A post of yours waits for a person"), held=found,
        appeal=there, messages=messages, words=_WORDS, said=said, error=error,
        most=appeal_limits(call.services).characters, status=422 if error else 200,
    )  # fmt: skip
