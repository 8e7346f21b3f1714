"""What a suggestion is, and how several reasons become one list."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import zip_longest

import msgspec


class Source(StrEnum):
    """Why somebody is suggested, in the words of the Mastodon API; the strongest reason first."""

    FEATURED = "featured"  # the operator named the account
    FRIENDS_OF_FRIENDS = "friends_of_friends"  # those that the member follows follow it
    SIMILAR = "similar_to_recently_followed"  # followers of whom the member followed last follow it
    MOST_FOLLOWED = "most_followed"


class Suggestion(msgspec.Struct, frozen=True):
    """An account and every reason for it."""

    account_id: int
    sources: tuple[Source, ...]


def merge(found: Iterable[tuple[Source, list[int]]], limit: int) -> list[Suggestion]:
    """One list: first those that the operator named, then the best of every other source in turn."""
    reasons: dict[int, list[Source]] = {}
    featured: list[int] = []
    others: list[list[int]] = []
    for source, ids in found:
        for ident in ids:
            reasons.setdefault(ident, []).append(source)
        if source is Source.FEATURED:
            featured += ids
        else:
            others.append(ids)
    in_turn = (ident for row in zip_longest(*others) for ident in row if ident is not None)
    order = dict.fromkeys((*featured, *in_turn))
    return [Suggestion(ident, tuple(dict.fromkeys(reasons[ident]))) for ident in list(order)[:limit]]
