"""Custom emoji in tests, put in as the command does it."""

from __future__ import annotations

import io
import tempfile

from holdfast.social.emojis import add_emoji
from holdfast.social.media import Purpose, take_upload
from tests.support import pictures
from tests.support.site import Site


async def put_emoji(
    site: Site, shortcode: str, content: bytes | None = None, category: str | None = None
) -> None:
    """An emoji from a picture's bytes."""
    content = content or pictures.png(pictures.picture(40, 40, mode="RGBA"))
    services = site.services
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        taken = await take_upload(services.media, file, len(content), Purpose.EMOJI)
    async with services.database.transaction() as tx:
        await add_emoji(tx, shortcode, taken, category=category, now=services.clock.now())


def animation() -> bytes:
    """A small GIF that moves."""
    frames = [pictures.picture(32, 32, seed=seed) for seed in (1, 5, 9)]
    kept = io.BytesIO()
    frames[0].save(kept, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    return kept.getvalue()
