"""The graph: who stands how to whom. All reads; the writes are in follows and in blocks."""

from .errors import FollowNotAllowed, RelationInvalid, RequestNotFound, YourselfNotAllowed
from .model import ANONYMOUS, Following, FollowOptions, Mute, Relationship, Standing, Viewer
from .queries import (
    BLOCKED,
    FOLLOWERS,
    FOLLOWING,
    MUTED,
    REQUESTS,
    RelationsReader,
    blocked_domains,
    familiar_followers,
    page_of,
    relationships,
    requests_pending,
    standing,
)

__all__ = [
    "ANONYMOUS", "BLOCKED", "FOLLOWERS", "FOLLOWING", "MUTED", "REQUESTS", "FollowNotAllowed", "FollowOptions",
    "Following", "Mute", "RelationInvalid", "Relationship", "RelationsReader", "RequestNotFound",
    "Standing", "Viewer", "YourselfNotAllowed", "blocked_domains", "familiar_followers", "page_of",
    "relationships", "requests_pending", "standing",
]  # fmt: skip
