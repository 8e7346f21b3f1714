"""Verify an evidence bundle: its container, its bag, and for each log the checkpoint, leaves, proofs and openings.

The layout is in docs/guide/evidence.md; `trust/evidence/carried/holdfast_verify.py` does the same on its own, for those
who do not have this program.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path

from holdfast.main.verification.bundle_log import BundleLog, read_log
from holdfast.main.verification.report import Outcome, Report
from holdfast.main.verification.trust import Given, Trust
from holdfast.pure import bundles, evidence
from holdfast.pure.errors import Invalid

_ZIP = b"PK\x03\x04"


def is_bundle(path: Path, head: bytes) -> bool:
    """Whether the path is a ZIP, or a folder that is a bag."""
    return head.startswith(_ZIP) or path.suffix == ".zip" or (path / "bagit.txt").is_file()


def verify_bundle(path: Path, trust: Trust, given: Given) -> Report:
    """What a bundle proves. Without a policy of the verifier's own, the one that the bundle carries is believed, and the
    report says so."""
    report = Report(str(path))
    if path.is_dir():
        files = {
            one.relative_to(path).as_posix(): memoryview(one.read_bytes())
            for one in sorted(path.rglob("*")) if one.is_file()
        }  # fmt: skip
        _verify(report, files, trust)
        return report
    if not path.stat().st_size:
        raise Invalid(f"{path} is empty")
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        whole = memoryview(mapped)
        parts: dict[str, memoryview] = {}
        try:
            parts = bundles.read_archive(whole)
            report.verified("container", f"no byte of the ZIP around {len(parts)} files was changed")
            _verify(report, _without_folder(parts), trust)
        except Invalid as error:
            report.add(Outcome.BAD, "container", error.public)
        finally:
            # The mapping cannot be closed while anything looks into it.
            for part in parts.values():
                part.release()
            whole.release()
    return report


def _without_folder(files: Mapping[str, memoryview]) -> dict[str, memoryview]:
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) != 1 or not all("/" in name for name in files):
        raise Invalid("A bundle has one folder, which is the bag.")
    return {name.split("/", 1)[1]: content for name, content in files.items()}


def _verify(report: Report, files: Mapping[str, memoryview], trust: Trust) -> None:
    try:
        digests = bundles.check_bag(files)
        report.verified("bag", f"{len(digests)} files are as the manifests say")
        report.facts["manifest_sha256"] = digests["manifest-sha256.txt"]
        folders = bundles.ledger_folders(files)
        if not folders:
            raise bundles.BagRejected("There is no ledger in this bundle.")
        logs = [read_log(files, folder, trust) for folder in folders]
        for log in logs:
            _verify_log(report, files, log, trust)
        _verify_openings(report, files, logs)
        _verify_stamps(report, files, logs)
    except evidence.SplitView as error:
        report.add(Outcome.SPLIT_VIEW, "checkpoint", error.public)
    except Invalid as error:
        report.add(Outcome.BAD, "bundle", error.public)


def _verify_log(report: Report, files: Mapping[str, memoryview], log: BundleLog, trust: Trust) -> None:
    checkpoint = log.checkpoint
    report.verified("checkpoint", f"{checkpoint.origin} has signed a log of {checkpoint.size} leaves")
    if not log.trusted:
        key = ", ".join(one.vkey for one in log.policy.log_keys)
        report.facts.setdefault("compare", []).append(key)
        report.verified("keys", f"with the bundle's own key; compare it with one from elsewhere: {key}")
    for name in log.standing.witnessed:
        report.verified("witness", f"witness {name} saw that log")
    if not log.standing.quorum_reached or not log.standing.witnessed:
        report.add(Outcome.UNWITNESSED, "witnesses", "not enough witnesses have cosigned the log")
    for name, data in trust.seen:
        seen = evidence.open_checkpoint(data, log.policy.log_keys).checkpoint
        if evidence.check_same_view(seen, checkpoint):
            report.verified("seen", f"{name} says the same of the log")
        else:
            report.verified("seen", f"{name} is signed, but of another log or size: it was not compared")
    log.check_leaves(files)
    report.verified("leaves", f"{len(log.leaves)} leaves stand in that log where they say")
    log.check_tiles(files)


def _verify_openings(report: Report, files: Mapping[str, memoryview], logs: list[BundleLog]) -> None:
    leaves = {record_id: leaf for log in logs for record_id, leaf in log.leaves.items()}
    opened: set[tuple[str, str]] = set()
    for path in sorted(one for one in files if one.startswith(bundles.OPENINGS)):
        opening = evidence.parse_opening(bytes(files[path]))
        leaf = leaves.get(opening.record_id)
        if leaf is None or (opening.record_id, opening.name) in opened:
            raise bundles.BagRejected(f"{path} opens nothing of this bundle.")
        evidence.open_commitment(leaf, opening)
        opened.add((opening.record_id, opening.name))
    report.verified("openings", f"{len(opened)} openings are what their leaves committed to")
    listed = bundles.parse_unopened(bytes(files.get(bundles.REDACTIONS, b"")))
    closed: dict[str, int] = {}
    for record_id, leaf in leaves.items():
        for name in leaf.commitments:
            if (record_id, name) in opened:
                continue
            row = listed.pop((record_id, name), None)
            if row is None:
                raise bundles.BagRejected(f"{name} of {record_id} is neither opened nor listed as closed.")
            closed[f"{leaf.kind} {name}, {row.reason}"] = (
                closed.get(f"{leaf.kind} {name}, {row.reason}", 0) + 1
            )
    if listed:
        raise bundles.BagRejected("redactions.csv lists what this bundle does not close.")
    for what, count in sorted(closed.items()):
        report.add(Outcome.OPENING_MISSING, "opening", f"{count} stay closed: {what}")
    report.facts["records"], report.facts["opened"] = len(leaves), len(opened)


def _verify_stamps(report: Report, files: Mapping[str, memoryview], logs: list[BundleLog]) -> None:
    """Each stamp is of a state that the bundle's log begins with. Whether its authority has signed it is for those who
    know the authority's certificate."""
    stamps = sorted(one for one in files if one.startswith(bundles.TIME_STAMPS) and one.endswith(".tsr"))
    for path in stamps:
        size = _log_of(files, path, logs).check_stamp(files, path)
        report.verified("time", f"{path} stamps that log when it had {size} leaves")
    if stamps:
        report.facts["time_stamps"] = len(stamps)


def _log_of(files: Mapping[str, memoryview], path: str, logs: list[BundleLog]) -> BundleLog:
    note = bytes(files.get(f"{path.removesuffix('.tsr')}.checkpoint", b""))
    for log in logs:
        if note.startswith(f"{log.checkpoint.origin}\n".encode()):
            return log
    raise bundles.BagRejected(f"{path} is of no log of this bundle.")
