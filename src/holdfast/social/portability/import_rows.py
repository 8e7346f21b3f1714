"""Use case: the next rows of a file of relations are done."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from ...pure.errors import HoldfastError, NotFound
from ...pure.relation_files import RelationKind, is_yes
from ..accounts import AccountId, Actor, find_by_handle
from ..blocks import (
    add_domain_block,
    block_account,
    mute_account,
    remove_domain_block,
    unblock_account,
    unmute_account,
)
from ..follows import follow_account, unfollow_account
from ..graph import FollowOptions
from ..lists import ListChange, ListLimits, add_list_members, create_list, lists_of, remove_list_members
from ..reactions import set_bookmark
from . import store
from .model import ROWS_AT_ONCE


class _NotKnown(NotFound):
    public = "Nobody of that address is known here."


async def import_rows(tx: Tx, import_id: int, *, lists: ListLimits, now: Instant) -> bool:
    """Do a part of an import; False when it is finished. A row that fails says why and keeps none of the others."""
    one = await store.lock_import(tx, import_id)
    if one is None:
        return False
    actor, kind = Actor(one["account_id"]), RelationKind(one["kind"])
    if one["overwrite"] and not one["cleared"]:
        extras = await store.not_in_file(tx, kind, actor.account_id, import_id, limit=ROWS_AT_ONCE)
        if extras:
            for extra in extras:
                await _take_away(tx, actor, kind, extra)
            return True
        await store.mark_cleared(tx, import_id)
    rows = await store.next_rows(tx, import_id, limit=ROWS_AT_ONCE)
    done, problems = [], []
    for row in rows:
        try:
            async with tx.attempt():
                await _do(tx, actor, kind, row["cells"], lists, now)
            done.append(row["number"])
        except HoldfastError as error:
            problems.append((row["number"], error.public))
    await store.settle_rows(tx, import_id, done, problems, now if len(rows) < ROWS_AT_ONCE else None)
    return len(rows) == ROWS_AT_ONCE


async def _do(
    tx: Tx, actor: Actor, kind: RelationKind, cells: list[str], lists: ListLimits, now: Instant
) -> None:
    match kind:
        case RelationKind.DOMAIN_BLOCKS:
            await add_domain_block(tx, actor, cells[0], now=now)
        case RelationKind.BOOKMARKS:
            await set_bookmark(tx, actor, int(cells[1]), True, now=now)
        case RelationKind.LISTS:
            await _put_in_list(tx, actor, cells, lists, now)
        case RelationKind.FOLLOWING:
            languages = [code.strip() for code in cells[3].split(",") if code.strip()]
            options = FollowOptions(
                is_yes(cells[1], default=True), is_yes(cells[2], default=False), languages or None
            )
            await follow_account(tx, actor, await _account(tx, cells[0]), options, now=now)
        case RelationKind.BLOCKS:
            await block_account(tx, actor, await _account(tx, cells[0]), now=now)
        case _:
            target = await _account(tx, cells[0])
            await mute_account(tx, actor, target, notifications=is_yes(cells[1], default=True), now=now)


async def _put_in_list(tx: Tx, actor: Actor, cells: list[str], limits: ListLimits, now: Instant) -> None:
    title, target = cells[0], await _account(tx, cells[1])
    mine = {one.title: one for one in await lists_of(tx, actor.account_id)}
    one = mine.get(title) or await create_list(tx, actor, ListChange(title), limits=limits, now=now)
    await add_list_members(tx, actor, one.id, [target], limits=limits, now=now)


async def _account(tx: Tx, address: str) -> AccountId:
    name, _, server = address.partition("@")
    found = await find_by_handle(tx, name, server or None)
    if found is None:
        raise _NotKnown
    return AccountId(found)


async def _take_away(tx: Tx, actor: Actor, kind: RelationKind, extra: Row) -> None:
    match kind:
        case RelationKind.FOLLOWING:
            await unfollow_account(tx, actor, extra["id"])
        case RelationKind.BLOCKS:
            await unblock_account(tx, actor, extra["id"])
        case RelationKind.MUTES:
            await unmute_account(tx, actor, extra["id"])
        case RelationKind.DOMAIN_BLOCKS:
            await remove_domain_block(tx, actor, extra["domain"])
        case RelationKind.BOOKMARKS:
            await set_bookmark(tx, actor, extra["id"], False, now=extra["at"])
        case _:
            await remove_list_members(tx, actor, extra["list_id"], [extra["id"]])
