"""Reads of custom emoji: anybody may ask for them."""

from __future__ import annotations

from ...platform.db import Reader
from ..media import Role, ServedFile
from .model import Emoji

_ALL_SQL = """
select e.shortcode, e.category, f.name as file, coalesce(s.name, f.name) as still
from custom_emojis e
join custom_emoji_files f on f.shortcode = e.shortcode and f.role = $1
left join custom_emoji_files s on s.shortcode = e.shortcode and s.role = $2
where e.visible order by e.shortcode
"""


async def all_emojis(reader: Reader) -> list[Emoji]:
    """Every emoji that people may pick, by shortcode."""
    rows = await reader.fetch(_ALL_SQL, Role.ORIGINAL.value, Role.STILL.value)
    return [Emoji(**dict(row)) for row in rows]


async def emoji_file(reader: Reader, name: str) -> ServedFile | None:
    """A file of an emoji; None when there is none of this name."""
    row = await reader.fetchrow(
        "select hash, content_type, size_bytes from custom_emoji_files where name = $1", name
    )
    return None if row is None else ServedFile(**dict(row))
