"""Use case: a batch of rows becomes posts, replies and boosts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...pure.imports import ImportedPost
from ..posts import PostState, Visibility
from . import queries, store
from .model import (
    Author,
    Finding,
    Former,
    Outcome,
    Prepared,
    WaitKind,
    former_facts,
    hash_bits,
    next_post_id,
    post_id_at,
    undated_post_id,
)
from .queries import Placed
from .settle_authors import settle_authors


async def import_posts(
    tx: Tx, former: Former, batch: Sequence[Prepared], *, since: Instant, now: Instant, waited: bool = False
) -> Outcome:
    """Load a batch of rows that are not here yet. Nobody is notified, nothing is delivered.

    Rows without a date get dates between `since` and `now`, in their order. `waited`: the rows are boosts that
    `imported_waiting` kept. Raises UniqueViolation or ForeignKeyViolation when the world moved: try again.
    """
    if waited:
        pairs = [(prepared.row.boost_of_source_id or "", prepared.row.source_id) for prepared in batch]
        claimed = await store.settle_waiting(tx, former.source, WaitKind.BOOST, pairs)
        batch = [prepared for prepared in batch if prepared.row.source_id in claimed]
    if not batch:
        return Outcome()
    people = [prepared.person for prepared in batch if prepared.person is not None]
    mentioned = {key for prepared in batch for key in prepared.mentions}
    authors, accounts = await settle_authors(tx, former, people, also=mentioned, now=now)
    wanted = {
        target
        for prepared in batch
        for target in (prepared.row.reply_to_source_id, prepared.row.boost_of_source_id)
        if target is not None
    }
    targets = await queries.placed_posts(tx, former.source, sorted(wanted))
    tags = {key: name for prepared in reversed(batch) for key, name in prepared.tags.items()}
    load = _Load(tx, former, authors, targets, await store.settle_tags(tx, tags, now), now)
    load.outcome.accounts = accounts
    load.boosted = await queries.boosts_made(tx, load.boost_pairs(batch))
    ids = await _free_ids(tx, former.source, batch, since, now)
    for prepared, (post_id, created_at) in zip(batch, ids, strict=True):
        load.add(prepared, post_id, created_at)
    await load.write(waited=waited)
    return load.outcome


async def _free_ids(
    tx: Tx, source: str, batch: Sequence[Prepared], since: Instant, now: Instant
) -> list[tuple[int, Instant]]:
    """An id and a date for each row: the same id on every run, unless another post has it."""
    step = (now - since) / len(batch)
    given: list[tuple[int, Instant]] = []
    used: set[int] = set()
    for number, prepared in enumerate(batch):
        row = prepared.row
        bits = hash_bits(source, row.source_id)
        if row.created_at is None:
            created_at = since + number * step
            post_id = undated_post_id(created_at, bits, number, len(batch))
        else:
            created_at = min(row.created_at, now)
            post_id = post_id_at(created_at, bits)
        while post_id in used:
            post_id = next_post_id(post_id)
        used.add(post_id)
        given.append((post_id, created_at))
    while taken := await queries.ids_taken(tx, list(used)):
        for number, (post_id, created_at) in enumerate(given):
            if post_id in taken:
                while post_id in used:
                    post_id = next_post_id(post_id)
                used.add(post_id)
                given[number] = (post_id, created_at)
        used -= taken
    return given


class _Load:
    """Puts the rows of one batch together, then writes them."""

    def __init__(
        self,
        tx: Tx,
        former: Former,
        authors: dict[str, Author],
        targets: dict[str, Placed],
        tag_ids: dict[str, int],
        now: Instant,
    ) -> None:
        self._tx = tx
        self._former = former
        self._authors = authors
        self._placed = targets
        self._here_before = {placed.post_id for placed in targets.values()}
        self._tag_ids = tag_ids
        self._now = now
        self._rows = store.PostRows([], [], [], [], [], [])
        self._counts: dict[int, list[int]] = {}
        self._by_author: dict[int, tuple[int, date]] = {}
        self.boosted: dict[tuple[int, int], int] = {}
        self.outcome = Outcome()

    def boost_pairs(self, batch: Sequence[Prepared]) -> list[tuple[int, int]]:
        """(post, account) of the boosts of posts that were here before."""
        pairs = []
        for prepared in batch:
            row = prepared.row
            target = self._placed.get(row.boost_of_source_id) if row.boost_of_source_id else None
            author = self._author(prepared)
            if target is not None and isinstance(author, Author):
                pairs.append((target.post_id, author.account_id))
        return pairs

    def add(self, prepared: Prepared, post_id: int, created_at: Instant) -> None:
        """One row."""
        author = self._author(prepared)
        if isinstance(author, Finding):
            self.outcome.findings.append(author)
        elif prepared.verdict.action == "refuse":
            message = f"Screening refuses it: {prepared.verdict.reason or ', '.join(prepared.verdict.rules)}"
            self.outcome.findings.append(prepared.finding("refused_by_screening", message))
        elif prepared.row.boost_of_source_id is not None:
            self._add_boost(prepared, author, post_id, created_at)
        else:
            self._add_post(prepared, author, post_id, created_at, prepared.text)

    async def write(self, *, waited: bool) -> None:
        """Everything, and what caches must know."""
        tx, source, rows = self._tx, self._former.source, self._rows
        if waited:
            await store.set_posts_of_rows(tx, source, rows.imported)
            rows = rows._replace(imported=[])
        await store.copy_posts(tx, source, rows, self._counts)
        before = {post_id: counts for post_id, counts in self._counts.items() if post_id in self._here_before}
        if before:
            await store.add_post_counts(tx, before)
        if self._by_author:
            await store.add_author_counts(tx, self._by_author)
        for post_id in before:
            tx.touch(Kind.POST, post_id)
        for account_id in {row[1] for row in rows.posts}:
            for kind in (Kind.AUTHORED, Kind.ACCOUNT, Kind.MARKS):
                tx.touch(kind, account_id)
        for tag_id in {tag_id for tag_id, _ in rows.tags}:
            tx.touch(Kind.TAG, tag_id)
        if rows.posts:
            tx.touch(Kind.PUBLIC)

    def _author(self, prepared: Prepared) -> Author | Finding:
        person = prepared.person
        if person is not None:
            author = self._authors[person.keys[0]]
            if author.gone:
                return prepared.finding("author_deleted", "The account of its author was deleted here.")
            return author
        if self._former.posting_account is None:
            return prepared.finding(
                "author_missing", "The row names no author; say with --as who posts such rows."
            )
        return self._former.posting_account

    def _add_boost(self, prepared: Prepared, author: Author, post_id: int, created_at: Instant) -> None:
        row = prepared.row
        target = self._placed.get(row.boost_of_source_id or "")
        if target is None:
            self._wait(prepared, WaitKind.BOOST, row.boost_of_source_id or "", None)
            self._rows.imported.append((row.source_id, None))
            return
        if target.visibility > Visibility.UNLISTED and target.account_id != author.account_id:
            message = "It boosts a post that was for followers only."
            self.outcome.findings.append(prepared.finding("boost_of_private_post", message))
            self._rows.imported.append((row.source_id, None))
            return
        if prepared.text:
            address = self._former.address_of(target.username, target.post_id)
            self._add_post(prepared, author, post_id, created_at, f"{prepared.text}\n\nRE: {address}")
            return
        earlier = self.boosted.setdefault((target.post_id, author.account_id), post_id)
        self._rows.imported.append((row.source_id, earlier))
        self._placed[row.source_id] = target
        if earlier != post_id:
            message = "Its author boosted the same post before."
            self.outcome.findings.append(prepared.finding("boosted_already", message))
            return
        visibility = max(Visibility.PRIVATE if author.private else Visibility.PUBLIC, target.visibility)
        self._rows.posts.append(
            (
                post_id, author.account_id, post_id, None, None, target.post_id, int(visibility),
                PostState.VISIBLE.value, False, "", "", None, created_at, former_facts(row, self._former.source),
            )
        )  # fmt: skip
        self._count(target.post_id, boosts=1)
        self._count_author(author.account_id, created_at)
        self.outcome.boosts += 1

    def _add_post(
        self, prepared: Prepared, author: Author, post_id: int, created_at: Instant, text: str
    ) -> None:
        row, verdict, rows = prepared.row, prepared.verdict, self._rows
        state = PostState.HELD if verdict.action == "hold" else PostState.VISIBLE
        parent = self._placed.get(row.reply_to_source_id) if row.reply_to_source_id else None
        if parent is None and row.reply_to_source_id:
            self._wait(prepared, WaitKind.REPLY, row.reply_to_source_id, post_id)
        thread_id = parent.thread_id if parent else post_id
        visibility = self._visibility(row, author)
        rows.posts.append(
            (
                post_id, author.account_id, thread_id, parent.post_id if parent else None,
                parent.account_id if parent else None, None, visibility.value, state.value, row.sensitive, text,
                row.spoiler, row.language, created_at, former_facts(row, self._former.source),
            )
        )  # fmt: skip
        rows.imported.append((row.source_id, post_id))
        self._placed[row.source_id] = Placed(
            post_id, author.account_id, thread_id, visibility.value, author.username
        )
        rows.tags.extend((self._tag_ids[key], post_id) for key in prepared.tags)
        self._mention(prepared, post_id)
        if verdict.action != "allow":
            rows.verdicts.append(_verdict_row(prepared, post_id, self._now))
            self.outcome.held += state is PostState.HELD
            self.outcome.flagged += state is PostState.VISIBLE
        if state is PostState.VISIBLE:
            self._count_author(author.account_id, created_at)
            if parent is not None:
                self._count(parent.post_id, replies=1)
        if row.kind == "comment":
            self.outcome.replies += 1
        else:
            self.outcome.posts += 1

    def _visibility(self, row: ImportedPost, author: Author) -> Visibility:
        """As the row had it, and no wider than the import or the author wants."""
        had = Visibility[row.visibility.upper()] if row.visibility else Visibility.PUBLIC
        return max(had, self._former.visibility, Visibility.PRIVATE if author.private else Visibility.PUBLIC)

    def _mention(self, prepared: Prepared, post_id: int) -> None:
        named: dict[int, None] = {}
        for key in prepared.mentions:
            author = self._authors.get(key)
            if author is None:
                self._wait(prepared, WaitKind.MENTION, key, post_id)
            elif not author.gone:
                named[author.account_id] = None
        self._rows.mentions.extend((post_id, account_id) for account_id in named)

    def _wait(self, prepared: Prepared, kind: WaitKind, target_id: str, post_id: int | None) -> None:
        incoming = prepared.incoming
        row = msgspec.json.encode(prepared.row) if kind is WaitKind.BOOST else None
        self._rows.waiting.append(
            (kind.value, target_id, prepared.row.source_id, post_id, incoming.file, incoming.line, row)
        )

    def _count(self, post_id: int, *, replies: int = 0, boosts: int = 0) -> None:
        counts = self._counts.setdefault(post_id, [0, 0])
        counts[0] += replies
        counts[1] += boosts

    def _count_author(self, account_id: int, created_at: Instant) -> None:
        posts, latest = self._by_author.get(account_id, (0, date.min))
        self._by_author[account_id] = (posts + 1, max(latest, created_at.date()))


def _verdict_row(prepared: Prepared, post_id: int, now: Instant) -> tuple[Any, ...]:
    verdict = prepared.verdict
    return (
        new_id(now), post_id, verdict.action, verdict.lane, verdict.rules,
        msgspec.json.encode(verdict.scores).decode(), msgspec.json.encode(verdict.evidence).decode(),
        verdict.version, verdict.reason, now,
    )  # fmt: skip
