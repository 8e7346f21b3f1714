"""What scopes let an app do, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Permission(msgspec.Struct, frozen=True):
    """One thing an app may do. `weight` 0 reads, 1 changes, 2 moderates."""

    sentence: str
    weight: int


_WHOLE = {
    "read": "See everything your account can see, your private posts, messages and lists included",
    "write": "Act as you: post, delete, follow, block, and change your profile",
    "follow": "See and change whom you follow, block and mute",
    "push": "Send you push notifications",
    "profile": "See your name and profile, and nothing else",
    "admin:read": "See what moderators see: private details of accounts, reports, blocks",
    "admin:write": "Do what moderators do: act on accounts and reports, change blocks",
}
_NOUNS = {
    "accounts": ("your profile and other accounts", "Change your profile"),
    "blocks": ("whom you block", "Block and unblock"),
    "bookmarks": ("your bookmarks", "Bookmark posts"),
    "collections": ("your collections", "Change your collections"),
    "conversations": ("your conversations", "Mute and delete conversations"),
    "favourites": ("your favourites", "Favourite posts"),
    "filters": ("your filters", "Change your filters"),
    "follows": ("whom you follow and who follows you", "Follow and unfollow"),
    "lists": ("your lists", "Change your lists"),
    "media": ("your media", "Upload pictures and files"),
    "mutes": ("whom you mute", "Mute and unmute"),
    "notifications": ("your notifications", "Clear your notifications"),
    "reports": ("your reports", "Report posts and accounts to moderators"),
    "search": ("search results", "Search"),
    "statuses": ("posts that you can see, private ones included", "Publish and delete posts as you"),
}
_ADMIN_NOUNS = {
    "accounts": "accounts", "reports": "reports", "domain_allows": "allowed servers",
    "domain_blocks": "blocked servers", "ip_blocks": "blocked addresses",
    "email_domain_blocks": "blocked mail domains", "canonical_email_blocks": "blocked mailboxes",
}  # fmt: skip


def scope_sentences(scopes: Iterable[str]) -> list[Permission]:
    """The permissions, the weightiest first; what a wider scope covers already is not said again."""
    held = list(scopes)
    wide = set(held)
    found = [_permission(scope) for scope in held if scope.rpartition(":")[0] not in wide]
    return sorted(dict.fromkeys(found), key=lambda one: -one.weight)


def _permission(scope: str) -> Permission:
    weight = 2 if scope.startswith("admin:") else 1 if scope.startswith(("write", "follow")) else 0
    if scope in _WHOLE:
        return Permission(_WHOLE[scope], weight)
    verb, _, noun = scope.rpartition(":")
    if verb == "admin:read":
        return Permission(f"As a moderator, see {_ADMIN_NOUNS.get(noun, noun)}", weight)
    if verb == "admin:write":
        return Permission(f"As a moderator, change {_ADMIN_NOUNS.get(noun, noun)}", weight)
    seen, done = _NOUNS.get(noun, (noun, f"Change {noun}"))
    return Permission(done if verb == "write" else f"See {seen}", weight)
