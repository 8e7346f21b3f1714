"""Pictures of cards: small, harmless, and served from here."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from holdfast.platform.config import Settings
from holdfast.social.cards import forget_unlinked_cards
from holdfast.social.media import take_unused_blobs
from tests.support.cards_desk import Cards, open_cards
from tests.support.pages import page
from tests.support.pictures import SECRET, encoded, picture

pytestmark = pytest.mark.integration


@pytest.fixture
async def cards(settings: Settings) -> AsyncIterator[Cards]:
    async with open_cards(settings, {}, pictures=True) as opened:
        yield opened


async def test_a_picture_is_made_small_and_served_from_here(cards: Cards) -> None:
    ann = await cards.site.member("ann")
    services = cards.site.services
    large = picture(2000, 1000)
    exif = Image.Exif()
    exif[0x010E] = SECRET
    cards.web.answers |= {
        "/": page('<title>t</title><meta property="og:image" content="/a.jpg"><meta property="og:image:alt" content="A sea">'),
        "/a.jpg": page(encoded(large, "JPEG", exif=exif), kind="image/jpeg"),
        "/bad": page('<title>t</title><meta property="og:image" content="/bad.jpg">'),
        "/bad.jpg": page("<svg/>", kind="image/jpeg"),
        "/none": page('<title>t</title><meta property="og:image" content="/none.jpg">'),
        "/inside": page('<title>t</title><meta property="og:image" content="http://10.0.0.1/a.jpg">'),
    }  # fmt: skip
    said = await ann.say(cards.web.at("site.example"))
    await cards.fetch()
    card = await cards.card(ann, said["id"])
    for other in ("/bad", "/none", "/inside"):
        assert (await cards.carded(ann, cards.web.at("site.example", other)))["image"] is None
    assert card["image"].startswith(services.base_url + "/media/")
    assert (card["image_description"], card["blurhash"] is not None) == ("A sea", True)
    assert card["width"] * card["height"] <= 640 * 360
    path = card["image"].removeprefix(services.base_url)
    answer = await cards.site.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert SECRET.encode() not in answer.content
    assert Image.open(BytesIO(answer.content)).size == (card["width"], card["height"])
    shown = await cards.site.client.get(f"/@ann/{said['id']}")
    assert f'src="{path}" alt="A sea"' in shown.text
    # A blob that a card has is not swept; that of a post that is gone is not served.
    async with services.database.transaction() as tx:
        swept = await take_unused_blobs(tx, cards.clock.now() + timedelta(days=1))
        assert hashlib.sha256(answer.content).digest() not in swept
    await ann.request("DELETE", f"/api/v1/statuses/{said['id']}")
    assert (await cards.site.client.get(path)).status_code == 404
    async with services.database.transaction() as tx:
        await forget_unlinked_cards(tx, cards.clock.now() + timedelta(days=2))
        swept = await take_unused_blobs(tx, cards.clock.now() + timedelta(days=2))
        assert hashlib.sha256(answer.content).digest() in swept
