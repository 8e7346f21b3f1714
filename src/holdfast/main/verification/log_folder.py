"""Verify a whole log in a folder, as a mirror or a download has it: `checkpoint` and `tile/...`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from holdfast.main.verification.report import Outcome, Report
from holdfast.main.verification.standing import add_standing, known_policy
from holdfast.main.verification.trust import Given, Trust, read_file
from holdfast.pure import evidence

CHECKPOINT = "checkpoint"
_TICK_LEAVES = 4096


def is_log_folder(path: Path, _head: bytes) -> bool:
    """Whether the path is a folder with a checkpoint."""
    return path.is_dir() and (path / CHECKPOINT).is_file()


def verify_log_folder(path: Path, trust: Trust, given: Given) -> Report:
    """Recompute every hash from every entry, read every leaf, and compare with checkpoints that were seen before.

    A checkpoint of fewer leaves that is signed and not a prefix of this log is a split view. Raises Invalid where no
    key was given.
    """
    policy = known_policy(trust)
    report = Report(str(path))
    try:
        checkpoint = add_standing(report, policy, read_file(path / CHECKPOINT))
        _audit(report, path, checkpoint, given)
        _compare_seen(report, trust, policy, path, checkpoint)
    except evidence.SplitView as error:
        report.add(Outcome.SPLIT_VIEW, "seen", error.public)
    except evidence.EvidenceInvalid as error:
        report.add(Outcome.BAD, "log", error.public)
    return report


def _audit(report: Report, path: Path, checkpoint: evidence.Checkpoint, given: Given) -> None:
    kinds: Counter[str] = Counter()
    entries = evidence.audit_tiles(lambda tile: _read(path, tile), checkpoint.size, checkpoint.root)
    for index, entry in enumerate(entries):
        try:
            kinds[evidence.parse_leaf(entry).kind] += 1
        except evidence.MalformedLeaf as error:
            raise evidence.MalformedLeaf(f"Entry {index}: {error.public}") from None
        if given.tick and index % _TICK_LEAVES == 0:
            given.tick(index, checkpoint.size)
    report.facts["kinds"] = dict(sorted(kinds.items()))
    report.verified(
        "entries", f"all {checkpoint.size} entries lead to its root, and every tile is what they make"
    )


def _compare_seen(
    report: Report, trust: Trust, policy: evidence.Policy, path: Path, checkpoint: evidence.Checkpoint
) -> None:
    node = evidence.node_reader(lambda tile: _read(path, tile), checkpoint.size)
    for name, data in trust.seen:
        seen = evidence.open_checkpoint(data, policy.log_keys).checkpoint
        if seen.origin != checkpoint.origin or seen.size > checkpoint.size:
            report.verified(
                "seen", f"{name} is signed, but of another log or a larger one: it was not compared"
            )
            continue
        prefix = evidence.Checkpoint(seen.origin, seen.size, evidence.tree_root(node, seen.size))
        evidence.check_same_view(seen, prefix)
        report.verified("seen", f"the log begins with the {seen.size} leaves of {name}")


def _read(path: Path, tile: evidence.Tile) -> bytes:
    file = path / tile.path
    try:
        return file.read_bytes()
    except OSError:
        raise evidence.MalformedTile(f"{tile.path} is missing from the log.") from None
