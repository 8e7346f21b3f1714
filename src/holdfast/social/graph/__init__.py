"""The graph: follows, requests, blocks, mutes, private notes."""

from .model import ANONYMOUS, Following, FollowOptions, Mute, Relationship, Viewer
from .queries import RelationsReader, page_of, relationships

__all__ = [
    "ANONYMOUS", "FollowOptions", "Following", "Mute", "Relationship", "RelationsReader", "Viewer", "page_of",
    "relationships",
]  # fmt: skip
