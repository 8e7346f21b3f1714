"""What a token is, and the pure decision of what its scopes allow."""

from __future__ import annotations

import msgspec


class TokenSession(msgspec.Struct, frozen=True):
    """A good access token. `account_id` None: the app itself, without a member."""

    token_id: int
    app_id: int
    account_id: int | None
    scopes: frozenset[str]
    role: str = "member"


def allows(granted: frozenset[str], wanted: tuple[str, ...]) -> bool:
    """Whether scopes that were granted cover any one of those wanted.

    Scopes are a tree: `read` covers `read:statuses`, `admin:read` covers `admin:read:accounts`.
    The old scope `follow` covers reading and writing of follows, blocks and mutes.
    """
    return any(_covers(granted, scope) for scope in wanted)


def _covers(granted: frozenset[str], scope: str) -> bool:
    if scope in granted:
        return True
    head, _, _ = scope.rpartition(":")
    while head:
        if head in granted and head != "admin":
            return True
        head, _, _ = head.rpartition(":")
    return "follow" in granted and scope in _FOLLOW_COVERS


_FOLLOW_COVERS = frozenset(
    f"{verb}:{noun}" for verb in ("read", "write") for noun in ("follows", "blocks", "mutes")
)
