"""Use case: record a page of new verdicts and move the cursor, in one transaction."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...social.posts import Rejudged, Rescreened, rescreen_posts
from . import store
from .errors import RescreeningTaken, ScreeningChanged
from .model import Rescreening
from .queries import last_rescreening


async def record_page(
    tx: Tx, run: Rescreening, judged: list[Rejudged], *, looked_at: int, last_id: int | None, now: Instant
) -> Rescreening:
    """Write the verdicts of one page that ends at `last_id`; None: the history ends here. Returns the new state.

    Raises RescreeningTaken when the stored cursor is not that of `run`, ScreeningChanged when a verdict is of another
    version: nothing is written then.
    """
    if any(one.verdict.version != run.version for one in judged):
        raise ScreeningChanged
    await store.lock(tx)
    kept = await last_rescreening(tx)
    if kept is None or (kept.started_at, kept.cursor_id, kept.finished_at) != (
        run.started_at, run.cursor_id, None
    ):  # fmt: skip
        raise RescreeningTaken
    done = Rescreened()
    done.add(run.done)
    if judged:
        done.add(await rescreen_posts(tx, judged, may_hold=run.may_hold, now=now))
    run = msgspec.structs.replace(
        run,
        cursor_id=run.until_id if last_id is None else last_id,
        looked_at=run.looked_at + looked_at,
        updated_at=now,
        finished_at=now if last_id is None else None,
        done=done,
    )
    await store.save(tx, run)
    return run
