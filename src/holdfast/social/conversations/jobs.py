"""Reactions to events. Running twice files nothing twice. `payload` is the event as JSON."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..blocks import AccountBlocked
from ..posts import PostDeleted, PostEdited, PostHidden, PostPublished, load_and_keep
from . import store
from .model import people_of


async def file_message(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostPublished: a direct post joins the conversation of everybody who takes part."""
    await _file(tx, msgspec.json.decode(payload, type=PostPublished).post_id, now)


async def file_edited_message(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostEdited: those whom a direct post names since have it now as well."""
    await _file(tx, msgspec.json.decode(payload, type=PostEdited).post_id, now)


async def unfile_deleted(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostDeleted: the post before it is the last."""
    await store.settle_last(tx, msgspec.json.decode(payload, type=PostDeleted).post_id)


async def unfile_hidden(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostHidden: only its author has it still."""
    event = msgspec.json.decode(payload, type=PostHidden)
    await store.take_out(tx, event.post_id, except_of=event.account_id)


async def forget_blocked(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountBlocked: what the one who blocked had with the other goes."""
    event = msgspec.json.decode(payload, type=AccountBlocked)
    await store.delete_with(tx, event.account_id, event.target_id)


async def _file(tx: Tx, post_id: int, now: Instant) -> None:
    post = await load_and_keep(tx, post_id)
    people = people_of(post)
    if post is not None and people:
        await store.file_post(tx, post, people, now)
