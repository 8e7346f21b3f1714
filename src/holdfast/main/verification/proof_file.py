"""Verify a `.tlog-proof`: the log's signature, the leaf's place, the witnesses, and what the leaf committed to."""

from __future__ import annotations

from pathlib import Path

from holdfast.main.verification.report import Outcome, Report
from holdfast.main.verification.standing import add_standing, known_policy
from holdfast.main.verification.trust import Given, Trust, read_file
from holdfast.pure import evidence
from holdfast.pure.errors import Invalid

LEAF_SUFFIX = ".leaf.json"
OPENING_SUFFIX = ".opening.json"


def is_proof(path: Path, head: bytes) -> bool:
    """Whether the file is meant as a proof: by its first line, or by its name if that line is broken."""
    return path.name.endswith(evidence.PROOF_SUFFIX) or head.startswith(evidence.PROOF_HEADER.encode())


def verify_proof_file(path: Path, trust: Trust, given: Given) -> Report:
    """What a proof file and the files beside it prove.

    The leaf is the file given, else `NAME.leaf.json` beside `NAME.tlog-proof`, else the one within the proof.
    Openings are the files given and `NAME.*.opening.json` beside it. Raises Invalid where no key or no leaf is there:
    then nothing can be verified.
    """
    policy = known_policy(trust)
    report = Report(str(path))
    try:
        proof = evidence.parse_proof(read_file(path))
        leaf_bytes = _leaf_bytes(path, given, proof)
        _verify_checkpoint(report, trust, policy, proof)
        _verify_leaf(report, policy, proof, leaf_bytes)
        _verify_openings(report, evidence.parse_leaf(leaf_bytes), path, given)
    except evidence.SplitView as error:
        report.add(Outcome.SPLIT_VIEW, "checkpoint", error.public)
    except evidence.EvidenceInvalid as error:
        report.add(Outcome.BAD, "proof", error.public)
    return report


def _leaf_bytes(path: Path, given: Given, proof: evidence.TlogProof) -> bytes:
    beside = path.with_name(_stem(path) + LEAF_SUFFIX)
    if given.leaf is not None:
        return read_file(given.leaf)
    if beside.is_file():
        return read_file(beside)
    if proof.extra is not None:
        return proof.extra
    raise Invalid(f"{path} does not hold its leaf: give it with --leaf, or put it beside as {beside.name}")


def _verify_checkpoint(
    report: Report, trust: Trust, policy: evidence.Policy, proof: evidence.TlogProof
) -> None:
    checkpoint = add_standing(report, policy, proof.checkpoint)
    for name, data in trust.seen:
        try:
            seen = evidence.open_checkpoint(data, policy.log_keys).checkpoint
        except evidence.EvidenceInvalid as error:
            report.add(Outcome.BAD, "seen", f"{name}: {error.public}")
            continue
        if evidence.check_same_view(seen, checkpoint):
            report.verified("seen", f"{name} says the same of the log")
        else:
            report.verified("seen", f"{name} is signed, but of another log or size: it was not compared")


def _verify_leaf(
    report: Report, policy: evidence.Policy, proof: evidence.TlogProof, leaf_bytes: bytes
) -> None:
    evidence.verify_proof(proof, leaf_bytes, policy.log_keys, policy.witness_keys)
    leaf = evidence.parse_leaf(leaf_bytes)
    at = evidence.format_leaf_time(leaf.at)
    report.facts["leaf"] = {"index": proof.index, "id": leaf.record_id, "kind": leaf.kind, "time": at}
    report.facts["public"] = dict(leaf.public)
    report.verified(
        "leaf", f"entry {proof.index} of that log is {leaf.kind} {leaf.record_id}, written at {at}"
    )


def _verify_openings(report: Report, leaf: evidence.Leaf, path: Path, given: Given) -> None:
    stem = _stem(path)
    beside = sorted(
        one for one in path.parent.iterdir()
        if one.name.startswith(f"{stem}.") and one.name.endswith(OPENING_SUFFIX)
    )  # fmt: skip
    opened = set()
    for file in dict.fromkeys((*given.openings, *beside)):
        opening = evidence.parse_opening(read_file(file))
        try:
            body = evidence.open_commitment(leaf, opening)
        except evidence.CommitmentRejected as error:
            report.add(Outcome.BAD, "opening", f"{file.name}: {error.public}")
            continue
        opened.add(opening.name)
        report.verified("opening", f"{file.name} is what the leaf calls {opening.name} ({len(body)} bytes)")
    report.facts["opened"] = sorted(opened)
    report.facts["unopened"] = sorted(set(leaf.commitments) - opened)
    if not opened:
        return
    for name in report.facts["unopened"]:
        report.add(Outcome.OPENING_MISSING, "opening", f"there is no opening of what the leaf calls {name}")


def _stem(path: Path) -> str:
    return path.name.removesuffix(evidence.PROOF_SUFFIX)
