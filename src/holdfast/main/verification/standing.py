"""What every kind of evidence begins with: a policy, and how a checkpoint stands under it."""

from __future__ import annotations

from datetime import UTC, datetime

from holdfast.main.verification.report import Outcome, Report
from holdfast.main.verification.trust import Trust
from holdfast.pure import evidence
from holdfast.pure.errors import Invalid


def known_policy(trust: Trust) -> evidence.Policy:
    """The policy to verify under. Raises Invalid without the key of any log: then nothing can be verified."""
    if trust.policy is None or not trust.policy.logs:
        raise Invalid("whom do you believe? give the log's key with --vkey, or a policy with --policy")
    return trust.policy


def add_standing(report: Report, policy: evidence.Policy, note: bytes) -> evidence.Checkpoint:
    """Verify a checkpoint and write down who signed it and whether that is enough. Raises EvidenceInvalid."""
    standing = evidence.assess_checkpoint(note, policy)
    checkpoint = standing.signed.checkpoint
    report.facts["checkpoint"] = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
    }
    report.facts["witnessed"] = {name: _time(seconds) for name, seconds in standing.witnessed.items()}
    report.verified("checkpoint", f"{checkpoint.origin} has signed a log of {checkpoint.size} leaves")
    for name, seconds in standing.witnessed.items():
        report.verified("witness", f"witness {name} saw that log at {_time(seconds)}")
    if not standing.quorum_reached:
        report.add(Outcome.UNWITNESSED, "witnesses", "the cosignatures are no quorum of the policy")
    elif not standing.witnessed:
        report.add(Outcome.UNWITNESSED, "witnesses", "no witness that is known here has cosigned the log")
    return checkpoint


def _time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"second {seconds} since 1970"
