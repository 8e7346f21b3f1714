"""Use case: take over what the former site said of its members."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from . import queries, store
from .model import VERIFIED_BADGE, Finding, Former, IncomingUser, Outcome, profiles_source, user_of
from .settle_authors import settle_authors


async def import_users(tx: Tx, former: Former, users: Sequence[IncomingUser], *, now: Instant) -> Outcome:
    """Make accounts for those who have none and fill in the profiles of those that nobody has claimed."""
    outcome = Outcome()
    source = profiles_source(former.source)
    known = await queries.known_rows(tx, source, [user.row.source_id for user in users])
    fresh: dict[str, IncomingUser] = {}
    for user in users:
        if user.row.source_id not in known:
            fresh.setdefault(user.row.source_id, user)
    if not fresh:
        return outcome
    people = {source_id: user_of(user.row) for source_id, user in fresh.items()}
    authors, outcome.accounts = await settle_authors(tx, former, people.values(), now=now)
    profiles = {}
    taken_over = []
    for source_id, user in fresh.items():
        author = authors[people[source_id].keys[0]]
        if author.gone:
            outcome.findings.append(
                Finding(
                    user.file, user.line, "author_deleted", "The account of this person was deleted here."
                )
            )
            continue
        row = user.row
        display_name = (row.display_name or "")[: former.display_name_characters].rstrip()
        badge = VERIFIED_BADGE if row.verified else None
        joined = min(row.created_at, now) if row.created_at else None
        bio = row.bio[: former.bio_characters].rstrip()
        profiles[author.account_id] = (display_name, bio, badge, row.private, joined)
        taken_over.append((source_id, author.account_id))
        tx.touch(Kind.ACCOUNT, author.account_id)
    if profiles:
        outcome.profiles = await store.fill_profiles(tx, profiles)
        await store.copy_known(tx, source, taken_over)
    return outcome
