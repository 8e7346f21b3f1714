"""The log of the ledger: what was recorded is in it, in order, with proofs that hold, and stays after erasure."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from holdfast.pure.evidence import open_checkpoint, parse_leaf, parse_vkey, verify_opening
from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind, Owned, Subject
from holdfast.records.sequencing import (
    SourceCount,
    count,
    last_census_matches,
    rotate_key,
    rotation_text,
    take_census,
)
from tests.support.ledger_desk import DOMAIN, ledger_desk


async def test_every_record_gets_an_index_a_number_and_a_proof(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        ids = await desk.append(10)
        assert await ledger.proof(desk.database, ids[0]) is None
        await desk.work()
        assert await desk.numbers() == list(range(1, 11))
        for record_id in ids:
            await desk.verify(record_id)
        ids += await desk.append(300)
        await desk.work()
        assert await desk.numbers() == list(range(1, 311))
        for record_id in (ids[0], ids[255], ids[256], ids[309]):
            await desk.verify(record_id)
        old, new = (desk.history[0], desk.history[-1])
        assert (old.split(b"\n")[1], new.split(b"\n")[1]) == (b"10", b"310")
        # The partial tiles of a tile that is full are gone.
        assert not (desk.files.root / "1/tile/entries/000.p").exists()


async def test_erasure_takes_the_openings_and_leaves_every_proof(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        (first,) = await desk.append(
            subject=Subject.account(7),
            private={"reasons": "They did.", "reporter": Owned("reporter@example.org", Subject.account(8))},
        )
        (other,) = await desk.append(subject=Subject.account(8), private={"reasons": "Not they."})
        await desk.work()
        leaf = parse_leaf((await ledger.record_of(desk.database, first)).leaf)
        for one in await ledger.openings(desk.database, first):
            name = one.opening.name
            verify_opening(leaf.commitments[name], name, one.opening.body, one.opening.salt)
        # One field is opened without the other.
        (reasons,) = await ledger.openings(desk.database, first, ["reasons"])
        assert (reasons.opening.body, reasons.owner) == (b"They did.", Subject.account(7))

        async with desk.database.transaction() as tx:
            gone = await ledger.erase(tx, Subject.account(7), basis="gdpr-17.1.b", now=desk.clock.now())
        assert gone is not None
        assert (gone.bodies, gone.records) == (1, 1)
        with pytest.raises(ledger.Erased):
            await ledger.openings(desk.database, first, ["reasons"])
        assert await ledger.erased_fields(desk.database, first) == {"reasons"}
        assert [one.opening.name for one in await ledger.openings(desk.database, first)] == ["reporter"]
        assert await desk.database.fetchval("select count(*) from ledger_subjects where subject_id = 7") == 0
        await desk.work()
        for record_id in (first, other, gone.record_id):
            await desk.verify(record_id)
        # The leaf of the erasure bears the pseudonym; the next record of the same account bears another.
        erasure = parse_leaf((await ledger.record_of(desk.database, gone.record_id)).leaf)
        (later,) = await desk.append(subject=Subject.account(7))
        fresh = parse_leaf((await ledger.record_of(desk.database, later)).leaf)
        assert erasure.subject == leaf.subject
        assert fresh.subject != leaf.subject
        async with desk.database.transaction() as tx:
            assert await ledger.erase(tx, Subject.account(99), basis="x", now=desk.clock.now()) is None


async def test_a_sealed_record_is_opened_by_publishing_its_opening(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        async with desk.database.transaction() as tx:
            entry = Entry(
                kind=Kind.DISCLOSURE, subject=Subject.account(7), public={"basis": "court"},
                private={"order": "The whole order."}, sealed=True,
            )  # fmt: skip
            sealed = await ledger.append(tx, entry, now=desk.clock.now())
            plain = await ledger.append(tx, Entry(kind=Kind.BREAKER), now=desk.clock.now())
        await desk.work()
        assert (await ledger.record_of(desk.database, sealed)).published_at is None
        async with desk.database.transaction() as tx:
            await ledger.unseal(tx, sealed, basis="gag-ended", now=desk.clock.now())
            with pytest.raises(ledger.NoSuchRecord):
                await ledger.unseal(tx, plain, basis="x", now=desk.clock.now())
        record = await ledger.record_of(desk.database, sealed)
        assert record.published_at is not None
        outer = parse_leaf(record.leaf)
        (opened,) = await ledger.openings(desk.database, sealed, ["sealed"])
        verify_opening(outer.commitments["sealed"], "sealed", opened.opening.body, opened.opening.salt)
        hidden = ledger.hidden_leaf(opened)
        assert (hidden.kind, hidden.public) == ("disclosure", {"basis": "court"})
        (order,) = await ledger.openings(desk.database, sealed, ["order"])
        verify_opening(hidden.commitments["order"], "order", order.opening.body, order.opening.salt)
        await desk.verify(sealed)


async def test_both_keys_sign_that_one_takes_over(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        await desk.append()
        await desk.work()
        async with desk.database.transaction() as tx:
            rotation = await rotate_key(tx, now=desk.clock.now())
        await desk.work()
        leaf = parse_leaf((await ledger.record_of(desk.database, rotation.record_id)).leaf)
        text = rotation_text(f"{DOMAIN}/evidence/1", leaf.public["old"], leaf.public["new"])
        for name in ("old", "new"):
            signature = base64.b64decode(leaf.public[f"{name}_signature"])
            parse_vkey(leaf.public[name]).verify(text, signature)
        note = await desk.files.checkpoint(1)
        assert note is not None
        for key in (rotation.old, rotation.new):
            assert open_checkpoint(note, [parse_vkey(key)]).checkpoint.size == 2
        async with desk.database.transaction() as tx:
            leaked = await rotate_key(tx, leaked=True, now=desk.clock.now())
        await desk.work()
        note = await desk.files.checkpoint(1)
        assert note is not None
        signers = {one.key_id for one in open_checkpoint(note, [parse_vkey(leaked.new)]).note.signatures}
        assert parse_vkey(leaked.old).key_id not in signers


async def test_a_census_tells_what_is_missing(database_url: str, tmp_path: Path) -> None:
    async with ledger_desk(database_url, tmp_path) as desk:
        await desk.append(4)
        await desk.work()
        assert await last_census_matches(desk.database) is None
        async with desk.database.transaction() as tx:
            found = await take_census(tx, {}, now=desk.clock.now())
        assert found.matches
        assert (found.recorded["decision"], found.logged["decision"]) == (4, 4)
        assert await last_census_matches(desk.database) is True

        async def two_without(_reader: object, _now: object) -> SourceCount:
            return SourceCount(9, 2)

        assert not (await count(desk.database, {"decisions": two_without}, now=desk.clock.now())).matches
        async with desk.database.transaction() as tx:
            await tx.execute("delete from ledger_records where leaf_index = 2")
            assert not (await take_census(tx, {}, now=desk.clock.now())).matches
        assert await last_census_matches(desk.database) is False
