"""What happened to others with what they recorded, and does not happen here. Each test names its case."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holdfast.main.ledger_checking import check_ledger
from holdfast.pure.evidence import (
    Leaf,
    MalformedLeaf,
    ProofRejected,
    parse_leaf,
    verify_opening,
    verify_proof,
)
from holdfast.records import ledger
from holdfast.records.ledger import Kind, Subject
from holdfast.records.sequencing import verifier_keys
from tests.support.ledger_desk import DOMAIN, ledger_desk

DECIDED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def test_p6_what_was_decided_when_is_proved_by_what_the_other_side_was_handed(
    database_url: str, tmp_path: Path
) -> None:
    """Parler v. AWS, 2021: neither side could prove what had been received, seen and decided at what time."""
    async with ledger_desk(database_url, tmp_path) as desk:
        (record_id,) = await desk.append(
            subject=Subject.account(7), public={"action": "post.withdraw", "policy": "violence@2"},
            private={"reasons": "A threat against a named person."},
        )  # fmt: skip
        await desk.work()
        receipt = await ledger.proof(desk.database, record_id)
        assert receipt is not None
        assert receipt.extra is not None
        (opened,) = await ledger.openings(desk.database, record_id)
        log_keys = verifier_keys(desk.keyring, f"{DOMAIN}/evidence/1", 1)
        # From here on nothing of the server is asked.
        verify_proof(receipt, receipt.extra, log_keys)
        leaf = parse_leaf(receipt.extra)
        assert (leaf.at, leaf.public["action"]) == (DECIDED, "post.withdraw")
        verify_opening(leaf.commitments["reasons"], "reasons", opened.opening.body, opened.opening.salt)
        # A later story, of another hour, is not the one that was recorded.
        later = Leaf(
            leaf.at + timedelta(hours=1),
            leaf.kind,
            leaf.record_id,
            leaf.subject,
            leaf.public,
            leaf.commitments,
        )
        with pytest.raises(ProofRejected):
            verify_proof(receipt, later.encode(), log_keys)
        await desk.database.fetch(
            "update ledger_records set leaf = $2 where record_id = $1", record_id, later.encode()
        )
        found = [one async for one in check_ledger(desk.database, desk.files, now=desk.clock.now())]
        assert any("is not the one that was signed" in one for one in found)


async def test_plc_2023_a_leaf_has_one_spelling(database_url: str, tmp_path: Path) -> None:
    """did:plc, 2023: operations were hashed over bytes that could be written in many ways."""
    async with ledger_desk(database_url, tmp_path) as desk:
        (record_id,) = await desk.append()
        await desk.work()
        leaf = (await ledger.record_of(desk.database, record_id)).leaf
        assert parse_leaf(leaf).encode() == leaf
        value = json.loads(leaf)
        for other in (
            json.dumps(value).encode(),
            json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode(),
            leaf + b"\n",
            leaf.replace(b'"v":1', b'"v":1.0'),
            leaf.replace(b"decision", b"\\u0064ecision"),
        ):
            assert other != leaf
            with pytest.raises(MalformedLeaf):
                parse_leaf(other)
        assert (await ledger.record_of(desk.database, record_id)).kind == Kind.DECISION.value
