"""Use cases: queues are made, changed and removed by those who set the server up."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ..staff_actions import Staff, Subject, SubjectKind, record_action
from . import store
from .model import GENERAL, Queue, QueueNotAllowed, QueueNotThere, checked


async def save_queue(tx: Tx, staff: Staff, queue: Queue, *, now: Instant) -> None:
    """Make it, or put it in place of the one of its name; cases that wait move when they are next put in order.

    Raises RoleLacks, QueueNotAllowed.
    """
    staff.require(Permission.MANAGE_SETTINGS)
    queue = checked(queue)
    if queue.name == GENERAL and (
        queue.languages or queue.sources or queue.categories or queue.policies or queue.lanes or queue.tracks
    ):
        raise QueueNotAllowed(f"{GENERAL} takes what no other queue does, so it has no conditions")
    if queue.member_ids and not await store.are_staff(tx, queue.member_ids):
        raise QueueNotAllowed("member_ids: only accounts of the staff can work in a queue")
    await store.save(tx, queue, now)
    await record_action(
        tx, staff, "queue.save", Subject(SubjectKind.QUEUE, name=queue.name), now=now,
        position=queue.position, members=len(queue.member_ids),
    )  # fmt: skip


async def remove_queue(tx: Tx, staff: Staff, name: str, *, now: Instant) -> None:
    """Its cases wait in the general queue. Raises RoleLacks, QueueNotAllowed, QueueNotThere."""
    staff.require(Permission.MANAGE_SETTINGS)
    if name == GENERAL:
        raise QueueNotAllowed(f"{GENERAL} stays: it takes what no other queue does")
    if not await store.remove(tx, name):
        raise QueueNotThere
    await record_action(tx, staff, "queue.remove", Subject(SubjectKind.QUEUE, name=name), now=now)
