"""oEmbed: how other sites show a post of this one (https://oembed.com)."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from ...pure.errors import NotFound
from ...social.graph import ANONYMOUS
from ...social.posts import PostNotVisible, PostView, Seen
from ..answers import Answer, json_answer
from ..budgets import count_reads
from ..call import Call
from ..links import account_url, embed_path
from ..ports import Services
from ..routes import Access, RouteTable

routes = RouteTable()

_DEFAULT_WIDTH = 400
_WIDTH_MOST = 2000
_CACHE_SECONDS = 86_400
_HEAD_PIXELS, _LINE_PIXELS, _CARD_PIXELS, _PICTURE_PIXELS, _QUOTE_PIXELS = 170, 28, 150, 256, 180
_HEIGHT_MOST_PIXELS = 1200
_POST_PATH = re.compile(
    r"/(?:@([^/]{1,300})/([0-9]{1,32})(?:/embed)?|users/([^/]{1,300})/statuses/([0-9]{1,32}))/?"
)


class _Params(msgspec.Struct):
    url: str
    maxwidth: int | None = None
    maxheight: int | None = None
    format: str = "json"


@routes.get("/api/oembed", Access.anyone())
async def oembed(call: Call) -> Answer:
    """A post that everybody may see, as a frame to put into a page: `url` is the post's address. `maxwidth`, `maxheight`."""
    wanted = await call.params(_Params)
    if wanted.format != "json":
        return json_answer({"error": "Only json is available; leave format out."}, status=501)
    seen = await _post_at(call.services, wanted.url)
    await count_reads(call, [seen.post.id])
    return json_answer(_entity(call.services, seen, wanted))


async def _post_at(services: Services, url: str) -> Seen:
    """The post of an address of ours, as a stranger sees it. Raises NotFound alike for all that is not there."""
    try:
        parts = urlsplit(url)
        matched = _POST_PATH.fullmatch(unquote(parts.path))
        ours = f"{parts.scheme}://{parts.netloc}".lower() == services.base_url.lower()
    except ValueError:
        raise NotFound from None
    if matched is None or not ours:
        raise NotFound
    post_id = services.ids.decode(matched[2] or matched[4])
    if post_id is None:
        raise PostNotVisible
    seen = await services.posts.see_one(ANONYMOUS, post_id)
    if seen.author.acct.lower() != (matched[1] or matched[3]).lower():
        raise PostNotVisible
    return seen.boosted or seen


def _entity(services: Services, seen: Seen, wanted: _Params) -> dict[str, Any]:
    name = seen.author.display_name or seen.author.username
    title = f"Post by {name}"
    width = min(max(wanted.maxwidth or _DEFAULT_WIDTH, 1), _WIDTH_MOST)
    height = _height(seen.post, width)
    if wanted.maxheight is not None:
        height = min(height, max(wanted.maxheight, 1))
    address = services.base_url + embed_path(services, seen.author.acct, seen.post.id)
    frame = (
        f'<iframe src="{escape(address)}" width="{width}" height="{height}" title="{escape(title)}"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy"'
        ' style="max-width: 100%; border: 0"></iframe>'
    )
    return {
        "type": "rich",
        "version": "1.0",
        "title": title,
        "author_name": name,
        "author_url": account_url(services, seen.author.acct),
        "provider_name": services.settings.domain,
        "provider_url": services.base_url + "/",
        "cache_age": _CACHE_SECONDS,
        "html": frame,
        "width": width,
        # As the Mastodon API has it; the frame says how high it is.
        "height": None,
    }


def _height(post: PostView, width_pixels: int) -> int:
    """About how many pixels high the page of the frame is at this width: a page without script cannot tell its frame."""
    if post.spoiler or post.sensitive:
        return _HEAD_PIXELS + 2 * _LINE_PIXELS  # it stands closed
    per_line = max(12, width_pixels // 9)
    lines = sum(1 + len(line) // per_line for line in post.text.splitlines())
    lines += 2 * len(post.poll.options) + 1 if post.poll else 0
    height = _HEAD_PIXELS + _LINE_PIXELS * lines
    if post.card is not None:
        height += _CARD_PIXELS + (min(_PICTURE_PIXELS, width_pixels // 2) if post.card.image else 0)
    if post.media:
        height += width_pixels * 2 // 3
    if post.quote is not None:
        height += _QUOTE_PIXELS
    return min(height, _HEIGHT_MOST_PIXELS)
