"""A tour of the whole client API: every route is asked at least once in a way that it answers well.

What comes back is kept with its route, for tests that hold all of it to something: that no route was left out, that
every answer follows a description.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from holdfast.edge import mastodon
from holdfast.main.asgi import ROUTES
from holdfast.platform.config import Settings
from tests.support import pictures
from tests.support.cards_desk import open_cards
from tests.support.pages import page
from tests.support.tour import discovery, people, place, posts, staff, telling
from tests.support.tour.guide import Guide
from tests.support.tour.recording import Exchange, Recording

HEAD = (
    '<title>A harbour</title><meta property="og:description" content="With boats">'
    '<meta property="og:site_name" content="Site"><meta name="author" content="Dora">'
    '<meta property="og:image" content="/a.png"><meta property="og:image:alt" content="A boat">'
    '<meta property="article:published_time" content="2026-01-02T03:04:05Z">'
)
PAGES = {"/": page(HEAD), "/a.png": page(pictures.png(), kind="image/png")}
CHOSEN = {
    "rules": ("Be kind.",), "rate_requests": 100_000, "rate_deletes": 10_000, "rate_media": 1_000, "rate_reports": 1_000,
    "registrations": "open", "domain_blocks_shown": "everybody", "domain_block_reasons_shown": "everybody",
    "contact_account": "admin",
}  # fmt: skip
TEXTS = ("privacy_policy_file", "terms_file")
STEPS = (
    place.about, people.relations, people.requests, people.profiles, people.moves, posts.media, posts.writing, posts.marks, posts.reading,
    discovery.announcements, discovery.suggestions, discovery.trends, discovery.links, people.lists, people.filters, people.tags, people.push, staff.reports, staff.accounts, staff.blocks, staff.figures,
    telling.notifications, telling.requests, telling.conversations, posts.streams, posts.endings, place.apps,
)  # fmt: skip

# Routes that the tour cannot get a good answer from.
UNANSWERED = {
    "POST /api/v1/emails/confirmations": "403 here: no mail is sent, so no address waits to be confirmed",
    "POST /api/v1/statuses/{id}/translate": "404 here: no translation service can be configured",
}

MASTODON = [route for table in mastodon.TABLES for route in table.routes]


@asynccontextmanager
async def toured(settings: Settings) -> AsyncIterator[Guide]:
    """The whole tour of a fresh site; what came of it is in `recording`, and the site is still there."""
    settings.data.mkdir(parents=True, exist_ok=True)
    text = settings.data / "text.md"
    text.write_text("# How it is here\n\nWe are kind.\n")
    chosen = {**CHOSEN, **dict.fromkeys(TEXTS, text)}
    async with open_cards(settings, PAGES, pictures=True, **chosen) as cards:
        site, recording = cards.site, Recording(ROUTES)
        site.client.event_hooks = {"response": [recording.hear]}
        admin = await site.member("admin", role="admin")
        ann, bob, carla = await site.members("ann", "bob", "carla")
        guide = Guide(cards, recording, ann, bob, carla, admin)
        for step in STEPS:
            await step(guide)
        yield guide


__all__ = ["MASTODON", "UNANSWERED", "Exchange", "Guide", "Recording", "toured"]
