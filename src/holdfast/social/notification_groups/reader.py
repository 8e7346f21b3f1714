"""Groups as a member sees them: nothing of accounts turned away, nothing about posts hidden now."""

from __future__ import annotations

from ...platform.clock import Clock
from ...platform.db import Database
from ...pure.window import NEWEST, Window
from ..accounts import AccountReader, AccountView
from ..graph import Viewer
from ..notifications import FOR_STAFF, GroupKey, NotificationNotVisible, away
from ..posts import PostReader, Seen
from . import queries
from .model import EVERY_GROUP, Figures, Group, Grouping, GroupPage, Head
from .queries import Looking


class GroupReader:
    """Groups of a signed-in member's notifications. All of one group are about one post, so one look decides."""

    def __init__(self, database: Database, accounts: AccountReader, posts: PostReader, clock: Clock) -> None:
        self._database = database
        self._accounts = accounts
        self._posts = posts
        self._clock = clock

    async def page(self, viewer: Viewer, page: Window, grouping: Grouping = EVERY_GROUP) -> GroupPage:
        """One page. A group whose members reach beyond the page comes again on the next, with the rest of them."""
        looking = await self._looking(viewer)
        asked = page.limit + page.limit // 2 + 5
        heads = await queries.heads(self._database, looking, grouping, page, asked)
        posts = await self._posts_of(viewer, heads)
        shown: list[Head] = []
        scanned: list[int] = []
        for head in heads:
            if len(shown) == page.limit:
                break
            scanned.append(head.id)
            if head.post_id is None or head.post_id in posts:
                shown.append(head)
        if not scanned:
            return GroupPage([], [])
        # A page that came back short is the last one, and holds all there is on its side.
        ended = len(scanned) == len(heads) < page.limit
        oldest, newest = min(scanned), max(scanned)
        if ended and page.forward:
            newest = max(newest, page.below - 1)
        elif ended:
            oldest = min(oldest, page.above + 1)
        keys = [head.group for head in shown if head.group is not None]
        found = await queries.figures(self._database, looking, grouping, keys, (oldest, newest))
        groups = await self._groups(shown, found, posts)
        groups.sort(key=lambda group: group.newest_id, reverse=True)
        # By what the groups hold, not by their heads: what was shown is not asked for again.
        ends = [ident for group in groups for ident in group.on_page]
        scanned = sorted({*scanned, *(ends if page.forward else ())}, reverse=True)
        return GroupPage(groups, scanned)

    async def one(self, viewer: Viewer, key: GroupKey) -> Group:
        """All of one group; raises NotificationNotVisible."""
        looking = await self._looking(viewer)
        about = await queries.about(self._database, looking, EVERY_GROUP, key)
        found = await queries.figures(self._database, looking, EVERY_GROUP, [key], (0, NEWEST))
        if about is None or key not in found:
            raise NotificationNotVisible
        facts = found[key]
        head = Head(facts.newest_id, key.kind, facts.from_ids[0], about[0], facts.latest_at, key, about[1])
        posts = await self._posts_of(viewer, [head])
        groups = await self._groups([head], found, posts)
        if not groups or (head.post_id is not None and head.post_id not in posts):
            raise NotificationNotVisible
        return groups[0]

    async def accounts(self, viewer: Viewer, key: GroupKey, most: int) -> list[AccountView]:
        """Who stands behind a group, the latest first; raises NotificationNotVisible."""
        await self.one(viewer, key)
        looking = await self._looking(viewer)
        ids = await queries.senders(self._database, looking, EVERY_GROUP, key, most)
        found = await self._accounts.get_many(ids)
        return [found[ident] for ident in ids if ident in found]

    async def count_after(self, viewer: Viewer, last_read_id: int, most: int, grouping: Grouping) -> int:
        """How many groups hold something newer than `last_read_id`, counted up to `most`."""
        looking = await self._looking(viewer)
        window = Window(most, NEWEST, last_read_id)
        heads = await queries.heads(self._database, looking, grouping, window, most)
        posts = await self._posts_of(viewer, heads)
        return sum(head.post_id is None or head.post_id in posts for head in heads)

    async def _looking(self, viewer: Viewer) -> Looking:
        if viewer.account_id is None:
            raise NotificationNotVisible
        member = await self._accounts.get(viewer.account_id)
        staff = member is not None and member.role != "member"
        return Looking(
            viewer.account_id, away(viewer, self._clock.now()), frozenset() if staff else FOR_STAFF
        )

    async def _posts_of(self, viewer: Viewer, heads: list[Head]) -> dict[int, Seen]:
        ids = list(dict.fromkeys(head.post_id for head in heads if head.post_id is not None))
        return {seen.post.id: seen for seen in await self._posts.see(viewer, ids)}

    async def _groups(
        self, heads: list[Head], found: dict[GroupKey, Figures], posts: dict[int, Seen]
    ) -> list[Group]:
        wanted = {head.from_id for head in heads} | {
            ident for facts in found.values() for ident in facts.from_ids
        }
        accounts = await self._accounts.get_many(wanted)
        groups = []
        for head in heads:
            facts = _alone(head) if head.group is None else found.get(head.group)
            if facts is None:
                continue
            behind = [accounts[ident] for ident in dict.fromkeys(facts.from_ids) if ident in accounts]
            if not behind:
                continue
            on_page = (facts.oldest_on_page or head.id, facts.newest_on_page or head.id)
            seen = None if head.post_id is None else posts.get(head.post_id)
            groups.append(
                Group(
                    head.id, head.group, head.kind, facts.count, facts.newest_id, facts.latest_at, on_page, behind,
                    seen, head.subject_id,
                )
            )  # fmt: skip
        return groups


def _alone(head: Head) -> Figures:
    return Figures(1, head.id, head.created_at, head.id, head.id, (head.from_id,))
