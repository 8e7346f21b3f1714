"""Fetching what a linked page says of itself: an errand between two short transactions (ADR 0018).

A post is asked about again each time, because much may have happened since: it may be held, gone, or edited. One
errand asks an address for all posts that link there; the others find the card, or look again when that one is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Protocol
from urllib.parse import urljoin, urlsplit

import msgspec

from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database, Tx
from ..platform.guarded_http import FetchLimits, GuardedClient, OutboundFailed, Reply
from ..pure.outbound_addresses import AddressNotAllowed, read_target
from ..pure.page_heads import PageHead, read_head
from ..pure.page_previews import preview_of, with_oembed
from ..screening import Content, Screen, load_screen
from ..social.cards import (
    Begun,
    CardImage,
    CardLimits,
    Preview,
    begin_card,
    drop_card,
    first_link,
    record_card,
    record_failure,
)
from ..social.posts import PostEdited, PostPublished, PostState, PostView, Visibility, load_posts

_OEMBED_MAX_BYTES: Final = 128 * 1024
_PAGES = {"accept": "text/html,application/xhtml+xml;q=0.9"}
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_OEMBED_TYPE = "application/json+oembed"
# Answers that say that there will be none; after the others it is tried again.
_FINAL_STATUSES = frozenset(range(400, 500)) - {408, 425, 429}
# A page, its oEmbed document and its picture, and what the database takes.
_REQUESTS, _LEASE_MARGIN_SECONDS = 3, 60.0


class Pictures(Protocol):
    """Where the picture of a card is kept."""

    async def keep(self, url: str, screen: Screen) -> CardImage | None:
        """Fetch a picture, make it small and harmless, store it. None when there is none to be had."""


class CardFetcher:
    """Asks addresses, with the terms under which that is done."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, outbound: GuardedClient, *,
        pictures: Pictures | None = None,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._database = database
        self._clock = clock
        self._outbound = outbound
        self._pictures = pictures
        self._limits = CardLimits(settings.card_fresh_hours, lease_seconds=lease_seconds(settings))
        self._own_host = (urlsplit(settings.public_url).hostname or "").lower()

    @cached_property
    def _screen(self) -> Screen:
        # Rules alone: the model learned what people write, not what pages say of themselves.
        return load_screen(self._settings.screening_rules_file, model=None)

    async def errand(self, payload: bytes) -> Instant | None:
        """The job: PostPublished or PostEdited, as JSON."""
        event = msgspec.json.decode(payload, type=PostPublished | PostEdited)
        async with self._database.transaction() as tx:
            begun, url = await self._begin(tx, event.post_id)
        if begun is None or not begun.ask:
            return begun.look_again_at if begun else None
        try:
            preview = await self._preview(url)
        except OutboundFailed as failed:
            return await self._failed(begun.card_id, failed)
        image, withheld = None, False
        if preview is not None:
            withheld = await asyncio.to_thread(self._is_withheld, preview)
            if preview.image_url and self._pictures is not None and not withheld:
                image = await self._pictures.keep(preview.image_url, self._screen)
        async with self._database.transaction() as tx:
            await record_card(tx, begun.card_id, preview, image, withheld=withheld, now=self._clock.now())
        return None

    async def _begin(self, tx: Tx, post_id: int) -> tuple[Begun | None, str]:
        post = (await load_posts(tx, [post_id])).get(post_id)
        if post is None:
            return None, ""
        url = self._wanted(post)
        if url is None:
            await drop_card(tx, post_id)
            return None, ""
        return await begin_card(tx, post_id, url, self._limits, now=self._clock.now()), url

    def _wanted(self, post: PostView) -> str | None:
        """The address to ask for this post. None for posts that are not shown, that are between a few people, and
        that have something to show themselves."""
        if post.state is not PostState.VISIBLE or post.visibility is Visibility.DIRECT:
            return None
        if post.boost_of_id is not None or post.media:
            return None
        url = first_link(post.text)
        return None if url is None or urlsplit(url).hostname == self._own_host else url

    async def _failed(self, card_id: int, failed: OutboundFailed) -> Instant | None:
        async with self._database.transaction() as tx:
            if failed.trouble == "refused":
                await record_card(tx, card_id, None, now=self._clock.now())
                return None
            return await record_failure(tx, card_id, self._limits, now=self._clock.now())

    async def _preview(self, url: str) -> Preview | None:
        """Ask the page, and its oEmbed document where it names one. Raises OutboundFailed."""
        reply = await self._get(url, _PAGES, self._settings.card_page_max_bytes, cut=True)
        if reply.status in _FINAL_STATUSES:
            return None
        if reply.status != 200:
            raise OutboundFailed("broken_off", f"{url} answers {reply.status}")
        content_type = reply.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() not in _PAGE_TYPES:
            return None
        head = await asyncio.to_thread(read_head, reply.body, content_type)
        target = read_target(reply.url)
        preview = preview_of(head, target)
        said = await self._oembed(head, reply.url)
        return with_oembed(preview, said, target, self._own_host) if said else preview

    async def _oembed(self, head: PageHead, page_url: str) -> Mapping[str, Any] | None:
        """What the oEmbed document of a page says; None without one that can be read."""
        link = head.link("alternate", _OEMBED_TYPE)
        if not link:
            return None
        try:
            address = read_target(urljoin(page_url, link)).url
            reply = await self._get(address, {"accept": "application/json"}, _OEMBED_MAX_BYTES, cut=False)
            said = msgspec.json.decode(reply.body, type=dict[str, Any]) if reply.status == 200 else None
        except (OutboundFailed, AddressNotAllowed, msgspec.DecodeError, ValueError, RecursionError):
            return None
        return said

    async def _get(self, url: str, headers: Mapping[str, str], most_bytes: int, *, cut: bool) -> Reply:
        limits = FetchLimits(
            total_seconds=self._settings.card_timeout_seconds, most_bytes=most_bytes, cut=cut, plain_http=True
        )
        return await self._outbound.get(url, headers=headers, limits=limits)

    def _is_withheld(self, preview: Preview) -> bool:
        """Whether the rules would hold a post that says what the page says, or that links where this one led."""
        content = Content(
            text=preview.words,
            language=preview.language,
            link_urls=(preview.final_url,),
            author_post_count=None,
        )
        return self._screen.assess(content).action in ("hold", "refuse")


def lease_seconds(settings: Settings) -> float:
    """Longer than an errand can take."""
    longest = min(settings.outbound_timeout_seconds, settings.card_timeout_seconds)
    return _REQUESTS * longest + _LEASE_MARGIN_SECONDS
