"""Facts about uploads, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class MediaTaken(Event, frozen=True):
    """A video, a sound or an animation is there and has to be worked on before it can be shown."""

    media_id: int
