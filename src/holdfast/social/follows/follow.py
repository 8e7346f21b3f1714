"""Use case: follow an account, or ask a locked one; or change what a follow says."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..accounts import AccountId, Actor
from ..graph import FollowNotAllowed, FollowOptions, RelationInvalid, standing
from . import store
from .events import AccountFollowed, FollowRequested

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)
LANGUAGES_MOST = 200  # there are 184 two-letter codes; no reader needs a longer list


class FollowState(StrEnum):
    """Where a follow stands after the command."""

    FOLLOWING = "following"
    REQUESTED = "requested"


async def follow_account(
    tx: Tx, actor: Actor, target: AccountId, options: FollowOptions, *, now: Instant
) -> FollowState:
    """Follow; the second time only the options change.

    Raises AccountNotVisible, YourselfNotAllowed, FollowNotAllowed (a block, either way), RelationInvalid.
    """
    options = _checked(options)
    me = actor.account_id
    await store.lock_pair(tx, me, target)
    between = await standing(tx, me, target)
    if between.blocked:
        raise FollowNotAllowed(private=f"a block stands between {me} and {target}")
    known = await store.set_options(tx, me, target, options)
    if known is not None:
        store.touch_pair(tx, me, target)
        return FollowState.FOLLOWING if known == "follow" else FollowState.REQUESTED
    if between.locked:
        await store.insert_request(tx, new_id(now), me, target, options)
        tx.emit(FollowRequested(me, target))
    else:
        await store.insert_follow(tx, new_id(now), me, target, options)
        tx.emit(AccountFollowed(me, target))
    store.touch_pair(tx, me, target)
    return FollowState.REQUESTED if between.locked else FollowState.FOLLOWING


def _checked(options: FollowOptions) -> FollowOptions:
    if not isinstance(options.languages, list):
        return options
    languages = list(dict.fromkeys(code.strip() for code in options.languages if code.strip()))
    if len(languages) > LANGUAGES_MOST:
        raise RelationInvalid("languages", "ERR_TOO_LONG", f"has more than {LANGUAGES_MOST} entries")
    for code in languages:
        if not _LANGUAGE.fullmatch(code):
            raise RelationInvalid("languages", "ERR_INVALID", "must be ISO 639 codes such as en or pt-BR")
    return msgspec.structs.replace(options, languages=languages or None)
