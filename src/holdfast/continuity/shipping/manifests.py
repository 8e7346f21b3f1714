"""Manifests: now and then the shipper signs how far the log is safe and which backups are whole, for each store to keep.

A store that leaves out its end is found out by the newest manifest of any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping
from datetime import datetime

import structlog

from ...platform.stores import ObjectExists, Store, StoreError
from ...pure.evidence import SigningKey
from ...pure.mirror import MAX_BASES, Manifest, MirrorInvalid, encode_manifest, open_manifest
from .survey import bases

log = structlog.get_logger(__name__)

_NAME = re.compile(r"manifest/[0-9]{10}/([0-9]{10})")


class ManifestWriter:
    """Continues the chain of manifests of one epoch."""

    def __init__(
        self, stores: Mapping[str, Store], signer: SigningKey, *, site: str, epoch: int, timeline: int
    ) -> None:
        self._stores, self._signer = stores, signer
        self._site, self._epoch, self._timeline = site, epoch, timeline
        self._next: int | None = None
        self._previous: bytes | None = None
        self.bases: dict[str, dict[str, int]] = {}
        """What each store had when it was asked last: id of a backup -> where its log begins."""

    async def write(self, durable_lsn: int, needed: int, *, now: datetime) -> bool:
        """Sign and write the next one to every store that takes it; whether one did. Raises nothing."""
        if self._next is None and not await self._resume():
            return False
        await self.look_for_bases()
        held = [one for known in self.bases.values() for one in known]
        whole = sorted({one for one in held if held.count(one) >= needed})[-MAX_BASES:]
        manifest = Manifest(
            self._site, self._epoch, self._timeline, self._next or 0, self._previous, durable_lsn, tuple(whole), now
        )  # fmt: skip
        data = encode_manifest(manifest, self._signer)
        kept = await asyncio.gather(
            *(self._put(store, manifest.name, data) for store in self._stores.values())
        )
        if not any(kept):
            return False
        self._previous = open_manifest(data, manifest.name, (self._signer.verifier,))[1].digest
        self._next = manifest.sequence + 1
        return True

    async def look_for_bases(self) -> None:
        """Ask the stores which backups they have; what a silent one had stays."""

        async def ask(name: str, store: Store) -> None:
            with contextlib.suppress(StoreError):
                self.bases[name] = await bases(
                    store, self._epoch, self._signer.verifier, self.bases.get(name, {})
                )

        await asyncio.gather(*(ask(*one) for one in self._stores.items()))

    async def _resume(self) -> bool:
        """Find the end of the chain; one store that answers is enough."""
        answered = False
        newest = -1
        for store in self._stores.values():
            try:
                listed = await store.list(f"manifest/{self._epoch:010d}")
                answered = True
                for entry in reversed(listed):
                    found = _NAME.fullmatch(entry.name)
                    if found is None or int(found[1]) <= newest:
                        continue
                    try:
                        manifest, head = open_manifest(
                            await store.get(entry.name), entry.name, (self._signer.verifier,)
                        )
                    except MirrorInvalid:
                        continue
                    newest, self._previous = manifest.sequence, head.digest
                    break
            except StoreError:
                continue
        if answered:
            self._next = newest + 1
        return answered

    async def _put(self, store: Store, name: str, data: bytes) -> bool:
        try:
            await store.put_new(name, data)
        except ObjectExists:
            # A store that was silent when the chain was looked for knows more: begin from what it has, next time.
            self._next = None
            return False
        except StoreError:
            return False
        return True
