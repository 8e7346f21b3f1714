"""Notes, checkpoints, proof files, policies: known vectors, strictness, flipped bits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure import evidence
from holdfast.pure.evidence import Algorithm, Checkpoint, SigningKey
from tests.support.sample_evidence import (
    LATTICE,
    LEAF,
    LOG,
    ORIGIN,
    OTHER,
    POLICY,
    POLICY_TEXT,
    PROOF,
    WITNESS,
    flip,
    make_proof,
    refused,
)

# The example of Go's golang.org/x/mod/sumdb/note, the reference implementation.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def accept(data: bytes, leaf: bytes = LEAF) -> bool:
    """Verify a proof file as a careful receiver does; False where the quorum is missed."""
    proof = evidence.parse_proof(data)
    evidence.verify_proof(proof, proof.extra or leaf, POLICY.log_keys, POLICY.witness_keys)
    if proof.extra != leaf:
        return False
    return evidence.assess_checkpoint(proof.checkpoint, POLICY).quorum_reached


# Notes and keys


def test_the_reference_note_verifies() -> None:
    key = evidence.parse_vkey(GO_VKEY)
    assert (key.name, key.algorithm, key.vkey) == ("PeterNeumann", Algorithm.ED25519, GO_VKEY)
    note = evidence.parse_note(GO_NOTE.encode())
    assert evidence.verify_note(note, [key])[0].key == key
    assert note.encode() == GO_NOTE.encode()


@given(st.integers(0, len(GO_NOTE.encode()) - 1), st.integers(0, 7))
def test_no_flipped_bit_of_a_note_verifies(place: int, bit: int) -> None:
    key = evidence.parse_vkey(GO_VKEY)
    changed = flip(GO_NOTE.encode(), place, bit)
    assert refused(lambda: evidence.verify_note(evidence.parse_note(changed), [key]))


def test_signatures_of_unknown_keys_are_ignored_and_wrong_ones_of_known_keys_are_not() -> None:
    note = evidence.sign_checkpoint(Checkpoint(ORIGIN, 0, evidence.EMPTY_ROOT), LOG)
    stranger = evidence.NoteSignature("stranger.example", b"abcd", b"of a type that nobody knows")
    namesake = evidence.NoteSignature(ORIGIN, b"abcd", b"same name, another key")
    data = note.with_signatures([stranger, namesake]).encode()
    assert len(evidence.open_checkpoint(data, [LOG.verifier]).signatures) == 1
    with pytest.raises(evidence.SignatureRejected):
        evidence.open_checkpoint(data, [WITNESS.verifier])
    wrong = evidence.NoteSignature(WITNESS.name, WITNESS.verifier.key_id, bytes(72))
    data = note.with_signatures([wrong]).encode()
    assert len(evidence.open_checkpoint(data, [LOG.verifier]).signatures) == 1
    with pytest.raises(evidence.SignatureRejected):
        evidence.open_checkpoint(data, [LOG.verifier], [WITNESS.verifier])


@pytest.mark.parametrize(
    "data",
    [
        "", "\n", "\n\n", "text\n", "text\n\n", "text\n\n— a\n", "text\n\n— a AAAAAAAA", "text\n\n- a AAAAAAAA\n",
        "text\n\n—  AAAAAAAA\n", "text\n\n— a b AAAAAAAA\n", "text\n\n— a AAAA\n", "text\n\n— a AAAAAAB=\n",
        "text\n\n— a AAAAAAA\n", "text\n\n— a AAAAAAAA \n", "text\n\n— a+b AAAAAAAA\n", "text\n\n— a\u00a0b AAAAAAAA\n",
        "te\txt\n\n— a AAAAAAAA\n", "te\rxt\n\n— a AAAAAAAA\n", "te\x00xt\n\n— a AAAAAAAA\n", "\n\n— a AAAAAAAA\n",
        "text\n\n— a AAAAAAAA\n— b\n", "text\n\n" + "— a AAAAAAAA\n" * 129, "text\n\n— a AAAA-_AA\n",
        "text\n\n— a AAAAAAAA\ntail\n", "x" * 1_000_001,
    ],
)  # fmt: skip
def test_malformed_notes_are_refused(data: str) -> None:
    with pytest.raises(evidence.MalformedNote):
        evidence.parse_note(data.encode())
    with pytest.raises(evidence.MalformedNote):
        evidence.parse_note(b"\xff" + data.encode())


def test_the_text_of_a_note_ends_at_its_last_empty_line() -> None:
    note = evidence.parse_note("a\n\nb\n\n— a AAAAAAAA\n".encode())
    assert note.text == "a\n\nb\n"


@pytest.mark.parametrize(
    "vkey",
    [
        "", "a", "a+b", "a+c74f20a3+", "a+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_VKEY.replace("c74f20a3", "C74F20A3"), GO_VKEY.replace("+ARpc", "+Apc"), GO_VKEY.replace("Neumann", " Neumann"),
        "PeterNeumann+c74f20a3+AhpcAA==", GO_VKEY + "=", GO_VKEY + "\n", "a+00000000+" + "AQ==",
    ],
)  # fmt: skip
def test_malformed_keys_are_refused(vkey: str) -> None:
    with pytest.raises(evidence.MalformedKey):
        evidence.parse_vkey(vkey)


def test_seeds_are_not_shown() -> None:
    assert "seed" not in repr(LOG)
    assert LOG.seed.hex() not in repr(LOG)
    assert str(LOG.seed) not in repr(LOG)


@pytest.mark.parametrize("key", [WITNESS, LATTICE])
def test_a_cosignature_states_its_time(key: SigningKey) -> None:
    note = evidence.sign_checkpoint(Checkpoint(ORIGIN, 1, bytes(32)), LOG)
    cosigned = note.with_signatures([evidence.cosign_checkpoint(note, key, time_unix=1_700_000_000)])
    opened = evidence.open_checkpoint(cosigned.encode(), [LOG.verifier], [key.verifier])
    assert [(one.key, one.time_unix) for one in opened.cosignatures] == [(key.verifier, 1_700_000_000)]
    line = cosigned.signatures[1]
    other_time = replace(line, signature=(1_700_000_001).to_bytes(8, "big") + line.signature[8:])
    with pytest.raises(evidence.SignatureRejected):
        evidence.open_checkpoint(note.with_signatures([other_time]).encode(), [LOG.verifier], [key.verifier])
    with pytest.raises(evidence.MalformedKey):
        key.sign(note.text)
    with pytest.raises(evidence.MalformedKey):
        LOG.sign(note.text, time_unix=1)


def test_ml_dsa_signs_the_facts_of_the_checkpoint_as_the_format_lays_them_out() -> None:
    note = evidence.sign_checkpoint(Checkpoint(ORIGIN, 258, bytes(range(32))), LOG)
    line = evidence.cosign_checkpoint(note, LATTICE, time_unix=1_700_000_000)
    message = (
        b"subtree/v1\n\x00" + b"\x11witness.example/c" + bytes.fromhex("000000006553f100")
        + b"\x16example.org/evidence/1" + bytes(8) + bytes.fromhex("0000000000000102") + bytes(range(32))
    )  # fmt: skip
    public = MLDSA44PublicKey.from_public_bytes(LATTICE.verifier.public_key)
    public.verify(line.signature[8:], message)
    assert len(line.signature) == 8 + 2420
    text = "not a checkpoint\n"
    with pytest.raises(evidence.MalformedCheckpoint):
        LATTICE.sign(text, time_unix=1)


def test_a_log_signs_under_its_own_name_only() -> None:
    with pytest.raises(evidence.MalformedCheckpoint):
        evidence.sign_checkpoint(Checkpoint("other.example/1", 1, bytes(32)), LOG)
    text = Checkpoint("other.example/1", 1, bytes(32)).text
    note = evidence.Note(text, (evidence.sign_note(text, LOG),))
    with pytest.raises(evidence.SignatureRejected):
        evidence.open_checkpoint(note.encode(), [LOG.verifier])


# Checkpoints


@pytest.mark.parametrize("lines", [
    "o\n1\nAA==\n", "o\n01\n{root}\n", "o\n-1\n{root}\n", "o\n1 \n{root}\n", "o\n\u0661\n{root}\n", "o\n+1\n{root}\n",
    "\n1\n{root}\n", "o\n1\n{root}", "o\n1\n{root}\n\n", "o\n1\n", "o\n{root}\n1\n", "o\n1\n {root}\n",
    "o\n9223372036854775808\n{root}\n", "o\n0\n{root}\n", "o\n1\n{root}\next\n\n",
])  # fmt: skip
def test_malformed_checkpoints_are_refused(lines: str) -> None:
    root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    with pytest.raises(evidence.MalformedCheckpoint):
        evidence.parse_checkpoint(lines.format(root=root))


@given(
    st.integers(1, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.sampled_from([(), ("x",), ("x", "y z")]),
)
def test_checkpoints_read_back(size: int, root: bytes, extensions: tuple[str, ...]) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root, extensions)
    assert evidence.parse_checkpoint(checkpoint.text) == checkpoint


def test_two_roots_of_one_size_are_a_split_view() -> None:
    one = Checkpoint(ORIGIN, 5, bytes(32))
    assert evidence.check_same_view(one, one)
    assert not evidence.check_same_view(one, Checkpoint(ORIGIN, 6, bytes(32)))
    assert not evidence.check_same_view(one, Checkpoint("other.example", 5, b"x" * 32))
    with pytest.raises(evidence.SplitView):
        evidence.check_same_view(one, Checkpoint(ORIGIN, 5, b"x" * 32))


# Proof files


def test_a_proof_file_verifies_and_reads_back() -> None:
    assert evidence.parse_proof(PROOF).encode() == PROOF
    assert accept(PROOF)
    bare = make_proof(extra=None)
    proof = evidence.parse_proof(bare)
    assert proof.extra is None
    assert evidence.verify_proof(proof, LEAF, POLICY.log_keys).checkpoint.size == 13
    with pytest.raises(evidence.ProofRejected):
        evidence.verify_proof(proof, LEAF + b" ", POLICY.log_keys)


@given(st.integers(0, len(PROOF) - 1), st.integers(0, 7))
def test_no_flipped_bit_of_a_proof_file_is_accepted(place: int, bit: int) -> None:
    assert refused(lambda: accept(flip(PROOF, place, bit)))


@given(st.integers(0, len(LEAF) - 1), st.integers(0, 7))
def test_no_flipped_bit_of_a_leaf_is_accepted(place: int, bit: int) -> None:
    proof = evidence.parse_proof(make_proof(cosigned=False, extra=None))
    assert refused(lambda: evidence.verify_proof(proof, flip(LEAF, place, bit), POLICY.log_keys))


@pytest.mark.parametrize(("old", "new"), [
    ("@v1", "@v2"), ("index 7", "index 07"), ("index 7", "index  7"), ("index 7", "index -7"), ("index 7\n", ""),
    ("extra ", "extra"), ("extra ", "EXTRA "), ("c2sp", "\nc2sp"), ("index 7\n", "index 7\n\n"),
    ("index 7\n", "index 7\nextra AAAA\n"), ("index 7\n", "index 7\nAAAA\n"), ("index 7\n", "index 7 \n"),
    ("index 7\n", "index 7\r\n"), ("index 7\n", "index 7\n" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64),
])  # fmt: skip
def test_malformed_proof_files_are_refused(old: str, new: str) -> None:
    changed = PROOF.replace(old.encode(), new.encode(), 1)
    assert changed != PROOF
    assert refused(lambda: accept(changed))


# Policies


def test_a_policy_counts_its_groups() -> None:
    assert evidence.parse_policy(POLICY.encode()) == POLICY
    assert [POLICY.reached(names) for names in (set(), {"A"}, {"A", "C"}, {"A", "B", "C"})] == [
        False,
        False,
        True,
        True,
    ]
    standing = evidence.assess_checkpoint(evidence.parse_proof(PROOF).checkpoint, POLICY)
    assert standing.witnessed == {"A": 1_700_000_000, "C": 1_700_000_000}
    assert standing.quorum_reached
    alone = evidence.assess_checkpoint(evidence.parse_proof(make_proof(cosigned=False)).checkpoint, POLICY)
    assert not alone.quorum_reached
    assert not alone.witnessed


def test_groups_hold_groups() -> None:
    text = POLICY_TEXT.replace("group two 2 A B C", "group x any A B\ngroup two all x C")
    policy = evidence.parse_policy(text.encode())
    assert [policy.reached(names) for names in ({"A", "B"}, {"C"}, {"B", "C"})] == [False, False, True]
    nobody = evidence.parse_policy(b"quorum none\n")
    assert nobody.reached(set())
    assert nobody.quorum is None


@pytest.mark.parametrize(("old", "new"), [
    ("quorum two\n", ""), ("quorum two\n", "quorum two\nquorum two\n"), ("quorum two", "quorum three"),
    ("quorum two", "quorum two A"), ("quorum two\n", "quorum two"), ("quorum", "Quorum"), ("2 A", "0 A"), ("2 A", "4 A"),
    ("2 A", "02 A"), ("2 A", "some A"), ("A B C", "A B B"), ("A B C", "A B D"), ("A B C", "A B none"), ("2 A B C", "2"),
    ("witness A", "witness B"), ("witness A", "witness none"), ("group two", "group A"), ("# who", "\x01 who"),
    ("witness A", "witness"), ("log ", "log  x "), (WITNESS.verifier.vkey, OTHER.verifier.vkey),
    (WITNESS.verifier.vkey, replace(OTHER, name="x").verifier.vkey), (WITNESS.verifier.vkey, GO_VKEY),
    (LOG.verifier.vkey, "a+00000000+AQ=="), ("\nquorum", "\n\u00a0quorum"), ("\n\nlog", "\r\n\nlog"),
    ("group two 2 A B C\n", "group one any A\ngroup two 2 A B C\n"),
])  # fmt: skip
def test_malformed_policies_are_refused(old: str, new: str) -> None:
    changed = POLICY_TEXT.replace(old, new, 1)
    assert changed != POLICY_TEXT
    with pytest.raises(evidence.MalformedPolicy):
        evidence.parse_policy(changed.encode())


def test_names_in_a_policy_are_octets() -> None:
    data = POLICY_TEXT.replace("witness A", "witness \u212a").replace("A B C", "\u212a B C").encode()
    data = data.replace("\u212a".encode(), b"\xff\xfe")
    policy = evidence.parse_policy(data)
    assert b"witness \xff\xfe " in policy.encode()
