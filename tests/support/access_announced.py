"""What those who run the place made, for the access sweep: the same for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.social.announcements import NewAnnouncement, add_announcement

if TYPE_CHECKING:
    from tests.support.access_world import World


async def announcement(world: World) -> str:
    """One that everybody may read."""
    services = world.site.services
    now = services.clock.now()
    async with services.database.transaction() as tx:
        made = await add_announcement(tx, NewAnnouncement("Hear!", now), most_characters=100, now=now)
    return services.ids.encode(made)


async def announcement_emoji(world: World) -> str:
    """The same, with the name of an emoji."""
    return f"{await announcement(world)}/👍"


async def missing_emoji(world: World) -> str:
    """An announcement that there is not, with the name of an emoji."""
    return f"{world.site.services.ids.encode(12345)}/👍"
