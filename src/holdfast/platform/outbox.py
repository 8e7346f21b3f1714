"""Events and jobs as data: what a transaction records besides its own rows.

An event says in the past tense what happened. Its reactions are looked up in the one table
`main/subscriptions.py` and become jobs of the same transaction, so a crash after the commit
loses none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, tag_field="event", tag=True):
    """The root of all events. Holds ids, never texts: a reaction reads what is true when it runs."""


class NewJob(msgspec.Struct, frozen=True):
    """A job to be written: `kind` names its handler, `payload` is its JSON argument."""

    kind: str
    payload: bytes
    priority: int = 0
    run_at: datetime | None = None
    lock_key: str | None = None
    unique_key: str | None = None


INSERT_JOBS_SQL = """
insert into jobs (kind, payload, priority, run_at, lock_key, unique_key)
select kind, payload, priority, coalesce(run_at, now()), lock_key, unique_key
from unnest($1::text[], $2::bytea[], $3::smallint[], $4::timestamptz[], $5::text[], $6::text[])
  as new (kind, payload, priority, run_at, lock_key, unique_key)
on conflict (unique_key) where unique_key is not null and state = 0 do nothing
"""


def job_rows(jobs: Iterable[NewJob]) -> tuple[list[Any], ...]:
    """The six arrays that `INSERT_JOBS_SQL` takes."""
    rows = list(jobs)
    return (
        [job.kind for job in rows],
        [job.payload for job in rows],
        [job.priority for job in rows],
        [job.run_at for job in rows],
        [job.lock_key for job in rows],
        [job.unique_key for job in rows],
    )
