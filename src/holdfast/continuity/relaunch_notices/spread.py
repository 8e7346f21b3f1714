"""The notice at the stores: once for good, and once as the newest where the store lets us replace it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from ...platform import stores
from ...pure.evidence import VerifierKey
from ...pure.mirror_objects import NEWEST_NOTICE, notice_object
from ...pure.relaunch_notices import NoticeInvalid, RelaunchNotice, read_notice, take_notice

log = structlog.get_logger(__name__)


async def newest_at(opened: Mapping[str, stores.Store], keys: Sequence[VerifierKey]) -> RelaunchNotice | None:
    """The newest notice of ours that any store has. One that does not answer, or holds another's, counts for nothing."""
    newest: RelaunchNotice | None = None
    for store in opened.values():
        for name in await _names(store):
            seen = await _read(store, name, keys)
            if seen is not None and (newest is None or seen.sequence > newest.sequence):
                newest = seen
    return newest


async def spread_notice(
    opened: Mapping[str, stores.Store], notice: RelaunchNotice, document: bytes, keys: Sequence[VerifierKey]
) -> dict[str, stores.StoreError | None]:
    """Put a notice at all stores; by store what was wrong, None for nothing. Raises NoticeRolledBack where one has a newer one."""
    held = await newest_at(opened, keys)
    if held is not None:
        take_notice(held, notice)
    answers: dict[str, stores.StoreError | None] = {}
    for label, store in opened.items():
        try:
            await _put(store, notice, document)
            answers[label] = None
        except stores.StoreError as error:
            answers[label] = error
            log.warning("mirror.notice_not_held", store=label, error=type(error).__name__)
    return answers


async def _put(store: stores.Store, notice: RelaunchNotice, document: bytes) -> None:
    try:
        await store.put_new(notice_object(notice.sequence), document)
    except stores.ObjectExists:
        if await store.get(notice_object(notice.sequence)) != document:
            raise
    await store.put(NEWEST_NOTICE, document)


async def _names(store: stores.Store) -> list[str]:
    try:
        numbered = [one.name for one in await store.list("relaunch")]
    except stores.StoreError:
        numbered = []
    return [NEWEST_NOTICE, *sorted(numbered)[-1:]]


async def _read(store: stores.Store, name: str, keys: Sequence[VerifierKey]) -> RelaunchNotice | None:
    try:
        return read_notice(await store.get(name), keys)
    except (stores.StoreError, NoticeInvalid):
        return None
