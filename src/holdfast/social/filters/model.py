"""What a filter is, what it matches, and what it may say."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from ...platform.clock import Instant
from ...pure.phrase_sets import PhraseSet
from .errors import FilterInvalid


class FilterContext(StrEnum):
    """Where a filter is in force; clients look at it, the server tells of every match."""

    HOME = "home"
    NOTIFICATIONS = "notifications"
    PUBLIC = "public"
    THREAD = "thread"
    ACCOUNT = "account"


class FilterAction(StrEnum):
    """What a client does with a match."""

    WARN = "warn"
    HIDE = "hide"
    BLUR = "blur"


class Keyword(msgspec.Struct, frozen=True):
    """A phrase. `whole_word`: not as a part of a longer word."""

    id: int
    keyword: str
    whole_word: bool


class FilteredPost(msgspec.Struct, frozen=True):
    """A single post that a filter names. `id` is that of the naming."""

    id: int
    post_id: int


class FilterView(msgspec.Struct, frozen=True):
    """A filter as its owner edits it."""

    id: int
    title: str
    contexts: list[FilterContext]
    action: FilterAction
    expires_at: Instant | None
    keywords: list[Keyword] = []
    posts: list[FilteredPost] = []


class KeywordChange(msgspec.Struct, frozen=True):
    """A keyword to add (`id` None), to change, or to take away (`gone`). None keeps what was there."""

    keyword: str | None = None
    whole_word: bool | None = None
    id: int | None = None
    gone: bool = False


class FilterChange(msgspec.Struct, frozen=True):
    """What to set; UNSET keeps what was set before. `expires_in_seconds` None: in force until deleted."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    contexts: Sequence[str] | msgspec.UnsetType = msgspec.UNSET
    action: str | msgspec.UnsetType = msgspec.UNSET
    expires_in_seconds: int | None | msgspec.UnsetType = msgspec.UNSET
    keywords: Sequence[KeywordChange] = ()


class FilterLimits(msgspec.Struct, frozen=True):
    """The settings of the same names, which begin with `filter`."""

    filters: int
    keywords: int
    posts: int
    keyword_characters: int
    title_characters: int


class ActiveFilter(msgspec.Struct, frozen=True):
    """A filter ready to match."""

    id: int
    title: str
    contexts: tuple[str, ...]
    action: str
    expires_at: Instant | None
    post_ids: frozenset[int]


class FilterMatch(msgspec.Struct, frozen=True):
    """A filter that matches a post, by these of its keywords and of its posts."""

    filter: ActiveFilter
    keywords: tuple[str, ...]
    post_ids: tuple[int, ...]


class FilterSet:
    """All filters of one member, compiled once. False when there are none."""

    def __init__(self, filters: Sequence[FilterView]) -> None:
        self._filters = [
            ActiveFilter(
                one.id, one.title, tuple(one.contexts), one.action, one.expires_at,
                frozenset(post.post_id for post in one.posts),
            )
            for one in filters
        ]  # fmt: skip
        self._owners = [number for number, one in enumerate(filters) for _ in one.keywords]
        self._keywords = [keyword.keyword for one in filters for keyword in one.keywords]
        self._phrases = PhraseSet(
            [(keyword.keyword, keyword.whole_word) for one in filters for keyword in one.keywords]
        )

    def __bool__(self) -> bool:
        return bool(self._filters)

    def match(self, folded: str, post_ids: Sequence[int], now: Instant) -> list[FilterMatch]:
        """Filters in force that match a text, from `fold_phrase`, or one of these ids (a post, and what it boosts)."""
        said: dict[int, list[str]] = {}
        for number in self._phrases.found_in(folded):
            said.setdefault(self._owners[number], []).append(self._keywords[number])
        found = []
        for number, one in enumerate(self._filters):
            named = tuple(ident for ident in post_ids if ident in one.post_ids)
            if (number in said or named) and (one.expires_at is None or one.expires_at > now):
                found.append(FilterMatch(one, tuple(said.get(number, ())), named))
        return found


NO_FILTERS = FilterSet([])


def check_change(change: FilterChange, limits: FilterLimits) -> None:
    """Raises FilterInvalid for the first value that cannot be."""
    if isinstance(change.title, str):
        if not change.title.strip():
            raise FilterInvalid("title", "ERR_BLANK", "can't be blank")
        if len(change.title) > limits.title_characters:
            raise FilterInvalid(
                "title", "ERR_TOO_LONG", f"is longer than {limits.title_characters} characters"
            )
    if change.contexts is not msgspec.UNSET:
        if not change.contexts:
            raise FilterInvalid("context", "ERR_BLANK", "needs at least one place")
        if not set(change.contexts) <= set(FilterContext):
            raise FilterInvalid("context", "ERR_INVALID", f"takes only {', '.join(FilterContext)}")
    if isinstance(change.action, str) and change.action not in set(FilterAction):
        raise FilterInvalid("filter_action", "ERR_INCLUSION", f"must be one of {', '.join(FilterAction)}")
    if (
        isinstance(change.expires_in_seconds, int)
        and not 0 <= change.expires_in_seconds <= EXPIRY_MOST_SECONDS
    ):
        raise FilterInvalid("expires_in", "ERR_INVALID", f"must be 0 to {EXPIRY_MOST_SECONDS} seconds")
    for one in change.keywords:
        if not one.gone:
            _check_keyword(one, limits)


EXPIRY_MOST_SECONDS = 100 * 366 * 86_400
"""A century: as good as never, and still a date that every client can read."""


def _check_keyword(change: KeywordChange, limits: FilterLimits) -> None:
    if change.keyword is None and change.id is not None:
        return
    if not (change.keyword or "").strip():
        raise FilterInvalid("keyword", "ERR_BLANK", "can't be blank")
    if len(change.keyword or "") > limits.keyword_characters:
        raise FilterInvalid(
            "keyword", "ERR_TOO_LONG", f"is longer than {limits.keyword_characters} characters"
        )
