"""Pictures of cards: fetched, read by a confined decoder, made small, and served by this server like any upload, so
that who looks at a post tells the linked site nothing."""

from __future__ import annotations

import tempfile
from typing import Final

from ..platform.clock import Clock
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.guarded_http import FetchLimits, GuardedClient, OutboundFailed
from ..pure.errors import HoldfastError
from ..screening import Screen
from ..social.cards import CardImage
from ..social.media import Intake, Purpose, Role, fresh_name, take_upload
from .wiring import intake_of

_ACCEPTED: Final = {"accept": "image/webp,image/png,image/jpeg,image/*;q=0.8"}


class CardPictures:
    """Takes pictures in. Close with `aclose`: it holds a decoder from the first picture on."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, outbound: GuardedClient) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._outbound = outbound
        self._intake: Intake | None = None

    async def aclose(self) -> None:
        """Give the decoder back."""
        if self._intake is not None:
            await self._intake.decoders.close()

    async def keep(self, url: str, screen: Screen) -> CardImage | None:
        """Fetch a picture, make it small and harmless, store it. None when there is none to be had, and for one that
        the banks of known media know."""
        limits = FetchLimits(
            total_seconds=self._settings.card_timeout_seconds,
            most_bytes=self._settings.card_image_max_bytes,
            plain_http=True,
        )
        try:
            reply = await self._outbound.get(url, headers=_ACCEPTED, limits=limits)
        except OutboundFailed:
            return None
        if reply.status != 200 or not reply.body:
            return None
        if self._intake is None:
            self._intake = intake_of(self._settings, self._database, screen, self._clock)
        try:
            with tempfile.TemporaryFile() as file:
                file.write(reply.body)
                taken = await take_upload(self._intake, file, len(reply.body), Purpose.PREVIEW)
        except HoldfastError:
            # Not a picture, one that no decoder reads, or decoders and store are away: the card goes without.
            return None
        small = next(one for one in taken.files if one.role is Role.SMALL)
        measures = taken.meta.small
        return CardImage(
            fresh_name(small.content_type), small.hash, small.content_type, small.size_bytes,
            (measures.width or 0) if measures else 0, (measures.height or 0) if measures else 0, taken.blurhash,
        )  # fmt: skip
