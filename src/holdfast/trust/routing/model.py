"""Named queues and which case waits in which: the first queue whose conditions all hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from ...pure.errors import Invalid, NotFound

GENERAL: Final = "general"
"""The queue for what no other takes; it always exists."""
TITLE_CHARACTERS: Final = 80
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


class QueueNotThere(NotFound):
    """No queue has this name."""

    public = "There is no such queue"


class QueueNotAllowed(Invalid):
    """The queue's description breaks a rule; says which."""


class Traits(msgspec.Struct, frozen=True):
    """What queues ask of a case."""

    track: str
    lane: str
    source: str
    category: str
    language: str | None = None
    policy: str | None = None


class Queue(msgspec.Struct, frozen=True):
    """A queue. An empty condition asks for nothing. `policies` match with or without a version; `languages` by their
    first part. `hidden_actions`: what is not offered to those who work here. `member_ids`: whose queue it is; empty:
    everybody's."""

    name: str
    title: str
    position: int
    languages: list[str] = []
    sources: list[str] = []
    categories: list[str] = []
    policies: list[str] = []
    lanes: list[str] = []
    tracks: list[str] = []
    hidden_actions: list[str] = []
    member_ids: list[int] = []

    def takes(self, traits: Traits) -> bool:
        """Whether all its conditions hold."""
        policy = (traits.policy or "").partition("@")[0]
        language = (traits.language or "").partition("-")[0].lower()
        asked = (
            (self.tracks, (traits.track,)), (self.lanes, (traits.lane,)), (self.sources, (traits.source,)),
            (self.categories, (traits.category,)), (self.languages, (language,)),
            (self.policies, (policy, traits.policy)),
        )  # fmt: skip
        return all(not wanted or any(one in wanted for one in given) for wanted, given in asked)


def route(queues: Sequence[Queue], traits: Traits) -> str:
    """The queue for a case."""
    ordered = sorted(queues, key=lambda one: (one.position, one.name))
    return next((one.name for one in ordered if one.takes(traits)), GENERAL)


def checked(queue: Queue) -> Queue:
    """The queue as it may be kept. Raises QueueNotAllowed."""
    if not _NAME.fullmatch(queue.name):
        raise QueueNotAllowed("name: up to 40 lower-case letters, digits and hyphens, a letter first")
    title = " ".join(queue.title.split())
    if not title or len(title) > TITLE_CHARACTERS:
        raise QueueNotAllowed(f"title: 1 to {TITLE_CHARACTERS} characters")
    if not 0 <= queue.position <= 10_000:
        raise QueueNotAllowed("position: 0 to 10000")
    for name in ("languages", "sources", "categories", "policies", "lanes", "tracks", "hidden_actions"):
        values = getattr(queue, name)
        if len(values) > 100 or any(not one or len(one) > 64 for one in values):
            raise QueueNotAllowed(f"{name}: at most 100 words of 1 to 64 characters")
    return msgspec.structs.replace(queue, title=title)
