"""Routing: named queues, and which case waits in which."""

from .edit import remove_queue, save_queue
from .model import GENERAL, Queue, QueueNotAllowed, QueueNotThere, Traits, route
from .queries import queues

__all__ = [
    "GENERAL", "Queue", "QueueNotAllowed", "QueueNotThere", "Traits", "queues", "remove_queue", "route", "save_queue",
]  # fmt: skip
