"""One post: with what it answers and what was answered, and how it was changed."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from markupsafe import Markup

from ...platform.clock import Instant
from ...social.graph import Viewer
from ...social.media import MediaView, media_views
from ...social.posts import (
    PostNotVisible,
    PostState,
    Seen,
    Version,
    Visibility,
    ancestors,
    descendants,
    versions,
)
from ..answers import Answer, redirect
from ..authored_html import content_html, with_emojis
from ..budgets import count_reads
from ..call import Call
from ..links import account_path, avatar_path, feed_path, post_path, post_url
from ..ports import Services
from ..routes import Access, RouteTable
from .attachments import Attachment, attachments_of, first_picture
from .browser import Visit
from .cards import SENSITIVE, cards, emojis_shown, excerpt, person
from .pages import page
from .reading import Description, show, shown_account, viewer_of

routes = RouteTable()


class Edition(msgspec.Struct, frozen=True):
    """One version of a post."""

    content: Markup
    warning: str
    poll_options: list[Markup]
    created_at: Instant
    media: list[Attachment]


@routes.get("/@{name}/{id}", Access.browser())
@page
async def post(call: Call, visit: Visit) -> Answer:
    """GET /@name/id. The page of a boost is that of the post it boosts."""
    viewer, services = await viewer_of(call, visit), call.services
    seen, settings = await _of_path(call, viewer), services.settings
    if seen.boosted is not None:
        original = seen.boosted
        return redirect(post_path(services, original.author.acct, original.post.id), status=302)
    above = await services.posts.see(
        viewer,
        await ancestors(services.database, seen.post.id, most=settings.context_anonymous_ancestors_max),
    )
    most_below = settings.context_anonymous_descendants_max
    asked = await descendants(
        services.database, seen.post.id, most=most_below, depth=settings.context_anonymous_depth_max
    )
    below = await services.posts.see(viewer, asked, timeline=True)
    about = _description(call, seen)
    return show(
        call, visit, "post.html", about, title=f"{about.title}: {excerpt(seen.post, 60)}",
        above=await cards(call, viewer, above), card=(await cards(call, viewer, [seen]))[0],
        below=await cards(call, viewer, below, _depths(seen.post.id, below)),
        cut_off=seen.post.in_reply_to_id is not None
        and seen.post.in_reply_to_id not in {one.post.id for one in above},
        author=person(services, seen.author), more_below=len(asked) == most_below,
    )  # fmt: skip


@routes.get("/@{name}/{id}/history", Access.browser())
@page
async def history(call: Call, visit: Visit) -> Answer:
    """GET /@name/id/history: every version that was shown, the newest first."""
    viewer, services = await viewer_of(call, visit), call.services
    seen = await _of_path(call, viewer)
    await count_reads(call, [seen.post.id])
    kept = await versions(services.database, seen.post.id)
    if not kept:
        raise PostNotVisible
    media = await media_views(services.database, [one.id for version in kept for one in version.media])
    about = msgspec.structs.replace(_description(call, seen), indexed=False)
    return show(
        call, visit, "history.html", about, title=f"Edits of a post by {person(services, seen.author).name}",
        author=person(services, seen.author), path=post_path(services, seen.author.acct, seen.post.id),
        editions=[_edition(call, seen, version, media) for version in reversed(kept)],
    )  # fmt: skip


@routes.get("/users/{name}/statuses/{id}", Access.browser())
@page
async def lasting_name(call: Call, visit: Visit) -> Answer:
    """GET /users/name/statuses/id leads to the post's page."""
    seen = await _of_path(call, await viewer_of(call, visit))
    return redirect(post_path(call.services, seen.author.acct, seen.post.id), status=302)


async def _of_path(call: Call, viewer: Viewer) -> Seen:
    """The post that name and id agree on; raises NotFound alike for missing, hidden, and somebody else's."""
    account = await shown_account(call, call.segment("name"))
    seen = await call.services.posts.see_one(viewer, call.id_segment())
    if seen.post.account_id != account.id:
        raise PostNotVisible
    return seen


def _description(call: Call, seen: Seen) -> Description:
    services, author = call.services, seen.author
    return Description(
        post_path(services, author.acct, seen.post.id), f"{person(services, author).name} ({account_path(author.acct)[1:]})",
        excerpt(seen.post), kind="article", image=first_picture(services, seen.post) or avatar_path(services, author), indexed=author.indexable,
        feed=feed_path(author.acct), published=seen.post.created_at.isoformat(timespec="seconds"), oembed=_oembed_path(services, seen),
    )  # fmt: skip


def _oembed_path(services: Services, seen: Seen) -> str:
    """Where other sites learn how to show the post; only of one that everybody may see."""
    if seen.post.state is not PostState.VISIBLE or seen.post.visibility > Visibility.UNLISTED:
        return ""
    address = post_url(services, seen.author.acct, seen.post.id)
    return f"/api/oembed?{urlencode({'url': address})}"


def _depths(root: int, below: list[Seen]) -> dict[int, int]:
    """How many answers lie between each post and the one of the page; each comes after what it answers."""
    depths: dict[int, int] = {root: 0}
    for seen in below:
        depths[seen.post.id] = depths.get(seen.post.in_reply_to_id or root, 0) + 1
    return depths


def _edition(call: Call, seen: Seen, version: Version, media: dict[int, MediaView]) -> Edition:
    services = call.services
    # The markup is of our own making (ADR 0013).
    content = Markup(with_emojis(services, content_html(services, seen.post, version.text)))  # noqa: S704
    warning = emojis_shown(services, version.spoiler) or (SENSITIVE if version.sensitive else "")
    return Edition(
        content, warning, [emojis_shown(services, option) for option in version.poll_options or []],
        version.created_at, attachments_of(services, version.media_as_it_was(media)),
    )  # fmt: skip
