"""The tree of RFC 6962 and its tiles: known roots, proofs of every leaf and prefix, and flipped bits."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure import evidence
from holdfast.pure.evidence import CompactRange, ProofRejected, Tile, TiledEdge

# The test tree of the Certificate Transparency project: leaves, and the root after each.
CT_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

sizes = st.one_of(st.integers(1, 40), st.integers(250, 260), st.integers(500, 1000))


def naive_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, as it stands there."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    left, right = naive_root(hashes[:split]), naive_root(hashes[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


class Log:
    """A log in memory: entries, their hashes, and the files that stand for them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.entries = [b"entry %d" % number for number in range(size)]
        self.hashes = [evidence.leaf_hash(one) for one in self.entries]
        self.files: dict[Tile, bytes] = {}
        edge = TiledEdge()
        for entry in self.entries:
            self.files.update(edge.append(entry))
        self.files.update(edge.partial_tiles())
        self.root = edge.range.root()
        self.node = evidence.node_reader(self.files.__getitem__, size)


_logs: dict[int, Log] = {}


def log_of(size: int) -> Log:
    if size not in _logs:
        _logs[size] = Log(size)
    return _logs[size]


def flipped(data: bytes, draw: st.DataObject) -> bytes:
    place = draw.draw(st.integers(0, len(data) - 1), label="place")
    bit = 1 << draw.draw(st.integers(0, 7), label="bit")
    return data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def test_the_known_tree_has_the_known_roots() -> None:
    tree = CompactRange()
    assert tree.root().hex() == hashlib.sha256(b"").hexdigest()
    for leaf, root in zip(CT_LEAVES, CT_ROOTS, strict=True):
        tree.append(evidence.leaf_hash(bytes.fromhex(leaf)))
        assert tree.root().hex() == root


def test_the_known_tree_has_the_known_proofs() -> None:
    hashes = [evidence.leaf_hash(bytes.fromhex(leaf)) for leaf in CT_LEAVES]
    known: dict[tuple[int, int], bytes] = {}
    tree = CompactRange()
    for one in hashes:
        tree.append(one, lambda level, index, node: known.__setitem__((level, index), node))
    proof = evidence.inclusion_proof(lambda level, index: known[level, index], 5, 8)
    assert [one.hex()[:8] for one in proof] == ["bc1a0643", "ca854ea1", "d37ee418"]
    proof = evidence.consistency_proof(lambda level, index: known[level, index], 6, 8)
    assert [one.hex()[:8] for one in proof] == ["0ebc5d34", "ca854ea1", "d37ee418"]


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_compact_range_equals_the_definition(hashes: list[bytes]) -> None:
    tree = CompactRange()
    for count, one in enumerate(hashes):
        assert tree.root() == naive_root(hashes[:count])
        tree = CompactRange(tree.size, tree.nodes)
        tree.append(one)
    assert tree.root() == naive_root(hashes)


@given(sizes)
def test_tiles_lead_to_the_root_of_the_definition(size: int) -> None:
    log = log_of(size)
    assert log.root == naive_root(log.hashes) == evidence.tree_root(log.node, size)
    assert evidence.compact_range(log.node, size).root() == log.root
    assert set(evidence.tiles_of(size)) == set(log.files)
    assert list(evidence.audit_tiles(log.files.__getitem__, size, log.root)) == log.entries


@given(sizes, st.data())
def test_every_leaf_is_proven_and_no_other(size: int, data: st.DataObject) -> None:
    log = log_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof = evidence.inclusion_proof(log.node, index, size)
    evidence.verify_inclusion(log.hashes[index], index, size, proof, log.root)
    for wrong_index in {index - 1, index + 1, size} - {index}:
        with pytest.raises(ProofRejected):
            evidence.verify_inclusion(log.hashes[index], wrong_index, size, proof, log.root)
    with pytest.raises(ProofRejected):
        evidence.verify_inclusion(log.hashes[index], index, size, [*proof, log.root], log.root)
    with pytest.raises(ProofRejected):
        evidence.verify_inclusion(evidence.leaf_hash(b"forged"), index, size, proof, log.root)
    if proof:
        with pytest.raises(ProofRejected):
            evidence.verify_inclusion(log.hashes[index], index, size, proof[:-1], log.root)
        place = data.draw(st.integers(0, len(proof) - 1))
        broken = [*proof[:place], flipped(proof[place], data), *proof[place + 1 :]]
        with pytest.raises(ProofRejected):
            evidence.verify_inclusion(log.hashes[index], index, size, broken, log.root)


@given(sizes, st.data())
def test_every_prefix_is_consistent_and_nothing_else(size: int, data: st.DataObject) -> None:
    log = log_of(size)
    old = data.draw(st.integers(0, size))
    old_root = naive_root(log.hashes[:old])
    proof = evidence.consistency_proof(log.node, old, size)
    evidence.verify_consistency(old, size, proof, old_root=old_root, new_root=log.root)
    with pytest.raises(ProofRejected):
        evidence.verify_consistency(old, size, [*proof, log.root], old_root=old_root, new_root=log.root)
    with pytest.raises(ProofRejected):
        evidence.verify_consistency(old, size, proof, old_root=flipped(old_root, data), new_root=log.root)
    if old:
        with pytest.raises(ProofRejected):
            evidence.verify_consistency(old, size, proof, old_root=old_root, new_root=flipped(log.root, data))
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        broken = [*proof[:place], flipped(proof[place], data), *proof[place + 1 :]]
        with pytest.raises(ProofRejected):
            evidence.verify_consistency(old, size, broken, old_root=old_root, new_root=log.root)
        with pytest.raises(ProofRejected):
            evidence.verify_consistency(old, size, proof[:-1], old_root=old_root, new_root=log.root)


@given(sizes, st.data())
def test_a_rewritten_history_has_no_consistency_proof(size: int, data: st.DataObject) -> None:
    log = log_of(size)
    old = data.draw(st.integers(1, size))
    forged = list(log.hashes)
    forged[data.draw(st.integers(0, old - 1))] = evidence.leaf_hash(b"rewritten")
    proof = evidence.consistency_proof(log.node, old, size)
    with pytest.raises(ProofRejected):
        evidence.verify_consistency(
            old, size, proof, old_root=naive_root(log.hashes[:old]), new_root=naive_root(forged)
        )


@given(sizes, st.data())
def test_a_flipped_bit_in_any_file_of_the_log_is_found(size: int, data: st.DataObject) -> None:
    log = log_of(size)
    tile = data.draw(st.sampled_from(sorted(log.files, key=lambda one: one.path)))
    files = {**log.files, tile: flipped(log.files[tile], data)}
    with pytest.raises(evidence.EvidenceInvalid):
        list(evidence.audit_tiles(files.__getitem__, size, log.root))


@given(st.lists(st.integers(0, 400), min_size=1, max_size=4))
def test_a_log_grows_the_same_with_and_without_stops(steps: list[int]) -> None:
    files: dict[Tile, bytes] = {}
    size = 0
    for step in steps:
        edge = TiledEdge.load(size, files.__getitem__)
        for number in range(size, size + step):
            files.update(edge.append(b"entry %d" % number))
        files.update(edge.partial_tiles())
        assert set(evidence.tiles_of(size + step, size)) <= set(files)
        size += step
        assert edge.range.root() == log_of(size).root
    assert log_of(size).files.items() <= files.items()


def test_a_kept_edge_whose_entries_were_changed_is_refused() -> None:
    log = log_of(300)
    bundle = evidence.tile_at(None, 1, 300)
    changed = log.files[bundle].replace(b"entry 299", b"entry 298")
    with pytest.raises(evidence.MalformedTile):
        TiledEdge.load(300, {**log.files, bundle: changed}.__getitem__)
    with pytest.raises(ProofRejected):
        CompactRange(3, [log.root])


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(None, 999, 1), "tile/entries/999.p/1"),
        (Tile(2, 1000, 255), "tile/2/x001/000.p/255"),
        (Tile(63, 5), "tile/63/005"),
    ],
)
def test_paths_of_tiles_are_those_of_the_format(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert evidence.parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/01/000", "tile/64/000", "tile/-1/000",
        "tile/0/x000/001", "tile/0/001/002", "tile/0/x001", "tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/01",
        "tile/0/001.p/", "tile/0/001/", "/tile/0/001", "tile/data/001", "tile/0/../001", "tile/0/001\n",
        "tile/0/\u0661\u0662\u0663", "tile/entries/x001/x001/001.P/3", "tile/0/" + "x001/" * 30 + "001",
    ],
)  # fmt: skip
def test_no_other_paths_are_tiles(path: str) -> None:
    with pytest.raises(evidence.MalformedTile):
        evidence.parse_tile_path(path)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_entry_bundles_read_back(entries: list[bytes]) -> None:
    data = evidence.encode_entry_bundle(entries)
    assert evidence.parse_entry_bundle(data, len(entries)) == entries
    for broken in (data + b"\x00", data[:-1], data + b"\x00\x00"):
        with pytest.raises(evidence.MalformedTile):
            evidence.parse_entry_bundle(broken, len(entries))


def test_entries_have_their_limit() -> None:
    whole = bytes(evidence.MAX_ENTRY_BYTES)
    assert evidence.parse_entry_bundle(evidence.encode_entry_bundle([whole]), 1) == [whole]
    with pytest.raises(evidence.MalformedTile):
        evidence.encode_entry_bundle([whole + b"\x00"])
    with pytest.raises(evidence.MalformedTile):
        TiledEdge().append(whole + b"\x00")
    with pytest.raises(evidence.MalformedTile):
        evidence.encode_entry_bundle([])


def test_nodes_beyond_the_tree_are_refused() -> None:
    log = log_of(300)
    for level, index in ((0, 300), (1, 150), (8, 1), (9, 0)):
        with pytest.raises(evidence.MalformedTile):
            log.node(level, index)
    with pytest.raises(ProofRejected):
        evidence.inclusion_proof(log.node, 300, 300)
