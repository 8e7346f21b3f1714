"""Appending to the ledger: what a leaf says, and what it must never say."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from holdfast.pure.evidence import Leaf, parse_leaf
from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind, Subject
from tests.support.people import Town, town_at

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def leaf_of(town: Town, record_id: str) -> Leaf:
    return parse_leaf(
        await town.database.fetchval("select leaf from ledger_records where record_id = $1", record_id)
    )


async def test_a_leaf_commits_to_its_bodies_and_says_none_of_them(database_url: str, tmp_path: Path) -> None:
    async with town_at(database_url, tmp_path) as town:
        async with town.database.transaction() as tx:
            first = await ledger.append(
                tx,
                Entry(
                    kind=Kind.DECISION, subject=Subject.account(7),
                    public={"policy": "harassment@3", "action": "post.withdraw", "members": 4},
                    private={"reasons": "She wrote it three times.", "posts": [1, 2]},
                ),
                now=NOW,
            )  # fmt: skip
            second = await ledger.append(
                tx,
                Entry(
                    kind=Kind.DECISION_REVERSED, subject=Subject.account(7),
                    related=((ledger.Relation.REVERSES, first),),
                ),
                now=NOW,
            )  # fmt: skip
        leaf, reversal = await leaf_of(town, first), await leaf_of(town, second)
        assert leaf.public == {"policy": "harassment@3", "action": "post.withdraw", "members": 4}
        assert set(leaf.commitments) == {"reasons", "posts"}
        assert leaf.subject is not None
        assert leaf.subject == reversal.subject
        assert reversal.related[0].record_id == first
        stored = await town.database.fetch("select leaf, kind from ledger_records")
        bodies = await town.database.fetch("select sealed from ledger_bodies")
        for row in (*stored, *bodies):
            assert b"three times" not in row[0]


async def test_a_rolled_back_command_records_nothing(database_url: str, tmp_path: Path) -> None:
    async with town_at(database_url, tmp_path) as town:
        with contextlib.suppress(RuntimeError):
            async with town.database.transaction() as tx:
                await ledger.append(tx, Entry(kind=Kind.BREAKER, public={"rule": "r1"}), now=NOW)
                raise RuntimeError
        assert await town.database.fetchval("select count(*) from ledger_records") == 0


@pytest.mark.parametrize(
    "public",
    [
        {"reasons": "spam"},
        {"policy": "two words"},
        {"policy": "https://example.org/x"},
        {"policy": "d41d8cd98f00b204e9800998ecf8427e"},
        {"policy": 3},
        {"members": -1},
        {"members": True},
    ],
)
async def test_a_leaf_that_would_say_too_much_is_refused(
    database_url: str, tmp_path: Path, public: dict[str, Any]
) -> None:
    async with town_at(database_url, tmp_path) as town:
        with pytest.raises(ledger.NotForLeaves):
            async with town.database.transaction() as tx:
                await ledger.append(tx, Entry(kind=Kind.DECISION, public=public), now=NOW)


async def test_sealed_leaves_look_alike(database_url: str, tmp_path: Path) -> None:
    async with town_at(database_url, tmp_path) as town:
        async with town.database.transaction() as tx:
            ids = [
                await ledger.append(
                    tx,
                    Entry(
                        kind=kind, subject=Subject.account(owner), private={"order": text}, sealed=True,
                        public={"basis": "court"},
                    ),
                    now=NOW,
                )
                for kind, owner, text in (
                    (Kind.DISCLOSURE, 1, "x"),
                    (Kind.REFERRAL, 2, "much longer than the other " * 20),
                )
            ]  # fmt: skip
        one, other = [await leaf_of(town, record_id) for record_id in ids]
        for leaf in (one, other):
            assert (leaf.kind, leaf.subject, leaf.public, leaf.related) == ("sealed", None, {}, ())
        assert one.commitments["sealed"].bucket_bytes == other.commitments["sealed"].bucket_bytes


def test_a_name_that_people_gave_becomes_a_code() -> None:
    from holdfast.records.ledger.kinds import TYPES

    for name in (
        "threat.direct",
        "règle n° 3",
        "",
        "/x",
        "-y",
        "a" * 90,
        "d41d8cd98f00b204e9800998ecf8427e" * 2,
    ):
        assert TYPES["code"](ledger.code_of(name)), name
    assert ledger.code_of("threat.direct") == "threat.direct"


async def test_a_key_made_in_an_attempt_that_failed_is_not_used_after_it(
    database_url: str, tmp_path: Path
) -> None:
    entry = Entry(kind=Kind.DECISION, subject=Subject.account(7), private={"reasons": "twice"})
    async with town_at(database_url, tmp_path) as town:
        async with town.database.transaction() as tx:
            with contextlib.suppress(RuntimeError):
                async with tx.attempt():
                    await ledger.append(tx, entry, now=NOW)
                    raise RuntimeError
            kept = await ledger.append(tx, entry, now=NOW)
        owners = await town.database.fetch(
            "select b.record_id, s.id from ledger_bodies b join ledger_subjects s on s.id = b.owner"
        )
        assert [row[0] for row in owners] == [kept]


async def test_what_is_recorded_after_an_erasure_in_one_transaction_has_another_key(
    database_url: str, tmp_path: Path
) -> None:
    entry = Entry(kind=Kind.DECISION, subject=Subject.account(7), private={"reasons": "before and after"})
    async with town_at(database_url, tmp_path) as town:
        async with town.database.transaction() as tx:
            before = await ledger.append(tx, entry, now=NOW)
            assert await ledger.erase(tx, Subject.account(7), basis="gdpr-17.1.b", now=NOW)
            after = await ledger.append(tx, entry, now=NOW)
        assert (await leaf_of(town, before)).subject != (await leaf_of(town, after)).subject
        assert await town.database.fetchval("select count(*) from ledger_bodies") == 1
