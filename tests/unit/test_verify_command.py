"""`holdfast verify`: exit statuses, messages, and what it needs to run."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from holdfast.main.cli import app
from holdfast.pure import evidence
from holdfast.pure.errors import HoldfastError
from tests.support.ledger_on_disk import LOG_KEY as LEDGER_KEY
from tests.support.ledger_on_disk import WITNESS_KEY as LEDGER_WITNESS
from tests.support.ledger_on_disk import flipped_byte, write_ledger
from tests.support.sample_evidence import (
    ID,
    LEAF,
    LOG,
    ORIGIN,
    OTHER,
    POLICY_TEXT,
    PROOF,
    SALT,
    WITNESS,
    flip,
    make_leaf,
    make_proof,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "receipt.tlog-proof").write_bytes(PROOF)
    (tmp_path / "trust.tlog-policy").write_text(POLICY_TEXT)
    return tmp_path


def run(folder: Path, *arguments: str, file: str = "receipt.tlog-proof") -> tuple[int, dict[str, Any]]:
    """Exit status and the JSON that was printed."""
    result = CliRunner().invoke(app, ["verify", str(folder / file), "--json", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout)


def policy(folder: Path) -> tuple[str, str]:
    return "--policy", str(folder / "trust.tlog-policy")


def opening(body: bytes = b"the words", name: str = "text") -> bytes:
    return evidence.Opening(ID, name, SALT, body).encode()


def test_a_witnessed_receipt_is_verified(folder: Path) -> None:
    status, printed = run(folder, *policy(folder))
    assert (status, printed["outcome"], printed["exit"]) == (0, "verified", 0)
    assert printed["facts"]["checkpoint"] | {"root": ""} == {"origin": ORIGIN, "size": 13, "root": ""}
    assert printed["facts"]["leaf"] == {
        "index": 7, "id": ID, "kind": "decision", "time": "2026-01-31T12:00:00.005Z",
    }  # fmt: skip
    assert set(printed["facts"]["witnessed"]) == {"A", "C"}
    assert printed["facts"]["unopened"] == ["text"]


def test_people_are_told_what_was_verified_and_what_not(folder: Path) -> None:
    result = CliRunner().invoke(app, ["verify", str(folder / "receipt.tlog-proof"), *policy(folder)])
    assert result.exit_code == 0
    assert f"{ORIGIN} has signed a log of 13 leaves" in result.stdout
    assert "witness A saw that log at 2023-11-14T22:13:20Z" in result.stdout
    assert "not opened, because nothing to open it was given: text" in result.stdout
    assert "does not show that a record is true" in result.stdout


def test_without_known_witnesses_it_is_verified_but_unwitnessed(folder: Path) -> None:
    status, printed = run(folder, "--vkey", LOG.verifier.vkey)
    assert (status, printed["outcome"]) == (10, "unwitnessed")
    assert run(folder, "--vkey", LOG.verifier.vkey, "--vkey", WITNESS.verifier.vkey)[0] == 0
    assert run(folder, "--vkey", LOG.verifier.vkey, "--vkey", OTHER.verifier.vkey)[0] == 10
    (folder / "receipt.tlog-proof").write_bytes(make_proof(cosigned=False))
    assert run(folder, *policy(folder))[0] == 10


def test_openings_beside_the_proof_are_checked(folder: Path) -> None:
    (folder / "receipt.text.opening.json").write_bytes(opening())
    status, printed = run(folder, *policy(folder))
    assert (status, printed["facts"]["opened"], printed["facts"]["unopened"]) == (0, ["text"], [])
    (folder / "receipt.text.opening.json").write_bytes(opening(b"other words"))
    assert run(folder, *policy(folder))[0] == 30
    (folder / "receipt.text.opening.json").write_bytes(opening(name="mail"))
    assert run(folder, *policy(folder))[0] == 30


def test_an_erased_opening_beside_others_is_told(folder: Path) -> None:
    from dataclasses import replace

    commitments = {
        "text": make_leaf().commitments["text"],
        "mail": evidence.commit("mail", b"a@b.example", SALT),
    }
    leaf = replace(make_leaf(), commitments=commitments).encode()
    edge = evidence.TiledEdge()
    edge.append(leaf)
    note = evidence.sign_checkpoint(evidence.Checkpoint(ORIGIN, 1, edge.range.root()), LOG)
    note = note.with_signatures([evidence.cosign_checkpoint(note, WITNESS, time_unix=1)])
    (folder / "receipt.tlog-proof").write_bytes(evidence.TlogProof(0, (), note.encode()).encode())
    (folder / "receipt.leaf.json").write_bytes(leaf)
    (folder / "opened.json").write_bytes(opening())
    keys = ("--vkey", LOG.verifier.vkey, "--vkey", WITNESS.verifier.vkey)
    assert run(folder, *keys)[0] == 0
    status, printed = run(folder, *keys, "--opening", str(folder / "opened.json"))
    assert (status, printed["outcome"]) == (20, "opening_missing")
    assert printed["facts"]["unopened"] == ["mail"]


def test_a_flipped_byte_is_bad(folder: Path) -> None:
    for place in range(0, len(PROOF), 37):
        (folder / "receipt.tlog-proof").write_bytes(flip(PROOF, place, 1))
        status = run(folder, *policy(folder))[0]
        # A witness's line that now bears another name is a stranger's, and misses in the quorum.
        assert status == 30 or (status == 10 and place > PROOF.index(b"witness.example")), place


def test_another_leaf_is_bad(folder: Path) -> None:
    (folder / "other.json").write_bytes(LEAF.replace(b"remove", b"retain"))
    assert run(folder, *policy(folder), "--leaf", str(folder / "other.json"))[0] == 30


def test_a_log_with_two_histories_is_a_split_view(folder: Path) -> None:
    own = evidence.parse_proof(PROOF).checkpoint
    (folder / "same").write_bytes(own)
    assert run(folder, *policy(folder), "--seen", str(folder / "same"))[0] == 0
    for size, status in ((13, 40), (14, 0)):
        forked = evidence.sign_checkpoint(evidence.Checkpoint(ORIGIN, size, bytes(32)), LOG)
        (folder / "seen").write_bytes(forked.encode())
        assert run(folder, *policy(folder), "--seen", str(folder / "seen"))[0] == status
    (folder / "seen").write_bytes(flip(own, 3, 0))
    assert run(folder, *policy(folder), "--seen", str(folder / "seen"))[0] == 30


def test_names_of_strangers_do_not_reach_the_terminal_raw(folder: Path) -> None:
    named = (
        POLICY_TEXT.encode()
        .replace(b"witness A", b"witness \xff\xe2\x80\xae\xc2\x9b")
        .replace(b"2 A", b"2 \xff\xe2\x80\xae\xc2\x9b")
    )
    (folder / "trust.tlog-policy").write_bytes(named)
    result = CliRunner().invoke(app, ["verify", str(folder / "receipt.tlog-proof"), *policy(folder)])
    assert (result.exit_code, result.exception is None or isinstance(result.exception, SystemExit)) == (
        0,
        True,
    )
    assert "witness \\udcff\\u202e\\x9b saw" in result.stdout
    assert run(folder, *policy(folder))[0] == 0


def test_a_whole_log_is_verified_and_a_flipped_byte_of_any_file_is_bad(tmp_path: Path) -> None:
    log = write_ledger(tmp_path / "log", 700, 300)
    keys = ("--vkey", LEDGER_KEY.verifier.vkey, "--vkey", LEDGER_WITNESS.verifier.vkey)
    old = ("--seen", str(log.folder / "old-checkpoint"))
    status, printed = run(tmp_path, *keys, *old, file="log")
    assert (status, printed["facts"]["kinds"]) == (
        0,
        {"census": 233, "decision": 234, "notice.received": 233},
    )
    assert run(tmp_path, "--vkey", LEDGER_KEY.verifier.vkey, file="log")[0] == 10
    chance = random.Random("verify")
    for path in sorted(one for one in log.folder.rglob("*") if one.is_file()):
        with flipped_byte(path, chance) as flip:
            status = run(tmp_path, *keys, *old, file="log")[0]
            assert status == 30 or (status == 10 and path.name == "checkpoint"), flip
    log.tiles_for(0)[0].unlink()
    assert run(tmp_path, *keys, file="log")[0] == 30


def test_a_log_that_does_not_begin_with_what_was_seen_is_a_split_view(tmp_path: Path) -> None:
    log = write_ledger(tmp_path / "log", 700, 300)
    keys = ("--vkey", LEDGER_KEY.verifier.vkey, "--vkey", LEDGER_WITNESS.verifier.vkey)
    for size, status in ((300, 40), (700, 40), (701, 0)):
        forked = evidence.sign_checkpoint(evidence.Checkpoint(LEDGER_KEY.name, size, bytes(32)), LEDGER_KEY)
        (tmp_path / "seen").write_bytes(forked.encode())
        assert run(tmp_path, *keys, "--seen", str(tmp_path / "seen"), file="log")[0] == status
    assert log.size == 700


def test_a_log_with_an_entry_that_is_no_leaf_is_bad(tmp_path: Path) -> None:
    edge = evidence.TiledEdge()
    for entry in (LEAF, b"{}"):
        edge.append(entry)
    for tile, data in edge.partial_tiles():
        (tmp_path / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tile.path).write_bytes(data)
    note = evidence.sign_checkpoint(evidence.Checkpoint(ORIGIN, 2, edge.range.root()), LOG)
    (tmp_path / "checkpoint").write_bytes(note.encode())
    status, printed = run(tmp_path, "--vkey", LOG.verifier.vkey, file=".")
    assert status == 30
    assert printed["findings"][-1]["text"].startswith("Entry 1: ")


@pytest.mark.parametrize("arguments", [
    [], ["--policy", "{}/nothing"], ["--vkey", "nonsense"], ["--vkey", WITNESS.verifier.vkey], ["--policy", "{}/receipt.tlog-proof"],
    ["--vkey", LOG.verifier.vkey, "--leaf", "{}/nothing"],
])  # fmt: skip
def test_what_cannot_even_be_tried_says_why(folder: Path, arguments: list[str]) -> None:
    with pytest.raises(HoldfastError):
        run(folder, *(one.format(folder) for one in arguments))


def test_unknown_files_are_named(folder: Path) -> None:
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "empty").mkdir()
    for file in ("picture.png", "nothing.tlog-proof", "empty"):
        with pytest.raises(HoldfastError):
            run(folder, *policy(folder), file=file)
    (folder / "bare.tlog-proof").write_bytes(make_proof(extra=None))
    with pytest.raises(HoldfastError, match="does not hold its leaf"):
        run(folder, *policy(folder), file="bare.tlog-proof")


def test_the_verifier_loads_no_database_no_settings_and_no_server(folder: Path) -> None:
    code = (
        "import sys; from holdfast.main.cli import run\n"
        "try: run()\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "own = {n for n in sys.modules if n.startswith('holdfast.')}\n"
        "inside = {n for n in own if not n.startswith(('holdfast.pure', 'holdfast.main'))}\n"
        "outside = {'asyncpg', 'msgspec', 'litestar', 'httpx2', 'numpy', 'asyncio'} & set(sys.modules)\n"
        "assert not inside | outside, sorted(inside | outside)\n"
    )
    command = [sys.executable, "-c", code, "verify", str(folder / "receipt.tlog-proof"), *policy(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Everything was verified." in result.stdout
