"""Watching a log from outside, with nothing but its public files: checkpoint and tiles (C2SP tlog-tiles).

Each look verifies the signature, that the tiles lead to the signed root, and that the history begins with the one
that was seen before; and compares with what witnesses have cosigned. Nothing that the log says of itself is believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from holdfast.platform.guarded_http import FetchLimits, GuardedClient, OutboundFailed
from holdfast.pure.evidence import (
    Checkpoint,
    EvidenceInvalid,
    ReadNode,
    ReadTile,
    SignedCheckpoint,
    Tile,
    VerifierKey,
    node_reader,
    open_checkpoint,
    parse_policy,
)
from holdfast.pure.log_watch import Finding, Remembered, fits_tiles, has_stalled, is_prefix
from holdfast.pure.outbound_addresses import Allowed, read_target
from holdfast.records.ledger import NoSuchRecord, with_tiles

Fetch = Callable[[str], Awaitable[bytes]]
"""Takes an address; raises NotServed or OutboundFailed."""
WELL_KNOWN = "/.well-known/holdfast/evidence/1"
_LIMITS = FetchLimits(total_seconds=20.0, most_bytes=1 << 20, plain_http=True)


class NotServed(Exception):
    """There is no such file."""


@dataclass(frozen=True)
class WatchedWitness:
    """A witness that is compared with."""

    key: VerifierKey
    url: str


@dataclass(frozen=True)
class Look:
    """What one look found. sentences: what was checked, and whether it was right. remembered: for the next look; what
    was known before where something is wrong. contradicting: signed notes that cannot both be true."""

    finding: Finding
    sentences: tuple[tuple[bool, str], ...]
    remembered: Remembered | None
    signed: SignedCheckpoint | None = None
    contradicting: tuple[bytes, ...] = ()


class _Found(Exception):
    """The look is over."""

    def __init__(self, finding: Finding, sentence: str, *contradicting: bytes) -> None:
        self.finding = finding
        self.sentence = sentence
        self.contradicting = contradicting


class LogWatcher:
    """Looks at one log. `fetch` gets files."""

    def __init__(
        self, url: str, keys: Sequence[VerifierKey], fetch: Fetch, *, witnesses: Sequence[WatchedWitness] = (),
        stall_seconds: int,
    ) -> None:  # fmt: skip
        self._url = url.rstrip("/")
        self._keys = tuple(keys)
        self._fetch = fetch
        self._witnesses = tuple(witnesses)
        self._stall_seconds = stall_seconds

    async def look(self, before: Remembered | None, *, now: int) -> Look:
        """Look once. `now` in seconds since 1970."""
        said: list[tuple[bool, str]] = []
        signed: SignedCheckpoint | None = None
        try:
            note, signed = await self._checkpoint()
            said.append((True, "the signature is the log's"))
            await self._check_history(before, note, signed.checkpoint, said)
            await self._check_witnesses(note, signed.checkpoint, said)
        except _Found as found:
            said.append((False, found.sentence))
            return Look(found.finding, tuple(said), before, signed, found.contradicting)
        grew = before is None or signed.checkpoint.size > before.checkpoint.size
        vkeys = tuple(one.vkey for one in self._keys)
        grown_at = now if before is None or grew else before.grown_at
        remembered = Remembered(self._url, vkeys, note, grown_at, now)
        finding = self._lasting(remembered, signed, said, now=now)
        return Look(finding, tuple(said), remembered, signed)

    def _lasting(
        self, remembered: Remembered, signed: SignedCheckpoint, said: list[tuple[bool, str]], *, now: int
    ) -> Finding:  # fmt: skip
        """What is wrong without being false."""
        if has_stalled(remembered, now=now, stall_seconds=self._stall_seconds):
            minutes = (now - remembered.grown_at) // 60
            said.append((False, f"nothing new for {minutes} minutes; a log that works grows every few"))
            return Finding.STALLED
        if self._witnesses and not signed.cosignatures:
            said.append((False, "none of the witnesses has cosigned this checkpoint yet"))
            return Finding.UNWITNESSED
        if signed.cosignatures:
            names = ", ".join(one.key.name for one in signed.cosignatures)
            said.append((True, f"cosigned by {names}"))
        return Finding.FINE

    async def _checkpoint(self) -> tuple[bytes, SignedCheckpoint]:
        note = await self._get(f"{self._url}/checkpoint")
        try:
            return note, open_checkpoint(note, self._keys, [one.key for one in self._witnesses])
        except EvidenceInvalid as error:
            raise _Found(Finding.BAD_SIGNATURE, error.public, note) from None

    async def _check_history(
        self, before: Remembered | None, note: bytes, checkpoint: Checkpoint, said: list[tuple[bool, str]]
    ) -> None:  # fmt: skip
        if not await self._over(
            checkpoint, lambda read: fits_tiles(checkpoint, read_nodes(read, checkpoint))
        ):
            raise _Found(Finding.BAD_SIGNATURE, "the tiles do not lead to the root that was signed", note)
        said.append((True, f"the tiles lead to the signed root of {checkpoint.size:,} records"))
        if before is None:
            said.append((True, "seen for the first time; from now on it cannot change its past unnoticed"))
            return
        old = before.checkpoint
        if old.origin != checkpoint.origin:
            raise _Found(Finding.BAD_SIGNATURE, f"this is another log: {checkpoint.origin}", note)
        await self._compare(old, before.note, checkpoint, note, whose="before")
        grew = checkpoint.size - old.size
        said.append((True, f"it continues what was seen before: {grew:,} new" if grew else "nothing new"))

    async def _check_witnesses(
        self, note: bytes, checkpoint: Checkpoint, said: list[tuple[bool, str]]
    ) -> None:
        path = hashlib.sha256(checkpoint.origin.encode()).hexdigest()
        for witness in self._witnesses:
            try:
                theirs = await self._fetch(f"{witness.url}/{path}/checkpoint")
            except (NotServed, OutboundFailed):
                said.append((True, f"{witness.key.name} does not show what it has seen"))
                continue
            try:
                seen = open_checkpoint(theirs, self._keys, [witness.key])
            except EvidenceInvalid as error:
                said.append(
                    (False, f"{witness.key.name} shows something else than a checkpoint: {error.public}")
                )
                continue
            if not seen.cosignatures:
                said.append((False, f"{witness.key.name} shows a checkpoint that it did not cosign"))
                continue
            await self._compare(seen.checkpoint, theirs, checkpoint, note, whose=f"by {witness.key.name}")
            said.append(
                (True, f"{witness.key.name} has seen the same history ({seen.checkpoint.size:,} records)")
            )

    async def _compare(
        self, one: Checkpoint, one_note: bytes, now: Checkpoint, now_note: bytes, *, whose: str
    ) -> None:  # fmt: skip
        """Whether what was seen elsewhere or earlier and what is shown now are one history. Raises _Found."""
        if one.size <= now.size:
            if not await self._over(now, lambda read: is_prefix(one, now, read_nodes(read, now))):
                sentence = f"it is not the history that was seen {whose} ({one.size:,} records)"
                raise _Found(Finding.SPLIT_VIEW, sentence, one_note, now_note)
            return
        # It shows less. Either an old copy is served, or the records are gone, or it begins another history.
        try:
            same = await self._over(one, lambda read: is_prefix(now, one, read_nodes(read, one)))
        except _Found:
            same = True
        if not same:
            raise _Found(
                Finding.SPLIT_VIEW, f"two histories: this one, and what was seen {whose}", one_note, now_note
            )
        sentence = f"it shows {now.size:,} records, but {one.size:,} were seen {whose}"
        raise _Found(Finding.ROLLBACK, sentence, one_note, now_note)

    async def _over(self, checkpoint: Checkpoint, compute: Callable[[ReadTile], bool]) -> bool:
        async def load(tile: Tile) -> bytes | None:
            try:
                return await self._get(f"{self._url}/{tile.path}")
            except NotServed:
                if tile.full == tile:
                    return None
            # A partial tile may be gone once the full one is there.
            try:
                return (await self._get(f"{self._url}/{tile.full.path}"))[: tile.width * 32]
            except NotServed:
                return None

        try:
            return await with_tiles(load, compute)
        except NoSuchRecord as error:
            raise _Found(Finding.BAD_SIGNATURE, f"it does not serve {error.private}") from None
        except EvidenceInvalid as error:
            raise _Found(Finding.BAD_SIGNATURE, error.public) from None

    async def _get(self, url: str) -> bytes:
        try:
            return await self._fetch(url)
        except OutboundFailed as error:
            raise _Found(Finding.UNREACHABLE, f"{url}: {error.trouble} {error.private}".strip()) from None
        except NotServed:
            if url.endswith("/checkpoint"):
                raise _Found(Finding.UNREACHABLE, f"{url} is not there") from None
            raise


def read_nodes(read: ReadTile, checkpoint: Checkpoint) -> ReadNode:
    """Nodes of the tree of a checkpoint."""
    return node_reader(read, checkpoint.size)


def prefix_of(url: str) -> str:
    """Where a log is: the address as it is, or the well-known place of a server that was named alone."""
    target = read_target(url)
    return target.url.rstrip("/") + (WELL_KNOWN if target.path == "/" else "")


def open_fetcher(urls: Sequence[str]) -> tuple[GuardedClient, Fetch]:
    """A client for the addresses that the user named, which may be private ones, and nothing else than their hosts."""
    hosts = frozenset((target.host, target.port) for target in map(read_target, urls))
    client = GuardedClient(Allowed(hosts=hosts), user_agent="holdfast-ledger-watch")

    async def fetch(url: str) -> bytes:
        reply = await client.get(url, limits=_LIMITS)
        if reply.status in (404, 410):
            raise NotServed(url)
        if reply.status != 200:
            raise OutboundFailed("broken_off", f"answered {reply.status}")
        return reply.body

    return client, fetch


async def keys_of(url: str, fetch: Fetch) -> list[VerifierKey]:
    """The keys that a log itself names, in the policy beside it. To be believed only by who sees it for the first time."""
    return list(parse_policy(await fetch(f"{url}/policy")).log_keys)
