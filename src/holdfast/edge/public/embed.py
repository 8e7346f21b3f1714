"""A post for a frame in somebody else's page: the same for everybody, whoever is signed in, and with nothing to press."""

from __future__ import annotations

from ...social.graph import ANONYMOUS
from ...social.posts import PostNotVisible
from ..answers import Answer
from ..call import Call
from ..links import account_path, post_url
from ..routes import Access, RouteTable
from .browser import Visit
from .cards import cards
from .pages import FRAMED, page, render
from .reading import kept_if_unchanged, shown_account

routes = RouteTable()


@routes.get("/@{name}/{id}/embed", Access.browser())
@page
async def embed(call: Call, visit: Visit) -> Answer:
    """GET /@name/id/embed: what a stranger sees of one post, as a page that other sites may frame."""
    # Whose browser it is does not matter here, and must not: the page around the frame is somebody else's.
    visit.session = None
    visit.cookies.clear()
    services = call.services
    account = await shown_account(call, call.segment("name"))
    seen = await services.posts.see_one(ANONYMOUS, call.id_segment())
    if seen.post.account_id != account.id:
        raise PostNotVisible
    original = seen.boosted or seen
    card = (await cards(call, ANONYMOUS, [original]))[0]
    answer = render(
        call, visit, "embed.html", title=f"Post by {card.author.name}", headers=[(b"x-robots-tag", b"noindex")],
        policy=FRAMED, card=card, address=post_url(services, original.author.acct, original.post.id),
        author_address=services.base_url + account_path(original.author.acct), base_url=services.base_url,
    )  # fmt: skip
    return kept_if_unchanged(call, answer)
