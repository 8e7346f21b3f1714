"""The accounts that have streams open in this process, with the relations that decide what they are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ...platform.stamps import Kind, Stamps, slot
from ..graph import RelationsReader, Viewer


class _Watcher(msgspec.Struct):
    viewer: Viewer
    slot: int
    stamp: int
    streams: int


class Watchers:
    """Viewers by account, and for each author and hashtag who of them follows.

    The index may be behind for a moment, never the answer of `current`: who it leads to is asked again, and who it
    misses is found when the change of the relation is heard, or at the next `refresh`.
    """

    def __init__(self, relations: RelationsReader, stamps: Stamps) -> None:
        self._relations = relations
        self._stamps = stamps
        self._watchers: dict[int, _Watcher] = {}
        self._followers: dict[int | str, set[int]] = {}

    def __contains__(self, account_id: int) -> bool:
        return account_id in self._watchers

    def __iter__(self) -> Iterator[int]:
        return iter(self._watchers)

    def __len__(self) -> int:
        return len(self._watchers)

    async def add(self, account_id: int) -> None:
        """One more stream of this account."""
        known = self._watchers.get(account_id)
        if known is None:
            where = slot(Kind.RELATIONS, account_id)
            stamp = (await self._stamps.read([where]))[0]
            viewer = await self._relations.viewer(account_id)
            known = self._watchers.get(account_id)
            if known is None:
                known = self._watchers[account_id] = _Watcher(viewer, where, stamp, 0)
                self._index(account_id, viewer)
        known.streams += 1

    def remove(self, account_id: int) -> None:
        """One stream less."""
        known = self._watchers[account_id]
        known.streams -= 1
        if known.streams == 0:
            del self._watchers[account_id]
            self._forget(account_id, known.viewer)

    def followers(self, followed: int | str) -> set[int]:
        """Who of the accounts here may follow that author, or that hashtag; not to be changed."""
        return self._followers.get(followed, _NOBODY)

    async def current(self, account_ids: Iterable[int]) -> dict[int, Viewer]:
        """The viewers of those accounts that are here, with the relations that are true now."""
        here = [(ident, known) for ident in account_ids if (known := self._watchers.get(ident)) is not None]
        if not here:
            return {}
        stamps = await self._stamps.read([known.slot for _, known in here])
        found: dict[int, Viewer] = {}
        for (ident, known), stamp in zip(here, stamps, strict=True):
            if known.stamp != stamp:
                await self._reload(ident, known, stamp)
            found[ident] = known.viewer
        return found

    async def refresh(self) -> None:
        """Look at everybody's relations."""
        await self.current(list(self._watchers))

    async def _reload(self, account_id: int, known: _Watcher, stamp: int) -> None:
        viewer = await self._relations.viewer(account_id)
        if self._watchers.get(account_id) is known:
            self._forget(account_id, known.viewer)
            self._index(account_id, viewer)
        known.viewer, known.stamp = viewer, stamp

    def _index(self, account_id: int, viewer: Viewer) -> None:
        for followed in _followed_by(viewer):
            self._followers.setdefault(followed, set()).add(account_id)

    def _forget(self, account_id: int, viewer: Viewer) -> None:
        for followed in _followed_by(viewer):
            followers = self._followers.get(followed)
            if followers is not None:
                followers.discard(account_id)
                if not followers:
                    del self._followers[followed]


def _followed_by(viewer: Viewer) -> Iterator[int | str]:
    yield from viewer.following
    yield from viewer.followed_tags


_NOBODY: set[int] = set()
