"""One log of a bundle: its checkpoint, and leaves that are proved against it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from holdfast.main.verification.trust import Trust
from holdfast.pure import bundles, evidence
from holdfast.pure.evidence import Checkpoint, Leaf, Policy, Standing, Tile

_LEAF = re.compile(r"(0|[1-9][0-9]{0,18})\.json")


@dataclass(slots=True)
class BundleLog:
    """What was read of a log. `trusted`: by a policy of the verifier's own; `leaves` by the id of their record."""

    folder: str
    policy: Policy
    trusted: bool
    note: bytes
    standing: Standing
    leaves: dict[str, Leaf] = field(default_factory=dict)
    proofs: dict[int, tuple[bytes, ...]] = field(default_factory=dict)

    @property
    def checkpoint(self) -> Checkpoint:
        """The state that everything is proved against."""
        return self.standing.signed.checkpoint

    def check_leaves(self, files: Mapping[str, memoryview]) -> None:
        """Every leaf stands where its name says, in the checkpoint of the bundle and in no other. Raises the family of
        evidence errors, BagRejected."""
        prefix, checkpoint = f"{self.folder}leaves/", self.checkpoint
        for path in sorted(one for one in files if one.startswith(prefix)):
            match = _LEAF.fullmatch(path.removeprefix(prefix))
            if match is None:
                raise bundles.BagRejected(f"{path} is no name of a leaf.")
            index, content = int(match[1]), bytes(files[path])
            leaf = evidence.parse_leaf(content)
            proof = evidence.parse_proof(bytes(files.get(f"{self.folder}proofs/{index}.tlog-proof", b"")))
            if proof.index != index or proof.checkpoint != self.note or proof.extra not in (None, content):
                raise bundles.BagRejected(f"The proof of leaf {index} is of another leaf or checkpoint.")
            hashed = evidence.leaf_hash(content)
            evidence.verify_inclusion(hashed, index, checkpoint.size, proof.hashes, checkpoint.root)
            if leaf.record_id in self.leaves:
                raise bundles.BagRejected(f"{leaf.record_id} is there twice.")
            self.leaves[leaf.record_id] = leaf
            self.proofs[index] = proof.hashes
        proofs = sum(one.startswith(f"{self.folder}proofs/") for one in files)
        if proofs != len(self.leaves):
            raise bundles.BagRejected("There are proofs without their leaves.")

    def check_tiles(self, files: Mapping[str, memoryview]) -> None:
        """The tiles of the bundle say the same as the proofs. Raises the family of evidence errors, BagRejected."""
        prefix, size = self.folder, self.checkpoint.size
        tiles = {
            evidence.parse_tile_path(path.removeprefix(prefix)): bytes(content)
            for path, content in files.items() if path.startswith(f"{prefix}tile/")
        }  # fmt: skip
        known: dict[tuple[int, int], bytes] = {}

        def read(tile: Tile) -> bytes:
            if tile not in tiles:
                raise bundles.BagRejected(f"{prefix}{tile.path} is missing.")
            return tiles[tile]

        nodes = evidence.node_reader(read, size)

        def node(level: int, index: int) -> bytes:
            if (level, index) not in known:
                known[level, index] = nodes(level, index)
            return known[level, index]

        for index, hashes in self.proofs.items():
            if tuple(evidence.inclusion_proof(node, index, size)) != hashes:
                raise bundles.BagRejected(f"The tiles and the proof of leaf {index} contradict each other.")

    def check_stamp(self, files: Mapping[str, memoryview], path: str) -> int:
        """The size of the log that a time stamp is of, which this one begins with. Raises the family of evidence
        errors, BagRejected; SplitView where it is another history."""
        stem = path.removesuffix(".tsr")
        note = bytes(files[f"{stem}.checkpoint"])
        stamped = evidence.open_checkpoint(note, self.policy.log_keys).checkpoint
        if hashlib.sha256(note).digest() not in bytes(files[path]):
            raise bundles.BagRejected(f"{path} stamps something else.")
        if evidence.check_same_view(stamped, self.checkpoint):
            return stamped.size
        lines = bytes(files.get(f"{stem}.consistency", b"")).split(b"\n")
        hashes = [_hash_of(line, path) for line in lines[:-1]]
        try:
            evidence.verify_consistency(
                stamped.size,
                self.checkpoint.size,
                hashes,
                old_root=stamped.root,
                new_root=self.checkpoint.root,
            )
        except evidence.ProofRejected:
            raise evidence.SplitView(
                f"The log of {stamped.size} leaves that {path} stamps is not what the bundle's log begins with."
            ) from None
        return stamped.size


def _hash_of(line: bytes, path: str) -> bytes:
    """A hash in base64. Raises BagRejected."""
    try:
        return base64.b64decode(line, validate=True)
    except binascii.Error:
        raise bundles.BagRejected(f"The consistency proof of {path} is not base64.") from None


def read_log(files: Mapping[str, memoryview], folder: str, trust: Trust) -> BundleLog:
    """The checkpoint of a folder, verified under the verifier's policy, or under the one that lies beside it.

    Raises the family of evidence errors, BagRejected.
    """
    note = bytes(files[f"{folder}checkpoint"])
    carried = evidence.parse_policy(bytes(files.get(f"{folder}policy.tlog-policy", b"")))
    keys = bytes(files.get(f"{folder}log.vkey", b"")).decode("utf-8", "replace").splitlines()
    if [evidence.parse_vkey(one) for one in keys] != list(carried.log_keys):
        raise bundles.BagRejected("log.vkey and the policy of the bundle name different keys.")
    trusted = trust.policy is not None and bool(trust.policy.logs)
    policy = trust.policy if trusted and trust.policy is not None else carried
    return BundleLog(folder, policy, trusted, note, evidence.assess_checkpoint(note, policy))
