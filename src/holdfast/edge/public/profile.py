"""Profiles: who somebody is and what they posted."""

from __future__ import annotations

import msgspec
from markupsafe import Markup

from ...pure.markup import plain_excerpt
from ...pure.window import Window
from ...social.accounts import AccountView
from ...social.endorsements import endorsed_page
from ...social.hashtags import featured_tags
from ...social.timelines import Page, ProfileFeed
from ..answers import Answer, redirect
from ..authored_html import field_html, note_html, with_emojis
from ..call import Call
from ..links import account_path, avatar_path, feed_path, header_path, tag_path
from ..ports import Services
from ..routes import Access, RouteTable
from .browser import Visit, text_of
from .cards import EXCERPT_CHARACTERS, Person, cards, emojis_shown, person
from .pages import page
from .reading import Description, read_slice, show, shown_account, viewer_of

routes = RouteTable()

_WITH_REPLIES = "replies"


class Row(msgspec.Struct, frozen=True):
    """A row of the profile's table; `verified`: the page it names links back."""

    name: str
    value: Markup
    verified: bool


@routes.get("/@{name}", Access.browser())
@page
async def profile(call: Call, visit: Visit) -> Answer:
    """GET /@name; `?tab=replies` shows replies too."""
    viewer, services = await viewer_of(call, visit), call.services
    account = await shown_account(call, call.segment("name"))
    path, tab = account_path(account.acct), text_of(await call.tree(), "tab")
    with_replies = tab == _WITH_REPLIES
    feed = ProfileFeed(account.id, exclude_replies=not with_replies)

    async def read(window: Window) -> Page:
        return await services.timelines.profile(viewer, feed, window)

    part = await read_slice(call, path, read, **({"tab": tab} if with_replies else {}))
    pinned = []
    if part.first and not with_replies:
        pinned = (
            await services.timelines.profile(viewer, ProfileFeed(account.id, pinned=True), Window())
        ).posts
    on_top = {seen.post.id for seen in pinned}
    about = Description(
        f"{path}?tab={_WITH_REPLIES}" if with_replies else path,
        f"{account.display_name or account.username} (@{account.acct}{_at_home(services, account)})",
        plain_excerpt(account.note, EXCERPT_CHARACTERS) or f"{account.posts} posts on {services.settings.title}.",
        kind="profile", image=avatar_path(services, account), indexed=account.indexable and part.first,
        feed=feed_path(account.acct),
    )  # fmt: skip
    return show(
        call, visit, "profile.html", about, title=about.title, account=account, who=person(services, account),
        header=header_path(services, account), note=_trusted(with_emojis(services, note_html(services, account))),
        rows=_rows(services, account), full_handle=f"@{account.acct}{_at_home(services, account)}",
        pinned=await cards(call, viewer, pinned), part=part, with_replies=with_replies, path=path,
        cards=await cards(call, viewer, (seen for seen in part.posts if seen.post.id not in on_top)),
        turned_away=account.id in viewer.blocked_by, featured=await _featured(services, account),
        endorsed=await _endorsed(services, account),
    )  # fmt: skip


@routes.get("/users/{name}", Access.browser())
@page
async def lasting_name(call: Call, visit: Visit) -> Answer:
    """GET /users/name leads to the profile."""
    await viewer_of(call, visit)
    account = await shown_account(call, call.segment("name"))
    return redirect(account_path(account.acct), status=302)


async def _featured(services: Services, account: AccountView) -> list[tuple[str, str, int]]:
    """(path, name, posts) of the hashtags on the profile."""
    if not account.show_featured:
        return []
    found = await featured_tags(services.database, account.id)
    return [(tag_path(tag.name), tag.display, tag.posts) for tag in found]


async def _endorsed(services: Services, account: AccountView) -> list[Person]:
    if not account.show_featured:
        return []
    rows = await endorsed_page(
        services.database, account.id, Window(limit=services.settings.endorsements_max)
    )
    ids = [ident for _, ident in rows]
    shown = await services.accounts.get_many(ids)
    return [person(services, shown[ident]) for ident in ids if ident in shown and shown[ident].shown]


def _at_home(services: Services, account: AccountView) -> str:
    return f"@{services.settings.domain}" if account.domain is None else ""


def _rows(services: Services, account: AccountView) -> list[Row]:
    return [
        Row(
            emojis_shown(services, field.name),
            _trusted(with_emojis(services, field_html(services, field.value))),
            field.verified_at is not None,
        )
        for field in account.fields
    ]


def _trusted(html: str) -> Markup:
    # Of our own making: every character of the member's is escaped in it (ADR 0013).
    return Markup(html)  # noqa: S704
