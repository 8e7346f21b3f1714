"""What everybody may know of the evidence ledger and of who confirms it: for the page, for the API, for the policy."""

from __future__ import annotations

from dataclasses import dataclass

from ..platform.clock import Instant
from ..pure.errors import NotFound
from ..pure.evidence import PROOF_SUFFIX, Policy, VerifierKey, parse_checkpoint, parse_note
from ..records import ledger, timestamps
from ..records.sequencing import generations, last_census_matches, signing_key
from ..records.witnesses import Witness, make_policy, names_of_cosigners, witnesses
from .ports import Services

STAMP_SUFFIX, NOTE_SUFFIX = ".tsr", ".checkpoint"
_STAMPS_SHOWN = 5


@dataclass(frozen=True)
class LedgerFacts:
    """The log that grows. census_matches: None before the first census."""

    log: ledger.Log
    prefix: str
    checkpoint: ledger.StoredCheckpoint
    cosigned: ledger.StoredCheckpoint
    """The newest checkpoint that a witness has cosigned; the newest at all while there is none."""
    keys: tuple[VerifierKey, ...]
    witnesses: tuple[Witness, ...]
    policy: Policy
    stamps: tuple[timestamps.TimeStamp, ...]
    census_matches: bool | None


@dataclass(frozen=True)
class Receipt:
    """What is known of one record. proof: None while no checkpoint covers it. stamp: the first that covers it."""

    record: ledger.Record
    proof: bytes | None
    size: int
    signed_at: Instant | None
    cosigners: tuple[str, ...]
    stamp: timestamps.TimeStamp | None


def prefix_of(services: Services, number: int) -> str:
    """Where a log's files are."""
    return f"{services.base_url}/.well-known/holdfast/evidence/{number}"


async def log_keys(services: Services, log: ledger.Log) -> list[VerifierKey]:
    """Every key that may have signed this log and is still believed, the newest first."""
    known = [one.number for one in await generations(services.database) if not one.leaked]
    return [
        signing_key(services.database.keyring, log.origin, number).verifier
        for number in reversed(known or [1])
    ]


async def policy_of(services: Services, number: int | None = None) -> Policy:
    """Whom to believe about a log, the newest unless a number is given. Raises NotFound."""
    if number is None:
        known = await ledger.logs(services.database)
        log = known[-1] if known else None
    else:
        log = await ledger.log_of(services.database, number)
    if log is None:
        raise NotFound
    return make_policy(
        await log_keys(services, log), prefix_of(services, log.number), await witnesses(services.database),
        services.settings.ledger_quorum,
    )  # fmt: skip


async def ledger_facts(services: Services) -> LedgerFacts | None:
    """Everything for the page; None before the first checkpoint."""
    database = services.database
    checkpoint = await ledger.latest_checkpoint(database)
    log = await ledger.log_of(database, checkpoint.log) if checkpoint else None
    if checkpoint is None or log is None:
        return None
    covering = await ledger.covering_checkpoint(database, log.number, 0)
    policy = await policy_of(services, log.number)
    return LedgerFacts(
        log, prefix_of(services, log.number), checkpoint, covering or checkpoint, policy.log_keys,
        tuple(await witnesses(database)), policy,
        tuple(await timestamps.newest_stamps(database, log.origin, _STAMPS_SHOWN)),
        await last_census_matches(database),
    )  # fmt: skip


async def receipt_of(services: Services, record_id: str) -> Receipt:
    """A record's receipt as it is now. Raises NoSuchRecord. Whoever has the id may have it: a leaf is public."""
    database = services.database
    record = await ledger.record_of(database, record_id)
    proof = await ledger.proof(database, record_id)
    if proof is None or record.log is None or record.index is None:
        return Receipt(record, None, 0, None, (), None)
    size = parse_checkpoint(parse_note(proof.checkpoint).text).size
    stored = await ledger.checkpoint_at(database, record.log, size)
    log = await ledger.log_of(database, record.log)
    stamp = await timestamps.covering_stamp(database, log.origin, record.index) if log else None
    cosigners = tuple(sorted(names_of_cosigners(stored.cosignatures))) if stored else ()
    return Receipt(record, proof.encode(), size, stored.signed_at if stored else None, cosigners, stamp)


def receipt_header(services: Services, record_id: str) -> tuple[bytes, bytes]:
    """Tells a program where the receipt of what it filed is."""
    return (b"holdfast-receipt", receipt_links(services, record_id)["url"].encode())


def receipt_links(services: Services, record_id: str) -> dict[str, str]:
    """Where a receipt is: the page, and the proof."""
    base = services.base_url
    return {
        "url": f"{base}/receipts/{record_id}",
        "proof_url": f"{base}/api/holdfast/v1/ledger/receipts/{record_id}{PROOF_SUFFIX}",
    }


def stamp_links(services: Services, stamp_id: int) -> tuple[str, str]:
    """Where a time stamp is: the authority's reply, and the checkpoint that it stamped."""
    path = f"{services.base_url}/api/holdfast/v1/ledger/time-stamps/{services.ids.encode(stamp_id)}"
    return f"{path}{STAMP_SUFFIX}", f"{path}{NOTE_SUFFIX}"
