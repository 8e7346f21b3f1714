"""Making a witness; and before its first cosignature: what the logs show of this witness must be in its state.

A folder that was restored as a whole takes its guard along, so nothing in it can tell. The logs can: they publish
checkpoints with our cosignatures. One that bears ours and is larger than what we remember means that we forgot.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from holdfast.platform.guarded_http import FetchLimits, GuardedClient, OutboundFailed
from holdfast.pure.evidence import EvidenceInvalid, open_checkpoint
from holdfast.pure.outbound_addresses import Allowed, read_target

from .cosigning import is_forgotten
from .folder import WitnessFolder, create_folder
from .store import KnownLog, WitnessStore

log = structlog.get_logger(__name__)

_LIMITS = FetchLimits(total_seconds=10.0, most_bytes=1 << 20, plain_http=True)


@dataclass(frozen=True)
class Look:
    """What a log showed. trouble: why nothing could be seen, or what was wrong; None when all is well."""

    origin: str
    size: int | None
    trouble: str | None
    forgotten: bool = False


def create_witness(path: Path, name: str) -> WitnessFolder:
    """Make a witness with a new key and an empty state. Raises Conflict, Invalid."""
    folder = create_folder(path, name)
    store = WitnessStore(folder.database, create=True)
    folder.keep_guard(store.state_id, store.changes)
    store.close()
    return folder


async def ask_logs(folder: WitnessFolder, store: WitnessStore) -> list[Look]:
    """Ask every log whose address is known, and stop witnessing those whose history this witness forgot."""
    looks = []
    for known in store.logs():
        if known.url:
            look = await _ask(folder, known)
            if look.forgotten:
                with store.changing():
                    store.stop_log(
                        known.origin, "the log publishes a cosignature of ours that we do not remember"
                    )
                log.error("witness.forgot", origin=known.origin, size=look.size, remembered=known.seen.size)
            looks.append(look)
    return looks


async def _ask(folder: WitnessFolder, known: KnownLog) -> Look:
    url = known.url.rstrip("/") + "/checkpoint"
    target = read_target(url)
    # The operator of this witness named the address, so it may be one of the own network.
    allowed = Allowed(hosts=frozenset({(target.host, target.port)}))
    async with GuardedClient(allowed, user_agent="holdfast-witness") as client:
        try:
            reply = await client.get(url, limits=_LIMITS)
        except OutboundFailed as error:
            return Look(known.origin, None, f"{error.trouble}: {error.private}")
    if reply.status != 200:
        return Look(known.origin, None, f"{url} answered {reply.status}")
    try:
        checkpoint = open_checkpoint(reply.body, known.keys).checkpoint
    except EvidenceInvalid as error:
        return Look(known.origin, None, f"{url}: {error.public}")
    if is_forgotten(reply.body, checkpoint, known.seen, folder):
        return Look(known.origin, checkpoint.size, "it shows a cosignature that this witness forgot", True)
    if checkpoint.size < known.seen.size:
        return Look(known.origin, checkpoint.size, "it shows less than it has shown us before")
    return Look(known.origin, checkpoint.size, None)
