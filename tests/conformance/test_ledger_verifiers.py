"""Other people's verifiers on a log of 70,000 leaves over three levels of tiles, whole and with a byte flipped.

Bytes are flipped by seed, so that a run can be repeated. Every verifier must refuse every one of them.
"""

from __future__ import annotations

import base64
import os
import random
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from holdfast.pure import evidence
from tests.support.foreign_python import foreign_environment
from tests.support.ledger_on_disk import (
    LOG_KEY,
    ORIGIN,
    WITNESS_KEY,
    LedgerOnDisk,
    flipped_byte,
    signature_end,
    write_ledger,
)

pytestmark = pytest.mark.conformance

SIZE, OLD_SIZE, INDEX = 70_000, 41_999, 66_001
PROGRAMS = Path(__file__).parent / "ledger"
VKEY = LOG_KEY.verifier.vkey
FLIPS = 8
_SECONDS = 300


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> LedgerOnDisk:
    made = write_ledger(tmp_path_factory.mktemp("ledger"), SIZE, OLD_SIZE)
    assert {path.name for path in (made.folder / "tile").iterdir()} == {"entries", "0", "1", "2"}
    return made


@pytest.fixture(scope="module")
def python_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    packages = ("aics-tlog==0.2.1", "pymerkle==7.0.0")
    return foreign_environment("verifiers", packages, tmp_path_factory.mktemp("python"), minimum=(3, 12))


@pytest.fixture(scope="module")
def go_verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sources = Path("/usr/share/gocode")
    if shutil.which("go") is None or not (sources / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip(
            "NO GO: apt-get install golang-go golang-golang-x-mod-dev lets the reference verifier run"
        )
    folder = Path(os.environ.get("HOLDFAST_FOREIGN_DIR") or tmp_path_factory.mktemp("go"))
    program = folder / "verify-ledger"
    environment = {
        **os.environ, "GO111MODULE": "off", "GOPATH": str(sources), "GOCACHE": str(folder / "go-cache"), "GOFLAGS": "",
    }  # fmt: skip
    command = ["go", "build", "-o", str(program), str(PROGRAMS / "verify.go")]
    built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert built.returncode == 0, built.stderr
    return program


@pytest.fixture(scope="module")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("NO NODE.JS: @sigstore/verify cannot be asked here")
    folder = tmp_path_factory.mktemp("sigstore")
    (folder / "package.json").write_text('{"private": true}')
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "@sigstore/verify@4.1.3"]
    done = run(install, folder)
    if done.returncode != 0:
        pytest.skip(f"NO PACKAGES: @sigstore/verify could not be fetched: {done.stderr[-300:]}")
    shutil.copy(PROGRAMS / "verify.cjs", folder)
    return folder


def run(command: Iterable[object], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )


def signed_part(log: LedgerOnDisk) -> int:
    """Where in the checkpoint the log's own signature ends, without the bits that base64 leaves unused."""
    note = (log.folder / "checkpoint").read_bytes()
    return signature_end(note[: note.index(b"\n", note.index("— ".encode()))])


def refused(answer: subprocess.CompletedProcess[str], flip: str) -> None:
    assert answer.returncode != 0, f"{flip} was not noticed: {answer.stdout}"


def test_aics_tlog_accepts_the_log_and_no_other(
    log: LedgerOnDisk, python_tools: Path, tmp_path: Path
) -> None:
    key = tmp_path / "vkey"
    key.write_text(VKEY + "\n")
    tool, tiles = python_tools / "aics-tlog", ("--tiles", log.folder, "--vkey-file", key, "--origin", ORIGIN)
    witness = ("--witness-key", WITNESS_KEY.verifier.vkey, "--quorum", "1")
    inclusion = [tool, "verify-inclusion", *tiles, "--index", str(INDEX), "--entry-out", tmp_path / "entry"]
    consistency = [tool, "verify-consistency", *tiles, "--old-checkpoint", log.folder / "old-checkpoint"]
    for command in ([tool, "verify-checkpoint", *tiles, *witness], inclusion, consistency):
        answer = run(command)
        assert answer.returncode == 0, answer.stdout + answer.stderr
    assert (tmp_path / "entry").read_bytes() == log.leaf(INDEX)
    chance = random.Random("aics-tlog")
    # It looks at one entry of the bundle, at the whole of every tile, because it recomputes their parents.
    bundle = log.bundle_for(INDEX).read_bytes()
    begin = bundle.index(log.leaf(INDEX))
    ranges = [
        (log.folder / "checkpoint", 0, signed_part(log)),
        (log.bundle_for(INDEX), begin, begin + len(log.leaf(INDEX))),
    ]
    ranges += [(path, 0, len(path.read_bytes())) for path in log.tiles_for(INDEX)]
    for path, start, stop in ranges:
        for _ in range(3):
            with flipped_byte(path, chance, start, stop) as flip:
                refused(run(inclusion), flip)


def test_the_reference_implementation_in_go_accepts_the_log_and_no_other(
    log: LedgerOnDisk, go_verifier: Path
) -> None:
    command = [go_verifier, log.folder, VKEY, str(INDEX)]
    answer = run(command)
    assert answer.returncode == 0, answer.stderr
    # Both implementations build the same proof from the same tiles.
    ours = [base64.b64encode(one).decode() for one in log.proof(INDEX).hashes]
    assert answer.stdout.split() == ours
    chance = random.Random("sumdb")
    # It reads the whole log, so that any file of it will do.
    tiles = [log.folder / one.path for one in evidence.tiles_of(SIZE)]
    for path in [
        log.folder / "checkpoint",
        log.bundle_for(INDEX),
        *log.tiles_for(INDEX),
        *chance.sample(tiles, FLIPS),
    ]:
        stop = signed_part(log) if path.name == "checkpoint" else None
        with flipped_byte(path, chance, 0, stop) as flip:
            refused(run(command), flip)


def test_an_entry_that_was_changed_together_with_its_hash_is_refused(
    log: LedgerOnDisk, go_verifier: Path
) -> None:
    index = evidence.TILE_WIDTH * (SIZE // evidence.TILE_WIDTH - 16) + 3
    bundle, tile = log.bundle_for(index), log.tiles_for(index)[0]
    before = bundle.read_bytes(), tile.read_bytes()
    forged = log.leaf(index).replace(b"removed", b"visible")
    bundle.write_bytes(before[0].replace(log.leaf(index), forged))
    place = index % evidence.TILE_WIDTH * evidence.HASH_BYTES
    hashed = evidence.leaf_hash(forged)
    tile.write_bytes(before[1][:place] + hashed + before[1][place + len(hashed) :])
    try:
        answer = run([go_verifier, log.folder, VKEY, "0"])
        assert (answer.returncode, answer.stderr) == (1, "the entries do not lead to the root\n")
        checkpoint = evidence.parse_checkpoint(
            evidence.parse_note((log.folder / "checkpoint").read_bytes()).text
        )
        with pytest.raises(evidence.ProofRejected):
            list(evidence.audit_tiles(log.read_tile, SIZE, checkpoint.root))
    finally:
        bundle.write_bytes(before[0])
        tile.write_bytes(before[1])


def test_sigstore_accepts_our_proofs_and_no_others(
    log: LedgerOnDisk, javascript: Path, tmp_path: Path
) -> None:
    file = tmp_path / "receipt.tlog-proof"
    command = ["node", "verify.cjs", file, VKEY]
    for index in (0, INDEX, SIZE - 1):
        file.write_bytes(log.proof(index).encode())
        answer = run(command, javascript)
        assert (answer.stdout.split(), answer.returncode) == ([ORIGIN, str(SIZE), str(index)], 0), (
            answer.stderr
        )
    file.write_bytes(log.proof(INDEX).encode())
    whole = file.read_bytes()
    chance = random.Random("sigstore")
    # Leaf and path: every line of base64 but the unused bits at its end; the text of the checkpoint.
    own = whole.index(b"\n\n") + 2
    parts = [(whole.index(b"index "), whole.index(b"index ") + 11), (own, own + len(ORIGIN) + 40)]
    places = [chance.randrange(whole.index(b"extra ") + 6, whole.index(b"index ") - 4) for _ in range(FLIPS)]
    places += [chance.randrange(*part) for part in parts for _ in range(FLIPS // 2)]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(5)
        file.write_bytes(bytes(changed))
        refused(run(command, javascript), f"byte {place} of the proof")
    for path in log.tiles_for(INDEX):
        with flipped_byte(path, chance) as flip:
            file.write_bytes(log.proof(INDEX).encode())
            if file.read_bytes() != whole:
                refused(run(command, javascript), flip)


def test_openssl_accepts_the_signature_and_no_other(log: LedgerOnDisk) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("NO OPENSSL: the signature is not verified with it here")
    command = ["sh", PROGRAMS / "verify.sh", log.folder / "checkpoint", VKEY]
    answer = run(command)
    assert (answer.returncode, "Verified Successfully" in answer.stdout) == (0, True), answer.stderr
    chance = random.Random("openssl")
    for _ in range(2 * FLIPS):
        with flipped_byte(log.folder / "checkpoint", chance, 0, signed_part(log)) as flip:
            refused(run(command), flip)


def test_a_proof_can_be_walked_with_openssl_alone(log: LedgerOnDisk, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("NO OPENSSL: the path is not walked with it here")
    file = tmp_path / "receipt.tlog-proof"
    command = ["sh", PROGRAMS / "inclusion.sh", file]
    for index in (0, INDEX, SIZE - 1):
        file.write_bytes(log.proof(index).encode())
        answer = run(command)
        assert (answer.returncode, answer.stdout) == (0, "the leaf leads to the root\n"), answer.stderr
    whole = file.read_bytes()
    chance = random.Random("openssl walks")
    for _ in range(FLIPS // 2):
        place = chance.randrange(whole.index(b"extra ") + 6, whole.index(b"index ") - 4)
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(5)
        file.write_bytes(bytes(changed))
        refused(run(command), f"byte {place} of the proof")


def test_pymerkle_finds_the_same_root(log: LedgerOnDisk, python_tools: Path) -> None:
    note = evidence.open_checkpoint((log.folder / "checkpoint").read_bytes(), [LOG_KEY.verifier])
    root = base64.b64encode(note.checkpoint.root).decode()
    command = [python_tools / "python", PROGRAMS / "root.py", log.folder, str(SIZE)]
    answer = run(command)
    assert answer.stdout.split() == [str(SIZE), root], answer.stderr
    chance = random.Random("pymerkle")
    with flipped_byte(log.bundle_for(INDEX), chance):
        assert run(command).stdout.split() != [str(SIZE), root]


def test_our_own_verifier_refuses_what_the_others_refuse(log: LedgerOnDisk) -> None:
    def audit() -> None:
        note = (log.folder / "checkpoint").read_bytes()
        head = evidence.open_checkpoint(note, [LOG_KEY.verifier], [WITNESS_KEY.verifier])
        assert len(head.cosignatures) == 1
        for _ in evidence.audit_tiles(log.read_tile, head.checkpoint.size, head.checkpoint.root):
            pass

    audit()
    chance = random.Random("own")
    tiles = [log.folder / one.path for one in evidence.tiles_of(SIZE)]
    for path in [log.folder / "checkpoint", *log.tiles_for(INDEX), *chance.sample(tiles, 3)]:
        with flipped_byte(path, chance), pytest.raises((evidence.EvidenceInvalid, AssertionError)):
            audit()
